"""Validation of a release: which values are invalid, and what is missing before it can be published.

These functions belong to `Release`, but this module doesn't import it, so that there is no import cycle.
"""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from releases.text import cleaning
from releases.text.choices import Kind, Status
from releases.text.datelines import FIRST_YEAR, LAST_YEAR, is_place
from releases.text.slugs import make_slug

# Marks a text that was copied from the other language. A release that contains it cannot be published.
TRANSLATION_PLACEHOLDER = "[EN ⇄ ES]"
# Fields for the event of a media advisory.
EVENT_FIELDS = ("event_at", "event_until", "event_place", "event_who", "event_languages", "event_visuals")
ONE_LINE_FIELDS = ("headline", "subhead", "dateline", "event_place", "event_languages", "event_visuals")
MULTILINE_FIELDS = ("summary", "withdrawal_reason", "event_who")


def normalize_text(release: Any) -> None:
    """Remove control characters and superfluous spaces from the text fields of `release`."""
    for field in ONE_LINE_FIELDS:
        setattr(release, field, cleaning.clean_line(getattr(release, field)))
    for field in MULTILINE_FIELDS:
        setattr(release, field, cleaning.clean_text(getattr(release, field)).strip())


def find_errors(release: Any) -> dict[str, str]:
    """Return a sentence for each invalid field of `release`."""
    errors = _find_dateline_errors(release) | _find_slug_errors(release) | _find_event_errors(release)
    errors |= _find_notice_errors(release)
    if release.status != Status.DRAFT:
        errors |= find_missing_fields(release)
        if release.date is None:
            errors["date"] = _("A published release needs a date.")
        if not release.slug:
            errors["slug"] = _("A published release needs a web address.")
    return errors


def find_missing_fields(release: Any) -> dict[str, str]:
    """Return a sentence for each field that must be filled in before publication."""
    missing = {}
    if not release.headline.strip():
        missing["headline"] = _("Write a headline.")
    elif release.headline.startswith(TRANSLATION_PLACEHOLDER):
        missing["headline"] = _("The headline is still in the other language. Translate it.")
    if TRANSLATION_PLACEHOLDER in release.body:
        missing["body"] = _(
            "A quotation in the body is still in the other language. Translate it and remove “%(mark)s”."
        ) % {"mark": TRANSLATION_PLACEHOLDER}
    if not release.summary.strip():
        missing["summary"] = _("Write the summary: the opening paragraph of the release.")
    if release.headline.strip() and not release.slug and not make_slug(release.headline):
        missing["slug"] = _(
            "The headline has no Latin letter or digit for the web address. Enter the web address yourself."
        )
    return missing


def _find_dateline_errors(release: Any) -> dict[str, str]:
    errors = {}
    if release.dateline and not is_place(release.dateline):
        errors["dateline"] = _(
            "Enter only the place, as printed: capitalized words with spaces, commas, periods, apostrophes "
            "and hyphens, like “Washington, D.C.”."
        )
    if release.date and not FIRST_YEAR <= release.date.year <= timezone.now().year + 1:
        errors["date"] = _("Check the year: the date must be between 1983 and next year.")
    return errors


def _find_slug_errors(release: Any) -> dict[str, str]:
    if not release.slug:
        return {}
    others = type(release).objects.in_language(release.language).exclude(pk=release.pk)
    if others.with_former_slug(release.slug).exists():
        return {
            "slug": _(
                "Another release used this web address before, and it still redirects there. Choose another."
            )
        }
    slug = make_slug(release.slug)
    if release.slug != slug:
        params = {"slug": slug or "carecen-statement"}
        return {"slug": _("Use lowercase letters, numbers and hyphens: “%(slug)s”.") % params}
    return {}


def _find_event_errors(release: Any) -> dict[str, str]:
    errors = {}
    if release.event_at is None and any(getattr(release, field) for field in EVENT_FIELDS):
        errors["event_at"] = _("Enter when the event starts, or leave all event fields empty.")
    for field in ("event_at", "event_until"):
        value = getattr(release, field)
        if value and not FIRST_YEAR <= value.year <= LAST_YEAR:
            errors[field] = _("Check the year.")
    if release.event_at and release.event_until and release.event_until <= release.event_at:
        errors["event_until"] = _("The event ends before it begins. Check both times.")
    return errors


def _find_notice_errors(release: Any) -> dict[str, str]:
    errors = {}
    if release.valid_until and release.kind != Kind.SERVICE_NOTICE:
        errors["valid_until"] = _("Only a service notice can expire. Choose that type, or leave this empty.")
    if release.valid_until and not FIRST_YEAR <= release.valid_until.year <= LAST_YEAR:
        errors["valid_until"] = _("Check the year of the last valid day.")
    if release.pk and release.current_notice_id == release.pk:
        errors["current_notice"] = _("A notice can't replace itself. Choose another, or none.")
    return errors

"""Compare two texts of a release field by field, formatted for people."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from releases.actions.translations import get_outdated_translation
from releases.models import (
    MediaContact,
    Organization,
    PendingRevision,
    Release,
    Topic,
    find_signers,
    get_content_fields,
)
from releases.text import datelines, diffs, localtime, richtext
from releases.text.choices import Kind, Language


class NameLookup:
    """The names of topics, contacts, organizations and notices, loaded once for all comparisons on a page."""

    @cached_property
    def topics(self) -> dict[int, Topic]:
        """Return all topics by id, including deleted ones under their last names."""
        deleted = {
            record.id: record.instance for record in Topic.history.order_by("history_date", "history_id")
        }
        return deleted | {topic.pk: topic for topic in Topic.objects.all()}

    @cached_property
    def contacts(self) -> dict[int, str]:
        return dict(MediaContact.objects.values_list("pk", "name"))

    @cached_property
    def organizations(self) -> dict[int, Organization]:
        return Organization.objects.in_bulk()

    @cached_property
    def notices(self) -> dict[int, str]:
        return dict(Release.objects.filter(kind=Kind.SERVICE_NOTICE).values_list("pk", "headline"))


@dataclass(frozen=True)
class ReleaseText:
    """A past, current or future text of a release.

    `content` has the values of `Release.content()`; `extra` has further values to compare, by label.
    """

    release: Release
    content: dict[str, Any]
    topic_ids: Iterable[int]
    extra: dict[str, str] = field(default_factory=dict)
    names: NameLookup = field(default_factory=NameLookup)

    @classmethod
    def from_release(cls, release: Release) -> "ReleaseText":
        return cls(release, release.content(), release.tags.values_list("pk", flat=True))

    @classmethod
    def from_current(cls, release: Release) -> "ReleaseText":
        """Return the text that staff edit: the pending revision if there is one, else the release."""
        revision = PendingRevision.for_release(release)
        return cls(release, revision.content, revision.topic_ids) if revision else cls.from_release(release)

    def as_labels(self) -> dict[str, str]:
        """Return the formatted value of each field by its label in the form."""
        labels = {
            str(field.verbose_name): self.format_field(name) for name, field in get_content_fields().items()
        }
        return labels | {_("topics"): self.format_topics()} | self.extra

    def format_field(self, name: str) -> str:
        """Return one field of `content` as text. Raises ValidationError if its value isn't valid."""
        value = get_content_fields()[name].to_python(self.content.get(name))
        if value in (None, "", []):
            return ""
        if name == "contacts":
            return ", ".join(self.names.contacts[item] for item in value if item in self.names.contacts)
        if name == "signers":
            language = self.release.language
            signers = find_signers(value, self.names.organizations, language)
            return "\n".join(organization.name_in(language) for organization in signers)
        if name == "attachments":
            return "\n".join(
                f"{item['title']} (PDF {item['document']}, {Language(item['language']).label})"
                for item in value
            )
        if name == "photos":
            return "\n".join(filter(None, (describe_photo(item) for item in value)))
        if name == "body":
            return richtext.to_comparable_text(value)
        if name in ("date", "valid_until"):
            return datelines.format_date(value, self.release.language)
        if name in ("event_at", "event_until"):
            return localtime.format_datetime(
                value if timezone.is_aware(value) else timezone.make_aware(value)
            )
        if name == "kind":
            return str(dict(Kind.choices).get(value, value))
        if name == "current_notice":
            return self.names.notices.get(value, "")
        return str(value)

    def format_topics(self) -> str:
        names = [
            self.names.topics[tag].name_in(self.release.language)
            for tag in self.topic_ids
            if tag in self.names.topics
        ]
        return ", ".join(sorted(names))


def describe_photo(photo: dict[str, Any]) -> str:
    """Return the alternative text, caption, credit and place of a photo in one line."""
    alt = _("decorative") if photo.get("is_decorative") else photo.get("alt", "")
    parts = [
        _("Photo %(number)s") % {"number": photo["photo"]},
        alt,
        photo.get("caption", ""),
        photo.get("credit", ""),
        _("lead photo") if photo.get("is_lead") else "",
        _describe_focus(photo["focus"]) if "focus" in photo else "",
    ]
    return " · ".join(filter(None, parts))


def _describe_focus(focus: list[int]) -> str:
    x, y = focus
    return _("focus %(x)s %% from the left, %(y)s %% from the top") % {"x": x, "y": y}


@dataclass(frozen=True)
class Difference:
    """The changes in one field. `lines` is empty if only the formatting of the body changed."""

    label: str
    lines: list[diffs.Line]


def compare_texts(old: ReleaseText, new: ReleaseText) -> list[Difference]:
    """Return the differences between `old` and `new`, one for each field that differs."""
    before, after = old.as_labels(), new.as_labels()
    differences = [
        Difference(label, diffs.diff_lines(before.get(label, ""), after.get(label, "")))
        for label in [*before, *(label for label in after if label not in before)]
        if before.get(label, "") != after.get(label, "")
    ]
    body = str(get_content_fields()["body"].verbose_name)
    if old.content.get("body") != new.content.get("body") and not any(
        difference.label == body for difference in differences
    ):
        differences.append(Difference(body, []))
    return differences


def get_translation_changes(release: Release) -> list[Difference]:
    """Return what changed in the translation since `release` was last in sync with it; [] if nothing did."""
    old = get_outdated_translation(release)
    translation = release.translation
    if old is None or translation is None:
        return []
    # Both sides get the same topics, because only text needs translation.
    tags = list(translation.tags.values_list("pk", flat=True))
    return compare_texts(
        ReleaseText(old, old.content(), tags), ReleaseText(translation, translation.content(), tags)
    )

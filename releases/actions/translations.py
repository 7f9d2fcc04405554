"""Create and link the other-language version of a release.

Each version has its own slug, publication time and history.
"""

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _

from releases.actions.errors import ActionNotAllowed
from releases.actions.locking import lock_release, set_history_metadata
from releases.actions.permissions import PERMISSION_ERRORS
from releases.actions.revisions import get_topic_ids
from releases.actions.translation_status import mark_synced
from releases.models import TRANSLATION_PLACEHOLDER, PendingRevision, Release, Topic, TranslationStatus, User
from releases.text.choices import Language, Status
from releases.text.datelines import translate_place
from releases.text.quotes import Quote, extract_quotes


@transaction.atomic
def create_translation(release: Release, *, user: User) -> Release:
    """Create a draft of `release` in the other language, to be translated, and return it.

    It gets the date, place, kind, topics, photos, contacts, signers, event, and quotations with their
    speakers. It has no headline yet, quotations are marked as untranslated, and photos and documents have no
    texts yet, so that no text in the wrong language goes public. Raises ActionNotAllowed if there is a
    translation already.
    """
    lock_release(release, user, "create_translation", permission="add_release")
    _clear_translation_status(user, release)
    language = Language.SPANISH if release.language == Language.ENGLISH else Language.ENGLISH
    draft = Release(
        language=language,
        translation_key=release.translation_key,
        body="".join(map(_untranslated_quote, extract_quotes(release.body))),
        kind=release.kind,
        date=release.date,
        dateline=translate_place(release.dateline, language) if release.dateline else "",
        valid_until=release.valid_until,
        photos=[_untranslated_photo(entry) for entry in release.photos],
        attachments=[entry | {"title": ""} for entry in release.attachments],
        contacts=release.contacts,
        signers=release.signers,
        event_at=release.event_at,
        event_until=release.event_until,
        event_place=release.event_place,
        author=user,
        changed_by=user,
    )
    set_history_metadata(draft, user, "create_translation")
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError as error:
        raise ActionNotAllowed(
            _("There is already a version in the other language. Open that one.")
        ) from error
    draft.tags.set(Topic.objects.filter(pk__in=get_topic_ids(release)))
    mark_synced(draft, release.version, user)
    return draft


@transaction.atomic
def link_translations(release: Release, other: Release, *, user: User) -> None:
    """Link two releases as translations of each other. Their current texts count as matching.

    Raises ActionNotAllowed if both are in the same language, if either has a translation, and if one isn't a
    draft and `user` may not publish, because readers see the link at once.
    """
    _lock_both(release, other, user, "link_translations")
    if release.language == other.language:
        raise ActionNotAllowed(_("Both releases are in the same language. Choose one in the other language."))
    if release.translation or other.translation:
        raise ActionNotAllowed(
            _("One of the two already has a version in the other language. Unlink those versions first.")
        )
    _clear_translation_status(user, release, other)
    other.translation_key = release.translation_key
    other.save()
    for first, translation in ((release, other), (other, release)):
        if first.status == Status.DRAFT and translation.status != Status.DRAFT:
            mark_synced(first, translation.version, user)


@transaction.atomic
def unlink_translations(release: Release, *, user: User) -> None:
    """Unlink `release` from its translation. Both keep their texts.

    Raises ActionNotAllowed if there is no translation, and without the permission that `link_translations`
    needs.
    """
    other = release.translation
    if other is None:
        raise ActionNotAllowed(_("This release has no version in the other language."))
    _lock_both(release, other, user, "unlink_translations")
    if release.translation_key != other.translation_key:
        raise ActionNotAllowed(_("This release has no version in the other language."))
    other.translation_key = uuid.uuid4()
    other.save()
    _clear_translation_status(user, release, other)


@transaction.atomic
def mark_translation_current(release: Release, *, user: User, version: int | None) -> None:
    """Record that `release` matches `version` of its translation, the version that `user` has seen.

    Raises ActionNotAllowed if the translation changed since, and if the release isn't a draft and `user` may
    not publish, because readers see the status.
    """
    lock_release(
        release,
        user,
        "mark_synced",
        permission="change_release" if release.status == Status.DRAFT else "publish_release",
    )
    other = release.translation
    if other is None:
        raise ActionNotAllowed(_("This release has no version in the other language."))
    if version is None or other.text_version > version:
        raise ActionNotAllowed(_("The other version changed while you were viewing it. Compare again."))
    mark_synced(release, min(version, other.version), user)


@transaction.atomic
def apply_to_both(
    action: Callable[..., None],
    release: Release,
    *,
    user: User,
    translation_edit_token: str | None = None,
    translation_passed_rules: Iterable[str] = (),
    **kwargs: Any,
) -> None:
    """Run `action` with `kwargs` on `release` and on its translation: on both or on neither.

    `translation_edit_token` is the `edit_token` for the translation, and `translation_passed_rules` are its
    `passed_rules`, if the action has any.
    """
    in_fixed_order = Release.objects.select_for_update().order_by("pk")
    other = next(
        (
            row
            for row in in_fixed_order.filter(translation_key=release.translation_key)
            if row.pk != release.pk
        ),
        None,
    )
    if other is None:
        raise ActionNotAllowed(_("This release has no version in the other language."))
    if wait := kwargs.pop("wait", None):
        kwargs["at"] = timezone.now() + wait  # the same time for both
    action(release, user=user, **kwargs)
    if translation_edit_token is not None:
        kwargs["edit_token"] = translation_edit_token
    else:
        kwargs.pop("edit_token", None)
    if "passed_rules" in kwargs:
        kwargs["passed_rules"] = translation_passed_rules
    try:
        action(other, user=user, **kwargs)
    except ActionNotAllowed as error:
        message = (
            _("The English version: %(refusal)s")
            if other.language == Language.ENGLISH
            else _("The Spanish version: %(refusal)s")
        )
        raise ActionNotAllowed(message % {"refusal": error}) from error


def get_outdated_translation(release: Release) -> Release | None:
    """Return the translation as it was when `release` last matched it, if it has changed since, else None."""
    other = release.translation
    status = TranslationStatus.objects.filter(release=release).first()
    if other is None or status is None or other.text_version <= status.synced_version:
        return None
    record = (
        Release.history.filter(id=other.pk, version__lte=status.synced_version)
        .order_by("-version", "-history_id")
        .first()
    )
    return record.instance if record else other


def _untranslated_quote(quote: Quote) -> str:
    """Return a quotation with its speaker, but without the role, which would need translation too."""
    return (
        f"<blockquote><p>{TRANSLATION_PLACEHOLDER} {escape(quote.text)}</p><p>— "
        f"{escape(quote.speaker)}</p></blockquote>"
    )


def _untranslated_photo(entry: dict[str, Any]) -> dict[str, Any]:
    """Return what an entry of `Release.photos` has in any language."""
    photo = {"photo": entry["photo"], "alt": "", "is_decorative": entry.get("is_decorative", False)}
    return photo | {name: entry[name] for name in ("is_lead", "focus") if name in entry}


def _clear_translation_status(user: User, *releases: Release) -> None:
    """Delete the translation status of `releases`, also for when their pending revisions are published."""
    for status in TranslationStatus.objects.filter(release__in=releases):
        set_history_metadata(status, user, "unlink_translations")
        status.delete()
    for revision in PendingRevision.objects.filter(release__in=releases).exclude(synced_version=None):
        revision.synced_version = None
        set_history_metadata(revision, user, "unlink_translations")
        revision.save(update_fields=["synced_version"])


def _lock_both(release: Release, other: Release, user: User, action: str) -> None:
    for row in sorted((release, other), key=lambda row: row.pk):
        lock_release(row, user, action, permission="change_release")
    if any(row.status != Status.DRAFT for row in (release, other)) and not user.has_perm(
        "releases.publish_release"
    ):
        raise ActionNotAllowed(str(PERMISSION_ERRORS["publish_release"]))

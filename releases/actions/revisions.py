"""Change a public release: save a pending revision, then publish it as a typo, a correction or an update."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from releases import caching
from releases.actions.errors import ActionNotAllowed
from releases.actions.locking import ensure_unchanged, lock_release, lock_translations, set_history_metadata
from releases.actions.permissions import require_second_approver
from releases.actions.reviews import resolve_review_requests
from releases.actions.scheduling import ensure_future
from releases.actions.translation_status import update_translation_status
from releases.actions.validation import validate_alt_texts, validate_document_titles
from releases.mail import MailKind
from releases.models import Correction, PendingRevision, Release, Topic, User, deserialize_content
from releases.text.choices import ChangeKind
from releases.text.cleaning import clean_text


@transaction.atomic
def save_revision(
    release: Release, *, user: User, content: dict[str, Any], topic_ids: list[int]
) -> PendingRevision | None:
    """Save `content` and `topic_ids` as the pending revision of a public release, and return it.

    The public text stays as it is. If the new text equals the public one, the pending revision is deleted and
    None is returned. Raises ActionNotAllowed if the release isn't public, and while a revision of it is
    scheduled.
    """
    lock_release(release, user, "write", permission="change_release")
    revision = PendingRevision.for_release(release)
    if not release.is_public():
        raise ActionNotAllowed(_("This release isn't public, so you can edit it directly. Open it again."))
    if revision and revision.public_at:
        raise ActionNotAllowed(
            _("This release has a scheduled change. Unschedule it before you edit the text again.")
        )
    if content == release.content() and set(topic_ids) == get_topic_ids(release):
        if revision:
            set_history_metadata(revision, user, "discard")
            revision.delete()
        return None
    if (
        revision
        and content == deserialize_content(revision.content)
        and set(topic_ids) == set(revision.topic_ids)
    ):
        return revision
    revision = revision or PendingRevision(release=release, version=0)
    revision.data, revision.changed_by = {**content, "tags": sorted(topic_ids)}, user
    revision.version += 1
    set_history_metadata(revision, user, "write")
    revision.save()
    return revision


@transaction.atomic
def discard_revision(release: Release, *, user: User, edit_token: str | None = None) -> None:
    """Delete the pending revision of `release`. The history keeps it.

    Raises ActionNotAllowed if there is none, if it changed since it had this `edit_token`, and if it is
    scheduled and `user` may not publish.
    """
    lock_release(release, user, "discard", permission="change_release")
    revision = _require_revision(release)
    ensure_unchanged(release, edit_token)
    if revision.public_at and not user.has_perm("releases.publish_release"):
        raise ActionNotAllowed(_("This change is scheduled. Ask a publisher to unschedule it."))
    set_history_metadata(revision, user, "discard")
    revision.delete()
    resolve_review_requests(release)


@transaction.atomic
def publish_revision(
    release: Release,
    *,
    user: User,
    kind: str,
    note: str = "",
    at: datetime | None = None,
    wait: timedelta = timedelta(0),
    edit_token: str | None = None,
    override_reason: str = "",
    synced_version: int | None = None,
    passed_rules: Iterable[str] = (),
) -> None:
    """Publish the pending revision of a public release: now, after `wait`, or at `at` (aware).

    `kind` is a ChangeKind. All kinds except a typo need a `note`: one sentence for readers, in the language
    of the release. `synced_version` is the version of the translation that the release matches after this
    revision, if it does. `passed_rules` are the rules of the press check whose findings the user passed over.

    Raises ActionNotAllowed if there is no revision or it is scheduled already, if the release isn't public,
    if the note is missing, if `at` has passed, and if the text changed since it had this `edit_token`.
    """
    lock_translations(release.pk)
    lock_release(release, user, "publish_revision")
    revision = _require_revision(release)
    if not release.is_public():
        raise ActionNotAllowed(_("This release isn't public, so there is nothing to correct."))
    if revision.public_at:
        raise ActionNotAllowed(_("This change is already scheduled. Unschedule it first."))
    ensure_unchanged(release, edit_token)
    revision.kind, revision.note, revision.synced_version = (
        ChangeKind(kind),
        clean_text(note).strip(),
        synced_version,
    )
    revision.passed_rules = " ".join(passed_rules)
    if revision.kind == ChangeKind.TYPO:
        revision.note = ""
    elif not revision.note:
        raise ActionNotAllowed(
            _("Write one sentence that tells readers what changed. Only a typo doesn't need one.")
        )
    require_second_approver(release, user=user, writer=revision.changed_by, override_reason=override_reason)
    resolve_review_requests(release, answer=MailKind.REVIEW_APPROVED, user=user)
    if not at and not wait:
        apply_revision(release, revision, user, timezone.now())
        return
    _set_and_validate(release, revision)
    revision.public_at = ensure_future(at) if at else timezone.now() + wait
    revision.scheduled_by = user
    revision.save()


@transaction.atomic
def unschedule_revision(release: Release, *, user: User | None) -> None:
    """Unschedule a revision before it goes public. Raises ActionNotAllowed if none is scheduled."""
    lock_release(release, user, "unschedule_revision")
    revision = PendingRevision.for_release(release)
    if revision is None or revision.public_at is None:
        raise ActionNotAllowed(
            _("This release has no scheduled change. If it is already public, edit the text again.")
        )
    clear_schedule(revision)


def clear_schedule(revision: PendingRevision) -> None:
    revision.public_at, revision.scheduled_by, revision.synced_version = None, None, None
    revision.version += 1
    revision.save()
    caching.invalidate_public_cache()  # a cache generation ends when a revision is due


def get_topic_ids(release: Release) -> set[int]:
    return set(release.tags.values_list("pk", flat=True))


def _require_revision(release: Release) -> PendingRevision:
    revision = PendingRevision.for_release(release)
    if revision is None:
        raise ActionNotAllowed(_("There is no unpublished change. Open the release and edit its text first."))
    return revision


def _set_and_validate(release: Release, revision: PendingRevision) -> None:
    """Set `release` to the text of `revision` without saving.

    Raises ActionNotAllowed if the text isn't valid.
    """
    try:
        release.apply_content(revision.content)
        validate_alt_texts(release.photos)
        validate_document_titles(release.attachments)
        release.full_clean()
    except ValidationError as error:
        raise ActionNotAllowed(" ".join(error.messages)) from error


def apply_revision(
    release: Release, revision: PendingRevision, user: User | None, published_at: datetime
) -> None:
    _set_and_validate(release, revision)
    set_history_metadata(release, user, str(revision.kind))
    release.changed_by, release.passed_rules = revision.changed_by, revision.passed_rules
    previous_version = release.version
    if revision.kind != ChangeKind.TYPO:
        release.bump_text_version()
        release.corrected_at = published_at
        Correction.objects.create(
            release=release, kind=revision.kind, note=revision.note, created_at=published_at
        )
    release.save()
    release.tags.set(Topic.objects.filter(pk__in=revision.topic_ids))
    update_translation_status(release, str(revision.kind), previous_version, revision.synced_version, user)
    revision.delete()

"""Restore an earlier version of one release."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from releases.actions.errors import ActionNotAllowed
from releases.actions.locking import lock_release
from releases.actions.permissions import may_write
from releases.actions.revisions import save_revision
from releases.actions.validation import validate_alt_texts, validate_document_titles
from releases.models import Release, Topic, User, get_versions
from releases.text.choices import Status


@transaction.atomic
def restore(release: Release, *, user: User, version_key: str, edit_token: str | None = None) -> None:
    """Restore the text and the topics of the version `version_key`, as a new change.

    A public release keeps its public text, and the restored text becomes its pending revision. Raises
    ActionNotAllowed if the release is withdrawn, if it has changed since `edit_token` was issued, if the
    version isn't one of this release, if the restored text isn't valid, and if `user` may not change the
    release now.
    """
    lock_release(release, user, "restore", permission="change_release")
    if edit_token and edit_token != release.edit_token:
        raise ActionNotAllowed(
            _("Someone changed this release while you were viewing it. Check it again, then restore.")
        )
    if release.status == Status.WITHDRAWN:
        raise ActionNotAllowed(
            _("This release is withdrawn. Publish it again before you restore an earlier version.")
        )
    if release.is_scheduled and not may_write(release, user):
        raise ActionNotAllowed(
            _(
                "This release is scheduled, so its text is approved and locked. A publisher must return it "
                "to draft before it can be edited."
            )
        )
    version = next((version for version in get_versions(release) if version.key == version_key), None)
    if version is None:
        raise ActionNotAllowed(_("This version doesn't belong to this release."))
    content = version.release.content()
    if release.status != Status.DRAFT:
        content["date"] = content["date"] or release.date  # the version may be a draft without a date
    if release.is_public():
        save_revision(release, user=user, content=content, topic_ids=_existing_topic_ids(version.topic_ids))
        return
    release.apply_content(content)
    release.bump_text_version()
    release.changed_by = user
    if release.is_scheduled:
        validate_alt_texts(release.photos)
        validate_document_titles(release.attachments)
    try:
        # A draft started from the other language has no headline at first.
        release.full_clean(exclude=["headline"] if release.status == Status.DRAFT else None)
    except ValidationError as error:
        raise ActionNotAllowed(" ".join(error.messages)) from error
    release.save()
    release.tags.set(Topic.objects.filter(pk__in=version.topic_ids))


def _existing_topic_ids(tags: Iterable[int]) -> list[int]:
    return list(Topic.objects.filter(pk__in=tags).values_list("pk", flat=True))

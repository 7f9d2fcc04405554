"""Permission checks of actions: who may write a release now, and who may publish it."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from releases.actions.errors import ActionNotAllowed
from releases.models import NewsroomSettings, Note, PendingRevision, Release, User
from releases.text.choices import Status

PERMISSION_ERRORS = {
    "publish_release": _("Only publishers can publish or withdraw. Ask a publisher."),
    "add_release": _("Your account can't create releases. Ask a manager."),
    "change_release": _("Your account can't change releases. Ask a manager."),
    "view_release": _("Your account can't view releases. Ask a manager."),
}


def may_write(release: Release, user: Any) -> bool:
    """Return whether `user` may change the text now.

    That is possible in a draft, and in a public release without a scheduled revision.

    A scheduled release has been decided on, so only a publisher may change it, and nobody where a second
    approver is required: it has to be returned to draft first. A withdrawn release has to be republished
    first.
    """
    if not user.has_perm("releases.change_release") or release.status == Status.WITHDRAWN:
        return False
    if release.status == Status.DRAFT:
        return True
    if release.is_public():
        revision = PendingRevision.for_release(release)
        return revision is None or revision.public_at is None
    return (
        bool(user.has_perm("releases.publish_release"))
        and not NewsroomSettings.current().requires_second_approver
    )


def require_second_approver(
    release: Release, *, user: User, writer: User | None, override_reason: str
) -> None:
    """Raise ActionNotAllowed if `user` is the `writer` and the newsroom requires a second approver.

    With an `override_reason` it is allowed, and the reason is stored as a note.
    """
    if writer != user or not NewsroomSettings.current().requires_second_approver:
        return
    if not override_reason.strip():
        raise ActionNotAllowed(
            gettext(
                "You edited this text last, so someone else must approve it. Request a review, or give a "
                "reason for publishing without approval."
            )
        )
    text = gettext("Published without approval: %(reason)s") % {"reason": override_reason.strip()}
    Note.objects.create(release=release, author=user, text=text)

"""Lock the rows that an action changes, check permissions, and set the author of history records."""

from typing import Any

from django.utils.translation import gettext

from releases.actions.errors import ActionNotAllowed
from releases.actions.permissions import PERMISSION_ERRORS
from releases.models import Release, User


def lock_release(release: Release, user: User, action: str, permission: str = "publish_release") -> None:
    """Reload `release` and lock its row until the end of the transaction, if `user` may act on it.

    Later saves of this instance are recorded in the history with `user` and `action`. Raises ActionNotAllowed
    without the permission, and if the release was deleted.
    """
    if not user.has_perm(f"releases.{permission}"):
        raise ActionNotAllowed(str(PERMISSION_ERRORS[permission]))
    try:
        release.refresh_from_db(from_queryset=Release.objects.select_for_update())
    except Release.DoesNotExist:
        raise ActionNotAllowed(gettext("This release was deleted in the meantime.")) from None
    set_history_metadata(release, user, action)


def lock_translations(pk: int) -> None:
    """Lock a release and its translation, always in the same order, to avoid deadlocks."""
    translation_keys = Release.objects.filter(pk=pk).values("translation_key")
    list(
        Release.objects.select_for_update()
        .filter(translation_key__in=translation_keys)
        .order_by("pk")
        .values_list("pk")
    )


def set_history_metadata(row: Any, user: User | None, action: str) -> None:
    """Set the user and the action of the next history record of `row`."""
    row._history_user, row._change_reason = user, action


def ensure_unchanged(release: Release, edit_token: str | None) -> None:
    """Raise ActionNotAllowed if `release` or its pending revision changed since it had this `edit_token`."""
    if edit_token and edit_token != release.edit_token:
        raise ActionNotAllowed(
            gettext("Someone changed this release while you were viewing it. Read it again, then publish.")
        )

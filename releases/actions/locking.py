"""Lock the rows that an action changes, check permissions, and set the author of history records."""

from typing import Any

from django.db import connection
from django.utils.translation import gettext

from releases.actions.errors import ActionNotAllowed
from releases.actions.permissions import PERMISSION_ERRORS
from releases.models import Release, User

LOCKED_AT_SQL = {
    "sqlite": "SELECT locked_at FROM releases_newsroomsettings",
    "postgresql": "SELECT locked_at FROM releases_newsroomsettings FOR KEY SHARE",
}


def lock_release(
    release: Release, user: User | None, action: str, permission: str = "publish_release"
) -> None:
    """Reload `release` and lock its row until the end of the transaction, if `user` may act on it.

    Later saves of this instance are recorded in the history with `user` and `action`. The user None is the
    system, which may do everything. Raises ActionNotAllowed without the permission, while the newsroom is
    locked, and if the release was deleted.
    """
    if user is not None and not user.has_perm(f"releases.{permission}"):
        raise ActionNotAllowed(str(PERMISSION_ERRORS[permission]))
    ensure_newsroom_unlocked(user)
    try:
        release.refresh_from_db(from_queryset=Release.objects.select_for_update())
    except Release.DoesNotExist:
        raise ActionNotAllowed(gettext("This release was deleted in the meantime.")) from None
    set_history_metadata(release, user, action)


def ensure_newsroom_unlocked(user: User | None) -> None:
    """Raise ActionNotAllowed while the newsroom is locked, unless `user` is None (the system).

    On PostgreSQL, the newsroom can't be locked until the end of the transaction, so that `lock_newsroom` sees
    everything that actions have done. On SQLite, there is only one writer.
    """
    if user is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(LOCKED_AT_SQL[connection.vendor])
        row = cursor.fetchone()
    if row and row[0]:
        raise ActionNotAllowed(gettext("The newsroom is locked, so nothing can be changed."))


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

"""Autosave what staff type into a form, and tell them who else is editing the same release."""

import logging
import uuid
from datetime import timedelta
from typing import Any

from django.db import Error, IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from releases.actions.errors import ActionNotAllowed
from releases.actions.locking import ensure_newsroom_unlocked, lock_release
from releases.actions.permissions import PERMISSION_ERRORS, may_write
from releases.database import without_waiting_for_locks
from releases.models import Autosave, EditingSession, Release, User, display_name
from releases.text import localtime, richtext

logger = logging.getLogger(__name__)

# A form without a ping for SESSION_TIMEOUT counts as closed. Others are told about a save within
# RECENT_CHANGE.
SESSION_TIMEOUT = timedelta(minutes=2)
RECENT_CHANGE = timedelta(minutes=10)
# How long unsaved text is kept: longer than a leave of several months, after which someone may continue it.
# And how many texts for new releases a user can have.
MAX_AGE = timedelta(days=180)
MAX_NEW = 100


class TextTooLarge(ActionNotAllowed):
    """Raised when a text is too large to autosave. Unlike after other errors, the form keeps autosaving."""


@transaction.atomic
def autosave(
    *,
    user: User,
    data: dict[str, Any],
    sequence: int,
    edit_token: str = "",
    release: Release | None = None,
    client_id: uuid.UUID | None = None,
) -> Autosave:
    """Autosave what `user` typed into the form of `release`, or into the form `client_id` of a new release.

    A request whose `sequence` is not above the stored one is late and changes nothing. An empty body never
    replaces a text. Raises ActionNotAllowed if someone else has an autosave of this release, and if `user`
    may not change releases. Raises TextTooLarge for a body that saving would refuse as well.
    """
    if not user.has_perm("releases.change_release"):
        raise ActionNotAllowed(str(PERMISSION_ERRORS["change_release"]))
    ensure_newsroom_unlocked(user)
    if release:
        _ensure_may_write(release, user)
    lookup = {"release": release} if release else {"client_id": client_id}
    draft = Autosave.objects.select_for_update().filter(**lookup).first()
    if draft is None:
        find_old_autosaves().delete()
        if release is None:
            _delete_excess_autosaves(user)
        draft = Autosave(**lookup, user=user, data={})
    elif draft.user != user:
        raise ActionNotAllowed(_owner_message(draft))
    elif sequence <= draft.sequence:
        return draft
    body = data.get("body", "")
    if richtext.is_too_large(body):
        raise TextTooLarge(too_large_message())
    previous_body = draft.data.get("body", release.body if release else "")
    if not richtext.sanitize(body) and previous_body:
        data = data | {"body": previous_body}
    draft.data, draft.edit_token, draft.sequence = data, edit_token, sequence
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError as error:  # another user created one at the same time
        raise ActionNotAllowed(
            _("Someone else started typing here at the same time. Reload the page to see their text.")
        ) from error
    return draft


def find_old_autosaves() -> QuerySet[Autosave]:
    """Return what nobody has changed for MAX_AGE."""
    return Autosave.objects.filter(changed_at__lt=timezone.now() - MAX_AGE)


def find_closed_sessions() -> QuerySet[EditingSession]:
    """Return the editing sessions of forms that were closed."""
    return EditingSession.objects.filter(last_seen_at__lt=timezone.now() - SESSION_TIMEOUT)


def _delete_excess_autosaves(user: User) -> None:
    """Make room for another new release of `user`."""
    mine = Autosave.objects.filter(user=user, release=None).order_by("-changed_at", "-pk")
    Autosave.objects.filter(pk__in=list(mine.values_list("pk", flat=True)[MAX_NEW - 1 :])).delete()


@transaction.atomic
def claim_autosave(release: Release, *, user: User) -> None:
    """Make `user` the owner of the autosave of `release`. The previous owner's form is told.

    Raises ActionNotAllowed if there is no autosave, and if `user` may not change the release in its current
    state.
    """
    lock_release(release, user, "claim_autosave", permission="change_release")
    _ensure_may_write(release, user)
    draft = Autosave.objects.select_for_update().filter(release=release).first()
    if draft is None:
        raise ActionNotAllowed(_("There is no unsaved text here anymore. It was saved or discarded."))
    draft.user, draft.sequence = user, 0
    draft.save()


@transaction.atomic
def discard_autosave(release: Release, *, user: User) -> None:
    """Delete the autosave of `release`.

    Raises ActionNotAllowed if it belongs to someone else (claim it first), and if `user` may not change the
    release in its current state.
    """
    lock_release(release, user, "discard_autosave", permission="change_release")
    _ensure_may_write(release, user)
    draft = Autosave.objects.select_for_update().filter(release=release).first()
    if draft and draft.user not in (user, None):
        raise ActionNotAllowed(_owner_message(draft))
    if draft:
        draft.delete()


def _ensure_may_write(release: Release, user: User) -> None:
    if not may_write(release, user):
        raise ActionNotAllowed(_("You can no longer change this release. Open it again to see its status."))


def ping(release: Release, *, user: User) -> list[str]:
    """Record that `user` has the form of `release` open, if the database can be written.

    Return a sentence for each other user who has it open or saved it within RECENT_CHANGE.
    """
    now = timezone.now()
    try:
        with without_waiting_for_locks(), transaction.atomic():
            find_closed_sessions().delete()
            EditingSession.objects.update_or_create(
                release=release, user=user, defaults={"last_seen_at": now}
            )
    except Error as error:
        logger.warning("An open form could not be recorded: %s", error)
    sessions = (
        EditingSession.objects.filter(release=release)
        .exclude(user=user)
        .select_related("user")
        .order_by("pk")
    )
    messages = [
        _("%(name)s also has this release open.") % {"name": display_name(session.user)}
        for session in sessions
    ]
    latest = release.history.select_related("history_user").order_by("-history_date", "-history_id").first()
    changed = [(latest.history_user, latest.history_date)] if latest else []
    if revision := getattr(release, "pending_revision", None):
        changed.append((revision.changed_by, revision.changed_at))
    for editor, changed_at in changed:
        if editor and editor != user and changed_at > now - RECENT_CHANGE:
            messages.append(
                _("At %(time)s, %(name)s saved a change.")
                % {"name": display_name(editor), "time": localtime.format_time(changed_at)}
            )
    return messages


def too_large_message() -> str:
    return _(
        "The body is too long, or has too much formatting. Shorten it, or paste it as plain text "
        "(Ctrl+Shift+V)."
    )


def _owner_message(draft: Autosave) -> str:
    if draft.user is None:
        return _(
            "A name was removed from this text while you were editing it. Reload the page before you "
            "continue."
        )
    params = {"name": display_name(draft.user), "time": localtime.format_time(draft.changed_at)}
    return (
        _(
            "%(name)s has unsaved text here from %(time)s. What you type isn't saved. Continue that text, "
            "or talk to each other."
        )
        % params
    )

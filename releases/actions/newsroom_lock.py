"""Lock the newsroom: sign everyone out, and refuse every change until a manager unlocks it."""

from datetime import datetime
from typing import NamedTuple

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from releases.actions.errors import ActionNotAllowed
from releases.actions.revisions import unschedule_revision
from releases.actions.scheduling import return_to_draft
from releases.mail import MailKind, enqueue_mail_to_publishers
from releases.models import (
    NewsroomSettings,
    Note,
    PendingRevision,
    PreviewLink,
    Release,
    User,
    end_sessions,
)
from releases.text import localtime


class LockResult(NamedTuple):
    """What `lock_newsroom` did: the numbers of revoked links and of unscheduled releases and changes."""

    link_count: int
    unscheduled_count: int


@transaction.atomic
def lock_newsroom(user: User | None, *, keeps_schedule: bool) -> LockResult:
    """Lock the newsroom, revoke every preview link, and end every session.

    Unless `keeps_schedule` is set, scheduled releases return to draft and scheduled revisions are
    unscheduled, those in the undo window too, so that nothing appears until someone schedules it again.
    Raises ActionNotAllowed if `user` isn't a manager, and if the newsroom is locked. Without a user (the
    management command), locking it again does the same once more and keeps the time of the first lock.
    """
    newsroom = _lock_settings(user)
    if newsroom.locked_at and user is not None:
        raise ActionNotAllowed(_("The newsroom is already locked."))
    now = timezone.now()
    unscheduled_count = 0 if keeps_schedule else _unschedule_everything(user, now)
    if newsroom.locked_at is None:
        NewsroomSettings.objects.update(locked_at=now, locked_by=user)
        enqueue_mail_to_publishers(MailKind.LOCKED, by=user)
    valid_links = PreviewLink.objects.filter(revoked_at=None, expires_at__gt=now)
    link_count = valid_links.update(revoked_at=now)
    end_sessions()
    return LockResult(link_count, unscheduled_count)


@transaction.atomic
def unlock_newsroom(user: User | None) -> None:
    """Unlock the newsroom. Raises ActionNotAllowed if `user` isn't a manager, and if it isn't locked."""
    if _lock_settings(user).locked_at is None:
        raise ActionNotAllowed(_("The newsroom isn't locked."))
    NewsroomSettings.objects.update(locked_at=None, locked_by=None)
    enqueue_mail_to_publishers(MailKind.UNLOCKED, by=user)


def _lock_settings(user: User | None) -> NewsroomSettings:
    """Return the settings, locked for update, once all actions that have begun are finished."""
    if user is not None and not user.is_superuser:
        raise ActionNotAllowed(_("Only managers can lock or unlock the newsroom. Ask a manager."))
    NewsroomSettings.current()  # creates the row if it is missing
    return NewsroomSettings.objects.select_for_update().get()


def _unschedule_everything(user: User | None, now: datetime) -> int:
    """Unschedule releases and revisions, each with a note, and return their number.

    A release or revision that is due by `now` is public, so it isn't scheduled anymore.
    """
    revisions = PendingRevision.objects.filter(public_at__gt=now)
    scheduled = Release.objects.scheduled(now).order_by()
    is_affected = models.Q(pk__in=scheduled.values("pk")) | models.Q(pk__in=revisions.values("release"))
    count = 0
    for release in Release.objects.select_for_update().filter(is_affected).order_by("pk"):
        try:
            text = _unschedule(release, user)
        except ActionNotAllowed:
            continue  # it has become public in the meantime
        Note.objects.create(release=release, author=user, text=text)
        count += 1
    return count


def _unschedule(release: Release, user: User | None) -> str:
    """Return a scheduled release to draft, or unschedule its revision. Return a note about it."""
    with override(release.language):
        if release.is_scheduled:
            public_at = release.public_at
            text = _("Returned to draft because the newsroom was locked. It was scheduled for %(moment)s.")
            return_to_draft(release, user=user)
        else:
            public_at = getattr(PendingRevision.for_release(release), "public_at", None)
            text = _("Change unscheduled because the newsroom was locked. It was scheduled for %(moment)s.")
            unschedule_revision(release, user=user)
        return text % {"moment": localtime.format_datetime(public_at) if public_at else ""}

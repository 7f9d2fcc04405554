"""Publish an alert on every public page, and end it early."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from releases.actions.errors import ActionNotAllowed
from releases.actions.locking import ensure_newsroom_unlocked
from releases.mail import MailKind, enqueue_mail_to_publishers
from releases.models import Alert, NewsroomSettings, User


@transaction.atomic
def publish_alert(alert: Alert, *, user: User, replaces: int | None = None) -> None:
    """Publish `alert`, a new row, at once, and end the active one. The other publishers get a mail.

    `replaces` is the id of the active alert that the user saw. Raises ActionNotAllowed if another one is
    active now, if `alert` is invalid, without the permission, and while the newsroom is locked.
    """
    _lock_alerts(user)
    now = timezone.now()
    for active in Alert.objects.active(now):
        if active.pk != replaces:
            message = _("Someone else has just published an alert: “%(text)s”. Publish again to replace it.")
            raise ActionNotAllowed(message % {"text": active.text})
    try:
        alert.full_clean()
    except ValidationError as exc:
        raise ActionNotAllowed(" ".join(exc.messages)) from None
    _end(now, user)
    alert.created_at, alert.created_by = now, user
    alert.save()
    enqueue_mail_to_publishers(MailKind.ALERT_PUBLISHED, by=user)


@transaction.atomic
def end_alert(alert_id: int, *, user: User) -> None:
    """End the active alert now. Raises ActionNotAllowed if it isn't active anymore."""
    _lock_alerts(user)
    now = timezone.now()
    if not Alert.objects.active(now).filter(pk=alert_id).exists():
        raise ActionNotAllowed(_("This alert has already ended."))
    _end(now, user)
    enqueue_mail_to_publishers(MailKind.ALERT_ENDED, by=user)


def _lock_alerts(user: User) -> None:
    """Check that `user` may act, and let nobody else publish or end an alert until the transaction ends."""
    if not user.has_perm("releases.publish_release"):
        raise ActionNotAllowed(_("Only publishers can publish or end an alert. Ask a publisher."))
    ensure_newsroom_unlocked(user)
    NewsroomSettings.current()  # creates the row if it is missing
    NewsroomSettings.objects.select_for_update(no_key=True).get()


def _end(now: datetime, user: User) -> None:
    for alert in Alert.objects.active(now):
        alert.ended_at, alert.ended_by = now, user
        alert.save()

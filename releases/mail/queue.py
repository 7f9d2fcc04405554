"""Enqueue mail in the current transaction, one task for each recipient."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from releases.mail.kinds import REVIEW_KINDS, MailKind
from releases.mail.tasks import send_mail
from releases.models import User


def enqueue_mail(
    kind: MailKind,
    users: Iterable[User],
    *,
    by: User | None = None,
    delay: timedelta = timedelta(0),
    **values: Any,
) -> None:
    """Enqueue a mail of `kind` to each of `users` who has an address. `by` caused it (None: a command).

    It is sent after `delay`. `values` are those that the function of this kind in releases/mail/messages.py
    needs. Without MAIL_URL, nothing is enqueued.
    """
    if not settings.MAIL_FROM:
        return
    now = timezone.now()
    values |= {"by": by.pk if by else None, "at": now.isoformat()}
    delayed = send_mail.using(run_after=now + delay) if delay else send_mail
    for user in users:
        if (
            (values.get("address") or user.email)
            and user.is_active
            and (user.wants_review_mail or kind not in REVIEW_KINDS)
        ):
            delayed.enqueue(kind=str(kind), user_id=user.pk, values=values)


def enqueue_mail_to_publishers(kind: MailKind, *, by: User | None, **values: Any) -> None:
    """Enqueue a mail of `kind` to all publishers and managers except `by`."""
    if settings.MAIL_FROM:
        enqueue_mail(kind, [user for user in find_publishers() if user != by], by=by, **values)


def find_publishers() -> list[User]:
    """Return the open accounts that may publish, which includes managers."""
    return list(User.objects.with_perm("releases.publish_release").filter(is_staff=True).order_by("pk"))

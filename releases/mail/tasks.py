"""The background task that sends one mail to one person."""

from typing import Any

from django.conf import settings
from django.utils.translation import override
from django_tasks import TaskContext, task

from releases.mail.messages import build_mail
from releases.mail.sending import NO_SETTINGS, MailNotSentError, make_message_id, send
from releases.models import User

PRIORITY = 10  # before the sizes of photos


@task(takes_context=True, priority=PRIORITY)
def send_mail(context: TaskContext, kind: str, user_id: int, values: dict[str, Any]) -> None:
    """Send a mail of a MailKind to a member of the staff, unless it isn't needed anymore.

    `values` may have an `address` other than that of the account.
    """
    user = User.objects.filter(pk=user_id, is_active=True, is_staff=True).first()
    address = values.get("address") or (user.email if user else "")
    if user is None or not address:
        return
    if not settings.MAIL_FROM:  # of this worker, or since the mail was enqueued
        raise MailNotSentError(NO_SETTINGS)
    with override(user.language or settings.LANGUAGE_CODE):
        mail = build_mail(kind, user, values)
        if mail:
            send(mail, address, make_message_id(context.task_result.id))

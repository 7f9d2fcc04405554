"""The background task that sends one mail to one person."""

from typing import Any

from django.conf import settings
from django.utils.translation import override
from django_tasks import TaskContext, task

from releases.mail.messages import build_mail
from releases.mail.sending import make_message_id, send
from releases.models import User

PRIORITY = 10  # before the sizes of photos


@task(takes_context=True, priority=PRIORITY)
def send_mail(context: TaskContext, kind: str, user_id: int, values: dict[str, Any]) -> None:
    """Send a mail of a MailKind to a member of the staff, unless it isn't needed anymore."""
    user = User.objects.filter(pk=user_id, is_active=True, is_staff=True).first()
    if user is None or not user.email or not settings.MAIL_FROM:
        return
    with override(user.language or settings.LANGUAGE_CODE):
        mail = build_mail(kind, user, values)
        if mail:
            send(mail, user.email, make_message_id(context.task_result.id))

"""Helpers of the tests of mail to staff."""

from typing import Any

from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django_tasks_db.models import DBTaskResult

from releases.mail.tasks import send_mail
from releases.models import User
from tests.background import run_tasks
from tests.factories import make_user

MARKER = "Quetzalcanary"  # in every text that no mail may contain


def make_staff(name: str, group: str = "Publishers", **changes: Any) -> User:
    """Create an account with an email address."""
    return make_user(name, group, **{"email": f"{name}@example.org"} | changes)


def get_queued_mail() -> list[tuple[str, str]]:
    """Return the kind and the recipient's user name of each mail in the queue."""
    names = dict(User.objects.values_list("pk", "username"))
    rows = DBTaskResult.objects.filter(task_path=send_mail.module_path)
    arguments = [row.args_kwargs["kwargs"] for row in rows]
    return sorted((each["kind"], names[each["user_id"]]) for each in arguments)


def send_queued_mail() -> list[Any]:
    """Run the tasks that are ready, and return the mail that was sent."""
    run_tasks()
    return list(mail.outbox)


def read_html(message: EmailMultiAlternatives) -> str:
    ((html, mime_type),) = message.alternatives
    assert mime_type == "text/html"
    return str(html)

"""Send a test mail now, without the queue."""

from argparse import ArgumentParser
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from releases.background.retries import GiveUpError
from releases.mail.messages import build_test_mail
from releases.mail.sending import MailNotSentError, make_message_id, send


class Command(BaseCommand):
    help = "Send a test mail to an address, to check MAIL_URL and MAIL_FROM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="where to send it")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.MAIL_FROM:
            raise CommandError("MAIL_URL isn't set, so the newsroom sends no mail. See docs/how-to/mail.md.")
        try:
            send(build_test_mail(), options["address"], make_message_id(str(uuid4())))
        except (GiveUpError, MailNotSentError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"The mail server accepted a mail from {settings.MAIL_FROM} to {options['address']}. If it "
            "doesn't arrive, look in the spam folder, and check SPF and DKIM."
        )

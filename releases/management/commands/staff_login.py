"""Create a one-time password for a staff account.

It is printed, never stored in plain text, valid for 24 hours, and replaced at the first sign-in.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext_noop

from releases.accounts.devices import make_link_query
from releases.accounts.own_account import log_own_change
from releases.accounts.passwords import generate_password
from releases.mail import MailKind, enqueue_mail
from releases.management.server_lock import find_running_url
from releases.models import User
from releases.models.second_factors import has_second_factor, reset_second_factors
from releases.text.choices import Role


class Command(BaseCommand):
    help = "Print a new one-time password for a staff account. With --role, create the account."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the user name")
        parser.add_argument(
            "--role",
            choices=Role.values,
            help="create an account with this role; a manager also manages accounts",
        )
        parser.add_argument("--reopen", action="store_true", help="open an account that was closed")
        parser.add_argument(
            "--reset-second-factor",
            action="store_true",
            help="also delete passkeys, authenticator app and recovery codes, because they are lost",
        )

    @transaction.atomic
    def handle(self, *_args: Any, **options: Any) -> None:
        name, role = options["name"], options["role"]
        user = User.objects.filter(username=name).first()
        if user and role:
            raise CommandError(
                f"Account “{name}” already exists. Omit --role to reset the password, or choose another name."
            )
        if user is None:
            if not role:
                usernames = (
                    ", ".join(User.objects.order_by("username").values_list("username", flat=True))
                    or "none yet"
                )
                raise CommandError(
                    f"Account “{name}” does not exist (existing accounts: {usernames}). To create it, add "
                    "--role writer, publisher or manager."
                )
            user = User(username=name, is_staff=True, is_superuser=role == Role.MANAGER)
        elif not (user.is_active and user.is_staff) and not options["reopen"]:
            raise CommandError(f"Account “{name}” is closed. To open it again, add --reopen.")
        password = generate_password()
        user.is_active = user.is_staff = True
        user.set_temporary_password(password)
        try:
            user.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        user.save()
        enqueue_mail(MailKind.PASSWORD_RESET, [user])
        if role:
            user.set_role(role)
        if options["reset_second_factor"]:
            reset_second_factors(user)
            enqueue_mail(MailKind.FACTORS_RESET, [user])
            log_own_change(user, gettext_noop("The server administrator reset two-step verification."))
        running_url = find_running_url(Path(settings.DATA_DIR))
        url = running_url or settings.SITE_URL
        self.stdout.write(
            f"Sign in at {url}/admin/ as {name} with {password}\nIt is valid for 24 "
            "hours. At the first sign-in, they choose their own password."
        )
        if not running_url and not settings.HTTPS:
            self.stdout.write(
                "No newsroom is running with this DATA_DIR, so the address is that of these settings. If you "
                "start it with another PORT or SITE_URL, use the address that it prints."
            )
        if has_second_factor(user):
            self.stdout.write(
                "They also need their second step. If it is lost, add --reset-second-factor to this command."
            )
        self.stdout.write(
            "If the newsroom refuses their device because of too many attempts, they first open "
            f"{url}/admin/login/?{make_link_query(name)}"
        )

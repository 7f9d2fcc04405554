"""Create a one-time password for a staff account.

It is printed, never stored in plain text, and replaced at the first sign-in.
"""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from releases.models import User

# Letters and digits that are easy to tell apart on a screen.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
ROLES = {"writer": "Writers", "publisher": "Publishers"}


def generate_password() -> str:
    """Return four groups of five characters: about 99 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _letter in range(5)) for _group in range(4))


class Command(BaseCommand):
    help = "Print a new one-time password for a staff account. With --role, create the account."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the user name")
        parser.add_argument(
            "--role",
            choices=[*ROLES, "manager"],
            help="create an account with this role; a manager also manages accounts",
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
            user = User(username=name, is_superuser=role == "manager")
        password = generate_password()
        user.is_active = user.is_staff = True
        user.set_password(password)
        user.password_is_temporary = True
        try:
            user.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        user.save()
        if role in ROLES:
            user.groups.add(Group.objects.get(name=ROLES[role]))
        self.stdout.write(
            f"Sign in at {settings.SITE_URL}/admin/ as {name} with {password}\nAt the first sign-in, "
            "they choose their own password."
        )

"""A way in for a staff member: a one-time password, printed and kept nowhere, replaced at the first sign-in."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from releases.models import User

# Letters and digits nobody mistakes for one another when reading them off a screen.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
ROLES = {"writer": "Writers", "publisher": "Publishers"}


def new_password() -> str:
    """Four groups of five: about 99 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _letter in range(5)) for _group in range(4))


class Command(BaseCommand):
    help = "Print a new one-time password for a staff account; with --role, make the account if it does not exist."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the name the person signs in with")
        parser.add_argument(
            "--role", choices=[*ROLES, "manager"], help="make a new account: a writer, a publisher, or a manager of accounts"
        )

    @transaction.atomic
    def handle(self, *_args: Any, **options: Any) -> None:
        name, role = options["name"], options["role"]
        user = User.objects.filter(username=name).first()
        if user and role:
            raise CommandError(f"There is an account “{name}” already: leave out --role for a new password, or choose another name.")
        if user is None:
            if not role:
                known = ", ".join(User.objects.order_by("username").values_list("username", flat=True)) or "none yet"
                raise CommandError(f"There is no account “{name}” (there are: {known}). Make it with --role writer, publisher or manager.")
            user = User(username=name, is_superuser=role == "manager")
        password = new_password()
        user.is_active = user.is_staff = True
        user.set_password(password)
        user.password_is_temporary = True
        try:
            user.full_clean()
        except ValidationError as fault:
            raise CommandError(" ".join(fault.messages)) from fault
        user.save()
        if role in ROLES:
            user.groups.add(Group.objects.get(name=ROLES[role]))
        self.stdout.write(
            f"Sign in at {settings.SITE_URL}/admin/ as {name} with {password}\nThe first sign-in asks for a password of your own."
        )

"""Lock the newsroom from the server, for example when the account of a manager was compromised."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from releases.actions.errors import ActionNotAllowed
from releases.actions.newsroom_lock import lock_newsroom, unlock_newsroom


class Command(BaseCommand):
    help = "Lock the newsroom: end every session and preview link, and refuse every change."

    def add_arguments(self, parser: ArgumentParser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument(
            "--keep-schedule",
            action="store_true",
            help="let scheduled releases and changes appear as planned; else they are unscheduled",
        )
        choice.add_argument("--unlock", action="store_true", help="unlock the newsroom")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["unlock"]:
            try:
                unlock_newsroom(None)
            except ActionNotAllowed as error:
                raise CommandError(str(error)) from error
            self.stdout.write("The newsroom is unlocked. Everyone can sign in again.")
            return
        result = lock_newsroom(None, keeps_schedule=options["keep_schedule"])
        schedule = (
            "Scheduled releases appear as planned."
            if options["keep_schedule"]
            else f"Scheduled releases and changes that were unscheduled: {result.unscheduled_count}."
        )
        self.stdout.write(
            f"The newsroom is locked and everyone is signed out. Preview links that were revoked: "
            f"{result.link_count}. {schedule}\nTo unlock it: manage.py lock_newsroom --unlock"
        )

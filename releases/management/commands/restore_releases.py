"""Restore every release, topic and slug to an earlier time, after a defacement or a serious mistake."""

from argparse import ArgumentParser
from collections import Counter
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.forms import DateTimeField
from django.utils import timezone

from releases.actions.errors import ActionNotAllowed
from releases.actions.newsroom_restoration import restore_everything
from releases.text import localtime

FORMATS = [
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%dT%H:%M:%S%z",
]
OUTCOME_LABELS = {
    "content_restored": "text, topics or web address restored",
    "draft": "returned to draft",
    "published": "published or scheduled again",
    "withdrawn": "withdrawn",
    "revision_unscheduled": "scheduled change unscheduled",
}


class Command(BaseCommand):
    help = "Restore releases, topics, web addresses and corrections to an earlier time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--before",
            required=True,
            metavar="TIME",
            help="Los Angeles time, like “2026-11-24 09:30”, or with an offset",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="report what would change, without changing it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        at = self._parse_time(options["before"])
        with transaction.atomic():
            try:
                results = restore_everything(at)
            except ActionNotAllowed as error:
                raise CommandError(str(error)) from error
            if options["dry_run"]:
                transaction.set_rollback(True)
        for release, outcome in results:
            self.stdout.write(f"{release.pk:>6}  {release.headline[:70]}: {OUTCOME_LABELS[outcome]}")
        counts = ", ".join(
            f"{count} {outcome}"
            for outcome, count in sorted(Counter(outcome for _release, outcome in results).items())
        )
        verb = "would be restored" if options["dry_run"] else "restored"
        noun = "release" if len(results) == 1 else "releases"
        details = f" ({counts})" if counts else ""
        self.stdout.write(f"{len(results)} {noun} {verb} to {localtime.format_datetime(at)}{details}.")
        if results and not options["dry_run"]:
            self.stdout.write(
                "Accounts were not changed. Reset every password that an attacker may know, with staff_login."
            )

    def _parse_time(self, text: str) -> datetime:
        try:
            value: datetime | None = DateTimeField(input_formats=FORMATS).clean(text)
        except ValidationError as error:
            raise CommandError(
                f"“{text}” is not a valid time. Write it like “2026-11-24 09:30”, in Los Angeles time. "
                f"{error.messages[0]}"
            ) from error
        if value is None or value > timezone.now():
            raise CommandError(f"“{text}” is in the future. Give a time in the past.")
        return value

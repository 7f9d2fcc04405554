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
from releases.actions.restoration import restore_everything
from releases.text import localtime

FORMATS = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%z"]
OUTCOME_LABELS = {
    "content_restored": "text, topics or address as they were",
    "draft": "a draft again",
    "published": "public, or scheduled, as it was",
    "withdrawn": "withdrawn",
    "revision_unscheduled": "its scheduled change is held back",
}


class Command(BaseCommand):
    help = "Put releases, topics, addresses and corrections back to how they stood at a moment."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--before", required=True, metavar="TIME", help="Los Angeles time, like “2026-11-24 09:30”, or with an offset")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")

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
        counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(Counter(outcome for _release, outcome in results).items()))
        verb = "would be put" if options["dry_run"] else "put"
        self.stdout.write(f"{len(results)} releases {verb} back to {localtime.format_datetime(at)}{f' ({counts})' if counts else ''}.")
        if results and not options["dry_run"]:
            self.stdout.write("Accounts are as they are: replace the password of anyone whose password others may know.")

    def _parse_time(self, text: str) -> datetime:
        try:
            value: datetime | None = DateTimeField(input_formats=FORMATS).clean(text)
        except ValidationError as error:
            raise CommandError(
                f"“{text}” is no time: write one like “2026-11-24 09:30”, in Los Angeles time. {error.messages[0]}"
            ) from error
        if value is None or value > timezone.now():
            raise CommandError(f"“{text}” is still to come: name a moment that has passed.")
        return value

"""Puts every release, topic and address back to how it stood at a moment, after a defacement or a great mistake."""

from argparse import ArgumentParser
from collections import Counter
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.forms import DateTimeField
from django.utils import timezone

from releases import clock, publishing

FORMATS = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%z"]
BECAME = {
    "text": "text, topics or address as they were",
    "draft": "a draft again",
    "published": "public, or scheduled, as it was",
    "withdrawn": "withdrawn",
    "change": "its scheduled change is held back",
}


class Command(BaseCommand):
    help = "Put releases, topics, addresses and corrections back to how they stood at a moment."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--before", required=True, metavar="TIME", help="Los Angeles time, like “2026-11-24 09:30”, or with an offset")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        before = self._moment(options["before"])
        with transaction.atomic():
            try:
                restored = publishing.restore_everything(before)
            except publishing.Refusal as refusal:
                raise CommandError(str(refusal)) from refusal
            if options["dry_run"]:
                transaction.set_rollback(True)
        for release, became in restored:
            self.stdout.write(f"{release.pk:>6}  {release.headline[:70]}: {BECAME[became]}")
        counts = ", ".join(f"{count} {became}" for became, count in sorted(Counter(became for _release, became in restored).items()))
        verb = "would be put" if options["dry_run"] else "put"
        self.stdout.write(f"{len(restored)} releases {verb} back to {clock.in_words(before)}{f' ({counts})' if counts else ''}.")
        if restored and not options["dry_run"]:
            self.stdout.write("Accounts are as they are: replace the password of anyone whose password others may know.")

    def _moment(self, words: str) -> datetime:
        try:
            moment: datetime | None = DateTimeField(input_formats=FORMATS).clean(words)
        except ValidationError as fault:
            raise CommandError(
                f"“{words}” is no time: write one like “2026-11-24 09:30”, in Los Angeles time. {fault.messages[0]}"
            ) from fault
        if moment is None or moment > timezone.now():
            raise CommandError(f"“{words}” is still to come: name a moment that has passed.")
        return moment

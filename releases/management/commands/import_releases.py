"""Import a press page saved as text, all of it or nothing. A second run changes nothing."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError
from django.utils import timezone

from releases.importers import loader, plaintext
from releases.importers.records import RemovedText
from releases.models import NewsroomSettings
from releases.text import datelines, localtime
from releases.text.choices import Language

PLURALS = {loader.Outcome.NEEDS_REVIEW: "need review"}


class Command(BaseCommand):
    help = (
        "Import releases from a press page saved as text (UTF-8, UTF-16 or Windows-1252). Items that need "
        "review are reported, not imported."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the text file")
        parser.add_argument(
            "--dry-run", action="store_true", help="report what would be imported, without importing it"
        )
        parser.add_argument("--json", action="store_true", help="print the report as one JSON object")
        parser.add_argument(
            "--language",
            choices=Language.values,
            default=Language.ENGLISH,
            help="the language of the releases (default: en)",
        )
        parser.add_argument("--drafts", action="store_true", help="import items that need review as drafts")

    def handle(self, *_args: Any, **options: Any) -> None:
        if NewsroomSettings.find_lock():
            raise CommandError(
                "The newsroom is locked, so nothing was imported. Unlock it first: manage.py lock_newsroom "
                "--unlock"
            )
        try:
            with Path(options["file"]).open("rb") as file:
                text = plaintext.decode(file.read(plaintext.MAX_BYTES + 1))
        except OSError as error:
            raise CommandError(
                f"{options['file']} can't be read ({error.strerror}). Give the path of a text file."
            ) from error
        except plaintext.UnreadableFile as error:
            raise CommandError(f"{options['file']}: {error}") from error
        removed: list[RemovedText] = []
        today = localtime.local_date(timezone.now())
        items = plaintext.parse_items(text, options["language"], today, removed)
        if not items:
            raise CommandError(f"{options['file']} contains no text, so there is nothing to import.")

        try:
            results = loader.load_items(
                items,
                drafts=options["drafts"],
                dry_run=options["dry_run"],
                on_progress=self.make_progress_callback(len(items)),
            )
        except IntegrityError as error:
            raise CommandError(
                "Another release took one of the web addresses in the meantime. Nothing was imported. Run "
                "the command again."
            ) from error
        if options["json"]:
            report = {
                "items": list(map(result_to_dict, results)),
                "counts": loader.count_outcomes(results),
                "left_out": [{"line": line, "text": text} for line, text in removed],
            }
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=1))
        else:
            self.report(results, options)
            self.report_removed(removed)

    def make_progress_callback(self, total: int) -> Any:
        """Return a callback that writes a line to standard error for every thousand items."""

        def write_progress(done: int) -> None:
            if done % 1000 == 0:
                self.stderr.write(f"{done} of {total}", ending="\r" if sys.stderr.isatty() else "\n")

        return write_progress

    def report(self, results: list[loader.Result], options: dict[str, Any]) -> None:
        for result in results:
            item = result.item
            formatted_dateline = (
                datelines.format_dateline(item.date, item.dateline, item.language)
                if item.date
                else "(no date)"
            )
            draft_suffix = (
                " as a draft" if result.outcome == loader.Outcome.CREATED and item.needs_review else ""
            )
            self.stdout.write(
                f"{result.outcome}{draft_suffix}, line {item.line}: {item.headline} "
                f"{formatted_dateline.removesuffix(' –')}"
            )
            for problem in item.problems:
                self.stdout.write(f"    line {problem.line}: {problem.reason}")
        outcomes = loader.count_outcomes(results)
        counts = ", ".join(
            f"{count} {outcome if count == 1 else PLURALS.get(loader.Outcome(outcome), outcome)}"
            for outcome, count in outcomes.items()
        )
        self.stdout.write(
            f"{counts}."
            + (" Nothing was imported, because this was a dry run." if options["dry_run"] else "")
        )

    def report_removed(self, removed: list[RemovedText]) -> None:
        """List what was left out of all releases, with its lines."""
        lines: dict[str, list[str]] = {}
        for line, text in removed:
            lines.setdefault(text, []).append(str(line))
        for text, numbers in lines.items():
            self.stdout.write(f"Left out: “{text}”, line {', '.join(numbers)}.")


def result_to_dict(result: loader.Result) -> dict[str, Any]:
    item = result.item
    return {
        "status": str(result.outcome),
        "line": item.line,
        "headline": item.headline,
        "kind": str(item.kind),
        "language": str(item.language),
        "date": item.date.isoformat() if item.date else None,
        "dateline": item.dateline,
        "summary": item.summary,
        "problems": [f"line {problem.line}: {problem.reason}" for problem in item.problems],
    }

"""Reads a press page saved as text into the newsroom: all of it or nothing, and a second run changes nothing."""

import json
import shutil
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError
from django.utils import timezone

from releases import clock, datelines
from releases.importers import loader, plaintext
from releases.importers.spool import NoRoom, Spool
from releases.vocabulary import Language


class Command(BaseCommand):
    help = "Import releases from a press page saved as text (UTF-8, UTF-16 or Windows-1252). What needs review is reported and not written."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the text file")
        parser.add_argument("--dry-run", action="store_true", help="report what would happen and write nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
        parser.add_argument(
            "--language", choices=Language.values, default=Language.ENGLISH, help="the language of the releases (default: en)"
        )
        parser.add_argument("--drafts", action="store_true", help="write what needs review as drafts")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            self.read_and_load(options)
        except NoRoom as fault:
            raise CommandError(
                f"DATA_DIR cannot take what waits to be imported ({fault}), and nothing was imported: make room there, or name another "
                "folder in DATA_DIR, and run it again."
            ) from fault

    def read_and_load(self, options: dict[str, Any]) -> None:
        try:
            with opened(Path(options["file"])) as file, plaintext.decode(file) as text:
                items = Spool(plaintext.parse(text, options["language"], today=clock.day_of(timezone.now())))
        except OSError as fault:
            raise CommandError(f"{options['file']} cannot be read ({fault.strerror}): name a text file.") from fault
        except plaintext.Unreadable as fault:
            raise CommandError(f"{options['file']}: {fault}") from fault
        if not items:
            raise CommandError(f"{options['file']} holds no text, so there is nothing to import.")

        try:
            results = loader.load(items, drafts=options["drafts"], dry_run=options["dry_run"], progress=self.progress(len(items)))
        except IntegrityError as fault:
            raise CommandError("Someone else took an address meanwhile. Nothing was imported: run it again.") from fault
        if options["json"]:
            for piece in json_pieces(results):
                self.stdout.write(piece, ending="")
            self.stdout.write()
        else:
            self.report(results, options)

    def progress(self, total: int) -> Any:
        """A line on standard error for every thousand items; short imports say nothing."""

        def tell(done: int) -> None:
            if done % 1000 == 0:
                self.stderr.write(f"{done} of {total}", ending="\r" if sys.stderr.isatty() else "\n")

        return tell

    def report(self, results: Spool[loader.Result], options: dict[str, Any]) -> None:
        for result in results:
            item = result.item
            dateline = datelines.in_house_form(item.date, item.dateline, item.language) if item.date else "(no date)"
            draft = " as a draft" if result.outcome == loader.Outcome.CREATED and item.needs_review else ""
            self.stdout.write(f"{result.outcome}{draft}, line {item.line}: {item.headline} {dateline.removesuffix(' –')}")
            for problem in item.problems:
                self.stdout.write(f"    line {problem.line}: {problem.reason}")
        counts = ", ".join(f"{number} {outcome}" for outcome, number in loader.counts(results).items())
        self.stdout.write(f"{counts}." + (" Nothing was written: this was a dry run." if options["dry_run"] else ""))


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file at `path`, or a copy of what comes through a pipe, which cannot be read twice."""
    with path.open("rb") as file:
        if file.seekable():
            yield file
            return
        with tempfile.TemporaryFile(dir=settings.DATA_DIR) as copy:
            shutil.copyfileobj(file, copy)
            yield copy


def json_pieces(results: Spool[loader.Result]) -> Iterator[str]:
    """One JSON object of all `results` and of how many had each outcome, in pieces: a result is in memory, never all of them."""
    yield '{\n "items": ['
    for number, result in enumerate(results):
        yield (",\n  " if number else "\n  ") + in_json(as_json(result), depth=2)
    yield '\n ],\n "counts": ' + in_json(loader.counts(results), depth=1) + "\n}"


def in_json(words: dict[str, Any], depth: int) -> str:
    """`words` as they are printed inside `depth` other objects."""
    return json.dumps(words, ensure_ascii=False, indent=1).replace("\n", "\n" + " " * depth)


def as_json(result: loader.Result) -> dict[str, Any]:
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

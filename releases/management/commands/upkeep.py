"""Delete what has ended or was left behind, and forecast the growth of the history."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from releases.actions.stored_text import get_record_path, purge_deleted_text
from releases.actions.upkeep import TASKS, Task, update_statistics
from releases.database_roles import use_owner
from releases.diagnosis.growth import describe_growth, measure_history

RECORD = "last-upkeep.json"  # in DATA_DIR; `doctor` reads it


class Command(BaseCommand):
    help = (
        "Delete ended sessions, old unsaved texts, old rows of the cache, and files that killed commands "
        "left. For a daily timer; the newsroom can be running. The exit code is 1 if a part failed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be deleted, and delete nothing"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        is_dry_run = options["dry_run"]
        parts: list[tuple[str, Callable[[], None]]] = [
            (task.name, partial(self.delete, task, is_dry_run)) for task in TASKS
        ]
        if get_record_path().exists():
            parts.append(("names that were removed", partial(self.purge, is_dry_run)))
        if not is_dry_run:
            parts.append(("the statistics of the database", self.update_statistics))
        parts.append(("the growth of the history", self.describe_history))
        failed = 0
        for name, run in parts:
            try:
                run()
            except Exception as error:  # the other parts must be done, whatever went wrong
                failed += 1
                reason = " ".join(f"{type(error).__name__}: {error}".split())
                self.stderr.write(f"Failed: {name} ({reason}). The next run tries again.")
        if failed:
            sys.exit(1)
        if is_dry_run:
            return
        try:
            record_upkeep()
        except OSError as error:
            self.stderr.write(f"The time can't be recorded in DATA_DIR ({error.strerror}).")
            sys.exit(1)

    def delete(self, task: Task, is_dry_run: bool) -> None:
        if count := task.count() if is_dry_run else task.delete():
            self.stdout.write(f"{'Would delete' if is_dry_run else 'Deleted'}: {count} {task.name}.")

    def purge(self, is_dry_run: bool) -> None:
        """Rewrite the database files, because that was not possible when a name was removed."""
        if is_dry_run:
            self.stdout.write("Would rewrite the database files without names that were removed.")
            return
        with use_owner():
            if not purge_deleted_text():
                raise CommandError("the database files can't be rewritten; see docs/how-to/upkeep.md")
        self.stdout.write("Rewrote the database files without names that were removed.")

    def update_statistics(self) -> None:
        if update_statistics():
            self.stdout.write("Updated the statistics of the database.")

    def describe_history(self) -> None:
        growth = measure_history()
        for table in growth.tables:
            self.stdout.write(
                f"History of {table.name}: {table.rows} versions, {filesizeformat(table.size)}, "
                f"{filesizeformat(table.recent)} of them in the last year."
            )
        finding = describe_growth(growth)
        self.stdout.write(f"{finding.found} {finding.advice}".strip())


def record_upkeep() -> None:
    """Record when everything was done."""
    path = Path(settings.DATA_DIR) / RECORD
    part = path.with_name(f".{RECORD}.part")
    part.write_text(json.dumps({"finished_at": timezone.now().isoformat()}))
    part.replace(path)

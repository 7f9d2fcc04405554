"""Check a backup file, or the newsroom itself."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from releases.backups.archive import InvalidBackup, find_faults, read_manifest
from releases.backups.encryption import open_backup
from releases.management.progress import show_progress
from releases.verification.live import find_live_faults


class Command(BaseCommand):
    help = (
        "Check that the backup FILE is whole, or with --live that the newsroom is, and name what is wrong. "
        "The exit code is 1 if anything is."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", nargs="?", help="the backup to check")
        parser.add_argument(
            "--live",
            action="store_true",
            help="check the newsroom while it runs: rows, history, search index, photos and documents",
        )
        parser.add_argument(
            "--passphrase-file", type=Path, metavar="FILE", help="decrypt with the first line of FILE"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["live"] == bool(options["file"]):
            raise CommandError("Name a backup file, or add --live to check the newsroom itself.")
        faults, summary = self.check_newsroom() if options["live"] else self.check_backup(**options)
        for fault in faults:
            self.stdout.write(fault)
        if faults:
            sys.exit(1)
        self.stdout.write(summary)

    def check_newsroom(self) -> tuple[list[str], str]:
        """Return the faults of the newsroom, and a sentence for when there are none."""
        counts: dict[str, int] = {}
        try:
            with show_progress() as progress:

                def count(name: str, amount: int) -> None:
                    counts[name] = amount
                    progress(name, amount)

                faults = list(find_live_faults(count))
        except Error as error:
            raise CommandError(
                f"The database can't be read ({' '.join(str(error).split())}). Run doctor."
            ) from error
        except OSError as error:
            raise CommandError(
                f"The files can't be listed ({error.strerror or error}). Run doctor."
            ) from error
        summary = f"The newsroom is whole: {sum(counts.values())} rows and files were checked."
        return faults, summary

    def check_backup(
        self, file: Path, passphrase_file: Path | None, **_options: Any
    ) -> tuple[list[str], str]:
        """Return the faults of a backup, and a sentence for when there are none."""
        try:
            with (
                open_backup(file, passphrase_file, settings.DATA_DIR) as archive,
                show_progress() as progress,
            ):
                manifest = read_manifest(archive)
                faults = list(find_faults(archive, progress))
        except (InvalidBackup, ValueError, OSError) as error:
            raise CommandError(f"{file} can't be restored. {error}") from error
        rows = sum(member.get("rows", 0) for member in manifest["members"].values())
        files = sum(name.startswith("uploads/") for name in manifest["members"])
        return faults, f"{file} is whole: {rows} rows and {files} files, of {manifest['created_at']}."

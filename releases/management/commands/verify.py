"""Check a backup file."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from releases.backups.archive import InvalidBackup, find_faults, read_manifest
from releases.backups.encryption import open_backup
from releases.management.progress import show_progress


class Command(BaseCommand):
    help = "Check that the backup FILE is whole, and name what is wrong. The exit code is 1 if anything is."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the backup to check")
        parser.add_argument(
            "--passphrase-file", type=Path, metavar="FILE", help="decrypt with the first line of FILE"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with (
                open_backup(path, options["passphrase_file"], settings.DATA_DIR) as archive,
                show_progress() as progress,
            ):
                manifest = read_manifest(archive)
                faults = list(find_faults(archive, progress))
        except (InvalidBackup, ValueError, OSError) as error:
            raise CommandError(f"{path} can't be restored. {error}") from error
        for fault in faults:
            self.stdout.write(fault)
        if faults:
            sys.exit(1)
        rows = sum(member.get("rows", 0) for member in manifest["members"].values())
        files = sum(name.startswith("uploads/") for name in manifest["members"])
        self.stdout.write(f"{path} is whole: {rows} rows and {files} files, of {manifest['created_at']}.")

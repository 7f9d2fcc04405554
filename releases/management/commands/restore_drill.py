"""Restore a backup into a scratch folder, and compare what came back. The newsroom can be running."""

import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from releases.backups.archive import InvalidBackup, read_manifest
from releases.backups.copies import CopyFailed, fetch_backup
from releases.backups.encryption import open_backup


class Command(BaseCommand):
    help = "Restore the backup FILE into a scratch folder, and check that every row and file is the same."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file",
            metavar="FILE",
            help="the backup to try, also of a remote of rclone. The newest one of a folder or remote",
        )
        parser.add_argument(
            "--passphrase-file", type=Path, metavar="FILE", help="decrypt with the first line of FILE"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        source, passphrase_file = options["file"], options["passphrase_file"]
        started = time.monotonic()
        with TemporaryDirectory(prefix="restore-drill-") as scratch:
            folder = Path(scratch)
            try:
                path = fetch_backup(source, folder)
            except (CopyFailed, OSError) as error:
                raise CommandError(f"{source} can't be read. {error}") from error
            expected = self.read(path, passphrase_file, folder)
            arguments = [str(path)]
            if passphrase_file:
                arguments += ["--passphrase-file", str(passphrase_file.resolve())]
            self.run(folder, "restore", *arguments)
            self.run(folder, "backup", str(folder / "again"))
            (again,) = (folder / "again").glob("*.zip")
            found = self.read(again, None, folder)
        if found["migrations"] != expected["migrations"]:
            self.stdout.write("The backup is from another version, so rows were changed by migrations.")
        elif names := sorted(compare(expected["members"], found["members"])):
            raise CommandError(f"{path} was restored, but these parts differ: {', '.join(names)}")
        rows = sum(member.get("rows", 0) for member in found["members"].values())
        files = sum(name.startswith("uploads/") for name in found["members"])
        seconds = time.monotonic() - started
        self.stdout.write(f"Restored {rows} rows and {files} files from {path.name} in {seconds:.0f} s.")

    def read(self, path: Path, passphrase_file: Path | None, folder: Path) -> dict[str, Any]:
        try:
            with open_backup(path, passphrase_file, folder) as archive:
                return read_manifest(archive)
        except (InvalidBackup, ValueError, OSError) as error:
            raise CommandError(f"{path} can't be restored. {error}") from error

    def run(self, folder: Path, *arguments: str) -> None:
        """Run a command on the newsroom in the scratch folder."""
        environment = os.environ | {
            "DATA_DIR": str(folder / "data"),
            "DATABASE_URL": "",
            "STORAGE_URL": "",
            "DATABASE_OWNER_URL": "",
        }
        result = subprocess.run(  # noqa: S603
            [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise CommandError(" ".join(result.stderr.split()[-60:]))


def compare(expected: dict[str, Any], found: dict[str, Any]) -> set[str]:
    """Return the names of the members that differ, apart from the secret key, which isn't saved again."""
    names = (set(expected) | set(found)) - {"secret_key"}
    return {
        name
        for name in names
        if name not in expected or name not in found or expected[name]["sha256"] != found[name]["sha256"]
    }

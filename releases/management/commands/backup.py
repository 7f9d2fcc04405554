"""Back up the newsroom while it runs."""

import os
import re
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from releases.backups.archive import compute_digest, create_backup, sync_folder
from releases.backups.copies import CopyFailed, copy_backup, delete_old, record_backup
from releases.backups.encryption import encrypt, read_passphrase
from releases.management.progress import show_progress


def parse_count(text: str) -> int:
    if not re.fullmatch("[1-9][0-9]{0,3}", text, re.ASCII):
        raise ArgumentTypeError("must be a number from 1 to 9999")
    return int(text)


class Command(BaseCommand):
    help = "Write a backup of the newsroom to a new file in FOLDER, while it runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the backup file is written")
        parser.add_argument(
            "--keep",
            type=parse_count,
            metavar="N",
            help="keep the newest N backups in FOLDER and in TARGET, and delete others",
        )
        parser.add_argument(
            "--passphrase-file", type=Path, metavar="FILE", help="encrypt with the first line of FILE"
        )
        parser.add_argument(
            "--with-secret-key", action="store_true", help="also save the secret key. Needs --passphrase-file"
        )
        parser.add_argument(
            "--copy-to",
            metavar="TARGET",
            help="copy it to another disk (a folder), or machine (a remote of rclone, like offsite:news)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        os.umask(0o077)  # a backup contains drafts and password hashes
        folder, passphrase = options["folder"], ""
        if options["with_secret_key"] and not options["passphrase_file"]:
            raise CommandError("A backup with the secret key must be encrypted. Add --passphrase-file.")
        try:
            if options["passphrase_file"]:
                passphrase = read_passphrase(options["passphrase_file"])
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self.save(folder, passphrase, options["with_secret_key"])
            deleted = delete_old(str(folder), options["keep"]) if options["keep"] else 0
        except ValueError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            reason = f"{error.strerror}: {error.filename or folder}" if error.strerror else error
            raise CommandError(
                f"The backup can't be written ({reason}). Earlier backups are unchanged."
            ) from error
        if deleted:
            self.stdout.write(f"Deleted {deleted} older backups.")
        record_backup(path)
        if options["copy_to"]:
            self.copy(path, options["copy_to"], options["keep"])

    def save(self, folder: Path, passphrase: str, with_secret_key: bool) -> Path:
        """Write the backup file. A backup that will be encrypted is first written in DATA_DIR."""
        suffix = ".encrypted.zip" if passphrase else ".zip"
        path = folder / f"newsroom-{timezone.localtime():%Y-%m-%d-%H%M%S}{suffix}"
        part = path.with_name(f".{path.name}.part")
        with TemporaryDirectory(prefix=".backup-", dir=settings.DATA_DIR) as temporary:
            plain = Path(temporary) / "backup.zip" if passphrase else part
            try:
                with show_progress() as progress:
                    summary = create_backup(plain, with_secret_key=with_secret_key, progress=progress)
                if passphrase:
                    encrypt(plain, part, passphrase)
                with part.open("rb+") as file:
                    os.fsync(file.fileno())
                part.replace(path)
                sync_folder(folder)
            finally:
                part.unlink(missing_ok=True)
        self.stdout.write(f"Saved {summary.rows} rows and {summary.files} files in {path}.")
        for name in summary.missing:
            self.stderr.write(f"The file {name} is missing in this newsroom, so it isn't in the backup.")
        for name in summary.damaged:
            self.stderr.write(f"The file {name} is damaged. An older backup may have it undamaged.")
        return path

    def copy(self, path: Path, target: str, keep: int | None) -> None:
        try:
            place = copy_backup(path, target, compute_digest(path))
        except CopyFailed as error:
            raise CommandError(f"The backup was saved here, but not copied to {target}. {error}") from error
        record_backup(path, place)
        self.stdout.write(f"Copied it to {place}, and read it back: it is the same.")
        try:
            deleted = delete_old(target, keep) if keep else 0
        except (CopyFailed, OSError) as error:
            raise CommandError(f"Older backups in {target} could not be deleted. {error}") from error
        if deleted:
            self.stdout.write(f"Deleted {deleted} older backups there.")

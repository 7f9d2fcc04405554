"""Restore a backup. The newsroom must not be running."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError

from releases.backups.archive import InvalidBackup, find_faults
from releases.backups.encryption import open_backup
from releases.backups.restore import has_data, restore_backup
from releases.database_roles import describe_missing_rights, use_owner
from releases.management.commands.serve import get_lock_path
from releases.management.progress import show_progress
from releases.management.server_lock import START_LOCK, acquire_lock, find_running_servers
from releases.media.stored_files import get_local_folder


class Command(BaseCommand):
    help = "Restore the backup FILE into an empty newsroom, or with --replace in place of what is there."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the backup to restore")
        parser.add_argument(
            "--passphrase-file", type=Path, metavar="FILE", help="decrypt with the first line of FILE"
        )
        parser.add_argument(
            "--replace",
            action="store_true",
            help="replace what is there. Files and an SQLite database are set aside, in DATA_DIR",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        os.umask(0o077)
        path: Path = options["file"]
        try:
            acquire_lock(Path(settings.DATA_DIR, START_LOCK))  # a server that starts now waits
            if find_running_servers(Path(settings.DATA_DIR)):
                raise BlockingIOError
            acquire_lock(get_lock_path())
        except BlockingIOError as error:
            raise CommandError("The newsroom is running. Stop it first.") from error
        with use_owner():
            self.restore(path, options)

    def restore(self, path: Path, options: dict[str, Any]) -> None:
        if missing := describe_missing_rights():
            raise CommandError(f"Nothing was restored, because {missing}.")
        if has_data() and not options["replace"]:
            raise CommandError(
                f"The newsroom in DATA_DIR, {settings.DATA_DIR}, has accounts or releases. Restore into an "
                "empty one, or add --replace."
            )
        try:
            with (
                open_backup(path, options["passphrase_file"], settings.DATA_DIR) as archive,
                show_progress() as progress,
            ):
                if faults := list(find_faults(archive)):
                    raise InvalidBackup(" ".join(faults[:3]))
                aside = restore_backup(archive, replaces=options["replace"], progress=progress)
        except (InvalidBackup, ValueError) as error:
            raise CommandError(f"{path} can't be restored. {error} Nothing was changed.") from error
        except OSError as error:
            raise CommandError(
                f"The backup could not be restored ({error}). Free some space, or run doctor if it is the "
                "object storage, and repeat the command."
            ) from error
        self.stdout.write(f"Restored {path}. Start the newsroom, and sign in.")
        if get_local_folder(default_storage) is None:
            self.stdout.write(
                "The files are in the bucket. Check them: .venv/bin/python manage.py verify --live. It also "
                "names files that were there before and belong to nothing."
            )
        if aside:
            self.stdout.write(f"What was there before is in {aside}. Delete it when everything is right.")

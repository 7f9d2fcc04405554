"""Delete what has ended or was left behind. `manage.py upkeep` does it every day."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from releases.actions.autosaves import delete_closed_sessions, delete_old_autosaves
from releases.caching.generation import delete_old_rows
from releases.models import CachedAttempt, StaffSession

LEFTOVER_SECONDS = 24 * 60 * 60  # a longer backup or restoration is not expected
# Files and folders in DATA_DIR that a command deletes when it ends, unless it was killed.
LEFTOVERS = (".snapshot-*", ".backup-*", ".*.part", ".*.restored")


def delete_ended_sessions() -> int:
    """Delete the sessions of staff that have ended. Return their number."""
    return StaffSession.objects.filter(expire_date__lt=timezone.now()).delete()[0]


def delete_old_attempts() -> int:
    """Delete the counts of attempts to sign in that no longer matter. Return their number."""
    return CachedAttempt.objects.filter(expires__lt=timezone.now()).delete()[0]


def delete_old_cache_rows() -> int:
    """Delete rows that the public cache no longer needs, in batches. Return their number."""
    deleted = total = delete_old_rows()
    while deleted:
        deleted = delete_old_rows()
        total += deleted
    return total


def delete_leftovers() -> int:
    """Delete what killed commands left in DATA_DIR more than a day ago. Return its number."""
    leftovers = list(find_leftovers())
    for path in leftovers:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return len(leftovers)


def find_leftovers() -> Iterator[Path]:
    folders = {Path(settings.DATA_DIR), Path(default_storage.path("")).parent}
    for folder in sorted(folders):
        for pattern in LEFTOVERS:
            for path in folder.glob(pattern):
                if time.time() - path.lstat().st_mtime > LEFTOVER_SECONDS:
                    yield path


def update_statistics() -> int:
    """Let SQLite update what its planner knows about the tables. PostgreSQL does so itself. Return 0."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA optimize")
    return 0


# Each with the words for what it deletes.
TASKS: tuple[tuple[Callable[[], int], str], ...] = (
    (delete_ended_sessions, "ended sessions"),
    (delete_old_attempts, "old counts of attempts to sign in"),
    (delete_old_autosaves, "unsaved texts that nobody has changed for 180 days"),
    (delete_closed_sessions, "records of forms that were closed"),
    (delete_old_cache_rows, "old rows of the cache"),
    (delete_leftovers, "files and folders of commands that were killed"),
    (update_statistics, "statistics of the database"),
)

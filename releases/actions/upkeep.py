"""Delete what has ended or was left behind. `manage.py upkeep` does it every day."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_tasks import TaskResultStatus

from releases.actions.autosaves import MAX_AGE, find_closed_sessions, find_old_autosaves
from releases.actions.rendition_jobs import delete_files
from releases.actions.unfinished_files import find_unfinished
from releases.caching.generation import delete_old_rows, find_old_rows
from releases.media import zip_cache
from releases.models import BackgroundTask, CachedAttempt, Document, Photo, StaffSession, TopicMerge

# A save waits for at most one batch, and can begin between two.
BATCH_ROWS = 500
PAUSE_SECONDS = 0.1
LEFTOVER_SECONDS = 24 * 60 * 60  # a longer backup or restoration is not expected
# Files and folders in DATA_DIR that a command deletes when it ends, unless it was killed.
LEFTOVERS = (
    ".backup-*",
    ".decrypted-*",
    ".doctor-*",
    ".secret_key.*",
    ".snapshot-*",
    ".*.part",
    ".*.restored",
)
# The same in the folder for temporary files. Django names a large upload tmp….upload.jpg.
TEMPORARY_LEFTOVERS = ("restore-drill-*", "tmp*.upload*")


@dataclass(frozen=True)
class Task:
    """A kind of thing to delete. `count` says how many there are, and `delete` how many it deleted."""

    name: str
    count: Callable[[], int]
    delete: Callable[[], int]


def find_ended_sessions() -> QuerySet[StaffSession]:
    return StaffSession.objects.filter(expire_date__lt=timezone.now())


def find_old_attempts() -> QuerySet[CachedAttempt]:
    """Return the counts of attempts to sign in that no longer limit anything."""
    return CachedAttempt.objects.filter(expires__lt=timezone.now())


def find_old_tasks() -> QuerySet[BackgroundTask]:
    """Return the background tasks that nobody needs to know about anymore."""
    now = timezone.now()
    return BackgroundTask.objects.filter(
        Q(status=TaskResultStatus.SUCCESSFUL, finished_at__lt=now - timedelta(days=14))
        | Q(status=TaskResultStatus.FAILED, finished_at__lt=now - timedelta(days=90))
    )


def delete_in_batches(rows: QuerySet[Any]) -> int:
    """Delete rows, except those that are being changed. Return their number."""
    total = 0
    while True:
        with transaction.atomic():
            locked = rows.order_by().select_for_update(skip_locked=True)
            keys = list(locked.values_list("pk", flat=True)[:BATCH_ROWS])
            rows.model._base_manager.filter(pk__in=keys).delete()
        total += len(keys)
        if len(keys) < BATCH_ROWS:
            return total
        time.sleep(PAUSE_SECONDS)


def delete_old_cache_rows() -> int:
    """Delete rows that the public cache no longer needs, in batches. Return their number."""
    total = 0
    while deleted := delete_old_rows():
        total += deleted
        time.sleep(PAUSE_SECONDS)
    return total


def find_leftovers() -> Iterator[Path]:
    """Yield what killed commands left more than a day ago in DATA_DIR and among the temporary files."""
    for folder, patterns in ((settings.DATA_DIR, LEFTOVERS), (tempfile.gettempdir(), TEMPORARY_LEFTOVERS)):
        for path in (path for pattern in patterns for path in Path(folder).glob(pattern)):
            with suppress(FileNotFoundError):  # a command that ends at this moment deleted it
                status = path.lstat()
                # Another user's folder can't be deleted.
                if status.st_uid == os.getuid() and time.time() - status.st_mtime > LEFTOVER_SECONDS:
                    yield path


def delete_leftovers() -> int:
    leftovers = list(find_leftovers())
    for path in leftovers:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return len(leftovers)


def update_statistics() -> bool:
    """Let SQLite update the statistics of its query planner. PostgreSQL does so itself: return False."""
    if connection.vendor != "sqlite":
        return False
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA optimize")
    return True


def find_unfinished_files() -> list[Photo | Document]:
    """Return the photos and documents whose upload or deletion was killed more than a day ago.

    A database without any photo and document is probably not the one of these files, so nothing is returned.
    """
    unfinished = list(find_unfinished(time.time() - LEFTOVER_SECONDS))
    return unfinished if Photo.objects.exists() or Document.objects.exists() else []


def delete_unfinished_files() -> int:
    unfinished = find_unfinished_files()
    for row in unfinished:
        delete_files(row)
    return len(unfinished)


def _delete_rows(name: str, find: Callable[[], QuerySet[Any]]) -> Task:
    return Task(name, lambda: find().count(), lambda: delete_in_batches(find()))


TASKS = (
    _delete_rows("ended sessions", find_ended_sessions),
    _delete_rows("old counts of attempts to sign in", find_old_attempts),
    _delete_rows(f"unsaved texts that nobody has changed for {MAX_AGE.days} days", find_old_autosaves),
    _delete_rows("records of forms that were closed", find_closed_sessions),
    _delete_rows("old background tasks", find_old_tasks),
    _delete_rows("merges of topics that can no longer be undone", TopicMerge.objects.expired),
    Task("old rows of the cache", lambda: find_old_rows().count(), delete_old_cache_rows),
    Task("unused ZIP files of photos", lambda: len(zip_cache.find_old_files()), zip_cache.delete_old_files),
    Task(
        "files and folders of commands that were killed",
        lambda: len(list(find_leftovers())),
        delete_leftovers,
    ),
    Task(
        "uploads and deletions of files that were killed",
        lambda: len(find_unfinished_files()),
        delete_unfinished_files,
    ),
)

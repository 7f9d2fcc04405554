"""Make the smaller renditions of photos in the background, after the upload.

Until then, pages show the fallback rendition. Each photo is a task, because it takes a CPU core and up to 300
MiB, which the processes that serve readers must not use. `Photo.renditions_ready` records which photos are
done. `manage.py finish_photos` does the same without the worker.
"""

import errno
import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import Error, transaction
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from releases import caching
from releases.actions.unfinished_files import forget_files
from releases.background.retries import GiveUpError
from releases.media import zip_cache
from releases.media.stored_files import open_file
from releases.models import Document, Photo, Release

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5


@task()
def generate_photo_renditions(photo_id: int) -> None:
    """Make the missing renditions of a photo. Raise GiveUpError if its original can't be read as a photo."""
    with _process_lock():
        photo = Photo.objects.filter(pk=photo_id, renditions_ready=False).first()
        if photo is None:  # deleted, or done meanwhile
            return
        try:
            _generate(photo)
        except (OSError, Error):
            raise
        except Exception as error:
            raise GiveUpError(f"{type(error).__name__}: {error}") from error


def enqueue_missing_renditions() -> None:
    """Enqueue a task for each photo without renditions that has no task, such as one of a restored backup."""
    tasks = DBTaskResult.objects.filter(task_path=generate_photo_renditions.module_path)
    open_tasks = tasks.exclude(status=TaskResultStatus.SUCCESSFUL)
    enqueued = {row.args_kwargs["kwargs"]["photo_id"] for row in open_tasks}
    for pk in Photo.objects.filter(renditions_ready=False).values_list("pk", flat=True):
        if pk not in enqueued:
            generate_photo_renditions.enqueue(photo_id=pk)


def generate_renditions() -> Iterator[tuple[Photo, Exception | None]]:
    """Make the missing renditions of every photo. Yield each photo with the error that stopped it, or None.

    Concurrent processes wait for each other. The newest photo comes first, so that a photo which crashes the
    process does not delay those that were added after it.
    """
    attempted: set[int] = set()
    with _process_lock():
        while (
            photo := Photo.objects.filter(renditions_ready=False)
            .exclude(pk__in=attempted)
            .order_by("-pk")
            .first()
        ):
            attempted.add(photo.pk)
            try:
                _generate(photo)
            except (
                Exception
            ) as error:  # a missing original, a full disk or a decoder error must not stop the other photos
                yield photo, error
            else:
                yield photo, None


def _generate(photo: Photo) -> None:
    from releases.media import photos  # with Pillow, which takes memory that readers' pages never need

    rows, digests = Photo.objects.filter(pk=photo.pk), dict(photo.digests)
    try:
        digest = photo.digests.get(photo.original, "")
        with open_file(f"{photo.storage_folder}/{photo.original}", digest) as file:
            original = file.read()
        for name, content in photos.make_remaining_renditions(original, photo.kind, photo.widths):
            if not rows.exists():  # deleted meanwhile
                return
            path = f"{photo.storage_folder}/{name}"
            default_storage.delete(path)  # left by a process that ended halfway
            default_storage.save(path, ContentFile(content))
            digests[name] = hashlib.sha256(content).hexdigest()
        with transaction.atomic():
            public_rows = Photo.objects.public(Release.objects.published()).filter(pk=photo.pk)
            if rows.update(renditions_ready=True, digests=digests) and public_rows.exists():
                caching.invalidate_public_cache()
    finally:
        if not rows.exists():
            delete_files(photo)


def record_digests() -> None:
    """Record the digests of files that were written before digests were."""
    with _process_lock():
        for photo in Photo.objects.filter(digests={}, renditions_ready=True).iterator():
            paths = {name: f"{photo.storage_folder}/{name}" for name in photo.files}
            with suppress(OSError):  # `verify --live` names files that can't be read
                digests = {name: _compute_digest(path) for name, path in paths.items()}
                Photo.objects.filter(pk=photo.pk).update(digests=digests)
        for document in Document.objects.filter(digest="").iterator():
            with suppress(OSError):
                digest = _compute_digest(document.storage_path)
                Document.objects.filter(pk=document.pk).update(digest=digest)


def _compute_digest(path: str) -> str:
    with default_storage.open(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _process_lock() -> Iterator[None]:
    import fcntl

    with Path(settings.DATA_DIR, "finish_photos.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def delete_files(row: Photo | Document) -> None:
    """Delete all files of a photo, or the file of a document. If that fails, `upkeep` tries again."""
    zip_cache.clear()
    for _try in range(MAX_ATTEMPTS):
        try:
            if isinstance(row, Document):
                default_storage.delete(row.storage_path)
            else:
                for file in default_storage.listdir(row.storage_folder)[1]:
                    default_storage.delete(f"{row.storage_folder}/{file}")
                default_storage.delete(row.storage_folder)
        except FileNotFoundError:  # another process deleted them
            pass
        except OSError as error:
            reason = error
            if error.errno == errno.ENOTEMPTY:  # a rendition was added meanwhile
                continue
            break
        forget_files(row)
        return
    logger.error("The files of a deleted photo or document could not be deleted: %s", reason)

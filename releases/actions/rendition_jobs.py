"""Make the smaller renditions of photos in a separate process after the upload.

Until then, pages show the fallback rendition. The process (`manage.py finish_photos`) has a low priority and
handles one photo at a time, because a photo takes a CPU core and up to 300 MiB, which the processes that
serve readers must not use. `Photo.renditions_ready` records which photos are done, so if the process ends
early, the next one continues.
"""

import hashlib
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import Error, connection, transaction

from releases import caching
from releases.actions.unfinished_files import forget_files
from releases.media import zip_cache
from releases.models import Document, Photo, Release

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
COMMAND = [sys.executable, str(settings.BASE_DIR / "manage.py"), "finish_photos"]

_job_requested = threading.Event()
_job_lock = threading.Lock()


def generate_renditions_soon() -> None:
    """Start to make missing renditions, without waiting. Photos that are added meanwhile are included."""
    _job_requested.set()
    threading.Thread(target=_run_job, daemon=True).start()


def _run_job() -> None:
    with _job_lock:
        if _job_requested.is_set():
            _job_requested.clear()
            start_job().wait()


def continue_renditions() -> None:
    """Start to make the renditions that a killed process left, if any, without waiting.

    The server of a smoke test during an upgrade starts nothing that would outlive it.
    """
    if "UPGRADING" in os.environ:
        return

    def run() -> None:
        try:
            with suppress(Error):  # the next upload or start tries again
                if Photo.objects.filter(renditions_ready=False).exists():
                    generate_renditions_soon()
        finally:
            connection.close()

    threading.Thread(target=run, daemon=True).start()


def start_job() -> subprocess.Popen[bytes]:
    """Start the `finish_photos` process, which continues when this process ends."""
    return subprocess.Popen(COMMAND, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603


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
        with default_storage.open(f"{photo.storage_folder}/{photo.original}") as file:
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
    """Delete all files of a photo, or the file of a document."""
    zip_cache.clear()
    if isinstance(row, Document):
        default_storage.delete(row.storage_path)
        forget_files(row)
        return
    for _try in range(MAX_ATTEMPTS):
        try:
            for file in default_storage.listdir(row.storage_folder)[1]:
                default_storage.delete(f"{row.storage_folder}/{file}")
            default_storage.delete(row.storage_folder)
        except FileNotFoundError:  # another process deleted them
            pass
        except OSError as error:  # a rendition was added meanwhile; `_generate` deletes it when it is done
            reason = error
            continue
        forget_files(row)
        return
    logger.error("The files of a deleted photo could not be deleted: %s", reason)

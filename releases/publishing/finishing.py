"""The smaller copies of photos, made after the request that brought a photo: a page shows its first copy until then.

They are made one photo after the other, by a process of its own (`manage.py finish_photos`) that gives way to all others: making
them takes a core and up to 300 MiB, which the processes that serve readers shall not. A photo says itself whether it `is_ready`, so
nothing is lost when that process ends early: the next one finishes what is left.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from releases import caching
from releases.models import Document, Photo

TRIES = 5
COMMAND = [sys.executable, str(settings.BASE_DIR / "manage.py"), "finish_photos"]

_wanted = threading.Event()
_one_at_a_time = threading.Lock()


def finish_soon() -> None:
    """Let the copies of photos that lack them be made, and do not wait for it. What is added while they are being made is, too."""
    _wanted.set()
    threading.Thread(target=_finish_elsewhere, daemon=True).start()


def _finish_elsewhere() -> None:
    with _one_at_a_time:
        if _wanted.is_set():
            _wanted.clear()
            start().wait()


def start() -> subprocess.Popen[bytes]:
    """The process that makes them, which goes on when this one ends."""
    return subprocess.Popen(COMMAND, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603


def finish_photos() -> Iterator[tuple[Photo, Exception | None]]:
    """Make the smaller copies of every photo that lacks them, one after the other; answers each when it is done, or with the fault
    that left it as it was. Processes that were asked at once wait for each other. The newest come first: one that ends the process
    keeps none that came after it waiting."""
    tried: set[int] = set()
    with _alone():
        while photo := Photo.objects.filter(is_ready=False).exclude(pk__in=tried).order_by("-pk").first():
            tried.add(photo.pk)
            try:
                _finish(photo)
            except Exception as fault:  # its full size is gone, there is no room, or the decoder fails: the others shall have theirs
                yield photo, fault
            else:
                yield photo, None


def _finish(photo: Photo) -> None:
    from releases import renditions  # with Pillow, which takes memory that readers' pages never need

    here = Photo.objects.filter(pk=photo.pk)
    try:
        with default_storage.open(f"{photo.folder}/{photo.full}") as stored:
            full = stored.read()
        for name, content in renditions.smaller_copies(full, photo.kind, photo.widths):
            if not here.exists():  # deleted meanwhile
                return
            path = f"{photo.folder}/{name}"
            default_storage.delete(path)  # of a process that ended in the middle of it
            default_storage.save(path, ContentFile(content))
        with transaction.atomic():
            if here.update(is_ready=True):
                caching.turn()
    finally:
        if not here.exists():
            remove_files(photo)


@contextmanager
def _alone() -> Iterator[None]:
    import fcntl

    with Path(settings.DATA_DIR, "finish_photos.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def remove_files(kept: Photo | Document) -> None:
    """Remove every file of a photo, whatever it is called, or the one of a document."""
    if isinstance(kept, Document):
        default_storage.delete(kept.file)
        return
    for _try in range(TRIES):
        try:
            for file in default_storage.listdir(kept.folder)[1]:
                default_storage.delete(f"{kept.folder}/{file}")
            default_storage.delete(kept.folder)
        except FileNotFoundError:  # someone else removed them
            return
        except OSError:  # a copy was written meanwhile: who writes it looks once more when done
            continue
        return

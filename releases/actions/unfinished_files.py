"""Record the files that are being stored or deleted, so that `upkeep` deletes them if the process is killed.

The files of a photo or document are stored before its row, and deleted after it. Without a record nobody
could tell them from files whose rows are elsewhere: with a wrong DATABASE_URL, no file has a row.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from releases.models import Document, Photo

MODELS: dict[str, type[Photo] | type[Document]] = {"photo": Photo, "document": Document}


def record_files(row: Photo | Document) -> None:
    """Record that the files of `row` are being stored or deleted, until `forget_files`."""
    path = _get_path(row)
    with suppress(OSError):  # photos can be deleted while the disk is full
        path.parent.mkdir(exist_ok=True)
        path.touch()


def forget_files(row: Photo | Document) -> None:
    with suppress(OSError):
        _get_path(row).unlink(missing_ok=True)


def find_unfinished(before: float) -> Iterator[Photo | Document]:
    """Yield each photo and document that was recorded before a time (Unix time) and has no row.

    A record whose row exists is deleted: the process was killed just after it had stored the row.
    """
    for path in _get_folder().glob("*-*"):
        kind, _dash, name = path.name.partition("-")
        if kind not in MODELS or path.stat().st_mtime >= before:
            continue
        row = MODELS[kind](name=name)
        if MODELS[kind].objects.filter(name=name).exists():
            forget_files(row)
        else:
            yield row


def _get_folder() -> Path:
    return Path(settings.DATA_DIR, "unfinished-files")


def _get_path(row: Photo | Document) -> Path:
    return _get_folder() / f"{row._meta.model_name}-{row.name}"

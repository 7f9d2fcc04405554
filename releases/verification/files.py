"""Faults of uploaded files: missing, changed, or without a row."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.core.files.storage import default_storage
from django.utils import timezone

from releases.models import Document, Photo

# An upload stores its files before its row, so a file without a row may belong to one that goes on.
UPLOAD_TIME = timedelta(hours=1)
FOLDERS = {"photos", "documents"}


def find_file_faults(alias: str, progress: Callable[[str, int], None]) -> Iterator[str]:
    """Yield a sentence for each fault of a file.

    Rows can change after the snapshot `alias`, so a fault counts only if the row of now has it, too.
    """
    expected: set[str] = set()
    for model in (Photo, Document):
        for row in model.objects.using(alias).order_by("pk").iterator():
            expected |= set(row.file_digests)
            if any(True for _fault in check_files(row)):
                current = model.objects.using("default").filter(pk=row.pk).first()
                if current is not None:
                    yield from check_files(current)
            progress(f"{model._meta.label} {row.pk}", 1)
    yield from find_extra_files(expected)


def check_files(row: Photo | Document) -> Iterator[str]:
    for path, digest in row.file_digests.items():
        try:
            with default_storage.open(path) as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            yield f"The file {path} is missing. A backup may have it."
        except OSError as error:
            yield f"The file {path} can't be read ({error.strerror or error})."
        else:
            if not digest:
                yield f"The file {path} has no recorded digest. Run finish_photos, or look at it yourself."
            elif found != digest:
                yield f"The file {path} is damaged. An older backup may have it undamaged."


def find_extra_files(expected: set[str]) -> Iterator[str]:
    """Yield the files in the storage that no row refers to."""
    for path in walk(""):
        if path in expected:
            continue
        try:
            age = timezone.now() - default_storage.get_modified_time(path)
        except FileNotFoundError:  # deleted meanwhile
            continue
        if age > UPLOAD_TIME and not is_referred_to(path):
            yield f"The file {path} belongs to no photo or document. Delete it."


def is_referred_to(path: str) -> bool:
    """Return whether a row of now refers to a file."""
    folder, _slash, rest = path.partition("/")
    if folder == "photos":
        name, _slash, file = rest.partition("/")
        photo = Photo.objects.using("default").filter(name=name).first()
        return photo is not None and file in photo.files
    return (
        folder == "documents"
        and Document.objects.using("default").filter(name=rest.removesuffix(".pdf")).exists()
    )


def walk(folder: str) -> Iterator[str]:
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}".lstrip("/") for name in sorted(files))
    for name in sorted(folders):
        yield from walk(f"{folder}/{name}".lstrip("/"))

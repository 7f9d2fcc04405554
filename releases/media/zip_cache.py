"""ZIP files of photos, built once and kept in a folder of limited size."""

import shutil
import threading
from collections.abc import Callable
from hashlib import blake2b, file_digest
from pathlib import Path
from tempfile import mkstemp
from typing import IO, NamedTuple
from zipfile import ZIP_STORED, ZipFile

from django.conf import settings

MAX_FILES = 20
MAX_TOTAL_BYTES = 2**30

_build_lock = threading.Lock()


class CachedZip(NamedTuple):
    """An open ZIP file, and the digest of its bytes."""

    file: IO[bytes]
    digest: str


def get_folder() -> Path:
    return Path(settings.DATA_DIR, "cache", "zips")


def make_key(*parts: object) -> str:
    """Return a key for a ZIP file with these contents."""
    return blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def open_zip(key: str, write: Callable[[ZipFile], bool]) -> CachedZip:
    """Open the ZIP file with `key`, or build it with `write`. One at a time is built.

    `write` returns whether the file is complete. An incomplete one is not kept.
    """
    if found := _find(key):
        return found
    with _build_lock:
        return _find(key) or _build(key, write)


def clear() -> None:
    """Delete all files, because one may contain a photo or a name that was deleted."""
    shutil.rmtree(get_folder(), ignore_errors=True)


def _find(key: str) -> CachedZip | None:
    for path in get_folder().glob(f"{key}.*.zip"):
        try:
            path.touch()  # the least recently used files are deleted first
            return CachedZip(path.open("rb"), path.name.split(".")[1])
        except FileNotFoundError:  # deleted meanwhile
            continue
    return None


def _build(key: str, write: Callable[[ZipFile], bool]) -> CachedZip:
    folder = get_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = mkstemp(dir=folder, prefix="new.")
    path = Path(name)
    try:
        with open(descriptor, "wb") as target, ZipFile(target, "w", ZIP_STORED) as archive:
            is_complete = write(archive)
        with path.open("rb") as content:
            digest = file_digest(content, "sha256").hexdigest()[:24]
        file = path.open("rb")  # the response closes it
        if is_complete:
            path.rename(folder / f"{key}.{digest}.zip")
    finally:
        path.unlink(missing_ok=True)
    _delete_old_files(folder)
    return CachedZip(file, digest)


def _delete_old_files(folder: Path) -> None:
    """Delete the least recently used files above MAX_FILES and MAX_TOTAL_BYTES, except the newest."""
    files = sorted(
        ((path.stat().st_mtime, path.stat().st_size, path) for path in folder.glob("*.zip")), reverse=True
    )
    total = 0
    for number, (_time, size, path) in enumerate(files):
        total += size
        if number and (number >= MAX_FILES or total > MAX_TOTAL_BYTES):
            path.unlink(missing_ok=True)

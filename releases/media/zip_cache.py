"""ZIP files of photos, built once and stored in a folder of limited size."""

import fcntl
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b, file_digest
from pathlib import Path
from tempfile import mkstemp
from typing import IO, NamedTuple
from zipfile import ZIP_STORED, ZipFile

from django.conf import settings

MAX_FILES = 20
MAX_TOTAL_BYTES = 2**30
MAX_UNUSED_SECONDS = 24 * 60 * 60
MAX_WAIT_SECONDS = 10


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
    """Open the ZIP file with `key`, or build it with `write`, which returns whether it is to be stored.

    All processes together build one at a time. Raises OSError if that takes longer than MAX_WAIT_SECONDS.
    """
    if found := _find(key):
        return found
    with Path(settings.DATA_DIR, "zips.lock").open("w") as lock:
        end = time.monotonic() + MAX_WAIT_SECONDS
        while not _lock(lock):
            if time.monotonic() > end:
                raise TimeoutError("Another ZIP file of photos is being built.")
            time.sleep(0.05)
        return _find(key) or _build(key, write)


def _lock(file: IO[str]) -> bool:
    """Lock `file` unless it is locked. Return whether it was possible."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def clear() -> None:
    """Delete all files, because one may contain a photo or a name that was deleted."""
    shutil.rmtree(get_folder(), ignore_errors=True)


def _find(key: str) -> CachedZip | None:
    for path in get_folder().glob(f"{key}.*.zip"):
        with suppress(FileNotFoundError):  # another process deleted it
            path.touch()  # the least recently used files are deleted first
            return CachedZip(path.open("rb"), path.name.split(".")[1])
    return None


def _build(key: str, write: Callable[[ZipFile], bool]) -> CachedZip:
    folder = get_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = mkstemp(dir=folder, prefix="new.")
    file, path = open(descriptor, "w+b"), Path(name)  # noqa: SIM115  (the response closes it)
    try:
        with ZipFile(file, "w", ZIP_STORED) as archive:
            is_stored = write(archive)
        file.seek(0)
        digest = file_digest(file, "sha256").hexdigest()[:24]
        file.seek(0)
        with suppress(FileNotFoundError):  # `clear` deleted it
            if is_stored:
                path.rename(folder / f"{key}.{digest}.zip")
            else:
                path.unlink()
    except BaseException:
        file.close()
        path.unlink(missing_ok=True)
        raise
    delete_old_files()
    return CachedZip(file, digest)


def delete_old_files() -> int:
    old = find_old_files()
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def find_old_files() -> list[Path]:
    """Return files that were not requested for MAX_UNUSED_SECONDS, also those of builds that were killed.

    Above MAX_FILES and MAX_TOTAL_BYTES, the least recently used files are old, too.
    """
    files, old = [], []
    for path in get_folder().glob("*"):  # none if `clear` deleted the folder
        with suppress(FileNotFoundError):  # another process deleted it
            status = path.stat()
            files.append((status.st_mtime, status.st_size, path))
    oldest, total = time.time() - MAX_UNUSED_SECONDS, 0
    for number, (modified, size, path) in enumerate(sorted(files, reverse=True)):
        total += size
        if modified < oldest or (number and (number >= MAX_FILES or total > MAX_TOTAL_BYTES)):
            old.append(path)
    return old

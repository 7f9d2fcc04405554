"""Opens uploaded files, in a folder or in object storage."""

import hashlib
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage


class DamagedFile(OSError):
    """Raised if a file was changed after it was stored."""


def open_file(path: str, digest: str) -> File:
    """Open the file at `path` in the storage. It must have the digest (SHA-256), unless that is "".

    Raises OSError: FileNotFoundError, DamagedFile, or another one if the file can't be read now.
    """
    file = default_storage.open(path)
    try:
        if digest and hashlib.file_digest(file, "sha256").hexdigest() != digest:
            raise DamagedFile(f"{path} is damaged.")
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def get_local_folder(storage: Any = default_storage) -> Path | None:
    """Return the folder of uploads on this machine, or None with object storage."""
    try:
        return Path(storage.path(""))
    except NotImplementedError:
        return None

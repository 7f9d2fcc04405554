"""Copy a backup to another place, and record when the newsroom was backed up."""

import json
import os
import re
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from releases.backups.archive import CHUNK_BYTES, compute_digest, sync_folder

RECORD = "last_backup.json"  # in DATA_DIR
REMOTE = re.compile(r"[\w.+@-]+:.*")  # a remote of rclone, like "offsite:newsroom"


class CopyFailed(Exception):
    """Raised if a backup could not be copied, or the copy differs. The message says why."""


def copy_backup(path: Path, target: str, digest: str) -> str:
    """Copy the file `path` to the folder or rclone remote `target`, and read it back.

    Return the place of the copy. Raises CopyFailed, also if the copy doesn't have the SHA-256 `digest`.
    """
    place = f"{target.rstrip('/')}/{path.name}"
    try:
        found = (
            _copy_to_remote(path, place) if REMOTE.fullmatch(target) else _copy_to_folder(path, Path(place))
        )
    except FileNotFoundError as error:
        raise CopyFailed(
            "rclone isn't installed." if error.filename == "rclone" else f"{target} doesn't exist."
        ) from error
    except OSError as error:
        raise CopyFailed(f"{target} can't be written ({error.strerror}).") from error
    if found != digest:
        raise CopyFailed(f"The copy {place} differs from the backup.")
    return place


def _copy_to_folder(path: Path, target: Path) -> str:
    """Copy to a folder that exists. A missing one may be a disk that isn't connected."""
    part = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(path, part)
        part.chmod(0o600)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(target)
        sync_folder(target.parent)
    finally:
        part.unlink(missing_ok=True)
    return compute_digest(target)


def _copy_to_remote(path: Path, place: str) -> str:
    """Copy with rclone, which the server administrator has set up: https://rclone.org/docs/."""
    rclone = shutil.which("rclone")
    if rclone is None:
        raise CopyFailed("rclone isn't installed.")
    command = [rclone, "copyto", "--", str(path), place]
    copy = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if copy.returncode:
        raise CopyFailed(f"rclone failed: {' '.join(copy.stderr.split())[-300:]}")
    digest = sha256()
    with subprocess.Popen([rclone, "cat", "--", place], stdout=subprocess.PIPE) as process:  # noqa: S603
        assert process.stdout
        while chunk := process.stdout.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def record_backup(path: Path, place: str = "") -> None:
    """Record the time of a backup and, if there is one, of its copy elsewhere. The desk warns by it."""
    now, file = timezone.now().isoformat(), Path(settings.DATA_DIR) / RECORD
    record = read_record() | {"finished_at": now, "file": str(path)}
    if place:
        record |= {"elsewhere_at": now, "elsewhere": place}
    part = file.with_name(f".{RECORD}.part")
    part.write_text(json.dumps(record))
    part.replace(file)


def read_record() -> dict[str, Any]:
    """Return what `record_backup` wrote, or an empty record."""
    empty: dict[str, Any] = {"finished_at": None, "file": "", "elsewhere_at": None, "elsewhere": ""}
    try:
        return empty | dict(json.loads((Path(settings.DATA_DIR) / RECORD).read_text()))
    except (OSError, ValueError, TypeError):
        return empty

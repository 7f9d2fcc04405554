"""Copy a backup to another place and back, and record when the newsroom was backed up."""

import json
import os
import re
import shutil
import subprocess
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from releases.backups.archive import CHUNK_BYTES, compute_digest, sync_folder

RECORD = "last_backup.json"  # in DATA_DIR
BACKUP_NAME = re.compile(r"newsroom-\d{4}-\d{2}-\d{2}-\d{6}(\.encrypted)?\.zip")
PART_NAME = re.compile(rf"\.{BACKUP_NAME.pattern}\.part")
REMOTE = re.compile(r"[\w.+@-]+:.*")  # a remote of rclone, like "offsite:newsroom"


class CopyFailed(Exception):
    """Raised if a backup could not be copied, or the copy differs. The message says why."""


def copy_backup(path: Path, target: str, digest: str) -> str:
    """Copy the file `path` to the folder or rclone remote `target`, and read it back.

    Return the place of the copy. Raises CopyFailed, also if the copy doesn't have the SHA-256 `digest`.
    """
    place = f"{target.rstrip('/')}/{path.name}"
    try:
        if REMOTE.fullmatch(target):
            _copy_to_remote(path, place, digest)
        else:
            _copy_to_folder(path, Path(place), digest)
    except FileNotFoundError as error:
        raise CopyFailed(f"{target} doesn't exist.") from error
    except OSError as error:
        raise CopyFailed(f"{target} can't be written ({error.strerror}).") from error
    return place


def _copy_to_folder(path: Path, target: Path, digest: str) -> None:
    """Copy to a folder that exists. A missing one may be a disk that isn't connected."""
    part = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(path, part)
        part.chmod(0o600)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        _compare(compute_digest(part), digest, target)
        part.replace(target)
        sync_folder(target.parent)
    finally:
        part.unlink(missing_ok=True)


def _copy_to_remote(path: Path, place: str, digest: str) -> None:
    """Copy to a remote, first under another name: a copy that was cut isn't taken for a backup."""
    folder, slash, name = place.rpartition("/")
    part = f"{folder}{slash}.{name}.part"
    try:
        run_rclone("copyto", str(path), part)
        _compare(_read_back(part, place), digest, place)
        run_rclone("moveto", part, place)
    except CopyFailed:
        with suppress(CopyFailed):  # the remote may be away; `delete_old` deletes it later
            run_rclone("deletefile", part)
        raise


def _read_back(part: str, place: str) -> str:
    """Return the SHA-256 digest of a file on a remote. Raises CopyFailed."""
    copied = sha256()
    command = [*get_rclone(), "cat", "--", part]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        assert process.stdout
        while chunk := process.stdout.read(CHUNK_BYTES):
            copied.update(chunk)
    if process.returncode:
        raise CopyFailed(f"The copy {place} can't be read back. Try again.")
    return copied.hexdigest()


def _compare(found: str, expected: str, place: str | Path) -> None:
    if found != expected:
        raise CopyFailed(f"The copy {place} differs from the backup.")


def get_rclone() -> list[str]:
    """Return the beginning of a command. Three tries, and 30 seconds without an answer, are enough.

    The server administrator has set up rclone and its remotes: https://rclone.org/docs/. Raises CopyFailed.
    """
    rclone = shutil.which("rclone")
    if rclone is None:
        raise CopyFailed("rclone isn't installed.")
    return [rclone, "--retries=3", "--low-level-retries=3", "--contimeout=30s", "--timeout=30s"]


def run_rclone(*arguments: str) -> str:
    """Run rclone, and return its output. Raises CopyFailed with what it says last."""
    command, *names = arguments
    options = [name for name in names if name.startswith("--")]
    paths = [name for name in names if not name.startswith("--")]
    process = subprocess.run(  # noqa: S603
        [*get_rclone(), command, *options, "--", *paths], capture_output=True, text=True, check=False
    )
    if process.returncode:
        reason = " ".join(process.stderr.split())[-300:]
        raise CopyFailed(
            f"Check it with: rclone lsf {paths[-1].rpartition('/')[0] or paths[-1]}. rclone says: {reason}"
        )
    return process.stdout


def list_files(target: str) -> list[str]:
    """Return the names of the files in a folder or remote, sorted. Raises CopyFailed, OSError."""
    if REMOTE.fullmatch(target):
        return sorted(run_rclone("lsf", "--files-only", target).splitlines())
    return sorted(path.name for path in Path(target).iterdir())


def delete_old(target: str, keep: int) -> int:
    """Delete all backups in a folder or remote but the newest `keep`. Return how many were deleted.

    What interrupted copies left is deleted after a day, because a copy may be running. Raises CopyFailed,
    OSError.
    """
    names, day_ago = list_files(target), timezone.localtime() - timedelta(days=1)
    old = list(filter(BACKUP_NAME.fullmatch, names))[:-keep]
    parts = [
        name for name in names if PART_NAME.fullmatch(name) and name < f".newsroom-{day_ago:%Y-%m-%d-%H%M%S}"
    ]
    for name in (*old, *parts):
        place = f"{target.rstrip('/')}/{name}"
        if REMOTE.fullmatch(target):
            run_rclone("deletefile", place)
        else:
            Path(place).unlink()
    return len(old)


def fetch_backup(source: str, folder: Path) -> Path:
    """Return the file `source`, or the newest backup of the folder or remote `source`.

    A file of a remote is first copied to `folder`. Raises CopyFailed, and OSError for a folder that can't be
    read.
    """
    if not REMOTE.fullmatch(source):
        path = Path(source)
        if path.is_dir():
            path /= _find_newest(source)
        return path.resolve()
    if not BACKUP_NAME.fullmatch(source.rpartition("/")[2].rpartition(":")[2]):
        source = f"{source.rstrip('/')}/{_find_newest(source)}"
    path = folder / source.rpartition("/")[2]
    run_rclone("copyto", source, str(path))
    return path


def _find_newest(source: str) -> str:
    if names := list(filter(BACKUP_NAME.fullmatch, list_files(source))):
        return names[-1]
    raise CopyFailed(f"{source} has no backups.")


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

"""Backup files: a ZIP archive with the rows of each table, the uploaded files and a manifest.

Anyone can open it with ordinary tools. Version 1 has these members:

- `manifest.json`: version, time, migrations, and for each other member its SHA-256 digest and number of rows.
- `data/<model>.jsonl`: one row per line, as JSON.
- `uploads/<path>`: the files of photos and documents.
- `secret_key`: only if asked for.
"""

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from releases.backups.tables import get_models, write_rows
from releases.database import open_snapshot
from releases.models import Document, Photo

VERSION = 1
MANIFEST, SECRET_KEY = "manifest.json", "secret_key"
CHUNK_BYTES = 2**20

Progress = Callable[[str, int], None]  # called with what was written, and its number of rows or bytes


class InvalidBackup(Exception):
    """Raised if a file isn't a backup, or is damaged. The message says what is wrong."""


class Summary(NamedTuple):
    """What a backup contains."""

    rows: int
    files: int
    missing: list[str]  # files that rows refer to, but that don't exist
    damaged: list[str]  # files that were changed since they were stored


def create_backup(
    path: Path, *, with_secret_key: bool = False, progress: Progress = lambda *_: None
) -> Summary:
    """Write a backup of the newsroom as it is now to the file `path`.

    Others can go on writing meanwhile. Raises OSError, and the errors of the database.
    """
    with zipfile.ZipFile(path, "w") as archive:
        manifest = _write_members(archive, with_secret_key, progress)
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1), zipfile.ZIP_DEFLATED)
    members: dict[str, Any] = manifest["members"]
    rows = sum(member.get("rows", 0) for member in members.values())
    files = sum(name.startswith("uploads/") for name in members)
    return Summary(rows, files, manifest["missing"], manifest["damaged"])


def _write_members(archive: zipfile.ZipFile, with_secret_key: bool, progress: Progress) -> dict[str, Any]:
    """Write everything but the manifest, and return the manifest."""
    members: dict[str, dict[str, Any]] = {}
    with open_snapshot() as alias:
        created_at = timezone.now()
        for model in get_models():
            name = get_member_name(model)
            members[name] = _write(archive, name, write_rows(model, alias), zipfile.ZIP_DEFLATED)
            members[name]["rows"] = members[name].pop("chunks")
            progress(name, members[name]["rows"])
        digests = dict(sorted(find_uploads(alias)))
        migrations = find_migrations(alias)
    missing, damaged = [], []
    for path, digest in digests.items():
        try:
            with default_storage.open(path) as file:
                member = _write(archive, f"uploads/{path}", file.chunks(CHUNK_BYTES), zipfile.ZIP_STORED)
        except FileNotFoundError:
            missing.append(path)
            continue
        del member["chunks"]
        members[f"uploads/{path}"] = member
        if digest and member["sha256"] != digest:
            damaged.append(path)
        progress(path, member["bytes"])
    if with_secret_key:
        members[SECRET_KEY] = _write(archive, SECRET_KEY, [settings.SECRET_KEY.encode()], zipfile.ZIP_STORED)
    return {
        "version": VERSION,
        "created_at": created_at.isoformat(),
        "database": connection.vendor,
        "migrations": migrations,
        "members": members,
        "missing": missing,
        "damaged": damaged,
    }


def _write(archive: zipfile.ZipFile, name: str, chunks: Iterable[bytes], method: int) -> dict[str, Any]:
    """Write a member, and return its digest and its numbers of bytes and chunks."""
    digest, size, count = sha256(), 0, 0
    info = zipfile.ZipInfo(name, timezone.localtime().timetuple()[:6])
    info.compress_type, info.external_attr = method, 0o600 << 16
    with archive.open(info, "w", force_zip64=True) as member:
        for chunk in chunks:
            member.write(chunk)
            digest.update(chunk)
            size, count = size + len(chunk), count + 1
    return {"sha256": digest.hexdigest(), "bytes": size, "chunks": count}


def get_member_name(model: Any) -> str:
    """Return the name of the member with the rows of a table."""
    return f"data/{model._meta.label}.jsonl"


def find_uploads(alias: str = "default") -> Iterator[tuple[str, str]]:
    """Yield the path in the storage and the recorded digest of each file that a row refers to."""
    for model in (Photo, Document):
        for row in model.objects.using(alias).order_by("pk").iterator():
            yield from row.file_digests.items()


def find_migrations(alias: str = "default") -> list[list[str]]:
    """Return app and name of each applied migration."""
    from django.db import connections

    return sorted(map(list, MigrationRecorder(connections[alias]).applied_migrations()))


def read_manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    """Return the manifest. Raises InvalidBackup."""
    try:
        manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
        version = manifest["version"]
        datetime.fromisoformat(manifest["created_at"])
        names = set(manifest["members"])
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile, zlib.error, OSError) as error:
        raise InvalidBackup("It has no manifest that can be read, so it isn't a whole backup.") from error
    if version != VERSION:
        raise InvalidBackup(f"It has version {version}. This newsroom reads version {VERSION}.")
    if unknown := set(archive.namelist()) - names - {MANIFEST}:
        raise InvalidBackup(f"It contains files that the manifest doesn't list, such as {min(unknown)}.")
    return manifest


def open_archive(path: Path) -> zipfile.ZipFile:
    """Open a backup file. Raises InvalidBackup, and OSError if the file can't be opened."""
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise InvalidBackup("It is damaged, or not a backup: its end is missing.") from error


def find_faults(archive: zipfile.ZipFile, progress: Progress = lambda *_: None) -> Iterator[str]:
    """Yield a sentence for each member that differs from the manifest. Raises InvalidBackup."""
    manifest = read_manifest(archive)
    present = set(archive.namelist())
    for name in sorted(name for name in manifest["members"] if name not in present):
        yield f"{name} is missing."
    for name in sorted(set(manifest["members"]) & present):
        expected = manifest["members"][name]
        digest, size, rows = sha256(), 0, 0
        try:
            with archive.open(name) as member:
                while chunk := member.read(CHUNK_BYTES):
                    digest.update(chunk)
                    size, rows = size + len(chunk), rows + chunk.count(b"\n")
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError) as error:
            yield f"{name} is damaged ({error})."
            continue
        if digest.hexdigest() != expected.get("sha256"):
            yield f"{name} differs from the manifest."
        elif rows != expected.get("rows", rows):
            yield f"{name} has {rows} rows instead of {expected['rows']}."
        progress(name, size)


def compute_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Make sure that a renamed file is still there after a power failure."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

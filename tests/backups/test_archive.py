"""Backup files: what is wrong with a damaged one is named."""

import json
import shutil
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.db import connection

from releases.backups import archive
from releases.backups.archive import InvalidBackup, find_faults, open_archive
from releases.backups.encryption import MIN_PASSPHRASE_LENGTH, encrypt, open_backup, read_passphrase
from releases.models import Release
from tests.factories import make_photo, make_release, photo_entry

BACKUP = Path(__file__).parents[1] / "files" / "backup-0009.zip"
RELEASES, TAGS = "data/releases.Release.jsonl", "data/taggit.Tag.jsonl"


def read_faults(path: Path) -> list[str]:
    with open_archive(path) as archive:
        return list(find_faults(archive))


def rewrite(path: Path, change) -> None:
    """Write the backup again with the members that `change` returns."""
    with zipfile.ZipFile(BACKUP) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in change(members).items():
            archive.writestr(name, content)


def change_manifest(**changes):
    def change(members):
        manifest = json.loads(members["manifest.json"]) | changes
        return members | {"manifest.json": json.dumps(manifest)}

    return change


def change_entry(name: str, **changes):
    def change(members):
        manifest = json.loads(members["manifest.json"])
        manifest["members"][name] |= changes
        return members | {"manifest.json": json.dumps(manifest)}

    return change


def without(*names: str):
    return lambda members: {name: value for name, value in members.items() if name not in names}


def with_content(name: str, change):
    return lambda members: members | {name: change(members[name])}


# What is changed, and the words that name it.
REWRITTEN = {
    "no manifest": (without("manifest.json"), "no manifest"),
    "manifest is not JSON": (with_content("manifest.json", lambda text: text[:-20]), "no manifest"),
    "manifest is a list": (with_content("manifest.json", lambda _text: b"[]"), "no manifest"),
    "manifest has no time": (change_manifest(created_at="yesterday"), "no manifest"),
    "manifest has no members": (change_manifest(members=None), "no manifest"),
    "newer version": (change_manifest(version=2), "version 2"),
    "table is missing": (without(RELEASES), f"{RELEASES} is missing"),
    "two tables are missing": (without(RELEASES, TAGS), f"{TAGS} is missing"),
    "file that is not listed": (lambda members: members | {"uploads/x.pdf": b"x"}, "uploads/x.pdf"),
    "table is empty": (with_content(RELEASES, lambda _text: b""), f"{RELEASES} differs"),
    "table is cut": (with_content(RELEASES, lambda text: text[: len(text) // 2]), f"{RELEASES} differs"),
    "row is missing": (with_content(RELEASES, lambda text: text[text.index(b"\n") + 1 :]), "differs"),
    "row is doubled": (with_content(TAGS, lambda text: text + b"{}\n"), f"{TAGS} differs"),
    "one letter": (with_content(RELEASES, lambda text: text.replace(b"a", b"b", 1)), f"{RELEASES} differs"),
    "rows in another order": (
        with_content(RELEASES, lambda text: b"".join(reversed(text.splitlines(True)))),
        f"{RELEASES} differs",
    ),
    "other digest": (change_entry(RELEASES, sha256="0" * 64), f"{RELEASES} differs"),
    "no digest": (change_entry(RELEASES, sha256=None), f"{RELEASES} differs"),
    "other number of rows": (change_entry(RELEASES, rows=1), "instead of 1"),
}


@pytest.mark.parametrize(("change", "expected"), REWRITTEN.values(), ids=REWRITTEN)
def test_planted_fault_is_named(tmp_path, change, expected):
    path = tmp_path / "backup.zip"
    rewrite(path, change)
    try:
        faults = read_faults(path)
    except InvalidBackup as error:
        faults = [str(error)]
    assert faults
    assert expected in " ".join(faults)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_file_that_was_cut_off_is_refused(tmp_path, part):
    path = tmp_path / "backup.zip"
    path.write_bytes(BACKUP.read_bytes()[: int(BACKUP.stat().st_size * part)])
    with pytest.raises(InvalidBackup, match="damaged"):
        read_faults(path)


def test_changed_byte_in_any_member_is_noticed(tmp_path):
    path, content = tmp_path / "backup.zip", BACKUP.read_bytes()
    with zipfile.ZipFile(BACKUP) as archive:
        members = [info for info in archive.infolist() if info.file_size]
    assert len(members) > 10
    for info in members:
        position = info.header_offset + 30 + len(info.filename) + 20 + info.compress_size // 2
        path.write_bytes(content[:position] + bytes([content[position] ^ 0xFF]) + content[position + 1 :])
        try:
            faults = read_faults(path)
        except InvalidBackup as error:
            faults = [str(error)]
        assert faults, info.filename


def test_whole_backup_has_no_faults():
    assert read_faults(BACKUP) == []


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_backup_of_postgresql_sees_one_state(tmp_path, monkeypatch):
    """A release that is written while the rows are read isn't in the backup."""
    if connection.vendor == "sqlite":
        pytest.skip("with SQLite, tests/e2e/test_backups.py tests it")
    make_release(photos=[photo_entry(make_photo())])
    write_rows = archive.write_rows

    def write_meanwhile(model, alias):
        if model is Group:  # among the first tables
            with ThreadPoolExecutor(1) as pool:
                pool.submit(write_release).result()
        return write_rows(model, alias)

    monkeypatch.setattr(archive, "write_rows", write_meanwhile)
    summary = archive.create_backup(tmp_path / "backup.zip")
    assert read_faults(tmp_path / "backup.zip") == []
    assert summary.missing == []
    assert Release.objects.count() == 2
    with open_archive(tmp_path / "backup.zip") as backup:
        assert backup.read(RELEASES).count(b"\n") == 1
        assert len([name for name in backup.namelist() if name.startswith("uploads/")]) == summary.files > 0


def write_release() -> None:
    make_release()
    connection.close()


# --- Encryption ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("encrypted")
    (folder / "passphrase").write_text("several words that nobody guesses\nignored\n")
    encrypt(BACKUP, folder / "backup.zip", read_passphrase(folder / "passphrase"))
    return folder


def test_encrypted_backup_opens_with_its_passphrase_only(encrypted, tmp_path):
    path = encrypted / "backup.zip"
    assert b"releases.Release" not in path.read_bytes()
    with open_backup(path, encrypted / "passphrase", tmp_path) as archive:
        assert list(find_faults(archive)) == []
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(InvalidBackup, match="--passphrase-file"), open_backup(path, None, tmp_path):
        pass
    (tmp_path / "other").write_text("another passphrase entirely")
    with pytest.raises(InvalidBackup, match="wrong"), open_backup(path, tmp_path / "other", tmp_path):
        pass


def test_changed_encrypted_backup_is_refused(encrypted, tmp_path):
    path = tmp_path / "backup.zip"
    shutil.copy(encrypted / "backup.zip", path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises((InvalidBackup, zipfile.BadZipFile)):  # noqa: SIM117
        with open_backup(path, encrypted / "passphrase", tmp_path):
            pass


@pytest.mark.parametrize("text", ["", "\n", "x" * (MIN_PASSPHRASE_LENGTH - 1), "short\n" + "x" * 40])
def test_weak_passphrase_is_refused(tmp_path, text):
    path = tmp_path / "passphrase"
    path.write_text(text)
    with pytest.raises(ValueError, match="less than 16"):
        read_passphrase(path)

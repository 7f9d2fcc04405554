"""Back up, verify and restore with the commands, each newsroom in its own folder."""

import json
import os
import shutil
import sqlite3
import threading
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from releases.backups.encryption import open_backup
from releases.backups.restore import restore_secret_key
from releases.management.server_lock import acquire_lock
from tests.e2e.test_serve import prepare_newsroom, run_manage

# These newsrooms have their own databases. The group shares the fixtures of this module.
pytestmark = [pytest.mark.one_database, pytest.mark.xdist_group("servers")]

OLD_BACKUP = Path(__file__).parents[1] / "files" / "backup-0009.zip"
URLS = ("/", "/es/", "/archive/", "/feed/", "/for-the-press/", "/sitemap.xml", "/2014/12/", "/topics/")
READ_PAGES = f"""
import hashlib, json, sys
from django.conf import settings
from django.test import Client
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
urls = {URLS!r}
pages = {{url: Client(headers={{"host": "127.0.0.1"}}).get(url) for url in urls}}
assert all(page.status_code == 200 for page in pages.values()), pages
json.dump({{url: hashlib.sha256(page.content).hexdigest() for url, page in pages.items()}}, sys.stdout)
"""


def run(folder: Path, *arguments: str) -> str:
    """Run a command that must succeed, and return its output."""
    result = run_manage(folder, *arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout


def fail(folder: Path, *arguments: str) -> str:
    """Run a command that must fail with a sentence, and return it."""
    result = run_manage(folder, *arguments)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    return result.stderr


def find_backup(folder: Path) -> Path:
    (path,) = folder.glob("newsroom-*.zip")
    return path


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory) -> Path:
    """Return the data folder of a newsroom with the sample releases."""
    folder = tmp_path_factory.mktemp("source") / "data"
    shutil.copytree(prepare_newsroom(True), folder)
    run(folder, "staff_login", "ana", "--role", "manager")
    return folder


@pytest.fixture(scope="module")
def backup(newsroom, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("backups")
    run(newsroom, "backup", str(folder))
    return find_backup(folder)


def read_pages(folder: Path) -> dict[str, str]:
    """Return a digest of each page."""
    return json.loads(run(folder, "shell", "-v0", "-c", READ_PAGES))


def test_restored_newsroom_has_the_same_pages(newsroom, backup, tmp_path):
    assert "is whole" in run(tmp_path / "data", "verify", str(backup))
    run(tmp_path / "data", "restore", str(backup))
    assert read_pages(tmp_path / "data") == read_pages(newsroom)


def test_backup_of_an_earlier_version_is_migrated_and_replaced_only_on_request(tmp_path):
    folder = tmp_path / "data"
    run(folder, "restore", str(OLD_BACKUP))
    assert "No planned migration" in run(folder, "migrate", "--plan")
    assert "The search index has 13 of 13 releases." in run_manage(folder, "doctor").stdout
    run(folder, "staff_login", "rosa", "--role", "writer")
    assert "add --replace" in fail(folder, "restore", str(OLD_BACKUP))
    output = run(folder, "restore", str(OLD_BACKUP), "--replace")
    (aside,) = folder.glob("before-restore-*")
    assert str(aside) in output
    assert (read_names(aside), read_names(folder)) == ({"rosa"}, set())


def read_names(folder: Path) -> set[str]:
    with closing(sqlite3.connect(folder / "newsroom.sqlite3")) as connection:
        return {name for (name,) in connection.execute("SELECT username FROM releases_user")}


def test_restore_drill_compares_what_came_back(newsroom, backup, tmp_path):
    assert "Restored" in run(newsroom, "restore_drill", str(backup))
    path = tmp_path / "backup.zip"
    path.write_bytes(backup.read_bytes()[:-10])
    assert "can't be restored" in fail(newsroom, "restore_drill", str(path))


def test_damaged_backup_changes_nothing(tmp_path):
    folder, path = tmp_path / "data", tmp_path / "backup.zip"
    path.write_bytes(OLD_BACKUP.read_bytes()[:-100])
    assert "Nothing was changed" in fail(folder, "restore", str(path))
    assert "can't be restored" in fail(folder, "verify", str(path))
    assert not (folder / "newsroom.sqlite3").exists() or not (folder / "newsroom.sqlite3").stat().st_size


def test_running_newsroom_is_not_replaced(tmp_path):
    descriptor = acquire_lock(tmp_path / "serve.lock")
    assert "Stop it first" in fail(tmp_path, "restore", str(OLD_BACKUP), "--replace")
    os.close(descriptor)


def test_secret_key_is_saved_only_encrypted_and_is_restored(newsroom, tmp_path, settings):
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("several words that nobody guesses")
    assert "must be encrypted" in fail(newsroom, "backup", str(tmp_path), "--with-secret-key")
    option = ("--passphrase-file", str(passphrase))
    run(newsroom, "backup", str(tmp_path), "--with-secret-key", *option)
    key = (newsroom / "secret_key").read_bytes()
    with open_backup(find_backup(tmp_path), passphrase, tmp_path) as archive:
        assert archive.read("secret_key") == key
        settings.DATA_DIR = tmp_path
        (tmp_path / "secret_key").write_text("the key that the first start created")
        restore_secret_key(archive)
    assert (tmp_path / "secret_key").read_bytes() == key


def test_backup_is_copied_elsewhere_and_recorded(newsroom, tmp_path):
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    assert "doesn't exist" in fail(newsroom, "backup", str(here), "--copy-to", str(elsewhere))
    elsewhere.mkdir()
    output = run(newsroom, "backup", str(here), "--keep", "1", "--copy-to", str(elsewhere))
    assert "read it back" in output
    assert find_backup(here).read_bytes() == find_backup(elsewhere).read_bytes()
    record = json.loads((newsroom / "last_backup.json").read_text())
    assert record["elsewhere"] == str(find_backup(elsewhere))
    assert record["elsewhere_at"] >= record["finished_at"]


def test_backup_is_consistent_while_others_write(newsroom, tmp_path):
    """Three writers add two topics in one transaction. No backup has one without the other."""
    folder = tmp_path / "data"
    shutil.copytree(newsroom, folder)
    stop, counts = threading.Event(), [0, 0, 0]

    def write(number: int) -> None:
        path = folder / "newsroom.sqlite3"
        with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as database:
            while not stop.wait(0.005):
                name = f"w{number}-{counts[number]}"
                database.execute("BEGIN IMMEDIATE")
                for each in (name, f"{name}b"):
                    database.execute("INSERT INTO taggit_tag (name, slug) VALUES (?, ?)", (each, each))
                database.execute("COMMIT")
                counts[number] += 1

    writers = [threading.Thread(target=write, args=[number]) for number in range(3)]
    for writer in writers:
        writer.start()
    try:
        for target in (tmp_path / "first", tmp_path / "second"):
            before = sum(counts)
            run(folder, "backup", str(target))
            with zipfile.ZipFile(find_backup(target)) as archive:
                rows = [json.loads(line) for line in archive.read("data/taggit.Tag.jsonl").splitlines()]
            names = {row["name"] for row in rows if row["name"][0] == "w"}
            assert {name for name in names if name[-1] != "b"} == {name.removesuffix("b") for name in names}
            assert len(names) > before > 0 or before == 0
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert all(counts)

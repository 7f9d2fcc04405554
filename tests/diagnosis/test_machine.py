"""Checks of the disk, the folders and the secret key."""

import errno
import os
import tempfile
from collections import namedtuple

import pytest

from releases.diagnosis import machine

Usage = namedtuple("Usage", "total used free")
GIB, MIB = 2**30, 2**20


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    tmp_path.chmod(0o700)
    monkeypatch.delenv("SECRET_KEY", raising=False)
    return tmp_path


@pytest.fixture
def uploads(monkeypatch, tmp_path):
    folder = tmp_path / "uploads"
    monkeypatch.setattr(machine.default_storage, "path", lambda _name: str(folder))
    return folder


@pytest.mark.parametrize(
    ("total", "free", "level"),
    [
        (20 * GIB, 2 * GIB, "ok"),
        (20 * GIB, 2 * GIB - 1, "warning"),
        (100 * GIB, 9 * GIB, "warning"),
        (100 * GIB, 10 * GIB, "ok"),
        (4 * GIB, 500 * MIB, "warning"),
        (4 * GIB, 500 * MIB - 1, "error"),
        (0, 0, "error"),
    ],
)
def test_disk_space(monkeypatch, total, free, level):
    monkeypatch.setattr("shutil.disk_usage", lambda _path: Usage(total, total - free, free))
    finding = machine.check_disk_space()
    assert (finding.level, bool(finding.advice)) == (level, level != "ok")


@pytest.mark.parametrize(("free", "level"), [(500, "ok"), (499, "warning"), (99, "error")])
def test_temporary_space(monkeypatch, free, level):
    real_stat = os.stat
    monkeypatch.setattr(tempfile, "gettempdir", lambda: "/proc")
    monkeypatch.setattr("shutil.disk_usage", lambda path: Usage(0, 0, free * MIB if path == "/proc" else 0))
    assert real_stat("/proc").st_dev != real_stat(machine.settings.DATA_DIR).st_dev
    assert machine.check_temporary_space().level == level


def test_temporary_space_is_not_reported_twice_on_the_same_disk(monkeypatch, data_dir):
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(data_dir))
    assert machine.check_temporary_space() is None


@pytest.mark.parametrize(
    ("mode", "uid", "level", "text"),
    [
        (0o700, 0, "ok", "only its owner"),
        (0o750, 0, "error", "Other users"),
        (0o701, 0, "error", "Other users"),
        (0o700, 1, "warning", "belongs to the user"),
    ],
)
def test_data_folder(monkeypatch, data_dir, mode, uid, level, text):
    data_dir.chmod(mode)
    owner = data_dir.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + uid)
    finding = machine.check_data_folder()
    assert (finding.level, list(data_dir.iterdir())) == (level, [])
    assert text in finding.found


@pytest.mark.parametrize(
    ("number", "advice"),
    [(errno.EROFS, "writable"), (errno.EACCES, "writable"), (errno.ENOSPC, "space"), (errno.EDQUOT, "space")],
)
def test_folders_that_cannot_be_written(monkeypatch, uploads, number, advice):
    def fail(**_options):
        raise OSError(number, os.strerror(number))

    uploads.mkdir()
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", fail)
    for finding in (machine.check_data_folder(), machine.check_uploads_folder()):
        assert (finding.level, os.strerror(number) in finding.found) == ("error", True)
        assert advice in finding.advice


def test_uploads(uploads):
    assert "no uploads yet" in machine.check_uploads_folder().found
    assert "in 0 files" in machine.check_uploads_size().found
    (uploads / "photos").mkdir(parents=True)
    (uploads / "photos" / "a.jpg").write_bytes(bytes(2048))
    assert (machine.check_uploads_folder().level, len(list(uploads.iterdir()))) == ("ok", 1)
    assert "2.0\xa0KB, in 1 files" in machine.check_uploads_size().found


@pytest.mark.parametrize(("mode", "level"), [(0o600, "ok"), (0o640, "error"), (0o604, "error")])
def test_secret_key_file(data_dir, mode, level):
    (data_dir / "secret_key").write_text("x")
    (data_dir / "secret_key").chmod(mode)
    finding = machine.check_secret_key()
    assert (finding.level, str(data_dir / "secret_key") in finding.found) == (level, True)


def test_secret_key_of_the_environment_is_not_printed(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "swordfish")
    finding = machine.check_secret_key()
    assert (finding.level, "swordfish" in finding.found) == ("ok", False)

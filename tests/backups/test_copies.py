"""Copies of backups in folders and on remotes, with a stand-in for rclone."""

import stat
import sys
from pathlib import Path

import pytest

from releases.backups import copies
from releases.backups.archive import compute_digest
from releases.backups.copies import CopyFailed, copy_backup, delete_old, fetch_backup

# A remote is a folder beside the stand-in. The file `fault` says what goes wrong.
STAND_IN = """#!{python}
import pathlib, shutil, sys
root = pathlib.Path(__file__).parent
command, *names = [name for name in sys.argv[1:] if not name.startswith("--")]
fault = (root / "fault").read_text() if (root / "fault").exists() else ""
paths = [root / name.replace(":", "/", 1) if ":" in name else pathlib.Path(name) for name in names]
if fault == command:
    sys.exit("2026/11/28 Failed: no route to host")
if command == "copyto":
    paths[1].parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(paths[0], paths[1])
    if fault == "damage":
        paths[1].write_bytes(b"x" + paths[1].read_bytes()[1:])
elif command == "cat":
    sys.stdout.buffer.write(paths[0].read_bytes())
elif command == "moveto":
    paths[0].rename(paths[1])
elif command == "lsf":
    print(*(path.name for path in paths[0].iterdir()), sep="\\n")
elif command == "deletefile":
    paths[0].unlink()
"""
NAMES = [f"newsroom-2026-11-{day:02}-030000.encrypted.zip" for day in range(1, 6)]
# What an interrupted copy left, and what a running one writes.
OLD_PART, NEW_PART = ".newsroom-2014-12-01-030000.zip.part", ".newsroom-2999-12-01-030000.zip.part"


@pytest.fixture
def remote(tmp_path, monkeypatch) -> Path:
    """Return the folder in which the stand-in stores what is copied to the remote “offsite”."""
    program = tmp_path / "bin" / "rclone"
    program.parent.mkdir()
    program.write_text(STAND_IN.format(python=sys.executable))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(program.parent))
    return program.parent


@pytest.fixture
def backup(tmp_path) -> Path:
    path = tmp_path / NAMES[4]
    path.write_bytes(bytes(range(256)) * 50)
    return path


def test_backup_is_copied_to_a_remote_and_back(remote, backup, tmp_path):
    place = copy_backup(backup, "offsite:news", compute_digest(backup))
    assert place == f"offsite:news/{backup.name}"
    (tmp_path / "back").mkdir()
    for source in (place, "offsite:news"):
        assert fetch_backup(source, tmp_path / "back").read_bytes() == backup.read_bytes()
    assert fetch_backup(str(tmp_path), tmp_path / "back") == backup


def test_newest_backups_of_a_remote_and_of_a_folder_are_kept(remote, tmp_path):
    for folder, target in ((remote / "offsite" / "news", "offsite:news"), (tmp_path / "disk", "")):
        folder.mkdir(parents=True)
        for name in (*NAMES, OLD_PART, NEW_PART, "letter.zip"):
            (folder / name).write_text("x")
        assert delete_old(target or str(folder), 2) == 3
        assert sorted(path.name for path in folder.iterdir()) == [NEW_PART, "letter.zip", *NAMES[3:]]


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("copyto", "rclone says: .*no route to host"),
        ("cat", "can't be read back"),
        ("moveto", "rclone lsf offsite:news"),
        ("damage", "differs"),
    ],
)
def test_copy_that_fails_never_has_the_name_of_a_backup(remote, backup, fault, message):
    (remote / "fault").write_text(fault)
    with pytest.raises(CopyFailed, match=message):
        copy_backup(backup, "offsite:news", compute_digest(backup))
    folder = remote / "offsite" / "news"
    assert not folder.exists() or list(folder.iterdir()) == []


def test_copy_on_a_damaged_disk_never_has_the_name_of_a_backup(backup, tmp_path):
    (tmp_path / "disk").mkdir()
    with pytest.raises(CopyFailed, match="differs from the backup"):
        copy_backup(backup, str(tmp_path / "disk"), "0" * 64)
    assert list((tmp_path / "disk").iterdir()) == []


def test_place_without_backups_and_missing_rclone_are_named(remote, tmp_path, monkeypatch):
    (remote / "offsite").mkdir()
    with pytest.raises(CopyFailed, match="offsite: has no backups"):
        fetch_backup("offsite:", tmp_path)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(copies.shutil, "which", lambda _name: None)
    with pytest.raises(CopyFailed, match="rclone isn't installed"):
        fetch_backup("offsite:news", tmp_path)

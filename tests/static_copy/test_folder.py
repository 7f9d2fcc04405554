"""The folder of the static copy: what is written and deleted, also after an interrupted export."""

import fcntl
import json

import pytest

from releases.static_copy.folder import JOURNAL, MANIFEST, TEMPORARY, Folder, UnusableFolder


def write_copy(root, files):
    with Folder.open(root) as folder:
        for path, content in files.items():
            folder.write(path, f"/{path}", content)
        folder.finish(problems=0)
    return folder


def test_only_changed_files_are_written_and_stale_ones_deleted(tmp_path):
    root = tmp_path / "new" / "copy"
    write_copy(root, {"a/b/index.html": b"1", "c.txt": b"2", "d.txt": b"3"})
    time = (root / "d.txt").stat().st_mtime_ns
    folder = write_copy(root, {"c.txt": b"4", "d.txt": b"3"})
    assert (folder.written, folder.deleted) == (1, 1)
    assert (root / "c.txt").read_bytes() == b"4"
    assert (root / "d.txt").stat().st_mtime_ns == time
    assert sorted(path.name for path in root.iterdir()) == ["c.txt", "d.txt", JOURNAL, MANIFEST]


def test_files_that_no_export_wrote_stay(tmp_path):
    write_copy(tmp_path, {"a/index.html": b"1"})
    (tmp_path / "a" / "mine.txt").write_text("mine")
    write_copy(tmp_path, {})
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["mine.txt"]


def test_folder_with_other_files_is_refused(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UnusableFolder, match="contains other files"), Folder.open(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_next_export_deletes_what_an_interrupted_one_wrote(tmp_path, monkeypatch):
    write_copy(tmp_path, {"a.txt": b"1"})
    with Folder.open(tmp_path) as folder:
        folder.write("b.txt", "/b.txt", b"2")  # and then it is killed
    (tmp_path / TEMPORARY).write_text("half a file")
    with (tmp_path / JOURNAL).open("a") as journal:
        journal.write('["c.txt", ')
    with Folder.open(tmp_path) as folder:
        assert not folder.last_is_complete
        assert folder.previous == {"a.txt": "/a.txt", "b.txt": "/b.txt"}
        folder.write("a.txt", "/a.txt", b"1")
        folder.finish(problems=0)
    assert not (tmp_path / "b.txt").exists()
    with Folder.open(tmp_path) as folder:
        assert folder.last_is_complete
        folder.finish(problems=0)
    monkeypatch.setattr("releases.static_copy.folder.__version__", "0")
    with Folder.open(tmp_path) as folder:
        assert not folder.last_is_complete


def test_first_export_that_was_interrupted_can_be_repeated(tmp_path):
    with Folder.open(tmp_path) as folder:
        folder.write("a.txt", "/a.txt", b"1")
    folder = write_copy(tmp_path, {})
    assert folder.deleted == 1


def test_two_exports_at_the_same_time_are_refused(tmp_path):
    write_copy(tmp_path, {})
    with (tmp_path / JOURNAL).open() as journal:
        fcntl.flock(journal, fcntl.LOCK_EX)
        with pytest.raises(UnusableFolder, match="Another export_site"), Folder.open(tmp_path):
            pass


def test_damaged_manifest_is_refused(tmp_path):
    (tmp_path / MANIFEST).write_text("{")
    with pytest.raises(UnusableFolder, match="damaged"), Folder.open(tmp_path):
        pass


def test_manifest_lists_time_counts_and_files(tmp_path):
    write_copy(tmp_path, {"a.txt": b"1"})
    manifest = json.loads((tmp_path / MANIFEST).read_text())
    assert manifest["finished"].startswith("20")
    assert manifest["files"] == {"a.txt": "/a.txt"}


def test_failed_write_leaves_the_earlier_file(tmp_path, monkeypatch):
    write_copy(tmp_path, {"a.txt": b"1"})

    def fail(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="No space"), Folder.open(tmp_path) as folder:
        folder.write("a.txt", "/a.txt", b"2")
    assert (tmp_path / "a.txt").read_bytes() == b"1"
    assert not (tmp_path / TEMPORARY).exists()

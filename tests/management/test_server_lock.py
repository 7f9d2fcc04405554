"""The lock that keeps a second server off a DATA_DIR."""

import errno
import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from releases.management.server_lock import (
    START_LOCK,
    acquire_lock,
    find_processes,
    find_running_servers,
    find_running_url,
    record_url,
)

ROOT = Path(__file__).parents[2]
# Locks the file, and is then replaced by a program that waits, as `serve` is by the server.
PROGRAM = """
import os, sys
from pathlib import Path
from releases.management.server_lock import acquire_lock
acquire_lock(Path(sys.argv[1]))
code = "import subprocess, sys; print('ready', flush=True); sys.stdin.read()"
os.execv(sys.executable, [sys.executable, "-c", code])
"""


def test_second_lock_is_refused_until_the_first_is_released(tmp_path):
    path = tmp_path / "serve.lock"
    first = acquire_lock(path)
    assert os.get_inheritable(first)
    with pytest.raises(BlockingIOError):
        acquire_lock(path)
    os.close(first)
    os.close(acquire_lock(path))


def test_url_of_the_server_is_known_while_it_runs(tmp_path):
    path = tmp_path / "serve.lock"
    assert find_running_url(tmp_path) == ""
    lock = acquire_lock(path)
    assert find_running_url(tmp_path) == ""
    record_url(lock, "http://127.0.0.1:8001")
    assert find_running_url(tmp_path) == "http://127.0.0.1:8001"
    os.close(lock)
    assert find_running_url(tmp_path) == ""
    again = acquire_lock(path)
    assert find_running_url(tmp_path) == ""  # not that of the earlier server
    os.close(again)


def test_every_server_that_shares_the_folder_is_found(tmp_path):
    locks = [acquire_lock(tmp_path / f"serve-news-{port}.lock") for port in (8001, 8002)]
    record_url(locks[1], "https://news.example.org")
    assert find_running_servers(tmp_path) == ["", "https://news.example.org"]
    assert find_running_url(tmp_path) == "https://news.example.org"
    for lock in locks:
        os.close(lock)
    assert find_running_servers(tmp_path) == []


def test_servers_start_one_after_the_other(tmp_path):
    """A second one waits, without the lock being inherited by the server that replaces the first."""
    lock = acquire_lock(tmp_path / START_LOCK)
    code = (
        "import pathlib, sys; from releases.management.server_lock import wait_for_start; "
        "print('waits', flush=True); wait_for_start(pathlib.Path(sys.argv[1])); print('starts')"
    )
    command = [sys.executable, "-c", code, tmp_path]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == "waits\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
        os.close(lock)
        assert process.stdout.readline() == "starts\n"
    assert find_running_servers(tmp_path) == []


def test_lock_survives_exec_names_the_process_and_ends_when_it_is_killed(tmp_path):
    path = tmp_path / "serve.lock"
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, path],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdout.readline() == "ready\n"
        with pytest.raises(BlockingIOError):
            acquire_lock(path)
        assert find_processes(path) == [process.pid]
        process.kill()
    os.close(acquire_lock(path))
    assert find_processes(path) == []


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL])
def test_file_system_without_locks_gives_none(tmp_path, monkeypatch, number):
    def fail(*_arguments: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", fail)
    assert acquire_lock(tmp_path / "serve.lock") is None


@pytest.mark.parametrize("folder", ["/proc", "/proc/nowhere"])
def test_folder_that_cannot_be_written_is_an_error(folder):
    with pytest.raises((PermissionError, FileNotFoundError), match=folder):
        acquire_lock(Path(folder, "serve.lock"))

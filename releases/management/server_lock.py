"""The file lock with which a server reserves a DATA_DIR, so that a second server refuses to start.

The locked file contains the URL of that server. On PostgreSQL, several servers on other ports or machines may
share the folder, and each has a file of its own.
"""

import errno
import fcntl
import os
from contextlib import suppress
from pathlib import Path

# The errors of flock(2) on a file system without locks, for example some network file systems.
UNSUPPORTED = {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL}

START_LOCK = "start.lock"


def acquire_lock(path: Path) -> int | None:
    """Lock the file `path` and return its descriptor, or None if the file system has no locks.

    Programs that replace this process inherit the lock, and so do forked workers. The kernel releases it when
    the last of them has ended, even if it was killed. Raise BlockingIOError if another process has the lock.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if error.errno in UNSUPPORTED:
            return None
        raise
    os.ftruncate(descriptor, 0)  # the URL of an earlier server
    os.set_inheritable(descriptor, True)
    return descriptor


def record_url(descriptor: int, url: str) -> None:
    """Write the URL of this server into the file that it locked. A full disk must not stop the server."""
    with suppress(OSError):
        os.pwrite(descriptor, url.encode(), 0)


def wait_for_start(folder: Path) -> None:
    """Wait until no other server prepares `folder`, and no backup is restored. Others wait for this process.

    The kernel releases the lock when this process has ended or was replaced by the server.
    """
    descriptor = os.open(folder / START_LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    with suppress(OSError):  # a file system without locks
        fcntl.flock(descriptor, fcntl.LOCK_EX)


def find_running_servers(folder: Path) -> list[str]:
    """Return the URL, or "" if it isn't known, of each server that has locked a file in `folder`."""
    urls = []
    for path in sorted(folder.glob("serve*.lock")):
        with suppress(OSError), path.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                urls.append(file.read().strip())
    return urls


def find_running_url(folder: Path) -> str:
    """Return the URL of a server that has locked a file in `folder`, or "" if none is known to run."""
    return next(filter(None, find_running_servers(folder)), "")


def find_processes(path: Path) -> list[int]:
    """Return the ids of the other processes that have the file `path` open.

    Workers of a server that was killed are among them. Processes of other users are not, and without /proc
    the list is empty.
    """
    target = str(path.resolve())
    pids = set()
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(link) == target:
                pids.add(int(link.parts[2]))
        except OSError:  # the process has ended, or belongs to another user
            continue
    return sorted(pids - {os.getpid()})

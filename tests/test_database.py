"""Time limits for the database, and what staff are told when it can't be used."""

import errno
import json
import socket
import sqlite3
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import django.db
import psycopg2
import pytest
from django.db import OperationalError, connection
from django.db.backends.sqlite3.base import DatabaseWrapper
from psycopg2.extensions import set_wait_callback

from releases import database
from releases.sqlite_turns import TurnConnection

CASES = json.loads((Path(__file__).parent / "files" / "outages.json").read_text(encoding="utf-8"))


def make_error(kind: str, code: str, message: str) -> BaseException:
    """Return the error that Django raises for an error of the database driver with this code."""
    if kind == "OSError":
        return OSError(getattr(errno, code), message)
    error: BaseException = getattr(django.db, kind, ValueError)(message)
    if code is None:  # raised by Django itself
        return error
    error.__cause__ = SimpleDriverError(message)
    error.__cause__.pgcode = code or None
    return error


class SimpleDriverError(Exception):
    pgcode: str | None


@pytest.mark.parametrize(("kind", "code", "message", "expected"), CASES["errors"])
def test_outage_is_described_by_its_cause(kind, code, message, expected):
    error = make_error(kind, code, message)
    assert database.is_outage(error)
    assert expected in str(database.describe_outage(error))


@pytest.mark.parametrize(("kind", "code", "message"), CASES["other_errors"])
def test_error_of_the_code_is_no_outage(kind, code, message):
    assert not database.is_outage(make_error(kind, code, message))


DEFAULT_TIMEOUT = int(connection.settings_dict["OPTIONS"].get("timeout", 0) * 1000)
sqlite_only = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no database file")


def get_busy_timeout() -> int:
    with connection.cursor() as cursor:
        return int(cursor.execute("PRAGMA busy_timeout").fetchone()[0])


@sqlite_only
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_locked_sqlite_database_is_given_up_after_the_limit():
    assert get_busy_timeout() == DEFAULT_TIMEOUT
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        for limit in (database.NO_WAIT, 0.3):
            started = time.monotonic()
            with database.limit_waiting(limit), pytest.raises(OperationalError, match="locked"):
                connection.cursor().execute("SELECT count(*) FROM releases_release")
            assert max(limit, 0) <= time.monotonic() - started < 10
    finally:
        other.close()
    assert get_busy_timeout() == DEFAULT_TIMEOUT


@sqlite_only
@pytest.mark.django_db
def test_inner_limit_ends_with_its_block():
    with database.limit_waiting(2):
        with database.without_waiting_for_locks():
            assert get_busy_timeout() == 0
        assert 1000 < get_busy_timeout() <= 2000
    assert get_busy_timeout() == DEFAULT_TIMEOUT


@pytest.fixture
def silent_server():
    """Yield the port of a server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.one_database
@pytest.mark.parametrize("limit", [None, 0.1, database.NO_WAIT])
def test_postgresql_that_does_not_answer_is_given_up(silent_server, monkeypatch, limit):
    monkeypatch.setattr(database, "PUBLIC_SECONDS", 0.2)
    monkeypatch.setattr(database, "MIN_STATEMENT_SECONDS", 0.1)
    if limit is not None:
        monkeypatch.setattr(database._limit, "value", database.Limit(limit), raising=False)
    set_wait_callback(database._wait_for_postgresql)
    try:
        started = time.monotonic()
        with pytest.raises(psycopg2.OperationalError, match="did not answer in time"):
            psycopg2.connect(f"host=127.0.0.1 port={silent_server} dbname=x user=x sslmode=disable")
        assert time.monotonic() - started < 10
    finally:
        set_wait_callback(None)


@pytest.mark.one_database
def test_next_connection_begins_with_another_host_than_one_that_does_not_answer(silent_server, monkeypatch):
    monkeypatch.setattr(database, "PUBLIC_SECONDS", 0.2)
    address, port = {"HOST": "127.0.0.1,127.0.0.2", "PORT": f"{silent_server},5432"}, silent_server
    server = SimpleNamespace(settings_dict=dict(address))
    monkeypatch.setattr(database, "connection", server)
    set_wait_callback(database._wait_for_postgresql)
    try:
        for _time in range(2):  # the second time, the host that doesn't answer is no longer the first one
            with pytest.raises(psycopg2.OperationalError, match="did not answer in time"):
                psycopg2.connect(f"host=127.0.0.1 port={port} dbname=x user=x sslmode=disable")
            assert server.settings_dict == {"HOST": "127.0.0.2,127.0.0.1", "PORT": f"5432,{port}"}
    finally:
        set_wait_callback(None)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server with limits")
def test_server_process_limits_statements_and_locks_of_postgresql(monkeypatch):
    options = connection.settings_dict["OPTIONS"] | {"options": "-c search_path=public"}
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
    monkeypatch.setattr(database.settings, "DATABASES", {"default": {"OPTIONS": dict(options)}})
    connection.close()
    database.set_server_limits()
    try:
        assert get_postgresql_settings() == ["2800ms", "2s", "public"]
        with database.without_statement_limit():
            assert get_postgresql_settings() == ["0", "2s", "public"]
        with database.without_waiting_for_locks():
            assert get_postgresql_settings() == ["2800ms", "1ms", "public"]
        assert get_postgresql_settings() == ["2800ms", "2s", "public"]
        started = time.monotonic()
        monkeypatch.setattr(database, "MIN_STATEMENT_SECONDS", 0.1)
        with database.limit_waiting(0.1), pytest.raises(OperationalError, match="did not answer in time"):
            connection.cursor().execute("SELECT pg_sleep(20)")
        assert time.monotonic() - started < 10
    finally:
        set_wait_callback(None)
        connection.close()


def get_postgresql_settings() -> list[str]:
    with connection.cursor() as cursor:
        names = ("statement_timeout", "lock_timeout", "search_path")
        cursor.execute("SELECT " + ", ".join(f"current_setting('{name}')" for name in names))
        return list(cursor.fetchone())


@sqlite_only
@pytest.mark.django_db
def test_transaction_within_two_limits_takes_one_turn(monkeypatch, tmp_path):
    """A scheduled change is published within the limit of the request that finds it."""
    options = connection.settings_dict["OPTIONS"] | {"factory": TurnConnection}
    (tmp_path / "a.sqlite3").touch()
    own = DatabaseWrapper(
        connection.settings_dict | {"NAME": tmp_path / "a.sqlite3", "OPTIONS": options}, "own"
    )
    monkeypatch.setattr(database, "connection", own)
    monkeypatch.setattr(database, "_limit", threading.local())
    try:
        with database.limit_waiting(3), database.without_waiting_for_locks(), own.cursor() as cursor:
            for _time in range(2):
                cursor.execute("BEGIN IMMEDIATE")
                with database.limit_waiting(0.25):
                    cursor.execute("CREATE TABLE IF NOT EXISTS a (b)")
                assert own.connection.has_turn
                own.connection.commit()
                assert not own.connection.has_turn
    finally:
        own.close()


@sqlite_only
@pytest.mark.django_db
@pytest.mark.parametrize("is_replaced", [True, False])
def test_replaced_sqlite_file_is_opened_again(monkeypatch, tmp_path, is_replaced):
    path, closed = tmp_path / "a.sqlite3", []
    path.touch()
    fake = SimpleNamespace(
        vendor="sqlite",
        connection=None,
        settings_dict={"NAME": path, "OPTIONS": {}},
        close=lambda: closed.append(True),
        execute_wrapper=connection.execute_wrapper,
    )
    monkeypatch.setattr(database, "connection", fake)
    monkeypatch.setattr(database._limit, "file", None, raising=False)
    del database._limit.file
    with database.limit_waiting(1):
        pass
    if is_replaced:
        path.rename(tmp_path / "away.sqlite3")
        with pytest.raises(OperationalError, match="missing"), database.limit_waiting(1):
            pass
        path.touch()
    with database.limit_waiting(1), database.limit_waiting(1):
        pass
    assert len(closed) == (2 if is_replaced else 0)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("vendor", "function", "code", "expected"),
    [
        ("postgresql", "_commit", None, True),
        ("postgresql", "_commit", "25006", False),
        ("postgresql", "execute", None, False),
        ("sqlite", "_commit", None, False),
    ],
)
def test_lost_commit_is_unconfirmed(monkeypatch, vendor, function, code, expected):
    monkeypatch.setattr(database, "connection", SimpleNamespace(vendor=vendor))
    namespace: dict = {"make_error": make_error, "code": code or ""}
    exec(f"def {function}():\n raise make_error('OperationalError', code, 'x')", namespace)
    with pytest.raises(OperationalError) as error:
        namespace[function]()
    assert database.is_unconfirmed(error.value) is expected


@sqlite_only
@pytest.mark.django_db
def test_missing_sqlite_database_is_never_created(monkeypatch, tmp_path):
    path = tmp_path / "it's #1?.sqlite3"
    fake = SimpleNamespace(vendor="sqlite", settings_dict={"NAME": path}, close=lambda: None)
    monkeypatch.setattr(database, "connection", fake)
    with pytest.raises(OperationalError, match="missing") as error, database.limit_waiting(1):
        pass
    assert database.is_outage(error.value)
    assert not path.exists()


def test_limits_of_threads_are_independent():
    seen = []
    with database.limit_waiting(5):
        thread = threading.Thread(target=lambda: seen.append(getattr(database._limit, "value", None)))
        thread.start()
        thread.join()
    assert seen == [None]


def test_limit_counts_the_time_of_statements_only(monkeypatch):
    """A request that took its time elsewhere, such as an upload, must not fail because of a brief lock."""
    now = [1000.0]
    monkeypatch.setattr(database.time, "monotonic", lambda: now[0])
    limit, allowed = database.Limit(3.0), []
    for seconds_in_statement, seconds_elsewhere in ((1.0, 60.0), (1.5, 60.0), (0.25, 60.0), (0.5, 0.0)):
        with limit.spend() as seconds:
            allowed.append(seconds)
            now[0] += seconds_in_statement
        now[0] += seconds_elsewhere
    assert allowed == [3.0, 2.0, 0.5, 0.5]
    with database.Limit(database.NO_WAIT).spend() as seconds:
        assert seconds == 0

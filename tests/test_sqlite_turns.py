"""Threads that write to SQLite take turns."""

import gc
import sqlite3
import threading

import pytest

from releases import sqlite_turns
from releases.sqlite_turns import TurnConnection

pytestmark = pytest.mark.one_database


@pytest.fixture
def connect(tmp_path):
    connections = []

    def connect() -> TurnConnection:
        connection = sqlite3.connect(
            tmp_path / "a.sqlite3", factory=TurnConnection, isolation_level=None, check_same_thread=False
        )
        connections.append(connection)
        return connection

    yield connect
    for connection in connections:
        connection.close()
    assert not sqlite_turns._turn.locked()


def begin(connection: TurnConnection) -> TurnConnection:
    connection.take_turn(30)
    connection.execute("BEGIN IMMEDIATE")
    return connection


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_next_thread_writes_when_the_transaction_ends(connect, end):
    first, second, order = begin(connect()), connect(), []

    def write():
        begin(second)
        order.append("second")
        second.commit()

    thread = threading.Thread(target=write)
    thread.start()
    with pytest.raises(sqlite3.OperationalError, match="database is locked"):
        connect().take_turn(0)
    order.append("first")
    getattr(first, end)()
    thread.join(30)
    assert order == ["first", "second"]


def test_turn_stays_while_a_failed_commit_keeps_the_transaction_open(connect):
    writer, reader = connect(), connect()
    writer.execute("CREATE TABLE a (b)")
    writer.execute("PRAGMA busy_timeout = 0")
    begin(writer).execute("INSERT INTO a VALUES (1)")
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM a").fetchall()  # a reader blocks the commit of a rollback journal
    with pytest.raises(sqlite3.OperationalError):
        writer.commit()
    assert writer.has_turn
    reader.rollback()
    writer.commit()
    assert not writer.has_turn


def test_turn_ends_if_the_transaction_cannot_begin(connect):
    connection = connect()
    connection.take_turn(0)
    assert connection.has_turn
    connection.end_turn()
    assert not connection.has_turn
    begin(connect()).commit()


def test_turn_ends_with_its_connection(connect, tmp_path):
    lost = sqlite3.connect(tmp_path / "a.sqlite3", factory=TurnConnection, isolation_level=None)
    begin(lost)
    del lost
    gc.collect()
    begin(connect()).commit()

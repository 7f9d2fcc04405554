"""Copies of the SQLite database of the tests, in memory."""

import sqlite3

from django.db.backends.base.creation import BaseDatabaseCreation


def copy_database(creation: BaseDatabaseCreation) -> sqlite3.Connection:
    copy = sqlite3.connect(":memory:", check_same_thread=False)
    creation.connection.ensure_connection()
    creation.connection.connection.backup(copy)
    return copy


def restore_database(creation: BaseDatabaseCreation, copy: sqlite3.Connection) -> None:
    creation.connection.ensure_connection()
    copy.backup(creation.connection.connection)

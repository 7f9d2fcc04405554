"""Let the threads of a process write to SQLite in turn.

SQLite's own waiting is not fair: a thread that sleeps between two attempts can miss every moment in which the
file is not locked, and fail although each of the others was quick.
"""

import sqlite3
import threading
from typing import Any

_turn = threading.Lock()


class TurnConnection(sqlite3.Connection):
    """A connection that holds the turn during its transactions."""

    has_turn = False

    def take_turn(self, seconds: float) -> None:
        """Wait for the turn before a transaction begins. Raises OperationalError after `seconds`."""
        if not _turn.acquire(timeout=seconds):
            raise sqlite3.OperationalError("database is locked")
        self.has_turn = True

    def end_turn(self) -> None:
        """End the turn unless the transaction is still open."""
        if self.has_turn and not self.in_transaction:
            self.has_turn = False
            _turn.release()

    def commit(self) -> None:
        try:
            super().commit()
        finally:
            self.end_turn()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self.end_turn()

    def close(self) -> None:
        super().close()
        if self.has_turn:
            self.has_turn = False
            _turn.release()

    def __del__(self, *_args: Any) -> None:
        if self.has_turn:  # of a thread that ended within a transaction
            _turn.release()

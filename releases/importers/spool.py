"""Where the records of an import wait for their turn: on a temporary file, because the memory is too small for all of them."""

import pickle
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from django.conf import settings

Record = TypeVar("Record")


class NoRoom(Exception):
    """Why records cannot wait in DATA_DIR, in the words of the system."""


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise NoRoom(fault.strerror) from fault


class Spool(Generic[Record]):
    """Records by their numbers, read anew each time they are asked for. Going through it gives them in the order of their numbers.

    The file has no name, lies in DATA_DIR (a folder for temporary files may itself be memory) and goes with the spool. Whatever is done
    with it raises NoRoom where DATA_DIR cannot take what it is given.
    """

    def __init__(self, records: Iterable[Record] = ()) -> None:
        with _room():
            self._file = tempfile.TemporaryFile(dir=settings.DATA_DIR)  # noqa: SIM115  (closed in the next line)
        weakref.finalize(self, self._file.close)
        self._places: dict[int, int] = {}  # where each record begins in the file
        for number, record in enumerate(records):
            self[number] = record

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, number: int) -> Record:
        with _room():  # what was given before may be written only now
            self._file.seek(self._places[number])
            record: Record = pickle.load(self._file)  # noqa: S301  (written by this process, read by no other)
            return record

    def __setitem__(self, number: int, record: Record) -> None:
        with _room():
            self._places[number] = self._file.seek(0, 2)
            pickle.dump(record, self._file, pickle.HIGHEST_PROTOCOL)

    def __iter__(self) -> Iterator[Record]:
        return (self[number] for number in sorted(self._places))

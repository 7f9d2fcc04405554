"""What a check returns."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    OK = "ok"


@dataclass(frozen=True)
class Finding:
    """What a check found: a sentence with the value, and what it means and what to do ("" if nothing).

    `has_failed` means that the check itself failed, so its level says nothing about the newsroom.
    """

    level: Level
    found: str
    advice: str = ""
    name: str = ""  # of the check
    is_for_manager: bool = False  # a manager can do what `advice` says; else the server administrator does
    has_failed: bool = False


def ok(found: str) -> Finding:
    return Finding(Level.OK, found)


def warning(found: str, advice: str) -> Finding:
    return Finding(Level.WARNING, found, advice)


def error(found: str, advice: str) -> Finding:
    return Finding(Level.ERROR, found, advice)

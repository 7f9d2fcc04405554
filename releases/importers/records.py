"""What an importer reads from a file: releases as plain records, with what is wrong and on which line. No database here."""

import datetime as dt
import hashlib
from dataclasses import dataclass, field

from releases.slugs import folded_key
from releases.vocabulary import Kind

UNDATED = "undated"


@dataclass(frozen=True)
class Problem:
    """What a person should know about an item; a `blocking` one keeps it from being published by the import."""

    line: int  # 1 is the first line of the file
    reason: str
    blocking: bool = True


@dataclass
class Item:
    """One release as it stands in a file."""

    line: int
    language: str
    headline: str = ""
    kind: str = Kind.PRESS_RELEASE
    date: dt.date | None = None
    dateline: str = ""
    summary: str = ""
    body: list[str] = field(default_factory=list)  # paragraphs of plain text
    problems: list[Problem] = field(default_factory=list)
    occurrence: int = 1  # the file's second release with this date and headline is 2

    @property
    def needs_review(self) -> bool:
        return any(problem.blocking for problem in self.problems)

    @property
    def source_key(self) -> str:
        """What makes it the same release in every run: language, date and headline, however the headline is spelled."""
        key = self._key(str(self.date or UNDATED))
        return key if self.occurrence == 1 else f"{key}:{self.occurrence}"

    @property
    def undated_key(self) -> str:
        """What it was known by if it was imported as a draft before its date was mended."""
        return self._key(UNDATED)

    def _key(self, day: str) -> str:
        # A digest, so that no name stays here that was removed from the text.
        return f"{self.language}:{day}:{hashlib.sha256(folded_key(self.headline)[:300].encode()).hexdigest()[:32]}"


def digest(headline: str, date: dt.date | None, dateline: str, summary: str, body: str) -> str:
    """A fingerprint of a release's words: a release whose own still equals its imported one was not edited since."""
    return hashlib.sha256("\x1f".join([headline, str(date), dateline, summary, body]).encode()).hexdigest()

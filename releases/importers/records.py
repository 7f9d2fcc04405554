"""Records that an importer reads from a file, with problems and line numbers.

This module uses no database.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from releases.text.choices import Kind
from releases.text.slugs import normalized_key

UNDATED = "undated"


@dataclass(frozen=True)
class Problem:
    """A problem that a person should know about. If `is_blocking`, the import does not publish the item."""

    line: int  # 1 is the first line of the file
    reason: str
    is_blocking: bool = True


class RemovedText(NamedTuple):
    """A text of the file that belongs to no release, such as “Continue reading”, and its line."""

    line: int
    text: str


@dataclass
class ImportedRelease:
    """One release in a file."""

    line: int
    language: str
    headline: str = ""
    kind: str = Kind.PRESS_RELEASE
    date: dt.date | None = None
    dateline: str = ""
    summary: str = ""
    body: str = ""  # sanitized markup
    subhead: str = ""
    event: dict[str, Any] = field(default_factory=dict)  # values of the fields of a media event
    problems: list[Problem] = field(default_factory=list)
    occurrence: int = 1  # the file's second release with this date and headline is 2

    @property
    def needs_review(self) -> bool:
        return any(problem.is_blocking for problem in self.problems)

    @property
    def source_key(self) -> str:
        """Return a key of language, date and headline that is the same in every import.

        Case, accents and punctuation of the headline make no difference.
        """
        key = self._key(str(self.date or UNDATED))
        return key if self.occurrence == 1 else f"{key}:{self.occurrence}"

    @property
    def undated_key(self) -> str:
        """Return the key that the item had if it was imported as a draft before its date was corrected."""
        return self._key(UNDATED)

    def _key(self, day: str) -> str:
        # A digest, so that no name remains here after it was removed from the text.
        digest = hashlib.sha256(normalized_key(self.headline)[:300].encode()).hexdigest()
        return f"{self.language}:{day}:{digest[:32]}"


def make_digest(headline: str, date: dt.date | None, dateline: str, summary: str, body: str) -> str:
    """Return a hash of the text. A release whose hash equals the imported one was not edited since."""
    return hashlib.sha256("\x1f".join([headline, str(date), dateline, summary, body]).encode()).hexdigest()

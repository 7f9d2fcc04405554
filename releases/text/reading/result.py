"""What reading a release returns: fields with their sources, questions, and what was left out."""

import datetime as dt
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from releases.text.choices import Kind


class BlockKind(Enum):
    """How a block is set in the source."""

    PARAGRAPH = auto()
    HEADING = auto()
    BULLET = auto()
    NUMBER = auto()
    QUOTATION = auto()
    ATTRIBUTION = auto()  # the line after a quotation, “— Ana Ruiz, director”
    TABLE = auto()


@dataclass
class Block:
    """A paragraph, heading or list item of the source."""

    number: int  # its position, from 0
    line: int  # the first line, from 1; in HTML, the same as its position
    text: str  # in one line, without the sign of a list item
    kind: BlockKind = BlockKind.PARAGRAPH
    markup: str = ""  # sanitized; "" for plain text
    group: int = 0  # blocks without an empty line between them are of the same group
    sign: str = ""  # of a list item, like “•” or “2.”
    level: int = 2  # of a heading
    breaks: list[int] = field(default_factory=list)  # where lines were joined: positions in `text`


@dataclass(frozen=True)
class Question:
    """A doubt about a field, for a person to decide."""

    field: str  # "" if it concerns no single field
    sentence: str
    block: int | None = None


@dataclass(frozen=True)
class LeftOut:
    """A block that belongs to no field, and why. It can be put back."""

    block: int
    reason: str


@dataclass(frozen=True)
class FoundContact:
    """A press contact in the text. `known` is the id of the newsroom's contact with its phone or email."""

    text: str
    blocks: tuple[int, ...]
    name: str = ""
    phone: str = ""
    email: str = ""
    known: int | None = None


@dataclass(frozen=True)
class FoundQuotation:
    """A sentence like “We won,” said Ana Ruiz, director."""

    block: int
    text: str
    speaker: str
    role: str = ""


@dataclass(frozen=True)
class Known:
    """What the newsroom knows: texts that may be in a release, and the names of topics.

    `contacts` are triples of id, phone and email. `topics` are pairs of id and names. `boilerplates` are
    texts.
    """

    boilerplates: tuple[str, ...] = ()
    contacts: tuple[tuple[int, str, str], ...] = ()
    topics: tuple[tuple[int, tuple[str, ...]], ...] = ()


@dataclass
class Reading:
    """A release as it was read. A field that was not found is empty."""

    blocks: list[Block]
    language: str
    kind: str = Kind.PRESS_RELEASE
    headline: str = ""
    subhead: str = ""
    date: dt.date | None = None
    dateline: str = ""  # the place
    summary: str = ""
    body: list[int] = field(default_factory=list)  # numbers of blocks
    event_at: dt.datetime | None = None  # aware
    event_until: dt.datetime | None = None
    event_place: str = ""
    event_who: str = ""
    event_languages: str = ""
    event_visuals: str = ""
    embargo: str = ""  # the line that asks for it
    embargo_at: dt.datetime | None = None
    contacts: list[FoundContact] = field(default_factory=list)
    quotations: list[FoundQuotation] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)  # names of files
    topics: list[int] = field(default_factory=list)  # suggested ids
    sources: dict[str, list[int]] = field(default_factory=dict)  # numbers of blocks by field
    questions: list[Question] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def put(self, name: str, value: Any, *blocks: int) -> None:
        """Set a field, and where it was found."""
        setattr(self, name, value)
        self.sources.setdefault(name, []).extend(blocks)

    def ask(self, name: str, sentence: str, block: int | None = None) -> None:
        question = Question(name, sentence, block)
        if question not in self.questions:
            self.questions.append(question)

    def leave_out(self, block: int, reason: str) -> None:
        self.left_out.append(LeftOut(block, reason))

    @property
    def used(self) -> set[int]:
        """Return the numbers of all blocks that are the source of a field or are left out."""
        sources = {number for numbers in self.sources.values() for number in numbers}
        return sources | set(self.body) | {item.block for item in self.left_out}

"""The paragraphs of a press page, one after the other: where each begins, what its dateline says, and where a release surely ends."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from releases.datelines import read
from releases.prose import without_control_characters

# What the old page prints after each summary. Only these capitals: “subscribe to continue reading” is part of a text.
END_MARK = re.compile(r"\s*\[?(?:C(?i:ontinue reading)|S(?i:eguir leyendo)|C(?i:ontinuar leyendo))\]?\s*[.…»→]*\s*$")
READ_MORE = re.compile(r"(?:^|(?<=[.!?…”\"»)]))\s*\[?(?:R(?i:ead more)|L(?i:eer más))\]?\s*[.…»→]*\s*$")
GOES_ON = re.compile(r"reading|leyendo|read more|leer más", re.IGNORECASE)
FURNITURE = re.compile(r"be the first to comment\.?|sé el primero en comentar\.?|#\s?#\s?#|-\s?30\s?-", re.IGNORECASE)
LONGEST_HEADLINE = 300


@dataclass
class Block:
    """A paragraph of the file: lines up to an empty one, white space made single, quotation marks and spelling kept."""

    line: int
    text: str
    ends_item: bool = False
    sentence_inside: bool = False  # a dateline follows on the next line, and a line before the last ends like a sentence

    def __post_init__(self) -> None:
        self.reading = read(self.text)

    @property
    def reads_like_headline(self) -> bool:
        """No sentence: it does not end like one, or is a short question or exclamation."""
        bare = self.text.rstrip('"”’»)')
        ends_sentence = bare.endswith((".", "…", ":", ";", ",")) and not re.search(r"\b(?:[A-Za-z]\.){2,}$", bare[-20:])
        long_cry = bare.endswith(("?", "!")) and len(bare) > 150
        return len(self.text) <= LONGEST_HEADLINE and not (ends_sentence or long_cry or self.sentence_inside)


def blocks(text: Iterable[str]) -> Iterator[Block]:
    """The paragraphs of `text`, each given when the next one is there: an end mark may stand by itself below it."""
    last: Block | None = None
    for start, lines, before_dateline in _paragraphs(text):
        paragraph = " ".join(" ".join(lines).split())
        bare = _without_end_mark(paragraph)
        if bare and not FURNITURE.fullmatch(bare):
            if last:
                yield last
            sentence_inside = before_dateline and any(line.rstrip('"”’» ').endswith((".", "!", "?", "…")) for line in lines[:-1])
            last = Block(start, bare, bare != paragraph, sentence_inside)
        elif bare != paragraph and last:
            last.ends_item = True
    if last:
        yield last


def _paragraphs(text: Iterable[str]) -> Iterator[tuple[int, list[str], bool]]:
    """The lines of each paragraph, with the number of the first, and whether it ends because a dateline stands on the next line.

    A dateline begins a new paragraph, because a headline may stand right above it.
    """
    lines: list[str] = []
    start = 0
    for number, line in enumerate(_lines(text), 1):
        is_empty = not line.strip()
        before_dateline = bool(lines and not is_empty and read(line))
        if lines and (is_empty or before_dateline):
            yield start, lines, before_dateline
            lines = []
        if is_empty:
            continue
        if not lines:
            start = number
        lines.append(line)
        if _ends_with_mark(line):
            yield start, lines, False
            lines = []
    if lines:
        yield start, lines, False


def _lines(text: Iterable[str]) -> Iterator[str]:
    """The lines of `text`, in which a form feed, too, begins a new one."""
    for line in text:
        yield from without_control_characters(line).removesuffix("\n").split("\n")


def _ends_with_mark(line: str) -> bool:
    """Whether “Continue reading” stands at the end of `line`; most have none, which their last letters tell sooner."""
    last_letters = " ".join(line.split()).rstrip("].…»→ ")[-len("read more") :]
    return bool(GOES_ON.search(last_letters) and (END_MARK.search(line) or READ_MORE.search(line)))


def _without_end_mark(paragraph: str) -> str:
    """`paragraph` without the “Continue reading” at its end; most have none, which their last letters tell."""
    return READ_MORE.sub("", END_MARK.sub("", paragraph)) if GOES_ON.search(paragraph[-60:]) else paragraph

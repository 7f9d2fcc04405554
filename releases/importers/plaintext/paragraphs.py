"""Read the paragraphs of a press page, their datelines, and the marks that end a release."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from releases.text.cleaning import strip_control_characters
from releases.text.datelines import parse_dateline

# The old page prints this after each summary. Case matters: “subscribe to continue reading” is part of a
# text.
END_MARK = re.compile(
    r"\s*\[?(?:C(?i:ontinue reading)|S(?i:eguir leyendo)|C(?i:ontinuar leyendo))\]?\s*[.…»→]*\s*$"
)
READ_MORE = re.compile(r"(?:^|(?<=[.!?…”\"»)]))\s*\[?(?:R(?i:ead more)|L(?i:eer más))\]?\s*[.…»→]*\s*$")
CONTINUATION = re.compile(r"reading|leyendo|read more|leer más", re.IGNORECASE)
SITE_CHROME = re.compile(
    r"be the first to comment\.?|sé el primero en comentar\.?|#\s?#\s?#|-\s?30\s?-", re.IGNORECASE
)
MAX_HEADLINE_LENGTH = 300


@dataclass
class Paragraph:
    """A paragraph of the file: lines up to an empty one, with single spaces.

    Quotation marks and spelling are as in the file.
    """

    line: int
    text: str
    ends_item: bool = False
    sentence_inside: bool = False  # a dateline is on the next line, and an earlier line ends like a sentence

    def __post_init__(self) -> None:
        self.parsed_dateline = parse_dateline(self.text)

    @property
    def looks_like_headline(self) -> bool:
        """Return whether it isn't a sentence.

        A headline does not end like a sentence, or is a short question or exclamation.
        """
        text = self.text.rstrip('"”’»)')
        ends_sentence = text.endswith((".", "…", ":", ";", ",")) and not re.search(
            r"\b(?:[A-Za-z]\.){2,}$", text[-20:]
        )
        long_exclamation = text.endswith(("?", "!")) and len(text) > 150
        return len(self.text) <= MAX_HEADLINE_LENGTH and not (
            ends_sentence or long_exclamation or self.sentence_inside
        )


def read_paragraphs(text: Iterable[str]) -> Iterator[Paragraph]:
    """Yield the paragraphs of `text`, each after reading the next one.

    An end mark may follow as a paragraph of its own.
    """
    previous: Paragraph | None = None
    for start, lines, before_dateline in _read_paragraphs(text):
        paragraph = " ".join(" ".join(lines).split())
        content = _strip_end_mark(paragraph)
        if content and not SITE_CHROME.fullmatch(content):
            if previous:
                yield previous
            sentence_inside = before_dateline and any(
                line.rstrip('"”’» ').endswith((".", "!", "?", "…")) for line in lines[:-1]
            )
            previous = Paragraph(start, content, content != paragraph, sentence_inside)
        elif content != paragraph and previous:
            previous.ends_item = True
    if previous:
        yield previous


def _read_paragraphs(text: Iterable[str]) -> Iterator[tuple[int, list[str], bool]]:
    """Yield the line number and the lines of each paragraph, and whether a dateline on the next line ends it.

    A dateline begins a new paragraph, because a headline may be directly above it.
    """
    lines: list[str] = []
    start = 0
    for line_number, line in enumerate(_read_lines(text), 1):
        is_empty = not line.strip()
        before_dateline = bool(lines and not is_empty and parse_dateline(line))
        if lines and (is_empty or before_dateline):
            yield start, lines, before_dateline
            lines = []
        if is_empty:
            continue
        if not lines:
            start = line_number
        lines.append(line)
        if _ends_with_mark(line):
            yield start, lines, False
            lines = []
    if lines:
        yield start, lines, False


def _read_lines(text: Iterable[str]) -> Iterator[str]:
    """Yield the lines of `text`. A form feed begins a new line, too."""
    for line in text:
        yield from strip_control_characters(line).removesuffix("\n").split("\n")


def _ends_with_mark(line: str) -> bool:
    """Return whether `line` ends with “Continue reading”.

    The last letters are checked first, because most lines have no mark.
    """
    last_letters = " ".join(line.split()).rstrip("].…»→ ")[-len("read more") :]
    return bool(CONTINUATION.search(last_letters) and (END_MARK.search(line) or READ_MORE.search(line)))


def _strip_end_mark(paragraph: str) -> str:
    """Return `paragraph` without “Continue reading” at its end.

    The last letters are checked first, for speed.
    """
    return (
        READ_MORE.sub("", END_MARK.sub("", paragraph)) if CONTINUATION.search(paragraph[-60:]) else paragraph
    )

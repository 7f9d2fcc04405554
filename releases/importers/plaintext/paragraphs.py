"""Read the paragraphs of a press page, their datelines, and the marks that end a release."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from releases.importers.records import RemovedText
from releases.text.cleaning import clean_text
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
RELEASE_END = re.compile(r"#\s?#\s?#|-\s?30\s?-")
# “Continue reading” in the middle of a paragraph: the next release probably begins after it.
MARK_INSIDE = re.compile(
    r"[.!?…”\"»)]\s+\[?(?:(?:Continue|Seguir|Continuar) (?:reading|leyendo)|Read more|Leer más)\b"
)
# A line that is only a date or a place belongs to the text below, and the line above is a headline.
DATE_OR_PLACE = re.compile(
    r"\(?(?:[^\W\d]{3,10}\.? \d{1,2},? \d{4}|\d{1,2} de [^\W\d]{4,10} del? \d{4}|\d{1,2}/\d{1,2}/\d{2,4})\)?"
    r"|(?:[A-ZÁÉÍÓÚÑ][\w.]+ ?){1,3}, ?(?:C\.?A\.?|Calif\.?|California|D\.? ?C\.?|E\.?U\.?)"
)
MAX_HEADLINE_LENGTH = 300
LONG_WORD = re.compile(r"\b[^\W\d_]{4,}")
ACRONYM = re.compile(r"\b(?:[A-Za-z]\.)+")


@dataclass
class Paragraph:
    """A paragraph of the file: lines up to an empty one, with single spaces.

    Quotation marks and spelling are as in the file.
    """

    line: int
    text: str
    ends_item: bool = False
    sentence_inside: bool = False  # a dateline is on the next line, and an earlier line ends like a sentence
    lines: tuple[tuple[int, str], ...] = ()  # with their numbers

    def __post_init__(self) -> None:
        self.parsed_dateline = parse_dateline(self.text)

    @property
    def first_line(self) -> str:
        """Return the first line if there are several, or else ""."""
        return self.lines[0][1] if len(self.lines) > 1 else ""

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

    @property
    def looks_like_last_headline(self) -> bool:
        """Return whether it may be the headline of a release without a text, and is not a contact."""
        is_contact = re.search(r"[@:/|]|www\.|\d{3}.?\d{4}", self.text)
        return self.looks_like_headline and not is_contact and len(LONG_WORD.findall(self.text)) >= 2

    @property
    def headline_inside(self) -> str:
        """Return a text in it that is probably the headline of another release, or "".

        That is a title in capitalized words which ends like a sentence, is very long, or is directly above a
        text.
        """
        if is_title(self.text):
            return self.text
        if match := MARK_INSIDE.search(self.text):
            return self.text[match.start() + 1 :].strip()
        return self.first_line if is_title(self.first_line) else ""


def is_title(text: str) -> bool:
    """Return whether `text` is one line of at least three words, nearly all of them capitalized."""
    if not text or len(text) > 2 * MAX_HEADLINE_LENGTH or not _is_capitalized(text[:80]):
        return False
    return _is_capitalized(text) and not re.search(r"[.!?]\s+\S", ACRONYM.sub("", text))


def _is_capitalized(text: str) -> bool:
    words = LONG_WORD.findall(text)
    return len(words) >= 3 and sum(word[0].isupper() for word in words) >= 0.8 * len(words)


def read_paragraphs(text: Iterable[str], removed: list[RemovedText] | None = None) -> Iterator[Paragraph]:
    """Yield the paragraphs of `text`, each after reading the next one.

    An end mark may follow as a paragraph of its own. What belongs to no paragraph is added to `removed`.
    """
    removed = [] if removed is None else removed
    previous: Paragraph | None = None
    for start, lines, before_dateline in _read_paragraphs(text):
        paragraph = " ".join(" ".join(lines).split())
        content = _strip_end_mark(paragraph)
        if content != paragraph:
            removed.append(RemovedText(start + len(lines) - 1, paragraph[len(content) :].strip()))
        if content and SITE_CHROME.fullmatch(content):
            removed.append(RemovedText(start, content))
            if previous and RELEASE_END.fullmatch(content):
                previous.ends_item = True
        if content and not SITE_CHROME.fullmatch(content):
            if previous:
                yield previous
            sentence_inside = before_dateline and any(
                line.rstrip('"”’» ').endswith((".", "!", "?", "…")) for line in lines[:-1]
            )
            previous = Paragraph(
                start, content, content != paragraph, sentence_inside, _number_lines(start, lines, content)
            )
        elif content != paragraph and previous:
            previous.ends_item = True
    if previous:
        yield previous


def _number_lines(start: int, lines: list[str], content: str) -> tuple[tuple[int, str], ...]:
    """Return the lines of a paragraph with their numbers, without the end mark that `content` lacks."""
    numbered = []
    length = len(content)
    for number, line in enumerate(lines, start):
        cleaned = " ".join(line.split())
        if kept := cleaned[:length].strip():
            # Spaces between columns stay.
            numbered.append((number, line.strip() if kept == cleaned else kept))
        length -= len(cleaned) + 1
        if length <= 0:
            break
    return tuple(numbered)


def _read_paragraphs(text: Iterable[str]) -> Iterator[tuple[int, list[str], bool]]:
    """Yield the line number and the lines of each paragraph, and whether a dateline on the next line ends it.

    A dateline begins a new paragraph, because a headline may be directly above it.
    """
    lines: list[str] = []
    start = 0
    for line_number, line in enumerate(_read_lines(text), 1):
        is_empty = not line.strip()
        is_end = bool(RELEASE_END.fullmatch(line.strip()))
        before_dateline = bool(lines and not is_empty and (parse_dateline(line) or _is_date_or_place(line)))
        if lines and (is_empty or before_dateline or is_end):
            yield start, lines, before_dateline
            lines = []
        if is_empty:
            continue
        if not lines:
            start = line_number
        lines.append(line)
        if is_end or _ends_with_mark(line):
            yield start, lines, False
            lines = []
    if lines:
        yield start, lines, False


def _is_date_or_place(line: str) -> bool:
    return len(line) < 40 and bool(DATE_OR_PLACE.fullmatch(line.strip()))


def _read_lines(text: Iterable[str]) -> Iterator[str]:
    """Yield the lines of `text`. A form feed begins a new line, too."""
    for line in text:
        yield from clean_text(line).removesuffix("\n").split("\n")


def _ends_with_mark(line: str) -> bool:
    """Return whether `line` ends with “Continue reading”.

    The last letters are checked first, because most lines have no mark. Single spaces keep the patterns fast.
    """
    line = " ".join(line.split())
    last_letters = line.rstrip("].…»→ ")[-len("read more") :]
    return bool(CONTINUATION.search(last_letters) and (END_MARK.search(line) or READ_MORE.search(line)))


def _strip_end_mark(paragraph: str) -> str:
    """Return `paragraph` without “Continue reading” at its end.

    The last letters are checked first, for speed.
    """
    return (
        READ_MORE.sub("", END_MARK.sub("", paragraph)) if CONTINUATION.search(paragraph[-60:]) else paragraph
    )

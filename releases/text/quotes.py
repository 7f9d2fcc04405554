"""Quotations in a body: block quotations whose last line names the speaker, “— Ana Ruiz, director”."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from lxml.html import HtmlElement

from releases.text.richtext import inner_html, parse_markup, replace_elements, to_plain_text

DASHES = "—–―-"
OPENING_MARKS = {"“": "”", "”": "”", "«": "»", "„": "”", '"': '"'}  # with the marks that close them
CLOSING_MARKS = '”“»"'
MARKS = re.compile(r'[“”„«»]|(?<!\d)"|(?<=\d)"(?!\s\w)')  # not the inches in “5" pipe”
ENCLOSING_SINGLE_MARKS = ("''", "‘’", "’’")
MAX_ATTRIBUTION_LENGTH = 120  # characters of the line that names the speaker


@dataclass(frozen=True)
class Quote:
    """A quotation: its number in the text (from 1), markup, text in one line, speaker and role."""

    number: int
    markup: str
    text: str
    speaker: str
    role: str

    @property
    def quoted_text(self) -> str:
        """Return the text in quotation marks, unless it has some already, like “No,” she said."""
        return self.text if MARKS.search(self.text) else f"“{self.text}”"

    @property
    def attribution(self) -> str:
        return f"{self.speaker}, {self.role}" if self.role else self.speaker

    @property
    def anchor(self) -> str:
        return f"quote-{self.number}"


def extract_quotes(body: str) -> list[Quote]:
    """Return the quotations of sanitized `body` that name a speaker, in their order."""
    quotes: list[Quote] = []
    if "<blockquote" in body:
        for block in parse_markup(body).iter("blockquote"):
            if quote := _parse_quote(block, len(quotes) + 1):
                quotes.append(quote)
    return quotes


def replace_quotes(body: str, render: Callable[[Quote], str]) -> str:
    """Return `body` with each of its quotations as `render` returns it."""
    number = 0

    def replacement(block: HtmlElement) -> str | None:
        nonlocal number
        quote = _parse_quote(block, number + 1)
        if quote is None:
            return None
        number += 1
        return render(quote)

    return replace_elements(body, "blockquote", replacement)


def _parse_quote(block: HtmlElement, number: int) -> Quote | None:
    """Return the quotation in `block`.

    Returns None when its last line names no speaker, or another block quotation is inside.
    """
    if (
        not len(block)
        or block[-1].tag != "p"
        or (block[-1].tail or "").strip()
        or block.find(".//blockquote") is not None
    ):
        return None
    line = " ".join(to_plain_text(inner_html(block[-1])).split())
    if not line or line[0] not in DASHES or len(line) > MAX_ATTRIBUTION_LENGTH:
        return None
    speaker, _comma, role = line.lstrip(DASHES).partition(",")
    markup = inner_html(block, end=-1)
    text = _strip_enclosing_marks(" ".join(to_plain_text(markup).split()))
    if not text or not speaker.strip():
        return None
    return Quote(number, markup.strip(), text, speaker.strip(), role.strip())


def _strip_enclosing_marks(text: str) -> str:
    """Return `text` without quotation marks around all of it. Marks around a part of it stay, in pairs."""
    if not MARKS.sub("", text).strip():
        return ""
    text = _pair_marks(text)
    if text[0] + text[-1] in ENCLOSING_SINGLE_MARKS and not re.search("[“”„«»\"‘]|\\s'", text[1:-1]):
        return text[1:-1].strip()
    inner = text[1:-1]
    encloses = len(text) > 2 and text[0] in OPENING_MARKS and text[-1] in CLOSING_MARKS
    return inner.strip() if encloses and not MARKS.search(inner) else text


def _pair_marks(text: str) -> str:
    """Return `text` with its quotation marks in pairs.

    A mark that opens again, as at the start of every paragraph of a quotation, is removed. A missing mark at
    the start or at the end is added.
    """
    parts: list[str] = []
    opened: list[str] = []
    lacks_start = False
    end = 0
    for match in MARKS.finditer(text):
        mark, start = match[0], match.start()
        parts.append(text[end:start])
        end = match.end()
        is_first = not start or (start == 1 and text[0].isspace())
        precedes_word = end < len(text) and not text[end].isspace()
        follows_space = is_first or text[start - 1].isspace() or text[start - 1] in OPENING_MARKS
        begins_word = precedes_word and follows_space
        is_opening = (
            mark in "«„"
            or (is_first and mark != "»")
            or (begins_word and (mark == "“" or (mark == '"' and '"' not in opened)))
        )
        if not is_opening:
            lacks_start = lacks_start or not opened
            parts.append(mark)
            del opened[-1:]
        elif mark not in opened[-1:]:
            parts.append(mark)
            opened.append(mark)
    parts.append(text[end:])
    return "".join(["“" if lacks_start else "", *parts, *(OPENING_MARKS[mark] for mark in reversed(opened))])

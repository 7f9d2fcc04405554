"""Quotations in a body: block quotations whose last line names the speaker, “— Ana Ruiz, director”."""

from collections.abc import Callable
from dataclasses import dataclass

from lxml.html import HtmlElement

from releases.text.richtext import inner_html, parse_markup, replace_elements, to_plain_text

DASHES = "—–―-"
QUOTATION_MARKS = '“”«»"„‟ \u00a0'
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
    text = " ".join(to_plain_text(markup).split()).strip(QUOTATION_MARKS)
    if not text or not speaker.strip():
        return None
    return Quote(number, markup.strip(), text, speaker.strip(), role.strip())

"""Quotations in a body: what stands in a block quotation whose last line says who speaks, “— Ana Ruiz, director”. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from releases.prose import plain_text

BLOCK = re.compile(r"<blockquote>((?:(?!</?blockquote).)*)</blockquote>", re.DOTALL)  # the innermost, where one stands in another
DASHES = "—–―-"
MARKS = '“”«»"„‟ \u00a0'
LONGEST_NAME = 120  # characters of a line that says who speaks


@dataclass(frozen=True)
class Quote:
    """One quotation: its `number` in the text, from 1, its markup, its words in a line, and who speaks in which role."""

    number: int
    markup: str
    words: str
    speaker: str
    role: str

    @property
    def who(self) -> str:
        return f"{self.speaker}, {self.role}" if self.role else self.speaker

    @property
    def anchor(self) -> str:
        return f"quote-{self.number}"


def quotes_of(body: str) -> list[Quote]:
    """The quotations of sanitised `body` that say who speaks, in their order."""
    quotes: list[Quote] = []
    for block in BLOCK.finditer(body):
        if quote := _read(block[1], len(quotes) + 1):
            quotes.append(quote)
    return quotes


def with_quotes(body: str, shown: Callable[[Quote], str]) -> str:
    """`body` with each of its quotations as `shown` makes it."""
    number = 0

    def one(block: re.Match[str]) -> str:
        nonlocal number
        quote = _read(block[1], number + 1)
        if quote is None:
            return block[0]
        number += 1
        return shown(quote)

    return BLOCK.sub(one, body)


def _read(inside: str, number: int) -> Quote | None:
    before, last, line = inside.rpartition("<p>")
    who = " ".join(plain_text(line).split())
    if not last or not who or who[0] not in DASHES:
        return None
    speaker, _comma, role = who.lstrip(DASHES).partition(",")
    words = " ".join(plain_text(before).split()).strip(MARKS)
    if not words or not speaker.strip() or len(who) > LONGEST_NAME:
        return None
    return Quote(number, before.strip(), words, speaker.strip(), role.strip())

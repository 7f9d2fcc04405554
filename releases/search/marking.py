"""A few lines of a text around the words that were looked for, with these marked."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from releases.search import analyser
from releases.search.questions import Question

WIDTH = 240  # characters of a cut
SHORT = 1500  # characters of a text whose words are kept at hand
BEFORE = 80  # of them at most before the first word found


class Piece(NamedTuple):
    """Words of a text, and whether they were looked for."""

    words: str
    is_found: bool


class Marker:
    """Marks the words of one question in texts of one language. A word as it was typed is what a cut shows, before another form."""

    def __init__(self, question: Question, language: str) -> None:
        tokens: frozenset[str] = frozenset().union(*(analyser.tokens_asked(word, language) for word in question.words))
        self._is_wanted = cache(lambda word: not analyser.tokens_of(word, language).isdisjoint(tokens))
        self._tokens, self._language = tokens, language
        initials = "".join(sorted({token[0] + token[0].upper() for token in tokens if token[0].isascii()}))
        # Where a word may begin that was looked for: a stem begins as its word does, and accents are beyond the letters of ASCII.
        self._beginning = re.compile(rf"(?<![^\W_])[{initials}]|(?<![^\W_])[^\x00-\x7f\W]" if initials else r"(?<![^\W_])[^\W_]")
        self._as_typed = [(word.lower(), re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)) for word in question.words]

    def whole(self, text: str) -> list[Piece]:
        """All of `text`, in pieces."""
        text = analyser.composed(text)
        return self._pieces(text, 0, len(text))

    def cut(self, text: str) -> list[Piece]:
        """A cut of `text` around the first word found, in pieces; [] when there is nothing to mark."""
        text = analyser.composed(text)
        first = self._first(text)
        if first is None:
            return []
        start = min(_between_words(text, max(first.start() - BEFORE, 0)), first.start())
        end = start + WIDTH if start + WIDTH < len(text) else len(text)
        end = text.rfind(" ", first.end(), end) if end < len(text) and " " in text[first.end() : end] else end
        return self._pieces(text, start, end)

    def _first(self, text: str) -> re.Match[str] | None:
        small = _in_small_letters(text)
        # Looked for from where its letters first stand: a pattern alone takes ten times as long to get there.
        places = [(pattern, small.find(word)) for word, pattern in self._as_typed]
        typed = [found for pattern, place in places if place >= 0 and (found := pattern.search(text, place))]
        if typed:
            return min(typed, key=lambda found: found.start())
        if len(text) <= SHORT and self._tokens.isdisjoint(_tokens_in(text, self._language)):
            return None
        return next((found for found in analyser.words_of(text) if self._is_wanted(found[0])), None)

    def _pieces(self, text: str, start: int, end: int) -> list[Piece]:
        pieces = [Piece("… ", False)] if start else []
        at = start
        for found in self._found(text, start, end):
            pieces += [Piece(text[at : found.start()], False), Piece(found[0], True)]
            at = found.end()
        pieces += [Piece(text[at:end], False)] + ([Piece(" …", False)] if end < len(text) else [])
        return [piece for piece in pieces if piece.words]

    def _found(self, text: str, start: int, end: int) -> Iterator[re.Match[str]]:
        """The words that were looked for between `start` and `end`. Of all words only those are taken apart that stand, without a
        blank between, where one may begin."""
        while near := self._beginning.search(text, start, end):
            until = text.find(" ", near.start(), end)
            until = end if until < 0 else until
            words = analyser.words_of(text, max(text.rfind(" ", start, near.start()), start), until)
            yield from (found for found in words if self._is_wanted(found[0]))
            start = until


def _between_words(text: str, place: int) -> int:
    """The beginning of the first whole word from `place` on."""
    if place == 0:
        return 0
    blank = text.find(" ", place)
    return blank + 1 if blank >= 0 else place


@lru_cache(256)
def _tokens_in(text: str, language: str) -> frozenset[str]:
    """All that the words of a short text are found by. The last ones are known: the same openings are looked through again and again."""
    return frozenset().union(*(analyser.tokens_of(word, language) for word in analyser.words_in(text)))


@lru_cache(256)
def _in_small_letters(text: str) -> str:
    """`text` in small letters, sign for sign; as it is where a capital has a small letter of two signs. The last ones are known."""
    small = text.lower()
    return small if len(small) == len(text) else text

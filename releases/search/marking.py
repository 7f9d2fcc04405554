"""Excerpts: a part of a text around the words that were searched for, with these marked."""

import re
from functools import cache
from typing import NamedTuple

from releases.search import analyser
from releases.search.questions import Question

WIDTH = 240  # characters of a cut
BEFORE = 80  # of them at most before the first word found


class Piece(NamedTuple):
    """A part of a text, and whether it is a word that was searched for."""

    words: str
    is_found: bool


class Marker:
    """Marks the words of one search in texts of one language."""

    def __init__(self, question: Question, language: str) -> None:
        tokens: frozenset[str] = frozenset().union(*(analyser.tokens_asked(word, language) for word in question.words))
        self._is_wanted = cache(lambda word: not analyser.tokens_of(word, language).isdisjoint(tokens))
        self._as_typed = [(word.lower(), re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)) for word in question.words]

    def whole(self, text: str) -> list[Piece]:
        """Return all of `text`, in pieces."""
        text = analyser.composed(text)
        return self._pieces(text, 0, len(text))

    def cut(self, text: str) -> list[Piece]:
        """Return a part of `text` around the first word as it was typed, else its first other form; [] when there is none."""
        text = analyser.composed(text)
        first = self._first(text)
        if first is None:
            return []
        start = min(_between_words(text, max(first.start() - BEFORE, 0)), first.start())
        end = start + WIDTH if start + WIDTH < len(text) else len(text)
        end = text.rfind(" ", first.end(), end) if end < len(text) and " " in text[first.end() : end] else end
        return self._pieces(text, start, end)

    def _first(self, text: str) -> re.Match[str] | None:
        lower = text.lower()
        typed = [found for word, pattern in self._as_typed if word in lower and (found := pattern.search(text))]
        if typed:
            return min(typed, key=lambda found: found.start())
        return next((found for found in analyser.words_of(text) if self._is_wanted(found[0])), None)

    def _pieces(self, text: str, start: int, end: int) -> list[Piece]:
        pieces = [Piece("… ", False)] if start else []
        at = start
        for found in analyser.words_of(text, start, end):
            if self._is_wanted(found[0]):
                pieces += [Piece(text[at : found.start()], False), Piece(found[0], True)]
                at = found.end()
        pieces += [Piece(text[at:end], False)] + ([Piece(" …", False)] if end < len(text) else [])
        return [piece for piece in pieces if piece.words]


def _between_words(text: str, place: int) -> int:
    """Return the beginning of the first whole word from `place` on."""
    if place == 0:
        return 0
    space = text.find(" ", place)
    return space + 1 if space >= 0 else place

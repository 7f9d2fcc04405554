"""Excerpts of a text around the search terms, with the terms marked."""

import re
from functools import cache
from typing import NamedTuple

from releases.search import analyzer
from releases.search.query import SearchQuery

EXCERPT_LENGTH = 240  # characters
MAX_LEADING_LENGTH = 80  # characters of it before the first match


class Fragment(NamedTuple):
    """A part of a text, and whether it is a search term."""

    text: str
    is_match: bool


class Highlighter:
    """Marks the terms of one search in texts of one language."""

    def __init__(self, query: SearchQuery, language: str) -> None:
        tokens: frozenset[str] = frozenset().union(
            *(analyzer.query_tokens(word, language) for word in query.words)
        )
        self._is_wanted = cache(lambda word: not analyzer.index_tokens(word, language).isdisjoint(tokens))
        self._as_typed = [
            (word.lower(), re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)) for word in query.words
        ]

    def highlight(self, text: str) -> list[Fragment]:
        """Return all of `text` as fragments."""
        text = analyzer.compose(text)
        return self._split(text, 0, len(text))

    def excerpt(self, text: str) -> list[Fragment]:
        """Return a part of `text` around the first exact match, or else around another form.

        Returns [] if there is no match.
        """
        text = analyzer.compose(text)
        first = self._first_match(text)
        if first is None:
            return []
        start = min(_next_word_start(text, max(first.start() - MAX_LEADING_LENGTH, 0)), first.start())
        end = start + EXCERPT_LENGTH if start + EXCERPT_LENGTH < len(text) else len(text)
        end = text.rfind(" ", first.end(), end) if end < len(text) and " " in text[first.end() : end] else end
        return self._split(text, start, end)

    def _first_match(self, text: str) -> re.Match[str] | None:
        lower = text.lower()
        exact = [
            match for word, pattern in self._as_typed if word in lower and (match := pattern.search(text))
        ]
        if exact:
            return min(exact, key=lambda match: match.start())
        return next((match for match in analyzer.iter_word_matches(text) if self._is_wanted(match[0])), None)

    def _split(self, text: str, start: int, end: int) -> list[Fragment]:
        fragments = [Fragment("… ", False)] if start else []
        at = start
        for match in analyzer.iter_word_matches(text, start, end):
            if self._is_wanted(match[0]):
                fragments += [Fragment(text[at : match.start()], False), Fragment(match[0], True)]
                at = match.end()
        fragments += [Fragment(text[at:end], False)] + ([Fragment(" …", False)] if end < len(text) else [])
        return [piece for piece in fragments if piece.text]


def _next_word_start(text: str, position: int) -> int:
    """Return the beginning of the first whole word from `position` on."""
    if position == 0:
        return 0
    space = text.find(" ", position)
    return space + 1 if space >= 0 else position

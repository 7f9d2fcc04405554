"""A few lines of a text around the words that were looked for, with these marked."""

from typing import NamedTuple

from releases.search import analyser
from releases.search.questions import Question

WIDTH = 240  # characters of a snippet
BEFORE = 80  # of them at most before the first word found


class Piece(NamedTuple):
    """Words of a text, and whether they were looked for."""

    words: str
    is_found: bool


def marked(text: str, question: Question, language: str, *, whole: bool = False) -> list[Piece]:
    """`text`, `whole` or a cut of it around the first word found, in pieces; [] when a cut has nothing to mark."""
    text = analyser.composed(text)
    wanted = frozenset().union(*(analyser.tokens_asked(word, language) for word in question.words))
    start, end = 0, len(text)
    if not whole:
        first = next((found for found in analyser.words_of(text) if analyser.tokens_of(found[0], language) & wanted), None)
        if first is None:
            return []
        start = min(_between_words(text, max(first.start() - BEFORE, 0)), first.start())
        end = start + WIDTH if start + WIDTH < len(text) else len(text)
        end = text.rfind(" ", first.end(), end) if end < len(text) and " " in text[first.end() : end] else end
    pieces = [Piece("… ", False)] if start else []
    at = start
    for found in analyser.words_of(text):
        if found.start() < start or found.end() > end or not analyser.tokens_of(found[0], language) & wanted:
            continue
        pieces += [Piece(text[at : found.start()], False), Piece(found[0], True)]
        at = found.end()
    pieces += [Piece(text[at:end], False)] + ([Piece(" …", False)] if end < len(text) else [])
    return [piece for piece in pieces if piece.words]


def _between_words(text: str, place: int) -> int:
    """The beginning of the first whole word from `place` on."""
    if place == 0:
        return 0
    blank = text.find(" ", place)
    return blank + 1 if blank >= 0 else place

"""What changed between two texts, word by word, for people to read."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple


class Mark(StrEnum):
    SAME = "same"
    GONE = "gone"
    NEW = "new"


class Piece(NamedTuple):
    """Some words in a row that share a fate."""

    mark: Mark
    words: str


Line = list[Piece]

# Beyond these the comparison would take seconds on words that repeat; what changed is then shown whole.
MOST_LINES = 400
MOST_WORDS = 3000


def compared(old: str, new: str) -> list[Line]:
    """The lines of both texts in one, each in pieces that stayed, went or came.

    Lines are matched first and words only inside those that changed, so a long text with a small change stays quick.
    """
    lines: list[Line] = []
    before, after = old.splitlines(), new.splitlines()
    if len(before) + len(after) > MOST_LINES:
        return list(_roughly(before, after))
    for fate, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if fate == "equal":
            lines += [[Piece(Mark.SAME, line)] for line in before[a:b]]
        elif b - a == d - c:
            lines += [list(_by_words(one, other)) for one, other in zip(before[a:b], after[c:d], strict=True)]
        else:
            lines += [[Piece(Mark.GONE, line)] for line in before[a:b]]
            lines += [[Piece(Mark.NEW, line)] for line in after[c:d]]
    return lines


def _roughly(before: list[str], after: list[str]) -> Iterator[Line]:
    """The same beginning, all that went, all that came, the same end."""
    shorter = min(len(before), len(after))
    start = next((place for place in range(shorter) if before[place] != after[place]), shorter)
    end = next((place for place in range(shorter - start) if before[-1 - place] != after[-1 - place]), shorter - start)
    yield from ([Piece(Mark.SAME, line)] for line in before[:start])
    yield from ([Piece(Mark.GONE, line)] for line in before[start : len(before) - end])
    yield from ([Piece(Mark.NEW, line)] for line in after[start : len(after) - end])
    yield from ([Piece(Mark.SAME, line)] for line in before[len(before) - end :])


def _by_words(old: str, new: str) -> Iterator[Piece]:
    before, after = re.findall(r"\w+|\s+|.", old), re.findall(r"\w+|\s+|.", new)
    if len(before) + len(after) > MOST_WORDS:
        yield from (piece for piece in (Piece(Mark.GONE, old), Piece(Mark.NEW, new)) if piece.words)
        return
    match = SequenceMatcher(None, before, after, autojunk=False)
    if match.quick_ratio() < 0.3:  # hardly a word in common: two texts, not one that changed
        yield from (piece for piece in (Piece(Mark.GONE, old), Piece(Mark.NEW, new)) if piece.words)
        return
    gone = new_words = ""
    for fate, a, b, c, d in [*match.get_opcodes(), ("equal", 0, 0, 0, 0)]:
        same = "".join(before[a:b])
        if fate == "equal" and (gone or new_words) and same.isspace():
            gone, new_words = gone + same, new_words + same  # a space between two changed words changes with them
        elif fate == "equal":
            yield from (piece for piece in (Piece(Mark.GONE, gone), Piece(Mark.NEW, new_words)) if piece.words)
            gone = new_words = ""
            if same:
                yield Piece(Mark.SAME, same)
        else:
            gone, new_words = gone + same, new_words + "".join(after[c:d])

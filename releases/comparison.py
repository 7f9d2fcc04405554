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


def compared(old: str, new: str) -> list[Line]:
    """The lines of both texts in one, each in pieces that stayed, went or came.

    Lines are matched first and words only inside those that changed, so a long text with a small change stays quick.
    """
    lines: list[Line] = []
    before, after = old.splitlines(), new.splitlines()
    for fate, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if fate == "equal":
            lines += [[Piece(Mark.SAME, line)] for line in before[a:b]]
        elif b - a == d - c:
            lines += [list(_by_words(one, other)) for one, other in zip(before[a:b], after[c:d], strict=True)]
        else:
            lines += [[Piece(Mark.GONE, line)] for line in before[a:b]]
            lines += [[Piece(Mark.NEW, line)] for line in after[c:d]]
    return lines


def _by_words(old: str, new: str) -> Iterator[Piece]:
    before, after = re.findall(r"\w+|\s+|.", old), re.findall(r"\w+|\s+|.", new)
    match = SequenceMatcher(None, before, after, autojunk=len(before) > 2000)
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

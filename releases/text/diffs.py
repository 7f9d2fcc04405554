"""Compare two texts word by word, for people to read."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple


class ChangeType(StrEnum):
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    ADDED = "added"


class Segment(NamedTuple):
    """Consecutive words that were all kept, removed or added."""

    change: ChangeType
    text: str


Line = list[Segment]

# Above these limits, a text with repeated words would take seconds, so the change is shown as a whole.
MAX_LINES = 400
MAX_WORDS = 3000


def diff_lines(old: str, new: str) -> list[Line]:
    """Return the lines of both texts, each as segments that were kept, removed or added.

    Lines are matched first, and words only inside changed lines, so that a small change in a long text is
    fast.
    """
    lines: list[Line] = []
    before, after = old.splitlines(), new.splitlines()
    if len(before) + len(after) > MAX_LINES:
        return list(_diff_large(before, after))
    for operation, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if operation == "equal":
            lines += [[Segment(ChangeType.UNCHANGED, line)] for line in before[a:b]]
        elif b - a == d - c:
            lines += [
                list(_diff_words(old_line, new_line))
                for old_line, new_line in zip(before[a:b], after[c:d], strict=True)
            ]
        else:
            lines += [[Segment(ChangeType.REMOVED, line)] for line in before[a:b]]
            lines += [[Segment(ChangeType.ADDED, line)] for line in after[c:d]]
    return lines


def _diff_large(before: list[str], after: list[str]) -> Iterator[Line]:
    """Yield the common beginning, all removed lines, all added lines, and the common end."""
    shorter = min(len(before), len(after))
    start = next((index for index in range(shorter) if before[index] != after[index]), shorter)
    end = next(
        (index for index in range(shorter - start) if before[-1 - index] != after[-1 - index]),
        shorter - start,
    )
    yield from ([Segment(ChangeType.UNCHANGED, line)] for line in before[:start])
    yield from ([Segment(ChangeType.REMOVED, line)] for line in before[start : len(before) - end])
    yield from ([Segment(ChangeType.ADDED, line)] for line in after[start : len(after) - end])
    yield from ([Segment(ChangeType.UNCHANGED, line)] for line in before[len(before) - end :])


def _diff_words(old: str, new: str) -> Iterator[Segment]:
    before, after = re.findall(r"\w+|\s+|.", old), re.findall(r"\w+|\s+|.", new)
    if len(before) + len(after) > MAX_WORDS:
        yield from (
            piece
            for piece in (Segment(ChangeType.REMOVED, old), Segment(ChangeType.ADDED, new))
            if piece.text
        )
        return
    match = SequenceMatcher(None, before, after, autojunk=False)
    if match.quick_ratio() < 0.3:  # too different for a comparison by words
        yield from (
            piece
            for piece in (Segment(ChangeType.REMOVED, old), Segment(ChangeType.ADDED, new))
            if piece.text
        )
        return
    removed = added = ""
    for operation, a, b, c, d in [*match.get_opcodes(), ("equal", 0, 0, 0, 0)]:
        same = "".join(before[a:b])
        if operation == "equal" and (removed or added) and same.isspace():
            # A space between two changed words belongs to the change.
            removed, added = removed + same, added + same
        elif operation == "equal":
            yield from (
                piece
                for piece in (Segment(ChangeType.REMOVED, removed), Segment(ChangeType.ADDED, added))
                if piece.text
            )
            removed = added = ""
            if same:
                yield Segment(ChangeType.UNCHANGED, same)
        else:
            removed, added = removed + same, added + "".join(after[c:d])

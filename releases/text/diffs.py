"""Compare two texts word by word, for people to read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from releases.text.datelines import MONTH_NUMBERS


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
MAX_COMPARISONS = 5_000_000  # in all lines of a text; about half a second
# A longer run of capitalized words is not a name but a headline, in which single words are compared.
MAX_NAME_WORDS = 5

_MONTH = f"(?i:{'|'.join(sorted(MONTH_NUMBERS, key=len, reverse=True))})"
# A month before a day or year belongs to a date. An initial may have a period.
_NAME_WORD = rf"(?!{_MONTH}\.?\s\d)(?![a-zß-öø-ÿ])[^\W\d_](?:\.|\w*(?:['’-]\w+)*)"
WORD = re.compile(r"\w+|\s+|.")
# What is compared as a whole: dates, times, numbers, names, words, spaces and single characters. Otherwise a
# change of 4,000 into 3,800 would be shown as “43,000800”.
TOKEN = re.compile(
    rf"\b{_MONTH}\.?\s\d{{1,2}}(?:,\s\d{{4}})?(?!\d|[.,:]\d)"
    rf"|\b{_MONTH}\.?\s(?:del?\s)?\d{{4}}(?!\d|[.,:]\d)"
    rf"|\d{{1,2}}(?:\.?[º°])?\sde\s{_MONTH}\b(?:\sdel?\s\d{{4}}\b)?"
    r"|\d{1,2}(?::\d\d)?\s?(?i:[ap]\.?\s?m\b\.?)"
    r"|(?:US)?[$€£]?\d+(?:[.,:/-]\d+)*(?:\s?%|\.[ºª]|\w*)"
    rf"|{_NAME_WORD}(?:\s(?:(?:del?|las?|los|y)\s){{0,2}}{_NAME_WORD})*"
    r"|\w+|\s+|."
)


class TooManyComparisons(Exception):
    """Raised when matching two texts would exceed MAX_COMPARISONS."""


@dataclass
class _Budget:
    """The number of comparisons that are left for a text."""

    comparisons: int = MAX_COMPARISONS


class _Matcher(SequenceMatcher[str]):
    """Matches lines or words, and raises TooManyComparisons when `budget` is used up.

    With repeated words, the time of SequenceMatcher grows with the cube of their number.
    """

    a: list[str]
    b2j: dict[str, list[int]]  # the positions of each item in `after`

    def __init__(self, before: list[str], after: list[str], budget: _Budget) -> None:
        self.budget = budget
        super().__init__(None, before, after, autojunk=False)

    def find_longest_match(self, *args: Any, **kwargs: Any) -> Match:
        start, end = args[:2]
        self.budget.comparisons -= sum(1 + len(self.b2j.get(item, ())) for item in self.a[start:end])
        if self.budget.comparisons < 0:
            raise TooManyComparisons
        return super().find_longest_match(*args, **kwargs)


def diff_lines(old: str, new: str) -> list[Line]:
    """Return the lines of both texts, each as segments that were kept, removed or added.

    Lines are matched first, and words only inside changed lines, so that a small change in a long text is
    fast.
    """
    lines: list[Line] = []
    before, after = old.splitlines(), new.splitlines()
    if len(before) + len(after) > MAX_LINES:
        return list(_diff_large(before, after))
    budget = _Budget()
    try:
        opcodes = _Matcher(before, after, budget).get_opcodes()
    except TooManyComparisons:
        return list(_diff_large(before, after))
    for operation, a, b, c, d in opcodes:
        if operation == "equal":
            lines += [[Segment(ChangeType.UNCHANGED, line)] for line in before[a:b]]
        elif b - a == d - c:
            lines += [
                list(_diff_words(old_line, new_line, budget))
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


def _diff_words(old: str, new: str, budget: _Budget) -> Iterator[Segment]:
    before, after = list(_split(old)), list(_split(new))
    opcodes = _match_words(before, after, budget)
    if not opcodes:
        yield from (
            piece
            for piece in (Segment(ChangeType.REMOVED, old), Segment(ChangeType.ADDED, new))
            if piece.text
        )
        return
    removed = added = ""
    for operation, a, b, c, d in [*opcodes, ("equal", 0, 0, 0, 0)]:
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


def _split(line: str) -> Iterator[str]:
    """Yield the tokens of a line. Joined, they are the line."""
    for token in TOKEN.findall(line):
        yield from WORD.findall(token) if len(token.split()) > MAX_NAME_WORDS else [token]


def _match_words(
    before: list[str], after: list[str], budget: _Budget
) -> list[tuple[Literal["replace", "delete", "insert", "equal"], int, int, int, int]]:
    """Return the operations that turn `before` into `after`, or [] if the change is shown as a whole."""
    if len(before) + len(after) > MAX_WORDS:
        return []
    matcher = _Matcher(before, after, budget)
    try:
        return matcher.get_opcodes() if matcher.quick_ratio() >= 0.3 else []
    except TooManyComparisons:
        return []

"""The number that orders releases in the search index: date, id and kind in one integer, the newest highest.

It is the rowid of SQLite's search table, because FTS5 returns rows by rowid without sorting them. The newest
thousand matches of a common word among 100,000 releases take 0.6 ms this way, and 130 ms sorted by the date
of the release. Years and kinds of matches are counted from it without reading a release.
"""

from collections import Counter
from datetime import date

from releases.text.choices import Kind

KINDS: list[str] = list(Kind.values)  # the number of a kind is its position: append new ones
KIND_BITS, ID_BITS = 4, 32
MAX_KIND, MAX_ID = (1 << KIND_BITS) - 1, (1 << ID_BITS) - 1


def make_sort_key(day: date, release_id: int, kind: str) -> int:
    """Return a number below 2 ** 63: the date as YYYYMMDD, the id, and the position of the kind."""
    yyyymmdd = day.year * 10_000 + day.month * 100 + day.day
    return (yyyymmdd << ID_BITS | release_id) << KIND_BITS | KINDS.index(kind)


def release_id_from_key(key: int) -> int:
    return key >> KIND_BITS & MAX_ID


def count_years(keys: list[int]) -> list[tuple[int, int]]:
    """Return each year with the number of keys in it, in the order of the keys."""
    return list(Counter([(key >> ID_BITS + KIND_BITS) // 10_000 for key in keys]).items())


def count_kinds(keys: list[int]) -> list[tuple[str, int]]:
    """Return each kind with the number of keys of it, the most common first."""
    return [
        (KINDS[number], count) for number, count in Counter([key & MAX_KIND for key in keys]).most_common()
    ]

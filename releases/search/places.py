"""Where a release stands in the index: one number of its date, its id and its kind, so that none of these is looked up."""

import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date

from releases.vocabulary import Kind

KINDS = list(Kind.values)  # by their places here, which stay: a new kind comes last
KIND_BITS, ID_BITS = 4, 32
LAST_ID, LAST_KIND = 2**ID_BITS - 1, 2**KIND_BITS - 1


def place(day: date, release: int, kind: str) -> int:
    return (day.toordinal() << ID_BITS | release) << KIND_BITS | KINDS.index(kind)


def releases_at(places: Iterable[int]) -> list[int]:
    """The ids of the releases that stand at `places`."""
    return [place >> KIND_BITS & LAST_ID for place in places]


def shown(places: list[int], hidden: frozenset[int] | None) -> list[int]:
    """Those of `places` at which no release stands that is among the `hidden`."""
    return [place for place in places if place >> KIND_BITS & LAST_ID not in hidden] if hidden else places


def years_in(places: Sequence[int]) -> list[tuple[int, int]]:
    """Each year that `places`, newest first, lie in, and how many of them do."""
    years, start = [], 0
    while start < len(places):
        year = date.fromordinal(places[start] >> ID_BITS + KIND_BITS).year
        begins = date(year, 1, 1).toordinal() << ID_BITS + KIND_BITS
        end = bisect_right(places, -begins, lo=start, key=lambda place: -place)
        years.append((year, end - start))
        start = end
    return years


def kinds_in(places: Sequence[int]) -> list[tuple[str, int]]:
    """Each kind of what stands at `places`, and how many there are, the most common first."""
    last_bytes = array("Q", places).tobytes()[:: 8 if sys.byteorder == "little" else -8]
    kinds = last_bytes.translate(bytes(byte & LAST_KIND for byte in range(256)))
    counts = [(kind, kinds.count(number)) for number, kind in enumerate(KINDS)]
    return sorted((one for one in counts if one[1]), key=lambda one: -one[1])

"""How long a search takes in the database, by how common its words are."""

import statistics
import time
from collections.abc import Callable

from benchmarks.table import Row, spread

TIMES = 15
WORDS = [
    "the",
    "was",
    "city",
    "people",
    "hospital",
    "people harbour",
    "city zebra",
    "workers hospital",
    "workers 150",
    "150",
    "quetzal",
    "March 2018",
    '"the plan"',
    '"the hospital"',
]
MOST_MS, MOST_GROWTH = 50.0, 3.0
AT = 10_000  # releases: more of them are held against this many


def runs(action: Callable[[], object]) -> list[float]:
    """Milliseconds of each of several runs, after one that counts for nothing."""
    action()
    took = []
    for _number in range(TIMES):
        began = time.perf_counter()
        action()
        took.append((time.perf_counter() - began) * 1000)
    return took


def asked_of(body: str) -> list[str]:
    """What is asked: words known beforehand, and the longest of the words of a text."""
    words = {word for text in body.split("<p>")[1:4] for word in text.split() if word.isalpha()}
    return [*WORDS, *sorted(words - {*WORDS}, key=lambda word: (len(word), word))[-4:]]


def times() -> dict[str, list[float]]:
    """For each search, milliseconds of everything it asks the database, run by run."""
    from django.utils import timezone

    from releases import search
    from releases.models import Release

    at = timezone.now()
    found = {}
    for asked in asked_of(Release.objects.published(at).in_language("en").in_order()[0].body):
        question = search.understood(asked, "en")
        found[asked] = runs(lambda question=question: search.find(question, "en", at))
    return found


def rows(sizes: dict[int, dict[str, list[float]]]) -> list[Row]:
    """For each number of releases the slowest search; and of all searches the one that grew most from 10,000 releases to the most."""
    lines = []
    for many, found in sizes.items():
        slowest = max(found, key=lambda asked: statistics.median(found[asked]))
        what = f"search in the database, {many:,} releases"
        lines.append(Row(what, found[slowest], MOST_MS, "ms", note=f"the slowest of {len(found)} asked for {slowest}"))
    most = max(sizes)
    is_wanted = AT in sizes and most > AT
    base = AT if is_wanted else min(sizes)
    grown = {asked: _times_as_slow(sizes[most][asked], sizes[base][asked]) for asked in sizes[base] if asked in sizes[most]}
    worst = max(grown, key=lambda asked: statistics.median(grown[asked]))
    last = Row("search in the database, the most releases beside 10,000", [], MOST_GROWTH, f"× our own at {AT:,}")
    if is_wanted:
        last.figures, last.note = grown[worst], f"{worst} grew most, to {most:,}"
    else:  # with fewer releases a search still finds more the more there are; from 10,000 on it stops at what it shows
        last.why_not = f"it takes {AT:,} releases and more"
        last.note = f"{most:,} beside {base:,} {spread(grown[worst], '.2f')}" if base < most else ""
    return [*lines, last]


def _times_as_slow(took: list[float], before: list[float]) -> list[float]:
    """By the medians; and the least and the most by which they may differ, since no run belongs to another."""
    return [min(took) / max(before), statistics.median(took) / statistics.median(before), max(took) / min(before)]

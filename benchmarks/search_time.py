"""Measure how long searches take in the database, for rare words, common words and phrases."""

import statistics
import time
from collections.abc import Callable

from benchmarks.table import Row, format_spread

RUNS = 15
QUERIES = [
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
MAX_MS, MAX_GROWTH = 50.0, 3.0
BASE_COUNT = 10_000  # growth is measured from this number of releases


def measure_runs(action: Callable[[], object]) -> list[float]:
    """Return the milliseconds of each run of `action`, after one warm-up run."""
    action()
    times = []
    for _run in range(RUNS):
        started = time.perf_counter()
        action()
        times.append((time.perf_counter() - started) * 1000)
    return times


def build_queries(body: str) -> list[str]:
    """Return the fixed queries, plus the four longest words of a release body."""
    words = {word for text in body.split("<p>")[1:4] for word in text.split() if word.isalpha()}
    return [*QUERIES, *sorted(words - {*QUERIES}, key=lambda word: (len(word), word))[-4:]]


def measure_searches() -> dict[str, list[float]]:
    """Return, for each query, the milliseconds of all its database work, one value per run."""
    from django.utils import timezone

    from releases import search
    from releases.models import Release

    now = timezone.now()
    times = {}
    for text in build_queries(Release.objects.published(now).in_language("en").newest_first()[0].body):
        query = search.parse_query(text, "en")
        times[text] = measure_runs(lambda query=query: search.find(query, "en", now))
    return times


def build_rows(times_by_count: dict[int, dict[str, list[float]]]) -> list[Row]:
    """Return the slowest query per number of releases, and the query that grows most."""
    rows = []
    for count, times in times_by_count.items():
        slowest = max(times, key=lambda query: statistics.median(times[query]))
        label = f"search in the database, {count:,} releases"
        rows.append(
            Row(label, times[slowest], MAX_MS, "ms", note=f"slowest of {len(times)} queries: {slowest}")
        )
    largest = max(times_by_count)
    is_measurable = BASE_COUNT in times_by_count and largest > BASE_COUNT
    base = BASE_COUNT if is_measurable else min(times_by_count)
    before, after = times_by_count[base], times_by_count[largest]
    growth = {query: _compute_growth(after[query], before[query]) for query in before if query in after}
    worst = max(growth, key=lambda query: statistics.median(growth[query]))
    growth_row = Row(
        "growth of search in the database, from 10,000 releases",
        [],
        MAX_GROWTH,
        f"× the time at {BASE_COUNT:,}",
    )
    if is_measurable:
        growth_row.values, growth_row.note = growth[worst], f"largest growth: {worst}, to {largest:,}"
    else:  # below BASE_COUNT, the number of results still grows; above it, the result limit applies
        growth_row.skip_reason = f"needs {BASE_COUNT:,} releases and a larger number"
        growth_row.note = (
            f"{base:,} to {largest:,}: {format_spread(growth[worst], '.2f')}" if base < largest else ""
        )
    return [*rows, growth_row]


def _compute_growth(after: list[float], before: list[float]) -> list[float]:
    """Return the ratio of the medians, with the smallest and largest possible ratio.

    Runs don't correspond, so each run is compared with all others.
    """
    return [
        min(after) / max(before),
        statistics.median(after) / statistics.median(before),
        max(after) / min(before),
    ]

"""Count the SQL queries of a page whose cache generation is known, and measure the query of a topic page.

Queries are counted in a separate process without the page cache (PAGE_CACHE_MB=0). There is a pause before
each request: within a burst of requests only the first one queries the cache generation.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks.table import Row

TOPIC_TARGET_MS = 25.0
QUERY_TARGET = 5  # three for the content of a page, two for the surrounding layout
PAUSE_SECONDS = 0.2


def count_queries(paths_by_kind: dict[str, list[str]]) -> dict[str, int]:
    """Return the highest number of SQL queries among the paths of each kind of page.

    Each path is requested once beforehand.
    """
    from django.db import connection
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    queries: list[str] = []

    def record_query(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        queries.append(sql)
        return execute(sql, *args)

    def count_queries_of(path: str) -> int:
        time.sleep(PAUSE_SECONDS)
        queries.clear()
        assert client.get(path).status_code == 200, path
        return len(queries)

    for path in [path for paths in paths_by_kind.values() for path in paths]:
        assert client.get(path).status_code == 200, path
    with connection.execute_wrapper(record_query):
        return {kind: max(map(count_queries_of, paths)) for kind, paths in paths_by_kind.items()}


def build_query_rows(counts_by_size: dict[int, dict[str, int]]) -> list[Row]:
    """Return the highest query count per number of releases, and its increase."""
    rows = []
    for size, counts in counts_by_size.items():
        note = ", ".join(f"{kind} {count}" for kind, count in counts.items())
        label = f"SQL queries per page, {size:,} releases"
        rows.append(Row(label, [max(counts.values())], QUERY_TARGET, "at most", format_spec=".0f", note=note))
    smallest, largest = min(counts_by_size), max(counts_by_size)
    label = f"increase of SQL queries per page, {smallest:,} to {largest:,} releases"
    if smallest == largest:
        return [*rows, Row(label, [], 0, skip_reason="needs two numbers of releases")]
    increase = [
        max(
            counts_by_size[largest][kind] - counts_by_size[smallest][kind]
            for kind in counts_by_size[smallest]
        )
    ]
    return [*rows, Row(label, increase, 0, "at most", format_spec="+.0f")]


def measure_topic_query() -> list[float]:
    """Return the milliseconds that the query for the release ids of a topic takes.

    Measures the slowest topic.
    """
    from django.utils import timezone

    from benchmarks.search_time import measure_runs
    from releases.models import ReleaseTag, Topic

    public = ReleaseTag.objects.published(timezone.now()).in_language("en")
    times = [
        measure_runs(lambda topic=topic: list(public.filter(tag=topic).ids_newest_first()))
        for topic in Topic.objects.all()
    ]
    return max(times, key=statistics.median)


def build_topic_rows(times_by_size: dict[int, list[float]]) -> list[Row]:
    """Return the row of the topic query for each number of releases."""
    return [
        Row(f"topic query in the database, {size:,} releases", times, TOPIC_TARGET_MS, "ms")
        for size, times in times_by_size.items()
    ]

"""How many SQL queries a page needs when the values of its cache generation are cached, and how long the query of a topic takes.

Queries are counted in a process of its own, without the page cache (PAGE_STORE_MB=0). Each page is requested alone: of many requests
in a moment only the first queries the generation.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks.table import Row

TOPIC_MS = 25.0
WANTED = 5  # three for the content of a page, two for what stands around it
ALONE = 0.2  # seconds


def counted(kinds: dict[str, list[str]]) -> dict[str, int]:
    """For each kind of page the most questions that one of its addresses asked. Each address is asked for once before."""
    from django.db import connection
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    questions: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        questions.append(sql)
        return execute(sql, *more)

    def asks(path: str) -> int:
        time.sleep(ALONE)
        questions.clear()
        assert client.get(path).status_code == 200, path
        return len(questions)

    for path in [path for paths in kinds.values() for path in paths]:
        assert client.get(path).status_code == 200, path
    with connection.execute_wrapper(note):
        return {kind: max(map(asks, paths)) for kind, paths in kinds.items()}


def rows(sizes: dict[int, dict[str, int]]) -> list[Row]:
    lines = []
    for many, counts in sizes.items():
        each = ", ".join(f"{kind} {count}" for kind, count in counts.items())
        what = f"SQL queries a page, {many:,} releases"
        lines.append(Row(what, [max(counts.values())], WANTED, "at most", form=".0f", note=each))
    least, most = min(sizes), max(sizes)
    what = f"SQL queries a page, more at {most:,} releases than at {least:,}"
    if least == most:
        return [*lines, Row(what, [], 0, why_not="it takes two numbers of releases")]
    more = [max(sizes[most][kind] - sizes[least][kind] for kind in sizes[least])]
    return [*lines, Row(what, more, 0, "at most", form="+.0f")]


def topic_times() -> list[float]:
    """Return milliseconds for the ids of all releases of a topic, in their order: of the slowest topic, run by run."""
    from django.utils import timezone

    from benchmarks.searching import runs
    from releases.models import ReleaseTag, Topic

    public = ReleaseTag.objects.published(timezone.now()).in_language("en")
    times = [runs(lambda topic=topic: list(public.filter(tag=topic).ids_in_order())) for topic in Topic.objects.all()]
    return max(times, key=statistics.median)


def topic_rows(sizes: dict[int, list[float]]) -> list[Row]:
    return [Row(f"topic page in the database, {many:,} releases", times, TOPIC_MS, "ms") for many, times in sizes.items()]

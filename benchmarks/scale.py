"""Measure the newsroom with many releases and many readers: docs/explanation/scale.md has the table.

    .venv/bin/python -m benchmarks.scale [--releases 1000 100000] [--rates 10 1000] [--paragraphs 7]

For each number of releases, the command loads them into a temporary folder (SQLite), serves them with one
process, and prints a row: the size of the database, the memory of the process, the time of pages that are not
cached (median of 20, one after the other), and the response times of readers who request pages at each rate.
Requests are sent on schedule whether or not earlier ones have finished. Three of ten are junk, as in
`benchmarks.spike`. A request that fails is counted. A body has about 80 words a paragraph.
"""

import argparse
import asyncio
import statistics
import time
from pathlib import Path

from benchmarks.load import load_releases
from benchmarks.server import Server, run_newsroom
from benchmarks.spike import collect_paths, send_requests

SECONDS = 15.0
REPEATS = 20
UNCACHED = {"list": "/", "last page": "", "topic": "/topics/courts-a/", "search": "/search/?q=hospital"}


def measure_uncached(environment: dict[str, str]) -> list[str]:
    """Return the median time in milliseconds of each page of UNCACHED, without the page cache."""
    cells = []
    with run_newsroom("uncached", **environment, PAGE_CACHE_MB="0") as server:
        pages = UNCACHED | {"last page": find_last_page(server)}
        for path in pages.values():
            times = []
            for _time in range(REPEATS):
                started = time.perf_counter()
                status = server.fetch(path).status
                times.append((time.perf_counter() - started) * 1000)
                if status != 200:
                    raise RuntimeError(f"{path} answers {status}")
            cells.append(f"{statistics.median(times):.0f} ms")
    return cells


def find_last_page(server: Server) -> str:
    """Return the path of the last page of the list, by bisection."""
    low, high = 1, 2
    while server.fetch(f"/?page={high}").status == 200:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if server.fetch(f"/?page={middle}").status == 200 else (low, middle)
    return f"/?page={low}"


def measure_readers(environment: dict[str, str], rate: int) -> tuple[str, str]:
    """Return the times of readers who request pages `rate` times a second, and the memory of the server."""
    with run_newsroom("readers", **environment) as server:
        paths = collect_paths(server)
        results = asyncio.run(send_requests(server.port, paths, rate, SECONDS))
        server.measure_memory()
        memory = f"{server.memory[-1][0]:.0f} MiB"
    regular = sorted(result.seconds * 1000 for result in results if not result.is_junk)
    failed = sum(result.status not in ((200, 404) if result.is_junk else (200,)) for result in results)
    p95 = regular[len(regular) * 95 // 100]
    return f"{statistics.median(regular):.1f} / {p95:.0f} ms, {failed} failed", memory


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--releases", type=int, nargs="+", default=[1000, 100_000])
    parser.add_argument("--rates", type=int, nargs="+", default=[10, 1000], help="requests per second")
    parser.add_argument("--paragraphs", type=int, default=7, help="of each body")
    options = parser.parse_args()
    headers = ["releases", "database", "memory", *(f"{name}, not cached" for name in UNCACHED)]
    headers += [f"{rate}/s: median / 95th percentile" for rate in options.rates]
    print(f"| {' | '.join(headers)} |\n|{' --- |' * len(headers)}")
    for count in options.releases:
        with load_releases(count, options.paragraphs) as environment:
            size = Path(environment["DATA_DIR"], "newsroom.sqlite3").stat().st_size / 2**20
            uncached = measure_uncached(environment)
            readers = [measure_readers(environment, rate) for rate in options.rates]
            cells = [f"{count:,}", f"{size:,.0f} MiB", readers[-1][1], *uncached]
            print(f"| {' | '.join([*cells, *(times for times, _memory in readers)])} |", flush=True)


if __name__ == "__main__":
    main()

"""Measure the performance of the newsroom and compare it with its targets, in one table.

    .venv/bin/python -m benchmarks [--releases 1000 10000] [--rounds 5] [--seconds 1]

The command loads each number of releases into a temporary folder, with SQLite, and serves the site from
there. It ignores DATABASE_URL. Figures are CPU time unless a row names another unit. The table goes to
stdout, progress messages to stderr. The exit code is 1 if any measured row misses its target. Rows that could
not be measured count as neither met nor missed.
"""

import argparse
import os
import platform
import sys
from collections.abc import Iterable
from itertools import chain

from benchmarks import (
    desk_time,
    django_process,
    import_time,
    page_weight,
    pages,
    press_check_time,
    proxy,
    search_time,
    sql_time,
)
from benchmarks.load import load_releases
from benchmarks.server import CLIENT_CORES, describe_cores, pin_to_cores
from benchmarks.table import Row, print_table

MIN_RELEASES = 100  # with fewer releases the lists have a single page


def interleave(rows_by_size: Iterable[list[Row]]) -> Iterable[Row]:
    """Return the rows of all sizes, with the rows of the same page next to each other."""
    return chain.from_iterable(zip(*rows_by_size, strict=True))


def print_progress(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--releases", type=int, nargs="+", default=[1000, 10_000], help="numbers of releases to measure with"
    )
    parser.add_argument("--rounds", type=int, default=5, help="how often each figure is measured")
    parser.add_argument("--seconds", type=float, default=1.0, help="duration of each measurement")
    options = parser.parse_args()
    options.releases = sorted(set(options.releases))
    if options.releases[0] < MIN_RELEASES or options.rounds < 1:
        parser.error(f"--releases must be at least {MIN_RELEASES} and --rounds at least 1")
    return options


def main() -> int:
    options = read_options()
    for name in ("DATABASE_URL", "DEBUG"):
        os.environ.pop(name, None)
    rounds, seconds, largest = options.rounds, options.seconds, options.releases[-1]
    samples, query_counts, search_times, topic_times = [], {}, {}, {}
    with pin_to_cores(CLIENT_CORES):
        for count in options.releases:
            print_progress(f"{count:,} releases: loading …")
            with load_releases(count) as environment:
                with pages.run_servers(count, environment) as sample:
                    print_progress("pages …")
                    pages.measure_pages(sample, rounds, seconds)
                    samples.append(sample)
                    if count == largest:
                        print_progress("nginx and a browser …")
                        nginx_row = proxy.measure_nginx(sample.cached, sample.hello, rounds, seconds)
                        with django_process(environment) as executor:
                            executor.submit(page_weight.add_lead_photo).result()
                        browser_rows = page_weight.measure_page_weight(sample.cached, rounds)
                with django_process(environment | {"PAGE_CACHE_MB": "0"}) as executor:
                    print_progress("SQL queries …")
                    query_counts[count] = executor.submit(sql_time.count_queries, sample.paths).result()
                    search_times[count] = executor.submit(search_time.measure_searches).result()
                    topic_times[count] = executor.submit(sql_time.measure_topic_query).result()
                    if count == largest:
                        print_progress("desk …")
                        desk_rows = executor.submit(desk_time.measure_desk, rounds).result()
                        print_progress("press check …")
                        press_check_row = executor.submit(
                            press_check_time.measure_press_check, rounds
                        ).result()
                if count == largest:
                    print_progress("server start …")
                    start_row = pages.measure_start(count, environment, rounds)
        print_progress("import …")
        import_row = import_time.measure_import(rounds)
    print(
        f"{rounds} rounds of {seconds:g} s for each figure; {platform.python_implementation()} "
        f"{platform.python_version()}, SQLite."
    )
    print(f"{describe_cores()} Each figure is the median, with the minimum and maximum in parentheses.\n")
    return print_table(
        [
            *interleave(map(pages.build_uncached_rows, samples)),
            *interleave(map(pages.build_cached_rows, samples)),
            nginx_row,
            *search_time.build_rows(search_times),
            *pages.build_growth_rows(samples),
            *sql_time.build_topic_rows(topic_times),
            *sql_time.build_query_rows(query_counts),
            import_row,
            press_check_row,
            *desk_rows,
            pages.build_memory_row(samples[-1]),
            start_row,
            *browser_rows,
        ]
    )


if __name__ == "__main__":
    sys.exit(main())

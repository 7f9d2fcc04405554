"""Everything that is wanted of the newsroom's speed, in one table: what hello needs, what ours does, what is wanted, and whether it holds.

    .venv/bin/python -m benchmarks [--releases 1000 10000] [--rounds 5] [--seconds 1]

Each number of releases is loaded into a folder that goes away, with SQLite, and served from it; DATABASE_URL counts for nothing.
Where nothing else is said, a figure is processor time. The table goes to the output, what is being done to the other one. Exit code 1
when anything that was measured misses; what could not be measured neither holds nor misses.
"""

import argparse
import os
import platform
import sys
from collections.abc import Iterable
from itertools import chain

from benchmarks import importing, inside, pages, proxy, questions, searching, weight
from benchmarks.load import filled
from benchmarks.server import ASKING, arrangement, bound
from benchmarks.table import Row, told

FEWEST = 100  # fewer releases fill no pages


def by_size(rows: Iterable[list[Row]]) -> Iterable[Row]:
    """The rows of several sizes, each row beside itself in the other sizes."""
    return chain.from_iterable(zip(*rows, strict=True))


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--releases", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0)
    options = parser.parse_args()
    options.releases = sorted(set(options.releases))
    if options.releases[0] < FEWEST or options.rounds < 1:
        parser.error(f"there must be {FEWEST} releases and one round at least")
    return options


def main() -> int:
    options = read_options()
    for name in ("DATABASE_URL", "DEBUG"):
        os.environ.pop(name, None)
    rounds, seconds, last = options.rounds, options.seconds, options.releases[-1]
    sizes, asked, found, listed = [], {}, {}, {}
    with bound(ASKING):
        for many in options.releases:
            say(f"{many:,} releases: loading …")
            with filled(many) as environment:
                with pages.served(many, environment) as size:
                    say("pages …")
                    pages.measure(size, rounds, seconds)
                    sizes.append(size)
                    if many == last:
                        say("nginx and a browser …")
                        behind, browser = proxy.row(size.ready, size.hello, rounds, seconds), weight.rows(size.ready, rounds)
                with inside(environment | {"PAGE_STORE_MB": "0"}) as process:
                    say("questions to the database …")
                    asked[many] = process.submit(questions.counted, size.kinds).result()
                    found[many] = process.submit(searching.times).result()
                    listed[many] = process.submit(questions.topic_times).result()
                if many == last:
                    say("starts …")
                    start = pages.start(many, environment, rounds)
        say("import …")
        imported = importing.row(rounds)
    print(f"Rounds: {rounds}, of {seconds:g} s for each figure; {platform.python_implementation()} {platform.python_version()}, SQLite.")
    print(f"{arrangement()} Each figure is a median, with the least and the most behind it.\n")
    return told(
        [
            *by_size(map(pages.made_anew, sizes)),
            *by_size(map(pages.ready, sizes)),
            behind,
            *searching.rows(found),
            *pages.growth(sizes),
            *questions.topic_rows(listed),
            *questions.rows(asked),
            imported,
            pages.memory(sizes[-1]),
            start,
            *browser,
        ]
    )


if __name__ == "__main__":
    sys.exit(main())

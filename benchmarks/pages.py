"""What a page costs: processor time of the server for one request, as a ratio to `hello` in the same round.

Each number of releases is served twice: with the page cache, and without it (PAGE_STORE_MB=0), so that each page is rendered.
"""

import math
import re
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.server import Server, newsroom, yardstick
from benchmarks.table import Row, ratios, spread

# What is wanted, as ratios to hello.
MADE = {"list": 10.0, "topic": 12.0, "release": 10.0, "feed": 8.0, "search": 20.0}
READY, UNCHANGED = 0.45, 0.38
DEEP, DEEP_FAR, FAR = 1.2, 3.0, 10_000  # to our own first page; with more than FAR releases
GROWTH = {"list": 0.05, "topic": 0.15, "release": 0.05, "feed": 0.05, "deep": 0.15}  # exponents
MEMORY, START = 80.0, 0.8  # MiB of one worker, seconds
NAMES = {"list": "list page 1", "deep": "deep page"}


@dataclass
class Size:
    """One number of releases, the addresses that stand for each kind of page, and the servers that show them."""

    many: int
    kinds: dict[str, list[str]]
    ready: Server
    anew: Server
    hello: Server


@contextmanager
def served(many: int, environment: dict[str, str]) -> Iterator[Size]:
    """The newsroom of `environment`, which holds `many` releases, with ready pages and with none kept; and hello."""
    with newsroom("ready", **environment) as ready, newsroom("made", PAGE_STORE_MB="0", **environment) as anew, yardstick() as hello:
        yield Size(many, kinds_of(anew), ready, anew, hello)


def kinds_of(server: Server) -> dict[str, list[str]]:
    """The addresses that stand for each kind of page."""

    def links(path: str, pattern: str) -> list[str]:
        return list(dict.fromkeys(re.findall(rf'href="({pattern})"', server.ask(path).page)))  # type: ignore[attr-defined]

    pages = [int(number) for number in re.findall(r"\?page=(\d+)", server.ask("/").page)]  # type: ignore[attr-defined]
    return {
        "list": ["/"],
        "topic": links("/topics/", '/topics/[^/"]+/')[:5],
        "release": links("/", r"/20\d\d/\d\d/[^\"/]+/")[:10],
        "feed": ["/feed/"],
        "deep": [f"/?page={max(pages)}"],  # the last
        "search": ["/search/?q=hospital"],
    }


def measure(size: Size, rounds: int, seconds: float) -> None:
    """Ask for every kind of page, round by round in turns, made anew, ready, and by readers who have it; the servers note what it cost."""
    tags = {}
    for kind, paths in size.kinds.items():
        for path in paths:
            size.anew.ask(path)
            tags[kind] = size.ready.ask(path).headers["ETag"]
    for round_number in range(rounds):
        for kind, paths in list(size.kinds.items()) if round_number % 2 else list(size.kinds.items())[::-1]:
            size.hello.measure(kind, ["/"], seconds)
            size.anew.measure(kind, paths, seconds)
            size.ready.measure(kind, paths, seconds)
            size.ready.measure(f"{kind} 304", paths[-1:], seconds, wanted=304, If_None_Match=tags[kind])
        for server in (size.ready, size.anew, size.hello):
            server.weigh()


def made_anew(size: Size) -> list[Row]:
    """A row for each kind of page; the deep one is held against the first in the same round, and its ratio to hello stands behind."""
    rows = []
    for kind in size.kinds:
        costs, hello = size.anew.costs[kind], size.hello.costs[kind]
        wanted = MADE.get(kind, DEEP if size.many <= FAR else DEEP_FAR)
        row = Row(f"{NAMES.get(kind, kind)}, made anew, {size.many:,} releases", ratios(costs, hello), wanted, hello=hello)
        if kind == "deep":
            row.note = f"{spread(row.figures, row.form)} × hello"
            row.figures, row.unit = ratios(costs, size.anew.costs["list"]), "× our page 1"
        rows.append(row)
    return rows


def ready(size: Size) -> list[Row]:
    """Any public page, ready and as a 304: of all kinds the one that costs most."""
    rows = []
    for what, wanted, ending in (("any public page, ready", READY, ""), ("any public page, 304", UNCHANGED, " 304")):
        costs = {kind: ratios(size.ready.costs[f"{kind}{ending}"], size.hello.costs[kind]) for kind in size.kinds}
        dearest = max(costs, key=lambda kind: statistics.median(costs[kind]))
        note = f"the dearest is the {NAMES.get(dearest, dearest)}"
        rows.append(Row(f"{what}, {size.many:,} releases", costs[dearest], wanted, hello=size.hello.costs[dearest], note=note))
    return rows


def growth(sizes: list[Size]) -> list[Row]:
    """How each kind of page made anew grows from the fewest to the most releases: 0 is not at all, 1 as they do.

    What is compared are ratios to hello, since the machine may have changed between; and as no round belongs to one of the other
    size, the least and the most are what the extremes of both allow."""
    least, most = min(sizes, key=lambda size: size.many), max(sizes, key=lambda size: size.many)
    rows = []
    for kind, wanted in GROWTH.items():
        few, many = (ratios(size.anew.costs[kind], size.hello.costs[kind]) for size in (least, most))
        row = Row(f"growth of {NAMES.get(kind, kind)}, {least.many:,} to {most.many:,}", [], wanted, "as an exponent", form="+.3f")
        if least is most:
            row.why_not = "it takes two numbers of releases"
        else:
            steps = [min(many) / max(few), statistics.median(many) / statistics.median(few), max(many) / min(few)]
            row.figures = [math.log(step) / math.log(most.many / least.many) for step in steps]
        rows.append(row)
    return rows


def memory(size: Size) -> Row:
    """One worker, the larger of those of both servers; the process that starts the workers stands behind."""
    larger = max((size.ready, size.anew), key=lambda server: statistics.median(worker for worker, _others in server.sizes))
    worker, others = (list(column) for column in zip(*larger.sizes, strict=True))
    row = Row(f"one worker's memory, {size.many:,} releases", worker, MEMORY, "MiB", form=".0f")
    row.note = f"its parent {statistics.median(others):.0f}"
    row.hello, row.hello_unit = [worker for worker, _others in size.hello.sizes], "MiB"
    return row


def start(many: int, environment: dict[str, str], rounds: int) -> Row:
    """From nothing to the first page, several times: a worker, and behind it the whole command with its checks and migrations."""
    worker, whole, hello = [], [], []
    for _round in range(rounds):
        with newsroom("started", **environment) as server, yardstick() as other:
            worker.append(server.start)
            whole.append(server.whole_start)
            hello.append(other.start)
    row = Row(f"start to first page of a worker, {many:,} releases", worker, START, "s CPU", hello=hello, hello_unit="s", hello_form=".2f")
    row.note = f"the whole command {spread(whole, '.2f')}"
    return row

"""Measure the CPU time a server spends on one request, as a ratio to `hello` in the same round.

Each number of releases is served twice: with the page cache, and without it (PAGE_CACHE_MB=0), so that each
page is rendered.
"""

import math
import re
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.server import Server, run_hello, run_newsroom
from benchmarks.table import Row, compute_ratios, format_spread

# Targets as ratios to hello.
UNCACHED_TARGETS = {"list": 10.0, "topic": 12.0, "release": 10.0, "feed": 8.0, "search": 20.0}
CACHED_TARGET, NOT_MODIFIED_TARGET = 0.45, 0.38
# Targets of the last list page as ratios to the first. The second one applies above LARGE_COUNT releases.
DEEP_TARGET, LARGE_DEEP_TARGET, LARGE_COUNT = 1.2, 3.0, 10_000
GROWTH_TARGETS = {"list": 0.05, "topic": 0.15, "release": 0.05, "feed": 0.05, "deep": 0.15}  # exponents
MEMORY_TARGET_MIB, START_TARGET_SECONDS = 80.0, 0.8  # of one worker
NEVER_CACHED = "search"  # what readers look for is not stored
LABELS = {"list": "list page 1", "deep": "deep page"}


@dataclass
class Sample:
    """One number of releases, the paths of each kind of page, and the servers with their costs."""

    count: int
    paths: dict[str, list[str]]
    cached: Server
    uncached: Server
    hello: Server


@contextmanager
def run_servers(count: int, environment: dict[str, str]) -> Iterator[Sample]:
    """Run the newsroom of `environment` with and without the page cache, and run hello.

    It has `count` releases. The second server gets a copy of the data, because a folder serves one newsroom.
    """
    with (
        tempfile.TemporaryDirectory(prefix="newsroom-benchmark-") as folder,
        run_newsroom("cached", **environment) as cached,
        run_newsroom("uncached", **copy_data(environment, folder), PAGE_CACHE_MB="0") as uncached,
        run_hello() as hello,
    ):
        yield Sample(count, collect_paths(uncached), cached, uncached, hello)


def copy_data(environment: dict[str, str], folder: str) -> dict[str, str]:
    """Copy DATA_DIR into `folder`, and return the environment of a newsroom with the copy."""
    shutil.copytree(
        environment["DATA_DIR"], folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("serve.lock")
    )
    return environment | {"DATA_DIR": folder}


def collect_paths(server: Server) -> dict[str, list[str]]:
    """Return the paths to request for each kind of page, taken from the links of the site."""

    def find_links(path: str, pattern: str) -> list[str]:
        return list(dict.fromkeys(re.findall(rf'href="({pattern})"', server.fetch(path).page)))  # type: ignore[attr-defined]

    page_numbers = [int(number) for number in re.findall(r"\?page=(\d+)", server.fetch("/").page)]  # type: ignore[attr-defined]
    return {
        "list": ["/"],
        "topic": find_links("/topics/", '/topics/[^/"]+/')[:5],
        "release": find_links("/", r"/20\d\d/\d\d/[^\"/]+/")[:10],
        "feed": ["/feed/"],
        "deep": [f"/?page={max(page_numbers)}"],  # the last page of the list
        "search": ["/search/?q=hospital"],
    }


def measure_pages(sample: Sample, rounds: int, seconds: float) -> None:
    """Measure each kind of page in each round: hello, not cached, cached, and as a 304 response.

    The servers record the costs.
    """
    etags = {}
    for kind, paths in sample.paths.items():
        for path in paths:
            sample.uncached.fetch(path)
            etags[kind] = sample.cached.fetch(path).headers.get("ETag")
    for round_number in range(rounds):
        # Every other round runs in reverse order, so that a trend on the machine does not favor one kind.
        for kind, paths in (
            list(sample.paths.items()) if round_number % 2 else list(sample.paths.items())[::-1]
        ):
            sample.hello.measure_cost(kind, ["/"], seconds)
            sample.uncached.measure_cost(kind, paths, seconds)
            if kind == NEVER_CACHED:
                continue
            sample.cached.measure_cost(kind, paths, seconds)
            sample.cached.measure_cost(
                f"{kind} 304", paths[-1:], seconds, expected_status=304, If_None_Match=etags[kind]
            )
        for server in (sample.cached, sample.uncached, sample.hello):
            server.measure_memory()


def build_uncached_rows(sample: Sample) -> list[Row]:
    """Return a row for each kind of page. The deep page is compared with the first page of the same round."""
    rows = []
    for kind in sample.paths:
        costs, hello = sample.uncached.costs[kind], sample.hello.costs[kind]
        target = UNCACHED_TARGETS.get(kind, DEEP_TARGET if sample.count <= LARGE_COUNT else LARGE_DEEP_TARGET)
        row = Row(
            f"{LABELS.get(kind, kind)}, not cached, {sample.count:,} releases",
            compute_ratios(costs, hello),
            target,
            hello_values=hello,
        )
        if kind == "deep":
            row.note = f"{format_spread(row.values, row.format_spec)} × hello"
            row.values, row.unit = compute_ratios(costs, sample.uncached.costs["list"]), "× list page 1"
        rows.append(row)
    return rows


def build_cached_rows(sample: Sample) -> list[Row]:
    """Return the rows of the most expensive kind of page: cached, and as a 304 response."""
    rows = []
    for label, target, suffix in (
        ("any public page, cached", CACHED_TARGET, ""),
        ("any public page, 304", NOT_MODIFIED_TARGET, " 304"),
    ):
        ratios = {
            kind: compute_ratios(sample.cached.costs[f"{kind}{suffix}"], sample.hello.costs[kind])
            for kind in sample.paths
            if kind != NEVER_CACHED
        }
        worst = max(ratios, key=lambda kind: statistics.median(ratios[kind]))
        note = f"most expensive: {LABELS.get(worst, worst)}"
        rows.append(
            Row(
                f"{label}, {sample.count:,} releases",
                ratios[worst],
                target,
                hello_values=sample.hello.costs[worst],
                note=note,
            )
        )
    return rows


def build_growth_rows(samples: list[Sample]) -> list[Row]:
    """Return how the cost of each kind of uncached page grows with the number of releases.

    The growth is an exponent between the smallest and the largest sample.

    0 means constant cost, 1 means cost proportional to the number of releases. The ratios to hello are
    compared, because the load on the machine may change between samples. Rounds of two samples don't
    correspond, so minimum and maximum combine the extremes of both.
    """
    smallest, largest = (
        min(samples, key=lambda sample: sample.count),
        max(samples, key=lambda sample: sample.count),
    )
    rows = []
    for kind, target in GROWTH_TARGETS.items():
        before, after = (
            compute_ratios(sample.uncached.costs[kind], sample.hello.costs[kind])
            for sample in (smallest, largest)
        )
        label = f"growth of {LABELS.get(kind, kind)}, {smallest.count:,} to {largest.count:,}"
        row = Row(label, [], target, "as an exponent", format_spec="+.3f")
        if smallest is largest:
            row.skip_reason = "needs two numbers of releases"
        else:
            factors = [
                min(after) / max(before),
                statistics.median(after) / statistics.median(before),
                max(after) / min(before),
            ]
            row.values = [math.log(factor) / math.log(largest.count / smallest.count) for factor in factors]
        rows.append(row)
    return rows


def build_memory_row(sample: Sample) -> Row:
    """Return the memory of one worker, from the server whose worker uses more.

    The note gives the memory of its parent process.
    """
    server = max(
        (sample.cached, sample.uncached),
        key=lambda server: statistics.median(worker for worker, _parent in server.memory),
    )
    workers, parents = (list(column) for column in zip(*server.memory, strict=True))
    row = Row(
        f"memory of one worker, {sample.count:,} releases",
        workers,
        MEMORY_TARGET_MIB,
        "MiB",
        format_spec=".0f",
    )
    row.note = f"parent process {statistics.median(parents):.0f}"
    row.hello_values, row.hello_unit = [worker for worker, _parent in sample.hello.memory], "MiB"
    return row


def measure_start(count: int, environment: dict[str, str], rounds: int) -> Row:
    """Start the server once per round and return the CPU time until the first response.

    The value is the time of the worker. The note gives the time of the whole command, including checks and
    migrations.
    """
    worker_times, command_times, hello_times = [], [], []
    for _round in range(rounds):
        with run_newsroom("started", **environment) as server, run_hello() as hello:
            worker_times.append(server.worker_start_seconds)
            command_times.append(server.total_start_seconds)
            hello_times.append(hello.worker_start_seconds)
    label = f"worker start until the first response, {count:,} releases"
    row = Row(
        label,
        worker_times,
        START_TARGET_SECONDS,
        "s CPU",
        hello_values=hello_times,
        hello_unit="s",
        hello_format_spec=".2f",
    )
    row.note = f"whole command {format_spread(command_times, '.2f')}"
    return row

"""What a page costs: processor time of the server for one request, beside the yardstick `hello` in the same run.

    .venv/bin/python -m benchmarks.pages [--releases 1000 10000] [--rounds 5] [--seconds 1]

For each number of releases it loads that many into a folder that goes away (or into the empty database of DATABASE_URL), and serves
them twice: with ready pages, and with none kept (PAGE_STORE_MB=0), so that each is made anew. "hello" is Django without middleware
on gunicorn, one sync worker. All three are asked in turn, round by round; a figure is the median of the rounds as a ratio to
hello of that round, with the smallest and the largest behind it. Linux, because the times come from /proc.
"""

import argparse
import http.client
import math
import os
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, cycle, islice
from pathlib import Path

from benchmarks.releases import release

# What docs of the newsroom promise, as ratios to hello.
WANTED = {"list": 8.0, "topic": 9.0, "release": 6.0, "feed": 8.0, "search": 12.0}
READY, UNCHANGED = 0.45, 0.38
DEEP = 1.2  # to our own first page
CONNECTIONS = 4
TICKS = os.sysconf("SC_CLK_TCK")
HERE = Path(__file__).resolve().parent.parent


@dataclass
class Server:
    """A server under measurement: its process and port, and what one request cost it, by kind of page and round, in µs."""

    name: str
    process: subprocess.Popen[bytes]
    port: int
    costs: dict[str, list[float]] = field(default_factory=dict)
    start: float = 0.0  # processor time of its worker, in seconds, until the first page was out

    @property
    def family(self) -> list[int]:
        """The server's process and all that came of it."""
        parents = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                except OSError:
                    continue
        family = [self.process.pid]
        for one in family:
            family += [pid for pid, parent in parents.items() if parent == one]
        return family

    @property
    def worker(self) -> int:
        """The process that makes the pages: the youngest."""
        return max(self.family)

    def processor_time(self, *pids: int) -> float:
        """Seconds that the family, or these of it, have used so far."""
        ticks = 0
        for pid in pids or self.family:
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
            except OSError:
                continue
        return ticks / TICKS

    def memory(self) -> list[float]:
        """MiB of each process, shared pages divided among who shares them, the largest first."""
        sizes = []
        for pid in self.family:
            try:
                found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
            except OSError:
                continue
            sizes.append(int(found[1]) / 1024 if found else 0.0)
        return sorted(sizes, reverse=True)

    def ask(self, path: str, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        response.page = response.read().decode()  # type: ignore[attr-defined]
        connection.close()
        return response

    def measure(self, kind: str, paths: list[str], seconds: float, **headers: str) -> None:
        """Ask for `paths` in turn on a few connections at once, each of them always busy, for so long, and note what a request cost."""
        words = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        requests = [f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n{words}\r\n".encode() for path in paths]
        until, before = time.perf_counter() + seconds, self.processor_time()
        with ThreadPoolExecutor(CONNECTIONS) as lines:
            count = sum(lines.map(lambda first: self._keep_asking(islice(cycle(requests), first, None), until), range(CONNECTIONS)))
        self.costs.setdefault(kind, []).append((self.processor_time() - before) / count * 1e6)

    def _keep_asking(self, requests: Iterator[bytes], until: float) -> int:
        """Ask one after the other on one connection, anew where the server ends it; how many were answered."""
        line: socket.socket | None = None
        count = 0
        while not count or time.perf_counter() < until:
            line = line or socket.create_connection(("127.0.0.1", self.port))
            line.sendall(next(requests))
            count += 1
            if not _answered(line):
                line.close()
                line = None
        if line:
            line.close()
        return count


def _answered(line: socket.socket) -> bool:
    """Read one answer; whether the connection stays."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += line.recv(65536)
    head, _blank, body = got.partition(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    if status not in (200, 304):
        raise SystemExit(f"An answer of {status} where 200 or 304 was wanted.")
    length = re.search(rb"(?i)^content-length: *(\d+)", head, re.MULTILINE)
    left = int(length[1]) - len(body) if length and status == 200 else 0
    while left > 0:
        left -= len(line.recv(min(left, 1 << 20)))
    return b"connection: close" not in head.lower()


@contextmanager
def serving(name: str, command: list[str], port: int, **environment: str) -> Iterator[Server]:
    process = subprocess.Popen(command, cwd=HERE, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server = Server(name, process, port)
    try:
        for _try in range(600):
            try:
                server.ask("/")
                server.start = server.processor_time(server.worker)
                break
            except OSError:
                time.sleep(0.1)
        yield server
    finally:
        for pid in reversed(server.family):
            try:
                os.kill(pid, 9)
            except OSError:
                continue
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def kinds_of(server: Server) -> dict[str, list[str]]:
    """The addresses that stand for each kind of page."""

    def links(path: str, pattern: str) -> list[str]:
        return list(dict.fromkeys(re.findall(rf'href="({pattern})"', server.ask(path).page)))  # type: ignore[attr-defined]

    pages = [int(number) for number in re.findall(r"\?page=(\d+)", server.ask("/").page)]  # type: ignore[attr-defined]
    return {
        "list": ["/"],
        "deep": [f"/?page={max(pages, default=1)}"] if pages else ["/"],
        "topic": links("/topics/", '/topics/[^/"]+/')[:5],
        "release": links("/", r"/20\d\d/\d\d/[^\"/]+/")[:10],
        "feed": ["/feed/"],
        "search": ["/search/?q=hospital"],
    }


def one_size(many: int, options: argparse.Namespace) -> dict[str, float]:
    """Measure with `many` releases, print the table, and answer what a page made anew cost, in µs, by kind."""
    folder = tempfile.mkdtemp(prefix="newsroom-benchmark-")
    try:
        environment = {"DATA_DIR": folder, "SAMPLE": "no", "DJANGO_SETTINGS_MODULE": "carecen_news.settings"}
        made = subprocess.run([sys.executable, "-m", "benchmarks.releases", str(many)], cwd=HERE, capture_output=True, check=True)
        (Path(folder) / "releases.jsonl").write_bytes(made.stdout)
        command = [sys.executable, "-m", "benchmarks.load", f"{folder}/releases.jsonl"]
        print(subprocess.run(command, cwd=HERE, env=os.environ | environment, capture_output=True, check=True, text=True).stdout, end="")
        serve, ports = [sys.executable, "manage.py", "serve"], [free_port() for _server in range(3)]
        gunicorn = [sys.executable, "-m", "gunicorn", "--workers", "1", "--bind", f"127.0.0.1:{ports[2]}", "benchmarks.hello:application"]
        with (
            serving("ready", serve, ports[0], PORT=str(ports[0]), **environment) as ready,
            serving("made", serve, ports[1], PORT=str(ports[1]), PAGE_STORE_MB="0", **environment) as anew,
            serving("hello", gunicorn, ports[2]) as hello,
        ):
            return measured(many, options, ready, anew, hello)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measured(many: int, options: argparse.Namespace, ready: Server, anew: Server, hello: Server) -> dict[str, float]:
    kinds = kinds_of(anew)
    tags = {}
    for kind, paths in kinds.items():
        for path in paths:
            anew.ask(path)
            tags[kind] = ready.ask(path).headers["ETag"]
    for round_number in range(options.rounds):
        for kind, paths in list(kinds.items()) if round_number % 2 else list(kinds.items())[::-1]:
            hello.measure(kind, ["/"], options.seconds)
            anew.measure(kind, paths, options.seconds)
            ready.measure(kind, paths, options.seconds)
            ready.measure(f"{kind} 304", paths[-1:], options.seconds, If_None_Match=tags[kind])
    print(f"\n{many} releases; hello {statistics.median(chain.from_iterable(hello.costs.values())):.0f} µs a request; ratios to hello\n")
    print("| page | made anew | wanted | ready | wanted | 304 | wanted |")
    print("| --- | --- | --: | --- | --: | --- | --: |")
    first = statistics.median(anew.costs["list"])
    for kind in kinds:
        yardstick = hello.costs[kind]
        wanted = f"{WANTED[kind]:.0f}" if kind in WANTED else f"{DEEP * first / statistics.median(yardstick):.1f}"
        columns = [ratio(anew.costs[kind], yardstick), wanted, ratio(ready.costs[kind], yardstick), str(READY)]
        print(f"| {kind} | {' | '.join([*columns, ratio(ready.costs[f'{kind} 304'], yardstick), str(UNCHANGED)])} |")
    print(f"\nstart to first page, seconds of the worker: {anew.start:.2f} (wanted 0.8)")
    print(f"memory in MiB, parent and worker: ready {_sizes(ready)}; nothing kept {_sizes(anew)}; hello {_sizes(hello)}")
    return {kind: statistics.median(anew.costs[kind]) for kind in kinds}


def ratio(costs: list[float], yardstick: list[float]) -> str:
    ratios = [cost / one for cost, one in zip(costs, yardstick, strict=True)]
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"


def _sizes(server: Server) -> str:
    return " + ".join(f"{size:.0f}" for size in server.memory())


def import_cost(many: int) -> float:
    """Milliseconds of processor time for each of `many` releases of a text file, search index and start of the program included."""
    folder = tempfile.mkdtemp(prefix="newsroom-benchmark-")
    environment = os.environ | {"DATA_DIR": folder, "SAMPLE": "no", "DJANGO_SETTINGS_MODULE": "carecen_news.settings"}
    try:
        items = []
        for one in map(release, range(many)):
            day = datetime.fromisoformat(one["date"])
            body = "\n\n".join(re.findall("<p>(.*?)</p>", one["body"]))
            items.append(f"{one['headline']}\n\n({day:%B} {day.day}, {day.year}, Los Angeles) – {one['summary']}\n\n{body}\n")
        (Path(folder) / "page.txt").write_text("\n".join(items))
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=HERE, env=environment, check=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "manage.py", "import_releases", f"{folder}/page.txt"]
        subprocess.run(command, cwd=HERE, env=environment, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / many * 1000
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--releases", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0)
    options = parser.parse_args()
    print(f"import of 2,000 releases from a text file: {import_cost(2000):.1f} ms each (wanted 3)")
    costs = {many: one_size(many, options) for many in options.releases}
    if len(costs) > 1:
        least, most = min(costs), max(costs)
        print(f"\ngrowth from {least} to {most} releases, as an exponent (0: a page costs the same)")
        for kind in costs[least]:
            print(f"  {kind}: {math.log(costs[most][kind] / costs[least][kind]) / math.log(most / least):+.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

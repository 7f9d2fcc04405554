"""Servers under measurement: each in a process of its own, on one core where there are several, and what a request costs it.

The processor time of a server is that of its process and of all that came of it, by the clock Linux keeps for each: a hundredth of
a second, as /proc counts, would be a tenth of what ready pages cost in one.
"""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
CONNECTIONS = 4

# A server that shares its core with who asks it, or that has its threads on several, costs more than its pages do.
CORES = os.sched_getaffinity(0) if hasattr(os, "sched_setaffinity") else set()
SERVERS = {max(CORES)} if len(CORES) > 1 else set()
ASKING = CORES - SERVERS if SERVERS else set()


class DidNotStart(Exception):
    """A server that ended or never answered."""


class BadAnswer(Exception):
    """What a server under measurement should not have answered: nothing that was measured counts then."""


@dataclass
class Server:
    """A server under measurement: its process and port, and what one request cost it, by kind of page and round, in µs."""

    name: str
    process: subprocess.Popen[bytes]
    port: int
    costs: dict[str, list[float]] = field(default_factory=dict)
    start: float = 0.0  # processor time of its worker, in seconds, until the first page was out
    whole_start: float = 0.0  # and of all its family
    sizes: list[list[float]] = field(default_factory=list)  # its memory, each time it was looked at

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
        used = 0.0
        for pid in pids or self.family:
            try:
                used += time.clock_gettime(~pid << 3 | 2)  # the clock that clock_getcpuclockid(3) names for the process
            except OSError:
                continue
        return used

    def weigh(self) -> None:
        """Note the MiB of the worker and of all others of the family, shared pages divided among who shares them."""
        worker, sizes = self.worker, {}
        for pid in self.family:
            try:
                found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
            except OSError:
                continue
            sizes[pid] = int(found[1]) / 1024 if found else 0.0
        self.sizes.append([sizes.pop(worker, 0.0), sum(sizes.values())])

    def ask(self, path: str, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        response.page = response.read().decode()  # type: ignore[attr-defined]
        connection.close()
        return response

    def measure(self, kind: str, paths: list[str], seconds: float, *behind: "Server", wanted: int = 200, **headers: str) -> None:
        """Ask for `paths` in turn on a few connections at once, each of them always busy, for so long, and note what a request cost
        this server and those `behind` it. Any answer but the `wanted` ends the measurement."""
        words = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        requests = [f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n{words}\r\n".encode() for path in paths]

        def keep_asking(first: int) -> int:
            return self._keep_asking(islice(cycle(requests), first, None), until, wanted)

        until, before = time.perf_counter() + seconds, self._used_with(behind)
        try:
            with ThreadPoolExecutor(CONNECTIONS) as lines:
                count = sum(lines.map(keep_asking, range(CONNECTIONS)))
        except (OSError, BadAnswer) as fault:
            raise SystemExit(f"“{self.name}”, asked for {paths[0]} as “{kind}”: {fault}") from fault
        self.costs.setdefault(kind, []).append((self._used_with(behind) - before) / count * 1e6)

    def _used_with(self, others: tuple["Server", ...]) -> float:
        return sum(server.processor_time() for server in (self, *others))

    def _keep_asking(self, requests: Iterator[bytes], until: float, wanted: int) -> int:
        """Ask one after the other on one connection, anew where the server ends it; how many were answered."""
        line: socket.socket | None = None
        count = 0
        while not count or time.perf_counter() < until:
            line = line or socket.create_connection(("127.0.0.1", self.port), timeout=60)
            line.sendall(next(requests))
            count += 1
            if not _answered(line, wanted):
                line.close()
                line = None
        if line:
            line.close()
        return count


def _answered(line: socket.socket, wanted: int) -> bool:
    """Read one answer; whether the connection stays."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += _read(line, 65536)
    head, _blank, body = got.partition(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    if status != wanted:
        raise BadAnswer(f"an answer of {status} where {wanted} was wanted")
    length = re.search(rb"(?i)^content-length: *(\d+)", head, re.MULTILINE)
    left = int(length[1]) - len(body) if length and status == 200 else 0
    while left > 0:
        left -= len(_read(line, min(left, 1 << 20)))
    return b"connection: close" not in head.lower()


def _read(line: socket.socket, most: int) -> bytes:
    if got := line.recv(most):
        return got
    raise BadAnswer("it ended an answer too early")


@contextmanager
def bound(cores: set[int]) -> Iterator[None]:
    """What this thread does and starts meanwhile stays on `cores`: a process begins on those of who starts it. No cores: on any."""
    if not cores:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def arrangement() -> str:
    """Who runs where, as a sentence."""
    if not SERVERS:
        return "Servers and who asks them shared all cores."
    asking = ", ".join(map(str, sorted(ASKING)))
    return f"Servers were bound to core {max(SERVERS)}, who asks them to {'core' if len(ASKING) == 1 else 'cores'} {asking}."


@contextmanager
def serving(name: str, command: list[str], port: int, cores: set[int] | None = None, **environment: str) -> Iterator[Server]:
    """The server that `command` starts, once it answers, on `cores` or on any; with all that came of it, it ends with the block."""
    with bound(cores or set()):
        process = subprocess.Popen(command, cwd=HERE, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server = Server(name, process, port)
    try:
        for _try in range(600):
            try:
                server.ask("/")
                server.start, server.whole_start = server.processor_time(server.worker), server.processor_time()
                break
            except (OSError, http.client.HTTPException):
                if process.poll() is not None:
                    raise DidNotStart(name) from None
                time.sleep(0.1)
        else:
            raise DidNotStart(name)
        yield server
    finally:
        for pid in server.family:  # the first is the one that would start workers anew
            try:
                os.kill(pid, 9)
            except OSError:
                continue
        process.wait()


@contextmanager
def newsroom(name: str, **environment: str) -> Iterator[Server]:
    """The newsroom as anyone starts it, on its core."""
    port = free_port()
    with serving(name, [sys.executable, "manage.py", "serve"], port, SERVERS, PORT=str(port), **environment) as server:
        yield server


@contextmanager
def yardstick() -> Iterator[Server]:
    """Django without middleware on gunicorn, one sync worker, on the same core."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--workers", "1", "--bind", f"127.0.0.1:{port}", "benchmarks.hello:application"]
    with serving("hello", command, port, SERVERS) as server:
        yield server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

"""Run servers in separate processes and measure the CPU time of their requests.

If there are several cores, each server is pinned to one.

The CPU time of a server is that of its process and all descendants, read from the CPU clock that Linux keeps
for each process. /proc/PID/stat counts in hundredths of a second, which is a tenth of what cached pages use
in one second: too coarse.
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

ROOT = Path(__file__).resolve().parent.parent
CONNECTIONS = 4

# Servers and clients run on different cores: sharing a core, or spreading the threads of a server over
# several, adds CPU time.
ALL_CORES = os.sched_getaffinity(0) if hasattr(os, "sched_setaffinity") else set()
SERVER_CORES = {max(ALL_CORES)} if len(ALL_CORES) > 1 else set()
CLIENT_CORES = ALL_CORES - SERVER_CORES if SERVER_CORES else set()


class ServerNotStarted(Exception):
    """A server exited or did not respond."""


class UnexpectedResponse(Exception):
    """A server sent a response that invalidates the measurement."""


@dataclass
class Server:
    """A server process, its port, and its CPU time per request in µs, by kind of page and round."""

    name: str
    process: subprocess.Popen[bytes]
    port: int
    costs: dict[str, list[float]] = field(default_factory=dict)
    worker_start_seconds: float = 0.0  # CPU time of the worker until the first response
    total_start_seconds: float = 0.0  # the same for all processes of the server
    # MiB of [worker, other processes] at each measurement.
    memory: list[list[float]] = field(default_factory=list)

    @property
    def pids(self) -> list[int]:
        """Return the ids of the server's process and all its descendants."""
        parents = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    parents[int(folder.name)] = int(
                        (folder / "stat").read_text().rpartition(")")[2].split()[1]
                    )
                except OSError:
                    continue
        pids = [self.process.pid]
        for ancestor in pids:
            pids += [pid for pid, parent in parents.items() if parent == ancestor]
        return pids

    @property
    def worker_pid(self) -> int:
        """Return the id of the process that handles requests: the newest one."""
        return max(self.pids)

    def get_cpu_seconds(self, *pids: int) -> float:
        """Return the CPU seconds used so far by `pids`, or by all processes of the server."""
        used = 0.0
        for pid in pids or self.pids:
            try:
                # The clock id that clock_getcpuclockid(3) returns for the process.
                used += time.clock_gettime(~pid << 3 | 2)
            except OSError:
                continue
        return used

    def measure_memory(self) -> None:
        """Record the MiB of the worker and of the other processes.

        Shared pages are divided among the processes that share them.
        """
        worker_pid, sizes = self.worker_pid, {}
        for pid in self.pids:
            try:
                match = re.search(
                    r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE
                )
            except OSError:
                continue
            sizes[pid] = int(match[1]) / 1024 if match else 0.0
        self.memory.append([sizes.pop(worker_pid, 0.0), sum(sizes.values())])

    def fetch(self, path: str, **headers: str) -> http.client.HTTPResponse:
        """Request `path` on a new connection. The decoded body is the response's attribute `page`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(
            "GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        response = connection.getresponse()
        response.page = response.read().decode()  # type: ignore[attr-defined]
        connection.close()
        return response

    def measure_cost(
        self,
        kind: str,
        paths: list[str],
        seconds: float,
        *upstreams: "Server",
        expected_status: int = 200,
        **headers: str,
    ) -> None:
        """Request `paths` on several connections for `seconds` and record the CPU time per request.

        The CPU time includes that of the `upstreams`. A response with another status than `expected_status`
        ends the program.
        """
        header_lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        requests = [
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n{header_lines}\r\n".encode()
            for path in paths
        ]

        def send_from(first: int) -> int:
            return self._send_requests(islice(cycle(requests), first, None), end, expected_status)

        end, before = time.perf_counter() + seconds, self._get_total_cpu_seconds(upstreams)
        try:
            with ThreadPoolExecutor(CONNECTIONS) as executor:
                count = sum(executor.map(send_from, range(CONNECTIONS)))
        except (OSError, UnexpectedResponse) as exc:
            raise SystemExit(f"Server “{self.name}”, path {paths[0]} of kind “{kind}”: {exc}") from exc
        self.costs.setdefault(kind, []).append(
            (self._get_total_cpu_seconds(upstreams) - before) / count * 1e6
        )

    def _get_total_cpu_seconds(self, upstreams: tuple["Server", ...]) -> float:
        return sum(server.get_cpu_seconds() for server in (self, *upstreams))

    def _send_requests(self, requests: Iterator[bytes], end: float, expected_status: int) -> int:
        """Send one request after the other until the time `end` and return their number.

        Reconnect when the server closes.
        """
        connection: socket.socket | None = None
        count = 0
        while not count or time.perf_counter() < end:
            connection = connection or socket.create_connection(("127.0.0.1", self.port), timeout=60)
            connection.sendall(next(requests))
            count += 1
            if not _read_response(connection, expected_status):
                connection.close()
                connection = None
        if connection:
            connection.close()
        return count


def _read_response(connection: socket.socket, expected_status: int) -> bool:
    """Read one response and return whether the connection stays open."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _receive(connection, 65536)
    head, _blank, body = data.partition(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    if status != expected_status:
        raise UnexpectedResponse(f"status {status} instead of {expected_status}")
    length = re.search(rb"(?i)^content-length: *(\d+)", head, re.MULTILINE)
    remaining = int(length[1]) - len(body) if length and status == 200 else 0
    while remaining > 0:
        remaining -= len(_receive(connection, min(remaining, 1 << 20)))
    return b"connection: close" not in head.lower()


def _receive(connection: socket.socket, max_bytes: int) -> bytes:
    if data := connection.recv(max_bytes):
        return data
    raise UnexpectedResponse("incomplete response")


@contextmanager
def pin_to_cores(cores: set[int]) -> Iterator[None]:
    """Run this thread on `cores` until the block ends.

    Processes started in the block inherit this. No cores means any.
    """
    if not cores:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def describe_cores() -> str:
    """Return a sentence about the cores that servers and clients run on."""
    if not SERVER_CORES:
        return "Servers and clients shared all cores."
    client_cores = ", ".join(map(str, sorted(CLIENT_CORES)))
    return (
        f"Servers ran on core {max(SERVER_CORES)}, clients on "
        f"{'core' if len(CLIENT_CORES) == 1 else 'cores'} {client_cores}."
    )


@contextmanager
def run_server(
    name: str, command: list[str], port: int, cores: set[int] | None = None, **environment: str
) -> Iterator[Server]:
    """Start a server on `cores`, or on any core, and yield it when it responds.

    Kill all its processes when the block ends.
    """
    with pin_to_cores(cores or set()):
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    server = Server(name, process, port)
    try:
        for _attempt in range(600):
            try:
                server.fetch("/")
                server.worker_start_seconds = server.get_cpu_seconds(server.worker_pid)
                server.total_start_seconds = server.get_cpu_seconds()
                break
            except (OSError, http.client.HTTPException):
                if process.poll() is not None:
                    raise ServerNotStarted(name) from None
                time.sleep(0.1)
        else:
            raise ServerNotStarted(name)
        yield server
    finally:
        for pid in server.pids:  # the parent comes first, because it would restart its workers
            try:
                os.kill(pid, 9)
            except OSError:
                continue
        process.wait()


@contextmanager
def run_newsroom(name: str, **environment: str) -> Iterator[Server]:
    """Run `manage.py serve` on the server core."""
    port = find_free_port()
    with run_server(
        name, [sys.executable, "manage.py", "serve"], port, SERVER_CORES, PORT=str(port), **environment
    ) as server:
        yield server


@contextmanager
def run_hello() -> Iterator[Server]:
    """Run `benchmarks.hello` on the server core, with gunicorn and one sync worker."""
    port = find_free_port()
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--workers",
        "1",
        "--bind",
        f"127.0.0.1:{port}",
        "benchmarks.hello:application",
    ]
    with run_server("hello", command, port, SERVER_CORES) as server:
        yield server


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

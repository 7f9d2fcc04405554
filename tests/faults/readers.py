"""Readers who request public pages continuously, and monitors that request the health pages."""

import asyncio
import http.client
import random
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

READERS = 50
PAUSE_SECONDS = 0.2  # between a response and the reader's next request
TIMEOUT_SECONDS = 15.0  # after this, a request counts as failed
MONITOR_TIMEOUT_SECONDS = 10.0
HEALTH_PATHS = ("/health/", "/health/live/", "/health/ready/")

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True)
class Sample:
    """One request: its path, when it was sent (time.perf_counter), and the seconds until the response.

    The status is 0 if there was no complete response.
    """

    path: str
    sent_at: float
    seconds: float
    status: int


class Readers:
    """A thread with READERS connections that request `paths` in a closed loop."""

    def __init__(self, port: int, paths: list[str]) -> None:
        self.port = port
        self.paths = paths
        self.samples: list[Sample] = []
        self.cpu_share = 0.0  # of one core, used by this thread
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop after the responses to the requests that were already sent."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        started, cpu_started = time.perf_counter(), time.thread_time()
        asyncio.run(self._read_all())
        self.cpu_share = (time.thread_time() - cpu_started) / (time.perf_counter() - started)

    async def _read_all(self) -> None:
        await asyncio.gather(*(self._read(number) for number in range(READERS)))

    async def _read(self, number: int) -> None:
        rng = random.Random(number)
        connection: Connection | None = None
        await asyncio.sleep(rng.uniform(0, PAUSE_SECONDS))
        while not self._stopped.is_set():
            path = self.paths[number % len(self.paths)]
            number += 1
            sent_at, status = time.perf_counter(), 0
            try:
                async with asyncio.timeout(TIMEOUT_SECONDS):
                    status, connection = await self._request(path, connection)
            except (OSError, TimeoutError, asyncio.IncompleteReadError):
                if connection:
                    connection[1].close()
                connection = None
            self.samples.append(Sample(path, sent_at, time.perf_counter() - sent_at, status))
            await asyncio.sleep(PAUSE_SECONDS * rng.uniform(0.8, 1.2))
        if connection:
            connection[1].close()

    async def _request(self, path: str, connection: Connection | None) -> tuple[int, Connection | None]:
        """Request `path`. Like a browser, try again on a new connection if the server closed the old one."""
        if connection:
            try:
                return await self._exchange(path, connection)
            except (ConnectionError, asyncio.IncompleteReadError):
                connection[1].close()
        return await self._exchange(path, await asyncio.open_connection("127.0.0.1", self.port))

    async def _exchange(self, path: str, connection: Connection) -> tuple[int, Connection | None]:
        reader, writer = connection
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAccept-Encoding: gzip\r\n\r\n".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if length := re.search(rb"\r\ncontent-length: *(\d+)", head):
            await reader.readexactly(int(length[1]))
        elif b"\r\ntransfer-encoding: chunked" in head:
            while size := int(await reader.readline(), 16):
                await reader.readexactly(size + 2)
            await reader.readline()
        status = int(head.split(b" ", 2)[1])
        if b"\r\nconnection: close" in head:
            writer.close()
            return status, None
        return status, connection


class Monitors:
    """Threads that request each of the health pages once a second."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.samples: list[Sample] = []
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._watch, args=(path,)) for path in HEALTH_PATHS]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _watch(self, path: str) -> None:
        while not self._stopped.is_set():
            sent_at, status = time.perf_counter(), 0
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=MONITOR_TIMEOUT_SECONDS)
            try:
                connection.request("GET", path)
                response = connection.getresponse()
                response.read()
                status = response.status
            except (OSError, http.client.HTTPException):
                pass
            finally:
                connection.close()
            self.samples.append(Sample(path, sent_at, time.perf_counter() - sent_at, status))
            self._stopped.wait(max(0.0, sent_at + 1 - time.perf_counter()))


@contextmanager
def running(*loads: Readers | Monitors) -> Iterator[None]:
    """Start `loads`, and stop them when the block ends."""
    for load in loads:
        load.start()
    try:
        yield
    finally:
        for load in loads:
            load.stop()

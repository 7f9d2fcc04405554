"""Break the Redis that counts attempts to sign in: stop, freeze and fill it, or let it have wrong values."""

import contextlib
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import redis

from benchmarks.server import find_free_port
from tests.faults.editor import Editor
from tests.faults.report import MAX_RECOVERY_SECONDS, LeftOut, Row
from tests.faults.scenarios import measure_fault, open_workplace

BROKEN_SECONDS = 10
GUESSES = 45
RETRY_SECONDS = 5
MAX_HASHED = 20  # passwords in a minute, and for one account in five minutes: releases/accounts/attempts.py
# What other programs may have stored under the same names. The last one is a list, which has no value.
WRONG_VALUES = (b"\xff\x00", b'"tomorrow"', b"[" * 100_000, b"1e999", b"true", None)


class Redis:
    """A Redis server on a port of its own, which stores nothing on the disk."""

    def __init__(self) -> None:
        self.port = find_free_port()
        self.client = redis.Redis(port=self.port, socket_timeout=5)
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        for _attempt in range(100):
            with contextlib.suppress(redis.RedisError):
                self.client.ping()
                return
            time.sleep(0.05)
        raise RuntimeError("Redis did not start")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        self.stop()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Suspend the process: it accepts connections, and doesn't answer."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    @contextmanager
    def full(self) -> Iterator[None]:
        """Let Redis refuse all commands that need memory."""
        self.client.config_set("maxmemory-policy", "noeviction")
        self.client.config_set("maxmemory", 1)
        try:
            yield
        finally:
            self.client.config_set("maxmemory", 0)

    @contextmanager
    def lying(self) -> Iterator[None]:
        """Replace the value of every key, again and again, with each of WRONG_VALUES in turn."""
        ended = threading.Event()

        def replace() -> None:
            number = 0
            while not ended.wait(0.02):
                for key in self.client.scan_iter(b"*"):
                    number += 1
                    value = WRONG_VALUES[number % len(WRONG_VALUES)]
                    pipeline = self.client.pipeline().delete(key)
                    if value is None:
                        pipeline.lpush(key, b"x")
                    else:
                        pipeline.set(key, value)
                    pipeline.execute()

        thread = threading.Thread(target=replace)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


def measure_redis(row: Row, root: Path, get_fault: Callable[[Redis], AbstractContextManager[None]]) -> None:
    """Break Redis for BROKEN_SECONDS. Readers and editors must not notice, and guesses stay limited."""
    if shutil.which("redis-server") is None:
        raise LeftOut("redis-server is not installed (Debian: apt-get install redis-server)")
    server = Redis()
    try:
        with open_workplace(root, row.database, settings={"CACHE_URL": server.url}) as workplace:
            measure_fault(row, workplace, lambda: get_fault(server), BROKEN_SECONDS)
            if refused := sorted({answer.action for answer in row.answers if not answer.is_saved}):
                row.missed.append(f"refused: {', '.join(refused)}")
            seconds = measure_counting(server, workplace.newsroom.port)
            row.notes.append(f"counted in Redis again after {seconds:.1f} s")
            if seconds > MAX_RECOVERY_SECONDS:
                row.missed.append("counting")
            started = time.monotonic()
            with get_fault(server):
                statuses = guess(workplace.newsroom.port, "nobody", GUESSES)
            hashed = statuses.count(200)
            if unexpected := set(statuses) - {200, 429}:
                row.missed.append(f"guesses: status {unexpected}")
            row.notes.append(f"{hashed} of {GUESSES} guesses checked")
            # With wrong values, Redis works for a moment each time that it is tried again.
            if hashed > MAX_HASHED + (time.monotonic() - started) / RETRY_SECONDS:
                row.missed.append("guesses")
    finally:
        server.stop()


def guess(port: int, username: str, number: int) -> list[int]:
    """Enter wrong passwords. Return the statuses: 200 if it was compared with that of the account."""
    statuses = []
    for _guess in range(number):
        editor = Editor(port, username)
        editor.password = "wrong"
        statuses.append(editor.sign_in().status)
    return statuses


def measure_counting(server: Redis, port: int) -> float:
    """Return the seconds until a wrong password is counted in Redis."""
    started = time.monotonic()
    while time.monotonic() < started + 2 * MAX_RECOVERY_SECONDS:
        server.client.flushall()
        guess(port, "nobody", 1)
        if server.client.dbsize():
            return time.monotonic() - started
        time.sleep(1)
    return float("inf")


def run_redis_gone(row: Row, root: Path) -> None:
    """Stop Redis. Connections to it are refused."""
    measure_redis(row, root, Redis.stopped)


def run_redis_slow(row: Row, root: Path) -> None:
    """Suspend Redis. Connections to it are accepted and not answered."""
    measure_redis(row, root, Redis.frozen)


def run_redis_full(row: Row, root: Path) -> None:
    """Let Redis have no memory left."""
    measure_redis(row, root, Redis.full)


def run_redis_lying(row: Row, root: Path) -> None:
    """Let another program replace all values in Redis."""
    measure_redis(row, root, Redis.lying)

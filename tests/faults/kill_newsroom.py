"""A newsroom whose processes can be killed, and what the rounds of a scenario found in it."""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tests.faults import databases
from tests.faults.newsroom import Newsroom, describe_newsroom, find_processes, start_server, temporary_folder
from tests.faults.report import Row

# Rounds of each scenario. FAULTS_ROUNDS is a percentage of them, for a short try.
ROUNDS = {"kill-saves": 40, "kill-uploads": 30, "kill-import": 15, "kill-migration": 15, "kill-database": 20}
MAX_START_SECONDS = 5.0
MAX_WAIT_SECONDS = 60.0
MIN_WORKER_INTERVAL = 9.0


def get_rounds(name: str) -> int:
    return max(1, ROUNDS[name] * int(os.environ.get("FAULTS_ROUNDS", "100")) // 100)


@dataclass
class Tally:
    """What the rounds of a scenario found."""

    rounds: int = 0
    lost: list[str] = field(default_factory=list)
    partial: list[str] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)  # seconds

    def end_round(self) -> None:
        self.rounds += 1
        text = f"round {self.rounds}: {len(self.lost)} lost, {len(self.partial)} partial"
        if self.starts:
            text += f", ready in {self.starts[-1]:.1f} s"
        for found in (self.lost, self.partial):
            text += f"\n    {found[-1]}" if found else ""
        sys.stderr.write(f"  {text}\n")

    def report(self, row: Row, text: str) -> None:
        slowest = (
            f"{max(self.starts):.1f} s at most (median {median(self.starts):.1f} s)" if self.starts else "–"
        )
        row.notes.append(
            f"{self.rounds} rounds, {text}: {len(self.lost)} lost, {len(self.partial)} partial; "
            f"ready again in {slowest}"
        )
        for name, found in (("lost", self.lost), ("partial", self.partial)):
            if found:
                row.missed.append(f"{name}: {' '.join(found[0].split())[:300]}")
        if self.starts and max(self.starts) > MAX_START_SECONDS:
            row.missed.append("start")


class Checker:
    """A process of `kill_checker` in the environment of the newsroom."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.process = subprocess.Popen(
            [newsroom.python, "-m", "tests.faults.kill_checker"],
            cwd=newsroom.root,
            env=os.environ | newsroom.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def ask(self, request: str, **values: Any) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"request": request, **values}) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(f"the check failed: {answer['error']}")
        return answer


class Serving:
    """A newsroom whose server can be killed and started again."""

    def __init__(self, newsroom: Newsroom, checker: Checker) -> None:
        self.newsroom = newsroom
        self.checker = checker
        self.log = newsroom.data.with_name("server.log")
        self.server: subprocess.Popen[bytes] | None = None
        self.worker_killed_at = 0.0

    def start(self) -> float:
        """Start the server and return the seconds until it is ready."""
        started = time.monotonic()
        with self.log.open("ab") as output:
            self.server = start_server(self.newsroom, output)
        self.wait_until_ready()
        return time.monotonic() - started

    def wait_until_ready(self) -> None:
        """Wait until the health page and the news page answer."""
        end = time.monotonic() + MAX_WAIT_SECONDS
        while any(self.newsroom.get(path)[0] != 200 for path in ("/health/ready/", "/")):
            if time.monotonic() > end or (self.server and self.server.poll() is not None):
                raise RuntimeError(f"the server did not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.05)

    def find_processes(self) -> list[int]:
        return [pid for pid in find_processes(self.newsroom.data) if pid != self.checker.process.pid]

    def kill_everything(self) -> None:
        """Kill the server and every process that it started, until none is left."""
        if self.server:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.server.pid, signal.SIGKILL)
        while pids := self.find_processes():
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            if self.server:
                self.server.poll()
        if self.server:
            self.server.wait()

    def kill_group(self) -> None:
        """Kill the process group of the server, which includes the worker of the background tasks."""
        assert self.server
        os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait()

    def kill_worker(self) -> None:
        """Kill one worker process, which the server replaces.

        The server ends instead if that process had replaced another one less than 5.5 seconds before.
        """
        assert self.server
        time.sleep(max(0.0, self.worker_killed_at + MIN_WORKER_INTERVAL - time.monotonic()))
        self.worker_killed_at = time.monotonic()
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children").read_text().split()
        workers = [pid for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        os.kill(int(random.choice(workers or children)), signal.SIGKILL)

    def kill(self, how: str) -> float:
        """Kill what `how` names, start the server if it is gone, and return the seconds until it is ready."""
        if how == "worker":
            self.kill_worker()
            started = time.monotonic()
            time.sleep(0.2)  # the replacement listens later
            self.wait_until_ready()
            return time.monotonic() - started
        if how == "group":
            self.kill_group()
        else:
            self.kill_everything()
        self.newsroom.environment["WORKERS"] = "1" if self.newsroom.environment.get("WORKERS") == "2" else "2"
        return self.start()


@contextmanager
def open_newsroom(
    root: Path, database: str, *, has_tables: bool = True
) -> Iterator[tuple[Serving, databases.PostgreSQL | None]]:
    """Yield an empty newsroom that is not served yet, and its PostgreSQL server if any."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(temporary_folder())
        data, server, url = folder / "var", None, ""
        data.mkdir()
        if database == "postgresql":
            (folder / "postgresql").mkdir()
            server = stack.enter_context(databases.postgresql(folder / "postgresql", durable=True))
            server.execute("CREATE DATABASE newsroom")
            url = server.get_url("newsroom")
        newsroom = describe_newsroom(root, data, url)
        if has_tables:
            newsroom.run("manage.py", "migrate", "--verbosity=0")
        checker = Checker(newsroom)
        serving = Serving(newsroom, checker)
        try:
            yield serving, server
        finally:
            if keep := os.environ.get("FAULTS_LOG"):
                with contextlib.suppress(FileNotFoundError):
                    shutil.copy(serving.log, keep)
            checker.process.kill()
            serving.kill_everything()

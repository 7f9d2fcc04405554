"""The scenarios in which a command gets SIGKILL: an import or a migration."""

import os
import random
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.faults import databases
from tests.faults.busy import build_import_text
from tests.faults.kill_newsroom import Tally, get_rounds, open_newsroom
from tests.faults.newsroom import Newsroom
from tests.faults.report import Row

IMPORTED_RELEASES = 1000
OLD_BACKUP = "tests/files/backup-0009.zip"
OLD_MIGRATIONS = ("0003", "0009")


def run_command(newsroom: Newsroom, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [newsroom.python, "-u", "manage.py", *arguments],
        cwd=newsroom.root,
        env=os.environ | newsroom.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def run_kill_import(row: Row, root: Path) -> None:
    """Kill imports of 1,000 releases at random times: each must have imported all or nothing."""
    tally = Tally()
    with open_newsroom(root, row.database) as (serving, _server):
        newsroom, path = serving.newsroom, serving.newsroom.data / "page.txt"
        path.write_text(build_import_text(range(IMPORTED_RELEASES)))
        tally.starts.append(serving.start())
        started, imported = time.monotonic(), 0
        newsroom.run("manage.py", "import_releases", str(path))
        duration, first = time.monotonic() - started, IMPORTED_RELEASES
        for _round in range(get_rounds(row.scenario)):
            before = serving.checker.ask("summary")
            first = before["imported"]
            path.write_text(build_import_text(range(first, first + IMPORTED_RELEASES)))
            process = run_command(newsroom, "import_releases", str(path))
            # Half of the rounds near the end, when the import commits.
            share = random.choice([random.uniform(0.1, 1), random.uniform(0.85, 1.05)])
            time.sleep(duration * share)
            process.kill()
            process.wait()
            serving.wait_until_ready()
            after = serving.checker.ask("summary")
            tally.partial += after["faults"]
            if after["imported"] == first + IMPORTED_RELEASES:
                imported += 1
            elif after != before:
                tally.partial.append(f"the import left {after['imported'] - first} releases")
            tally.end_round()
        newsroom.run("manage.py", "import_releases", str(path))
        complete = serving.checker.ask("summary")
        newsroom.run("manage.py", "import_releases", str(path))
        if complete["imported"] < first + IMPORTED_RELEASES or complete != serving.checker.ask("summary"):
            tally.partial.append("a repeated import is not complete, or changed something")
        tally.report(row, f"{imported} of the killed imports had committed")


def run_kill_migration(row: Row, root: Path) -> None:
    """Kill `migrate` of older databases, then serve the newsroom: it must complete the migration."""
    tally, names = Tally(), 0
    with open_newsroom(root, row.database, has_tables=False) as (serving, server):
        newsroom = serving.newsroom
        newsroom.run("manage.py", "restore", str(root / OLD_BACKUP))
        path = newsroom.data / "page.txt"
        path.write_text(build_import_text(range(500)))
        newsroom.run("manage.py", "import_releases", str(path))
        copies = DatabaseCopies(newsroom.data, server)
        references: dict[str, tuple[dict[str, Any], float]] = {}
        for old in reversed(OLD_MIGRATIONS):
            newsroom.run("manage.py", "migrate", "releases", old, "--verbosity=0")
            copies.save(old)
        for old in OLD_MIGRATIONS:
            copies.load(old)
            duration = migrate(newsroom, None)[0]
            references[old] = serving.checker.ask("summary"), duration
        for number in range(get_rounds(row.scenario)):
            old = OLD_MIGRATIONS[number % len(OLD_MIGRATIONS)]
            reference, duration = references[old]
            copies.load(old)
            names += migrate(newsroom, random.uniform(0, duration))[1]
            tally.starts.append(serving.start())
            after = serving.checker.ask("summary")
            tally.partial += after["faults"]
            tally.lost += [
                name for name in reference["digests"] if reference["digests"][name] != after["digests"][name]
            ]
            serving.kill_everything()
            tally.end_round()
        tally.report(row, f"{names} migrations had been applied when it was killed")


def migrate(newsroom: Newsroom, kill_after: float | None) -> tuple[float, int]:
    """Migrate, and kill the command `kill_after` seconds after the first migration began unless it is None.

    Return the seconds since then, and the number of applied migrations.
    """
    process = run_command(newsroom, "migrate")
    assert process.stdout
    lines = iter(process.stdout)
    for line in lines:
        if "Running migrations" in line:
            break
    started = time.monotonic()
    if kill_after is not None:
        time.sleep(kill_after)
        process.kill()
    text = "".join(lines)
    code = process.wait()
    if code not in (0, -signal.SIGKILL):
        raise RuntimeError(f"migrate failed: {text[-1000:]}")
    return time.monotonic() - started, len(re.findall(r"\bOK\b", text))


class DatabaseCopies:
    """Copies of the database of a newsroom that isn't served."""

    def __init__(self, data: Path, server: databases.PostgreSQL | None) -> None:
        self.path = data / databases.SQLITE_FILE
        self.server = server

    def save(self, name: str) -> None:
        if self.server:
            self.server.execute(f"CREATE DATABASE copy_{name} TEMPLATE newsroom")
        else:
            shutil.copy(self.path, f"{self.path}.{name}")

    def load(self, name: str) -> None:
        if self.server:
            self.server.execute(
                "DROP DATABASE newsroom WITH (FORCE)", f"CREATE DATABASE newsroom TEMPLATE copy_{name}"
            )
            return
        for file in self.path.parent.glob(f"{self.path.name}-*"):
            file.unlink()
        shutil.copy(f"{self.path}.{name}", self.path)

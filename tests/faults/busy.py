"""The scenarios in which nothing breaks, but another process needs the processor or the write lock."""

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import psycopg2

from benchmarks.releases import build_release
from tests.faults import databases
from tests.faults.newsroom import Newsroom, find_processes
from tests.faults.photos import SIZES, make_photo
from tests.faults.report import MAX_RECOVERY_SECONDS, Row
from tests.faults.scenarios import Workplace, measure_fault, open_workplace

IMPORTED_RELEASES = 30_000
MAX_IMPORT_BYTES = 50_000_000  # that `import_releases` accepts
MAX_IMPORT_SECONDS = 240.0
UPLOADS = 10
MAX_PHOTO_SECONDS = 75.0
DUE_AFTER_SECONDS, LOCKED_SECONDS = 12.0, 20.0
NEW_TEXT = "Summary after the scheduled change."
SCHEDULE_CHANGE = """
import sys, django; django.setup()
from datetime import datetime
from releases.actions.revisions import publish_revision, save_revision
from releases.models import Release, User
release, user = Release.objects.get(pk=sys.argv[1]), User.objects.get(username="editor")
save_revision(release, user=user, content=release.content() | {"summary": sys.argv[2]}, topic_ids=[])
publish_revision(release, user=user, kind="typo", at=datetime.fromisoformat(sys.argv[3]))
"""


# --- An import ----------------------------------------------------------------------------------------------


@cache
def build_import_text(numbers: range = range(IMPORTED_RELEASES)) -> str:
    """Return the text of generated releases with about 170 words in each body."""
    items = []
    for release in map(build_release, numbers):
        date = datetime.fromisoformat(release["date"])
        first, second, third = re.findall("<p>(.*?)</p>", release["body"])[:3]
        third = f"{'. '.join(third.split('. ')[:4])}."
        items.append(
            f"{release['headline']}\n\n({date:%B} {date.day}, {date.year}, Los Angeles) – "
            f"{release['summary']}\n\n{first}\n\n{second}\n\n{third}\n"
        )
    text = "\n".join(items)
    if (size := len(text.encode())) > MAX_IMPORT_BYTES:
        raise ValueError(f"the file to import has {size:,} bytes")
    return text


class Import:
    """A process that imports a file, and its duration, CPU time and peak memory."""

    def __init__(self, newsroom: Newsroom, path: Path) -> None:
        self.newsroom = newsroom
        self.path = path
        self.seconds = 0.0
        self.cpu_seconds = 0.0
        self.peak_mib = 0.0
        self.code: int | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @contextmanager
    def run(self) -> Iterator[None]:
        """Start the import. When the block ends, end it if it still runs."""
        started = time.monotonic()
        self._process = subprocess.Popen(
            [self.newsroom.python, "manage.py", "import_releases", str(self.path)],
            cwd=self.newsroom.root,
            env=os.environ | self.newsroom.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        waiter = threading.Thread(target=self._wait, args=(started,))
        waiter.start()
        try:
            yield
        finally:
            if self.code is None:
                self._process.kill()
            waiter.join()

    def is_finished(self) -> bool:
        return self.code is not None

    def _wait(self, started: float) -> None:
        assert self._process
        _pid, status, usage = os.wait4(self._process.pid, 0)
        self.seconds, self.peak_mib = time.monotonic() - started, usage.ru_maxrss / 1024
        self.cpu_seconds = usage.ru_utime + usage.ru_stime
        self.code = self._process.returncode = os.waitstatus_to_exitcode(status)


def run_import(row: Row, root: Path) -> None:
    """Import 30,000 releases."""
    text = build_import_text()
    with open_workplace(root, row.database) as workplace:
        path = workplace.newsroom.data / "page.txt"
        path.write_text(text)
        job = Import(workplace.newsroom, path)
        measure_fault(
            row,
            workplace,
            job.run,
            MAX_IMPORT_SECONDS,
            interval=10,
            has_ended=job.is_finished,
            with_health=False,
        )
        row.notes.append(
            f"import: {job.seconds:.0f} s ({job.cpu_seconds:.0f} s CPU), {job.peak_mib:.0f} MiB at most"
        )
        if job.code == -signal.SIGKILL:
            row.missed.append(f"import: not finished after {MAX_IMPORT_SECONDS:.0f} s")
        elif job.code:
            row.missed.append(f"import: exit code {job.code}")


# --- Uploads ------------------------------------------------------------------------------------------------


def run_photos(row: Row, root: Path) -> None:
    """Upload ten photos of 12 to 24 megapixels at the same time, and wait for all renditions."""
    photos = [make_photo(list(SIZES)[number % len(SIZES)]) for number in range(UPLOADS)]
    with open_workplace(root, row.database) as workplace:
        newsroom, editor = workplace.newsroom, workplace.editor
        forms = [editor.open_photos(draft) for draft in newsroom.drafts[:UPLOADS]]
        threads = [
            threading.Thread(
                target=lambda number=number: row.answers.append(
                    editor.upload(forms[number], f"IMG_{number}.jpg", photos[number])
                )
            )
            for number in range(UPLOADS)
        ]

        def has_ended() -> bool:
            return not any(thread.is_alive() for thread in threads) and not is_rendering(newsroom)

        @contextmanager
        def uploads() -> Iterator[None]:
            started = time.monotonic()
            for thread in threads:
                thread.start()
            try:
                yield
            finally:
                for thread in threads:
                    thread.join()
                row.notes.append(f"uploads and renditions: {time.monotonic() - started:.0f} s")

        measure_fault(
            row, workplace, uploads, MAX_PHOTO_SECONDS, interval=5, has_ended=has_ended, with_health=False
        )


def is_rendering(newsroom: Newsroom) -> bool:
    """Return whether the worker runs a task, which it does in a child process."""
    workers = 0
    for pid in find_processes(newsroom.data):
        with suppress(OSError):
            workers += b"\0worker\0" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return workers > 1


# --- A scheduled change -------------------------------------------------------------------------------------


@contextmanager
def locked_row(server: databases.PostgreSQL, release: int) -> Iterator[None]:
    """Lock the row of a release from this process until the block ends."""
    connection = psycopg2.connect(server.url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM releases_release WHERE id = %s FOR UPDATE", [release])
        yield
    finally:
        connection.rollback()
        connection.close()


def run_due(row: Row, root: Path) -> None:
    """Hold the write lock (on PostgreSQL of the release) while a scheduled change of a release is due."""
    with open_workplace(root, row.database) as workplace:
        newsroom, server = workplace.newsroom, workplace.server
        pk, path = newsroom.due_release
        due_at = datetime.now(UTC) + timedelta(seconds=DUE_AFTER_SECONDS)
        newsroom.run("-c", SCHEDULE_CHANGE, str(pk), NEW_TEXT, due_at.isoformat())
        newsroom.cache_pages()
        newsroom.paths.append(path)
        end = due_at.timestamp() + LOCKED_SECONDS - DUE_AFTER_SECONDS
        if server:
            fault: Callable = lambda: locked_row(server, pk)  # noqa: E731
        else:
            fault = lambda: databases.locked_sqlite(newsroom.data, "BEGIN IMMEDIATE")  # noqa: E731
        measure_fault(
            row,
            workplace,
            lambda: with_delay_after(row, workplace, fault),
            LOCKED_SECONDS,
            has_ended=lambda: time.time() > end,
            with_health=False,
        )


@contextmanager
def with_delay_after(row: Row, workplace: Workplace, fault: Callable) -> Iterator[None]:
    """Run `fault`, and then record how long after it the scheduled change appears."""
    path = workplace.newsroom.due_release[1]
    with fault():
        yield
        if NEW_TEXT in workplace.newsroom.get(path)[1]:
            row.missed.append("the change appeared while the lock was held")
    ended = time.monotonic()
    while NEW_TEXT not in workplace.newsroom.get(path)[1]:
        if time.monotonic() > ended + 2 * MAX_RECOVERY_SECONDS:
            row.missed.append("the change never appeared")
            return
        time.sleep(0.05)
    delay = time.monotonic() - ended
    row.notes.append(f"the change appeared {delay:.1f} s after the lock was released")
    if delay > MAX_RECOVERY_SECONDS:
        row.missed.append("the change was late")

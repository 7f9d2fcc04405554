"""Health checks for a monitor. They answer within three seconds, and are never cached."""

import shutil
import threading
from collections.abc import Callable

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from carecen_news import __version__
from releases.caching import is_database_down
from releases.database import describe_outage, limit_waiting, try_writing

MAX_SECONDS = 2.5
DATABASE_SECONDS = 2.0
MIN_FREE_BYTES = 200 * 2**20

_threads: dict[tuple[Callable[[], str], ...], "CheckThread"] = {}
_threads_lock = threading.Lock()


class NotHealthy(Exception):
    """Raised by a check. The message says what is wrong."""


@csrf_exempt
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Return 200 if the database can be read, else 503."""
    return run_checks(check_database_readable)


@csrf_exempt
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Return 200 if the server answers at all. If it doesn't, restart it."""
    return run_checks()


@csrf_exempt
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Return 200 if staff can work: the database can be written, and disk and migrations are in order."""
    return run_checks(check_database_writable, check_migrations, check_disk, get_version)


def run_checks(*checks: Callable[[], str]) -> HttpResponse:
    """Run `checks` in a thread, which is left alone if it takes too long, and return a line for each.

    Concurrent requests share a thread, so that only one waits for a database that doesn't answer.
    """
    lines, is_failing = [], False
    if checks and is_database_down():
        lines, is_failing = ["the database doesn't answer"], True
    elif checks:
        with _threads_lock:
            thread = _threads.get(checks)
            if thread is None or not thread.is_alive():
                thread = _threads[checks] = CheckThread(checks)
                thread.start()
        thread.join(MAX_SECONDS)
        lines, is_failing = thread.lines, thread.is_failing
        if thread.is_alive():
            lines, is_failing = [*lines, "a check didn't end in time"], True
    return HttpResponse(
        "\n".join([*(lines or ["ok"]), ""]),
        status=503 if is_failing else 200,
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )


class CheckThread(threading.Thread):
    def __init__(self, checks: tuple[Callable[[], str], ...]) -> None:
        super().__init__(daemon=True)
        self.checks = checks
        self.lines: list[str] = []
        self.is_failing = False

    def run(self) -> None:
        try:
            with limit_waiting(DATABASE_SECONDS):
                for check in self.checks:
                    self.run_check(check)
        except Error as error:
            self.lines, self.is_failing = [str(describe_outage(error))], True
        finally:
            connection.close()

    def run_check(self, check: Callable[[], str]) -> None:
        try:
            if line := check():
                self.lines.append(line)
        except NotHealthy as error:
            self.lines.append(str(error))
            self.is_failing = True
        except (Error, OSError) as error:
            self.lines.append(str(describe_outage(error)))
            self.is_failing = True


def check_database_readable() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM releases_cacheinvalidation")
    return ""


def check_database_writable() -> str:
    try_writing()
    return "database: can be written"


def check_migrations() -> str:
    executor = MigrationExecutor(connection)
    if missing := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        migration = missing[0][0]
        raise NotHealthy(f"migrations: {migration.app_label}.{migration.name} is missing. Run make run.")
    return "migrations: all applied"


def check_disk() -> str:
    free = shutil.disk_usage(settings.DATA_DIR).free
    line = f"disk: {free // 2**20:,} MiB free"
    if free < MIN_FREE_BYTES:
        raise NotHealthy(f"{line}, which is less than {MIN_FREE_BYTES // 2**20} MiB")
    return line


def get_version() -> str:
    return f"version: {__version__}"

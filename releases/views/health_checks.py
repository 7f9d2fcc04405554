"""Health checks for a monitor. They answer within three seconds, are never cached, and say no details.

Everyone may request them. The log says what is wrong, and so does `manage.py doctor`.
"""

import logging
import shutil
import threading
from collections.abc import Callable

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from releases.caching import is_database_down
from releases.database import describe_outage, limit_waiting, try_writing

logger = logging.getLogger(__name__)

MAX_SECONDS = 2.5
DATABASE_SECONDS = 2.0
MIN_FREE_BYTES = 200 * 2**20

_threads: dict[tuple[Callable[[], None], ...], "CheckThread"] = {}
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
    return run_checks(check_database_writable, check_migrations, check_disk)


def run_checks(*checks: Callable[[], None]) -> HttpResponse:
    """Return “ok” or “not ready”, and log what is wrong.

    The checks run in a thread, which is left alone if it takes too long. Concurrent requests share a thread,
    so that only one waits for a database that doesn't answer.
    """
    faults: list[str] = []
    if checks and is_database_down():
        faults = ["the database doesn't answer"]
    elif checks:
        with _threads_lock:
            thread = _threads.get(checks)
            if thread is None or not thread.is_alive():
                thread = _threads[checks] = CheckThread(checks)
                thread.start()
        thread.join(MAX_SECONDS)
        faults = list(thread.faults)
        if thread.is_alive():
            faults.append("a check didn't end in time")
    for fault in faults:
        # Formatted here, because the same message with another reason is another fault.
        logger.warning(f"Not ready: {fault}")
    return HttpResponse(
        "not ready\n" if faults else "ok\n",
        status=503 if faults else 200,
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )


class CheckThread(threading.Thread):
    def __init__(self, checks: tuple[Callable[[], None], ...]) -> None:
        super().__init__(daemon=True)
        self.checks = checks
        self.faults: list[str] = []

    def run(self) -> None:
        try:
            with limit_waiting(DATABASE_SECONDS):
                for check in self.checks:
                    self.run_check(check)
        except Error as error:
            self.faults = [str(describe_outage(error))]
        finally:
            connection.close()

    def run_check(self, check: Callable[[], None]) -> None:
        try:
            check()
        except NotHealthy as error:
            self.faults.append(str(error))
        except (Error, OSError) as error:
            self.faults.append(str(describe_outage(error)))


def check_database_readable() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM releases_cacheinvalidation")


def check_database_writable() -> None:
    try_writing()


def check_migrations() -> None:
    executor = MigrationExecutor(connection)
    if missing := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        migration = missing[0][0]
        raise NotHealthy(f"The migration {migration.app_label}.{migration.name} is missing. Run make run.")


def check_disk() -> None:
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < MIN_FREE_BYTES:
        raise NotHealthy(
            f"The disk has {free // 2**20} MiB free, which is less than {MIN_FREE_BYTES // 2**20} MiB."
        )

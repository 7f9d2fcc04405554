"""When a failed task is tried again, also one whose process was killed."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks.base import TaskResult
from django_tasks_db.models import DBTaskResult

logger = logging.getLogger(__name__)

# A task waits a tenth of the time that it has been failing. So it runs soon after a short outage, and a long
# outage doesn't cause thousands of attempts.
MIN_DELAY, MAX_DELAY = timedelta(seconds=5), timedelta(minutes=15)
MAX_AGE = timedelta(days=3)
# No task takes longer. One that still runs belongs to a worker on a machine that is off.
MAX_DURATION = timedelta(minutes=30)
MAX_CRASHES = 3  # one after the other, such as those of a photo that needs more memory than there is
PROCESS_KILLED = "The process that ran this task was ended."


class GiveUpError(Exception):
    """Raised by a task that would fail again. The message says why, for managers."""


class ProcessKilledError(Exception):
    """The error of a task whose process ended before it: the machine was turned off, or ran out of memory."""


def get_delay(age: timedelta) -> timedelta:
    """Return how long a task waits that has been failing for `age`."""
    return min(max(age / 10, MIN_DELAY), MAX_DELAY)


def retry_failed_task(task_result: TaskResult[Any], **_kwargs: Any) -> None:
    """Schedule another attempt of a task that has failed. A receiver of `task_finished`."""
    if task_result.status == TaskResultStatus.FAILED:
        retry(task_result.db_result)  # type: ignore[attr-defined]


def retry(row: DBTaskResult[Any, Any]) -> None:
    """Schedule another attempt of a failed task, unless it gave up or is too old.

    The error of the last attempt stays in the row.
    """
    # Without the answer of a mail server, which follows in brackets and may contain the address of a person.
    now, error = timezone.now(), get_error(row).partition(" [")[0]
    age = now - row.enqueued_at
    if row.exception_class_path == get_class_path(GiveUpError) or age > MAX_AGE:
        logger.error("The task %s failed: %s", row.task_name, error)
        return
    logger.warning("The task %s failed, and will be tried again: %s", row.task_name, error)
    set_ready(DBTaskResult.objects.failed().filter(pk=row.pk), now + get_delay(age))


def set_ready(rows: QuerySet[DBTaskResult[Any, Any]], at: datetime) -> int:
    """Let the tasks `rows` be run at `at` (aware). Return their number."""
    return rows.update(status=TaskResultStatus.READY, run_after=at, finished_at=None)


def get_error(row: DBTaskResult[Any, Any]) -> str:
    """Return the error of the last attempt, without its class, or ""."""
    last_line = row.traceback.strip().rpartition("\n")[2]
    return str(last_line.partition(": ")[2] or last_line)


def get_class_path(error: type[Exception]) -> str:
    return f"{error.__module__}.{error.__qualname__}"


def retry_lost_tasks(worker_id: str) -> None:
    """Let tasks be tried again whose process was killed, also one killed before it could schedule that.

    Call it when the worker `worker_id` runs none. Tasks of other workers are lost after MAX_DURATION.
    """
    now = timezone.now()
    for row in DBTaskResult.objects.running():
        is_ours = bool(row.worker_ids) and row.worker_ids[-1] == worker_id
        if is_ours or row.started_at is None or row.started_at < now - MAX_DURATION:
            # `set_failed` clears the value, so the count is that of crashes one after the other.
            crashes = (row.return_value or {}).get("crashes", 0) + 1
            row.set_failed(ProcessKilledError(PROCESS_KILLED))
            rows = DBTaskResult.objects.filter(pk=row.pk)
            rows.update(return_value={"crashes": crashes})
            if crashes < MAX_CRASHES:
                retry(row)
            else:
                logger.error("The task %s ended its process %s times.", row.task_name, crashes)
    final = [get_class_path(GiveUpError), get_class_path(ProcessKilledError)]
    failed = DBTaskResult.objects.failed().filter(enqueued_at__gt=now - MAX_AGE)
    for row in failed.exclude(exception_class_path__in=final):
        retry(row)

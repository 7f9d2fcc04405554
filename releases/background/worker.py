"""The loop of `manage.py worker`: run tasks that are ready, each batch in a process of its own."""

import logging
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress

from django.db import connections
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS
from django_tasks.signals import task_finished
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from releases.background.retries import retry_failed_task, retry_lost_tasks

logger = logging.getLogger(__name__)

SECONDS = 1.0  # between two looks at the queue
LOST_SECONDS = 60.0  # between two looks for tasks of workers that were killed

task_finished.connect(retry_failed_task)


class BackgroundWorker:
    """Runs tasks until it is stopped, or until `parent` is no longer the parent process.

    A process that has run tasks gives its memory back when it ends. If one is killed, or crashes on a damaged
    photo, the worker goes on.
    """

    def __init__(
        self, worker_id: str, parent: int | None = None, prepare: Callable[[], None] = lambda: None
    ) -> None:
        self.worker_id = worker_id
        self.prepare: Callable[[], None] | None = prepare  # called once, when the database can be used
        self.parent = parent
        self.is_stopping = False
        self.child = 0
        self.lost_tasks_at = 0.0  # time.monotonic() of the next look for lost tasks

    def stop(self, *_args: object) -> None:
        """Stop after the current task. A handler of signals."""
        self.is_stopping = True
        if self.child:
            with suppress(ProcessLookupError):
                os.kill(self.child, signal.SIGTERM)

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        while not self.is_stopping:
            try:
                self.run_ready_tasks()
            except Exception as error:  # an outage of the database, or no memory for a process
                logger.warning("Background tasks can't be run now: %s", error)
                connections.close_all()
            self.pause()

    def pause(self) -> None:
        if self.parent not in (None, os.getppid()):
            self.stop()
        if not self.is_stopping:
            time.sleep(SECONDS)

    def run_ready_tasks(self) -> None:
        """Run all tasks that are ready now, in a child process."""
        if self.prepare:
            self.prepare()
            self.prepare = None
        if time.monotonic() >= self.lost_tasks_at:
            retry_lost_tasks(self.worker_id)
            self.lost_tasks_at = time.monotonic() + LOST_SECONDS
        if not DBTaskResult.objects.ready().exists():
            return
        connections.close_all()  # a connection must not be shared by two processes
        self.child = os.fork()
        if not self.child:
            run_child(self.worker_id)
        while os.waitpid(self.child, os.WNOHANG) == (0, 0):
            if self.parent not in (None, os.getppid()):
                self.stop()
            time.sleep(0.05)
        self.child = 0
        self.lost_tasks_at = 0.0  # the child may have been killed


def run_child(worker_id: str) -> None:
    """Run the tasks that are ready, and end this process. After a signal it ends after the current task."""
    try:
        worker = create_batch_worker(worker_id)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_args: setattr(worker, "running", False))
        worker.run()
        connections.close_all()
    except Exception as error:
        logger.warning("Background tasks can't be run now: %s", error)
    finally:
        logging.shutdown()
        os._exit(0)


def create_batch_worker(worker_id: str) -> Worker:
    """Return the worker of django-tasks-db that runs all tasks that are ready, and then returns."""
    return Worker(
        queue_names=["*"],
        excluded_queue_names=[],
        interval=0,
        batch=True,
        backend_name=DEFAULT_TASK_BACKEND_ALIAS,
        startup_delay=False,
        max_tasks=None,
        worker_id=worker_id,
    )

"""Run tasks in the background: sizes of photos, and mail. `serve` starts it, unless RUN_WORKER is “no”."""

import logging
import os
import secrets
import socket
import time
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from releases.actions.rendition_jobs import enqueue_missing_renditions
from releases.background.worker import BackgroundWorker
from releases.management.server_lock import acquire_lock

WAIT_SECONDS = 0.5


class Command(BaseCommand):
    help = (
        "Run tasks in the background, such as the sizes of photos, and mail. The server starts a worker, "
        "unless RUN_WORKER is “no”. A DATA_DIR has one worker at a time: a second one waits."
    )
    requires_system_checks: list[str] = []  # they ran when the newsroom started

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--parent", type=int, help="for serve: the process id of the server, with which the worker ends"
        )

    def handle(self, *_args: Any, parent: int | None, **_options: Any) -> None:
        os.umask(0o077)
        with suppress(OSError):  # serving readers has priority
            os.nice(10)
        # Failed tasks are logged with a reason by releases/background/retries.py.
        for name in ("django_tasks", "django_tasks_db"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        if not wait_for_lock(parent):
            return
        BackgroundWorker(get_worker_id(), parent, prepare=enqueue_missing_renditions).run()


def wait_for_lock(parent: int | None) -> bool:
    """Wait until no other worker of this DATA_DIR runs. Return False if the server has ended meanwhile."""
    while parent in (None, os.getppid()):
        try:
            acquire_lock(Path(settings.DATA_DIR, "worker.lock"))
        except BlockingIOError:  # that of an earlier server, which finishes its task
            time.sleep(WAIT_SECONDS)
        else:
            return True
    return False


def get_worker_id() -> str:
    """Return the id of the worker of this DATA_DIR. By it, a worker finds tasks that a killed one left."""
    path = Path(settings.DATA_DIR, "worker-id")
    if not path.exists():
        path.write_text(secrets.token_hex(8))
    return f"{path.read_text()}@{socket.gethostname()}"  # the folder may be a copy, or shared

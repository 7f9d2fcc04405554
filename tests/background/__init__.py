"""Run background tasks in the process of the tests."""

from unittest import mock

from releases.background.worker import create_batch_worker

WORKER = "worker-1"


def run_tasks() -> None:
    """Run the tasks that are ready, in the connection of the test."""
    with mock.patch("django_tasks_db.management.commands.db_worker.close_old_connections"):
        create_batch_worker(WORKER).run()

"""The worker runs tasks in a child process, and ends with its server."""

import os
import signal

import pytest
from django.db import OperationalError

from releases.background import worker as worker_module
from releases.background.worker import BackgroundWorker
from releases.management.commands.worker import get_worker_id, wait_for_lock
from releases.management.server_lock import acquire_lock

NO_PARENT = -1


@pytest.fixture(autouse=True)
def restore_signals():
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


def test_worker_goes_on_after_an_outage_of_the_database(monkeypatch):
    calls = []

    def prepare() -> None:
        calls.append("prepare")
        if len(calls) == 1:
            raise OperationalError("gone")
        worker.stop()
        raise OperationalError("still gone")

    monkeypatch.setattr(worker_module, "SECONDS", 0)
    worker = BackgroundWorker("id", prepare=prepare)
    worker.run()
    assert calls == ["prepare", "prepare"]


def test_worker_ends_when_its_server_has_ended(monkeypatch):
    monkeypatch.setattr(BackgroundWorker, "run_ready_tasks", lambda self: None)
    BackgroundWorker("id", parent=NO_PARENT).run()


def test_worker_stops_at_a_signal(monkeypatch):
    monkeypatch.setattr(
        BackgroundWorker, "run_ready_tasks", lambda self: os.kill(os.getpid(), signal.SIGTERM)
    )
    BackgroundWorker("id").run()


@pytest.mark.django_db
def test_killed_child_ends_neither_the_worker_nor_its_task(photo, monkeypatch):
    monkeypatch.setattr(worker_module, "run_child", lambda worker_id: os.kill(os.getpid(), signal.SIGKILL))
    monkeypatch.setattr(worker_module.connections, "close_all", lambda: None)
    worker = BackgroundWorker("id")
    worker.run_ready_tasks()
    assert (worker.child, worker.lost_tasks_at) == (0, 0.0)


def test_second_worker_of_a_data_folder_waits_and_ends_with_its_server(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    descriptor = acquire_lock(tmp_path / "worker.lock")
    assert not wait_for_lock(NO_PARENT)
    os.close(descriptor)
    assert wait_for_lock(None)


def test_worker_id_of_a_data_folder_stays_the_same(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    assert get_worker_id() == get_worker_id() != ""

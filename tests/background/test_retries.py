"""Failed tasks are tried again, less and less often, and never disappear."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from releases.actions import rendition_jobs
from releases.actions.photos import add_photo
from releases.actions.rendition_jobs import enqueue_missing_renditions, generate_photo_renditions
from releases.background.retries import (
    MAX_AGE,
    MAX_CRASHES,
    MAX_DURATION,
    get_delay,
    get_error,
    retry_lost_tasks,
)
from releases.media.photos import InvalidPhoto
from releases.models import Photo
from tests.background import WORKER, run_tasks
from tests.pictures import JPEG_BYTES

pytestmark = pytest.mark.django_db


def break_renditions(monkeypatch, error: Exception) -> None:
    def fail(_photo: Photo) -> None:
        raise error

    monkeypatch.setattr(rendition_jobs, "_generate", fail)


@pytest.mark.parametrize(
    ("age", "delay"),
    [
        (timedelta(0), timedelta(seconds=5)),
        (timedelta(seconds=90), timedelta(seconds=9)),
        (timedelta(hours=1), timedelta(minutes=6)),
        (timedelta(days=2), timedelta(minutes=15)),
    ],
)
def test_delay_grows_with_the_outage_up_to_a_limit(age, delay):
    assert get_delay(age) == delay


def test_photo_is_finished_by_the_task_that_its_upload_enqueues(photo):
    run_tasks()
    photo.refresh_from_db()
    task = DBTaskResult.objects.get()
    assert (photo.renditions_ready, task.status) == (True, TaskResultStatus.SUCCESSFUL)


def test_upload_that_is_rolled_back_enqueues_nothing(publisher):
    with transaction.atomic():
        add_photo(SimpleUploadedFile("IMG_1.jpg", JPEG_BYTES), user=publisher)
        transaction.set_rollback(True)
    assert not DBTaskResult.objects.exists()


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), PermissionError("denied")])
def test_task_that_fails_is_ready_again_with_its_error(photo, monkeypatch, error):
    break_renditions(monkeypatch, error)
    started = timezone.now()
    run_tasks()
    task = DBTaskResult.objects.get()
    assert task.status == TaskResultStatus.READY
    assert timedelta(seconds=4) < task.run_after - started < timedelta(seconds=20)
    assert (get_error(task), task.worker_ids) == (str(error), [WORKER])
    monkeypatch.undo()
    run_tasks()  # too early
    assert not Photo.objects.get().renditions_ready
    DBTaskResult.objects.update(run_after=timezone.now())
    run_tasks()
    assert Photo.objects.get().renditions_ready
    assert DBTaskResult.objects.get().worker_ids == [WORKER, WORKER]


def test_task_that_would_fail_again_stays_failed(photo, monkeypatch):
    break_renditions(monkeypatch, InvalidPhoto("not a photo"))
    run_tasks()
    task = DBTaskResult.objects.get()
    assert (task.status, get_error(task)) == (TaskResultStatus.FAILED, "InvalidPhoto: not a photo")


def test_task_stays_failed_after_three_days(photo, monkeypatch):
    break_renditions(monkeypatch, OSError("gone"))
    DBTaskResult.objects.update(enqueued_at=timezone.now() - MAX_AGE - timedelta(minutes=1))
    run_tasks()
    assert DBTaskResult.objects.get().status == TaskResultStatus.FAILED


@pytest.mark.parametrize(
    ("worker", "age", "is_lost"),
    [
        (WORKER, timedelta(0), True),
        ("another worker", timedelta(0), False),
        ("another worker", MAX_DURATION + timedelta(minutes=1), True),
    ],
)
def test_task_of_a_killed_worker_is_run_again(photo, worker, age, is_lost):
    DBTaskResult.objects.update(
        status=TaskResultStatus.RUNNING, worker_ids=[worker], started_at=timezone.now() - age
    )
    retry_lost_tasks(WORKER)
    task = DBTaskResult.objects.get()
    assert task.status == (TaskResultStatus.READY if is_lost else TaskResultStatus.RUNNING)
    if is_lost:
        assert get_error(task) == "The process that ran this task was ended."


def test_photo_without_a_task_gets_one_and_only_one(photo):
    DBTaskResult.objects.all().delete()  # a restored backup has no tasks
    enqueue_missing_renditions()
    enqueue_missing_renditions()
    assert [task.args_kwargs["kwargs"] for task in DBTaskResult.objects.all()] == [{"photo_id": photo.pk}]


def test_task_of_a_deleted_photo_succeeds_without_files(photo):
    Photo.objects.all().delete()
    run_tasks()
    assert DBTaskResult.objects.get().status == TaskResultStatus.SUCCESSFUL


def test_task_that_runs_twice_does_no_harm(photo):
    run_tasks()
    generate_photo_renditions.enqueue(photo_id=photo.pk)
    run_tasks()
    assert set(DBTaskResult.objects.values_list("status", flat=True)) == {TaskResultStatus.SUCCESSFUL}


def test_task_that_crashes_its_process_again_and_again_stays_failed(photo):
    for crash in range(1, MAX_CRASHES + 1):
        DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, worker_ids=[WORKER] * crash)
        retry_lost_tasks(WORKER)
        is_last = crash == MAX_CRASHES
        expected = TaskResultStatus.FAILED if is_last else TaskResultStatus.READY
        assert DBTaskResult.objects.get().status == expected
    retry_lost_tasks(WORKER)
    assert DBTaskResult.objects.get().status == TaskResultStatus.FAILED


def test_task_whose_worker_was_killed_before_it_scheduled_a_retry_is_run_again(photo, monkeypatch):
    break_renditions(monkeypatch, OSError("gone"))
    with monkeypatch.context() as killed:
        killed.setattr("releases.background.retries.retry", lambda row: None)
        run_tasks()
    assert DBTaskResult.objects.get().status == TaskResultStatus.FAILED
    retry_lost_tasks(WORKER)
    assert DBTaskResult.objects.get().status == TaskResultStatus.READY


def test_task_that_gave_up_is_not_run_again(photo, monkeypatch):
    break_renditions(monkeypatch, InvalidPhoto("not a photo"))
    run_tasks()
    retry_lost_tasks(WORKER)
    assert DBTaskResult.objects.get().status == TaskResultStatus.FAILED

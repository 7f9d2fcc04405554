"""The list of background tasks: managers see what failed and why, and try again."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django_tasks import TaskResultStatus

from releases.actions.photos import add_photo
from releases.actions.upkeep import find_old_tasks
from releases.diagnosis.background import check_failed_tasks, check_worker
from releases.diagnosis.findings import Level
from releases.models import BackgroundTask
from tests.pictures import JPEG_BYTES

pytestmark = pytest.mark.django_db
LIST_URL = "/admin/releases/backgroundtask/"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def set_task(status: TaskResultStatus, **values: object) -> None:
    BackgroundTask.objects.update(status=status, **values)


def test_list_says_what_failed_and_why(manager_client, photo):
    set_task(
        TaskResultStatus.FAILED, worker_ids=["a", "a"], traceback="Traceback …\nOSError: The disk <is> full\n"
    )
    page = manager_client.get(LIST_URL).content.decode()
    assert f'<a href="/admin/releases/photo/{photo.pk}/change/">Smaller sizes of photo {photo.pk}</a>' in page
    assert 'class="field-state">Failed</td>' in page
    assert 'class="field-attempts">2</td>' in page
    assert 'class="field-last_error">The disk &lt;is&gt; full</td>' in page


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ("OSError: [Errno 28] No space left on device", "está lleno"),
        ("ProcessKilledError: The process that ran this task was ended.", "Se interrumpió el proceso"),
        ("ValueError: Something else", "Something else"),
    ],
)
def test_known_errors_are_explained_in_the_language_of_the_manager(
    manager_client, manager, photo, error, text
):
    manager.language = "es"
    manager.save()
    set_task(TaskResultStatus.FAILED, traceback=error)
    assert text in manager_client.get(LIST_URL).content.decode()


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"status": TaskResultStatus.READY}, "Waiting"),
        ({"status": TaskResultStatus.RUNNING}, "Running"),
        ({"status": TaskResultStatus.SUCCESSFUL}, "Done"),
        ({"status": TaskResultStatus.READY, "worker_ids": ["a"]}, "Next attempt: "),
    ],
)
def test_list_says_the_state_of_each_task(manager_client, photo, values, text):
    BackgroundTask.objects.update(**values)
    assert f'class="field-state">{text}' in manager_client.get(LIST_URL).content.decode()


@pytest.mark.parametrize("state", ["waiting", "running", "failed", "done"])
def test_filter_shows_one_state(manager_client, photo, state):
    set_task(TaskResultStatus.FAILED)
    page = manager_client.get(LIST_URL, {"state": state}).content.decode()
    assert ("Smaller sizes" in page) == (state == "failed")


@pytest.mark.parametrize("status", [TaskResultStatus.FAILED, TaskResultStatus.READY])
def test_button_lets_tasks_run_now_that_failed_or_wait_for_another_attempt(manager_client, photo, status):
    now = timezone.now()
    set_task(status, run_after=now + timedelta(hours=1), worker_ids=["a"], enqueued_at=now - 4 * 24 * HOUR)
    response = manager_client.post(f"{LIST_URL}retry/", follow=True)
    assert "1 task will run now." in response.content.decode()
    assert BackgroundTask.objects.ready().count() == 1
    assert BackgroundTask.objects.get().enqueued_at >= now  # three more days


def test_button_leaves_tasks_alone_whose_time_has_not_come(manager_client, photo):
    set_task(TaskResultStatus.READY, run_after=timezone.now() + HOUR)
    manager_client.post(f"{LIST_URL}retry/")
    assert not BackgroundTask.objects.ready().exists()


def test_button_leaves_finished_and_running_tasks_alone(manager_client, photo):
    set_task(TaskResultStatus.RUNNING)
    assert "Try again now" not in manager_client.get(LIST_URL).content.decode()
    manager_client.post(f"{LIST_URL}retry/")
    assert BackgroundTask.objects.running().count() == 1


def test_publisher_can_neither_see_nor_retry_tasks(publisher_client, photo):
    set_task(TaskResultStatus.FAILED)
    assert publisher_client.get(LIST_URL).status_code == 403
    assert publisher_client.post(f"{LIST_URL}retry/").status_code == 403
    assert BackgroundTask.objects.failed().count() == 1


@pytest.mark.parametrize(
    ("age", "overdue", "is_late"),
    [
        (20 * MINUTE, None, True),
        (5 * MINUTE, None, False),
        (20 * MINUTE, 15 * MINUTE, True),
        (20 * MINUTE, MINUTE, False),
        (20 * MINUTE, -MINUTE, False),
    ],
)
def test_doctor_reports_tasks_that_no_worker_runs(photo, age, overdue, is_late):
    now = timezone.now()
    BackgroundTask.objects.update(enqueued_at=now - age)
    if overdue is not None:
        BackgroundTask.objects.update(run_after=now - overdue)
    assert check_worker().level == (Level.ERROR if is_late else Level.OK)


def test_doctor_does_not_report_tasks_that_wait_for_a_busy_worker(photo, publisher):
    add_photo(SimpleUploadedFile("IMG_2.jpg", JPEG_BYTES), user=publisher)
    BackgroundTask.objects.update(enqueued_at=timezone.now() - 20 * MINUTE)
    assert check_worker().level == Level.ERROR
    first = BackgroundTask.objects.all()[:1].values("pk")
    BackgroundTask.objects.filter(pk__in=first).update(
        status=TaskResultStatus.RUNNING, started_at=timezone.now()
    )
    assert check_worker().level == Level.OK


def test_doctor_reports_tasks_that_failed(photo):
    assert check_failed_tasks().level == Level.OK
    set_task(TaskResultStatus.FAILED)
    assert check_failed_tasks().level == Level.WARNING


@pytest.mark.parametrize(
    ("status", "days", "is_deleted"),
    [
        (TaskResultStatus.SUCCESSFUL, 13, False),
        (TaskResultStatus.SUCCESSFUL, 15, True),
        (TaskResultStatus.FAILED, 89, False),
        (TaskResultStatus.FAILED, 91, True),
        (TaskResultStatus.READY, 91, False),
    ],
)
def test_upkeep_deletes_old_tasks_but_none_that_waits(photo, status, days, is_deleted):
    set_task(status, finished_at=timezone.now() - timedelta(days=days))
    assert find_old_tasks().exists() == is_deleted

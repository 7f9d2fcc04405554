"""The command that locks and unlocks the newsroom, and the commands while it is locked."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from releases.models import NewsroomSettings, Release, StaffSession
from releases.text.choices import Status
from tests.factories import make_scheduled, make_user

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    output = StringIO()
    call_command("lock_newsroom", *arguments, stdout=output)
    return output.getvalue()


@pytest.mark.parametrize(
    ("arguments", "status", "report"),
    [
        ([], Status.DRAFT, "changes that were unscheduled: 1."),
        (["--keep-schedule"], Status.PUBLISHED, "appear as planned."),
    ],
)
def test_command_locks_the_newsroom(arguments, status, report):
    release = make_scheduled()
    Client().force_login(make_user())
    output = run(*arguments)
    assert report in output
    assert len(output.splitlines()) == 2
    release.refresh_from_db()
    assert (release.status, StaffSession.objects.count()) == (status, 0)
    assert NewsroomSettings.find_lock().locked_by is None


def test_command_unlocks_the_newsroom():
    run()
    assert run("--unlock") == "The newsroom is unlocked. Everyone can sign in again.\n"
    assert NewsroomSettings.find_lock() is None
    with pytest.raises(CommandError, match="isn't locked"):
        run("--unlock")


def test_import_is_refused_while_locked(tmp_path):
    page = tmp_path / "page.txt"
    page.write_text("A ruling\n\n(March 4, 2015, Los Angeles) – Families stay.\n")
    run()
    with pytest.raises(CommandError, match="lock_newsroom --unlock"):
        call_command("import_releases", str(page))
    run("--unlock")
    call_command("import_releases", str(page), stdout=StringIO())
    assert Release.objects.count() == 1


def test_new_password_can_be_set_while_locked():
    user = make_user()
    run()
    call_command("staff_login", user.username, stdout=StringIO())
    user.refresh_from_db()
    assert user.password_is_temporary

"""The command that creates an account or resets its password."""

import io
import os
import re

import pytest
from django.core.management import CommandError, call_command

from releases.management.commands.serve import Command, get_lock_path
from releases.management.server_lock import acquire_lock, record_url
from releases.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def print_staff_login(*arguments):
    out = io.StringIO()
    call_command("staff_login", *arguments, stdout=out)
    return out.getvalue()


def run_staff_login(*arguments):
    return re.search(r" with (\S+)\n", print_staff_login(*arguments))[1]


def test_existing_account_gets_a_new_temporary_password():
    make_user("ana")
    first, second = run_staff_login("ana"), run_staff_login("ana")
    user = User.objects.get()
    assert first != second
    assert user.check_password(second)
    assert not user.check_password(first)
    user.refresh_from_db()
    assert user.password_is_temporary


@pytest.mark.parametrize(
    ("role", "groups", "manager"),
    [("writer", ["Writers"], False), ("publisher", ["Publishers"], False), ("manager", [], True)],
)
def test_a_new_account_has_its_role(role, groups, manager):
    run_staff_login("ana", "--role", role)
    user = User.objects.get()
    assert ([group.name for group in user.groups.all()], user.is_superuser, user.is_staff) == (
        groups,
        manager,
        True,
    )


def test_unknown_username_is_rejected_with_a_list_of_accounts():
    make_user("ana")
    with pytest.raises(CommandError, match=r"Account “anna” does not exist \(existing accounts: ana\)"):
        run_staff_login("anna")


def test_role_option_does_not_change_an_existing_account():
    make_user("ana", "Writers")
    with pytest.raises(CommandError, match="already"):
        run_staff_login("ana", "--role", "manager")
    assert not User.objects.get().is_superuser


def test_invalid_username_is_rejected():
    with pytest.raises(CommandError, match="valid username"):
        run_staff_login("ana lópez?", "--role", "writer")


def test_new_name_that_differs_from_another_by_case_is_refused():
    make_user("rosa")
    with pytest.raises(CommandError, match="already exists"):
        run_staff_login("Rosa", "--role", "writer")


def test_password_of_an_old_name_that_differs_from_another_by_case_can_be_reset():
    make_user("rosa")
    make_user("Rosa")
    password = run_staff_login("Rosa")
    assert User.objects.get(username="Rosa").check_password(password)


def test_address_is_that_of_the_running_server(settings):
    make_user("ana")
    lock = acquire_lock(get_lock_path())
    record_url(lock, "http://127.0.0.1:8711")
    printed = print_staff_login("ana")
    os.close(lock)
    assert "Sign in at http://127.0.0.1:8711/admin/ as ana" in printed
    assert "http://127.0.0.1:8711/admin/login/?" in printed
    assert settings.SITE_URL not in printed
    assert "No newsroom is running" not in printed


@pytest.mark.parametrize("https", [False, True])
def test_without_a_server_the_address_of_the_settings_is_printed_and_said_to_be_so(settings, https):
    settings.HTTPS = https
    make_user("ana")
    printed = print_staff_login("ana")
    assert f"Sign in at {settings.SITE_URL}/admin/ as ana" in printed
    assert ("No newsroom is running" in printed) is not https


def test_server_records_its_address(settings, monkeypatch):
    recorded = []
    monkeypatch.setattr("releases.management.commands.serve.record_url", lambda *call: recorded.append(call))
    Command().lock_data_folder()
    ((lock, url),) = recorded
    os.close(lock)
    assert url == settings.SITE_URL

"""The command that creates an account or resets its password."""

import io
import re

import pytest
from django.core.management import CommandError, call_command

from releases.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def run_staff_login(*arguments):
    out = io.StringIO()
    call_command("staff_login", *arguments, stdout=out)
    return re.search(r" with (\S+)\n", out.getvalue())[1]


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

import io
import re

import pytest
from django.core.management import CommandError, call_command

from releases.models import User
from tests.builders import make_user

pytestmark = pytest.mark.django_db


def run(*arguments):
    out = io.StringIO()
    call_command("staff_login", *arguments, stdout=out)
    return re.search(r" with (\S+)\n", out.getvalue())[1]


def test_a_known_account_gets_a_new_one_time_password():
    make_user("ana")
    first, second = run("ana"), run("ana")
    user = User.objects.get()
    assert first != second
    assert user.check_password(second)
    assert not user.check_password(first)
    user.refresh_from_db()
    assert user.password_is_temporary


@pytest.mark.parametrize(
    ("role", "groups", "manager"), [("writer", ["Writers"], False), ("publisher", ["Publishers"], False), ("manager", [], True)]
)
def test_a_new_account_has_its_role(role, groups, manager):
    run("ana", "--role", role)
    user = User.objects.get()
    assert ([group.name for group in user.groups.all()], user.is_superuser, user.is_staff) == (groups, manager, True)


def test_an_unknown_name_is_refused_with_those_that_exist():
    make_user("ana")
    with pytest.raises(CommandError, match=r"no account “anna” \(there are: ana\)"):
        run("anna")


def test_a_role_never_changes_an_account_that_exists():
    make_user("ana", "Writers")
    with pytest.raises(CommandError, match="already"):
        run("ana", "--role", "manager")
    assert not User.objects.get().is_superuser


def test_a_name_that_cannot_be_is_refused():
    with pytest.raises(CommandError, match="valid username"):
        run("ana lópez?", "--role", "writer")

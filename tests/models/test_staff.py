"""Setting the password of an account."""

import pytest

from tests.factories import make_user


@pytest.mark.django_db
def test_own_password_replaces_a_temporary_one():
    user = make_user(password_is_temporary=True)
    user.set_own_password("another of one's own")
    user.save()
    user.refresh_from_db()
    assert not user.password_is_temporary

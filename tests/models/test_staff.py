"""Setting the password of an account."""

import pytest

from tests.factories import make_user


@pytest.mark.django_db
def test_setting_a_password_clears_the_temporary_password_flag():
    user = make_user(password_is_temporary=True)
    user.set_password("another of one's own")
    user.save()
    user.refresh_from_db()
    assert not user.password_is_temporary

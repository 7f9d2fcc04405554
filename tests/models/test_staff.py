import pytest

from tests.builders import make_user


@pytest.mark.django_db
def test_choosing_a_password_ends_the_temporary_one():
    user = make_user(password_is_temporary=True)
    user.set_password("another of one's own")
    user.save()
    user.refresh_from_db()
    assert not user.password_is_temporary

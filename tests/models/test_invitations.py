"""When an invitation can be used."""

from datetime import timedelta

import pytest
from django.utils import timezone

from releases.models import Invitation
from tests.factories import PASSWORD, make_invited_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("changes", "is_closed", "has_password", "expected"),
    [
        ({}, False, False, True),
        ({"expires_at": timezone.now()}, False, False, False),
        ({"accepted_at": timezone.now()}, False, False, False),
        ({"revoked_at": timezone.now()}, False, False, False),
        ({}, True, False, False),
        ({}, False, True, False),
    ],
)
def test_invitation_is_valid_only_for_an_open_account_without_a_password(
    changes, is_closed, has_password, expected
):
    user = make_invited_user(is_active=not is_closed)
    if has_password:
        user.set_password(PASSWORD)
    invitation = Invitation(user=user, **{"expires_at": timezone.now() + timedelta(hours=1)} | changes)
    assert invitation.is_valid() is expected
    assert not invitation.is_valid(timezone.now() + timedelta(hours=1))


def test_newest_invitation_of_each_account_is_found():
    rosa, ana = make_invited_user(), make_invited_user("ana")
    at = timezone.now()
    rows = [
        Invitation.objects.create(user=user, digest=str(number), expires_at=at, revoked_at=at)
        for number, user in enumerate([rosa, ana, rosa])
    ]
    assert set(Invitation.objects.newest()) == {rows[1], rows[2]}
    assert not Invitation.objects.unused().exists()

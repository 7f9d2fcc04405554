"""The sessions under “My account”."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from releases.models import SessionStore, StaffSession, sessions
from tests.accounts import ACCOUNT_URL, enter_password, is_signed_in, set_up_app
from tests.factories import make_user

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"


@pytest.fixture
def two_sessions():
    """Return the clients of one account on two devices."""
    make_user()
    clients = [Client(headers={"user-agent": agent}) for agent in (FIREFOX, IPHONE)]
    for client in clients:
        enter_password(client)
    return clients


def read_session_keys(client) -> list[str]:
    return re.findall(r'name="key" value="(\w+)"', client.get(ACCOUNT_URL).content.decode())


def test_sessions_are_listed_with_device_and_time_but_no_address(two_sessions):
    page = two_sessions[0].get(ACCOUNT_URL, REMOTE_ADDR="203.0.113.7").content.decode()
    assert "Firefox, Windows" in page
    assert "Safari, iPhone" in page
    assert page.count("this device") == 1
    assert "203.0.113" not in page
    assert two_sessions[0].cookies["sessionid"].value not in page
    assert not [row for row in StaffSession.objects.all() if "203.0.113" in str(row.get_decoded())]


def test_other_session_is_ended(two_sessions):
    here, there = two_sessions
    (key,) = read_session_keys(here)
    here.post(f"{ACCOUNT_URL}end-session/", {"key": key})
    assert is_signed_in(here)
    assert not is_signed_in(there)


def test_session_of_someone_else_stays(two_sessions):
    rosa = Client()
    rosa.force_login(make_user("rosa"))
    (key,) = read_session_keys(two_sessions[0])
    rosa.post(f"{ACCOUNT_URL}end-session/", {"key": key})
    assert all(is_signed_in(client) for client in two_sessions)


@pytest.mark.parametrize("key", ["", "x", "a\x00b", "' OR 1=1", "F" * 64])
def test_malformed_session_key_ends_nothing(two_sessions, key):
    assert two_sessions[0].post(f"{ACCOUNT_URL}end-session/", {"key": key}).status_code == 302
    assert all(is_signed_in(client) for client in two_sessions)


def test_first_factor_signs_the_other_devices_out(two_sessions):
    here, there = two_sessions
    set_up_app(here)
    assert is_signed_in(here)
    assert not is_signed_in(there)


def test_confirming_a_password_does_not_change_the_time_of_the_sign_in(two_sessions):
    row = StaffSession.objects.first()
    signed_in_at = row.get_decoded()["signed_in_at"]
    store = SessionStore(two_sessions[0].cookies["sessionid"].value)
    assert store.restart()
    data = [row.get_decoded() for row in StaffSession.objects.all()]
    assert signed_in_at in {each["signed_in_at"] for each in data}
    assert {each["started_at"] for each in data} != {each["signed_in_at"] for each in data}


def test_time_of_the_last_use_is_kept_up_to_date(two_sessions, monkeypatch):
    real = timezone.now
    monkeypatch.setattr(sessions.timezone, "now", lambda: real() + timedelta(minutes=30))
    assert is_signed_in(two_sessions[0])
    times = StaffSession.objects.order_by("last_used_at").values_list("last_used_at", flat=True)
    assert [used_at - real() > timedelta(minutes=29) for used_at in times] == [False, True]

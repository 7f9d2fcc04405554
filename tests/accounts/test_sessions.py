"""Sessions of staff: when they end, and what the database knows of them."""

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.base import UpdateError
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from releases.models import SessionStore, StaffSession, sessions
from tests.admin import AUTOSAVE_URL, admin_url, post_autosave
from tests.factories import PASSWORD, make_draft, make_user

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "another of one's own"


def get_cookie(client) -> str:
    return client.cookies[django_settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def clock(monkeypatch):
    """Return a function that moves the clock of sessions."""
    real, offset = timezone.now, [timedelta()]
    monkeypatch.setattr(sessions.timezone, "now", lambda: real() + offset[0])

    def move(**kwargs):
        offset[0] += timedelta(**kwargs)

    return move


def end_idle(clock, _user):
    clock(hours=2, seconds=1)


def end_absolute(clock, _user):
    clock(hours=12, seconds=1)


def end_by_password(_clock, user):
    user.set_password(NEW_PASSWORD)
    user.save()


def end_by_group(_clock, user):
    user.groups.set(Group.objects.filter(name="Writers"))


def end_by_group_of_the_other_side(_clock, user):
    Group.objects.get(name="Writers").user_set.add(user)


def end_by_role(_clock, user):
    user.set_role("manager")
    user.save()


def end_by_leaving(_clock, user):
    user.is_active = False
    user.save()
    user.is_active = True  # opened again: the old session stays ended
    user.save()


def end_everywhere(_clock, user):
    sessions.end_sessions(user.pk)


def end_everywhere_in_the_admin(_clock, user):
    client = Client()
    client.force_login(user)
    assert client.get("/admin/sign-out-everywhere/").status_code == 302  # does nothing
    assert client.get("/admin/").status_code == 200
    client.post("/admin/sign-out-everywhere/")
    assert client.get("/admin/").status_code == 302


def end_all(_clock, _user):
    sessions.end_sessions()


def end_by_command(_clock, user):
    call_command("staff_login", user.username)


ENDS = [
    end_idle,
    end_absolute,
    end_by_password,
    end_by_group,
    end_by_group_of_the_other_side,
    end_by_role,
    end_by_leaving,
    end_everywhere,
    end_everywhere_in_the_admin,
    end_all,
    end_by_command,
]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("where", ["page", "form", "autosave", "autosave token", "preview", "save"])
def test_session_is_over_on_every_page(client, clock, end, where):
    user, draft = make_user(), make_draft()
    client.force_login(user)
    requests = {
        "page": lambda: client.get("/admin/"),
        "form": lambda: client.get(admin_url(draft, "change")),
        "autosave": lambda: post_autosave(client, draft, summary="Stolen"),
        "autosave token": lambda: client.get(AUTOSAVE_URL),
        "preview": lambda: client.get(admin_url(draft, "preview")),
        "save": lambda: client.post(admin_url(draft, "change"), {"headline": "Stolen"}),
    }
    assert requests["page"]().status_code == 200
    end(clock, user)
    response = requests[where]()
    assert response.status_code in (302, 403)
    if response.status_code == 302:
        assert response["Location"].startswith("/admin/login/")
    draft.refresh_from_db()
    assert draft.headline != "Stolen"
    assert not hasattr(draft, "autosave")


def test_session_lasts_while_it_is_used_and_twelve_hours_at_most(client, clock):
    client.force_login(make_user())
    for _time in range(11):
        clock(hours=1)
        assert client.get("/admin/").status_code == 200
    clock(minutes=59)
    assert client.get("/admin/").status_code == 200
    clock(minutes=2)
    assert client.get("/admin/").status_code == 302


def test_open_form_alone_does_not_extend_the_session(client, clock):
    draft = make_draft()
    client.force_login(make_user())
    for _time in range(3):
        clock(minutes=30)
        assert client.get(admin_url(draft, "ping")).status_code == 200
        assert client.get(AUTOSAVE_URL).status_code == 200
    clock(minutes=31)
    assert client.get(admin_url(draft, "ping")).status_code == 302


def test_session_is_extended_once_per_minute_at_most(client, clock, django_assert_num_queries):
    client.force_login(make_user())
    url = "/admin/password_change/"
    before = StaffSession.objects.get().expire_date
    client.get(url)
    assert StaffSession.objects.get().expire_date == before
    clock(seconds=61)
    client.get(url)
    assert StaffSession.objects.get().expire_date - before >= timedelta(seconds=60)


def test_own_password_change_keeps_this_session_only(client):
    user, other = make_user(), Client()
    client.force_login(user)
    other.force_login(user)
    key = get_cookie(client)
    data = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    client.post("/admin/password_change/", data)
    assert client.get("/admin/").status_code == 200
    assert get_cookie(client) != key
    assert other.get("/admin/").status_code == 302
    assert StaffSession.objects.count() == 1


def test_sign_in_gives_a_new_key_and_deletes_ended_sessions(client, clock):
    make_user()
    Client().force_login(make_user("ben"))
    clock(hours=3)
    client.get("/admin/login/")
    client.cookies[django_settings.SESSION_COOKIE_NAME] = "planted0planted0planted0planted0"
    client.post("/admin/login/", {"username": "ana", "password": PASSWORD})
    assert "planted" not in get_cookie(client)
    assert [row.user.username for row in StaffSession.objects.all()] == ["ana"]


def test_sign_out_deletes_the_session(client):
    client.force_login(make_user())
    client.get("/admin/")
    client.post("/admin/logout/")
    assert not StaffSession.objects.exists()


def test_stolen_copy_of_the_database_signs_nobody_in(client):
    client.force_login(make_user())
    row = StaffSession.objects.get()
    key = get_cookie(client)
    assert key not in f"{row.session_key} {row.session_data} {row.get_decoded()}"
    for stolen in (row.session_key, row.session_key[:32], row.session_key[:40], row.session_data):
        thief = Client()
        thief.cookies[django_settings.SESSION_COOKIE_NAME] = stolen
        assert thief.get("/admin/").status_code == 302
    assert SessionStore(key).get("_auth_user_id")
    assert not SessionStore(row.session_key).get("_auth_user_id")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["logout", "sign-out-everywhere"])
def test_the_sign_in_page_keeps_the_language_of_who_signed_out(client, path):
    client.force_login(make_user(language="es"))
    response = client.post(f"/admin/{path}/")
    page = response.get("Location") or response.content.decode()
    assert "/admin/login/?language=es" in page


@pytest.mark.parametrize("is_outage", [True, False])
def test_outage_while_a_session_is_saved_is_not_taken_for_a_deleted_session(monkeypatch, is_outage):
    session = SessionStore()
    session.create()
    if not is_outage:
        StaffSession.objects.all().delete()
    error = OperationalError("server closed the connection")
    error.__cause__ = Exception("of the driver")

    def fail(*_args, **_kwargs):
        raise error

    if is_outage:
        monkeypatch.setattr(StaffSession, "save", fail)
    with pytest.raises(OperationalError if is_outage else UpdateError):
        session.save()

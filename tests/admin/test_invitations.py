"""The page on which an invited colleague chooses a password."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from releases.accounts.attempts import LIMITS
from releases.actions.accounts import close_account, find_invitation, renew_invitation
from releases.actions.newsroom_lock import lock_newsroom, unlock_newsroom
from releases.admin import invitations
from releases.models import Invitation, StaffSession, User
from tests.factories import PASSWORD, make_invited_user, make_user

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "seven green umbrellas"
PASSWORDS = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
NAMES = ("Rosa", "rosa.melgar", "rosa@example.org", "María", "maria")


@pytest.fixture
def rosa():
    return make_invited_user(first_name="Rosa", last_name="Melgar", email="rosa@example.org")


@pytest.fixture
def secret(rosa, manager) -> str:
    return renew_invitation(rosa, user=manager)


def get_url(secret: str) -> str:
    return f"/admin/invitation/{secret}/"


def has_joined() -> bool:
    return User.objects.get(username="rosa.melgar").has_usable_password()


def test_link_greets_the_person_and_accepts_a_password_once(client, secret):
    page = client.get(get_url(secret)).content.decode()
    assert "Hello Rosa Melgar. María Paz invites you" in page
    assert 'value="rosa.melgar" autocomplete="username"' in page
    assert page.count('autocomplete="new-password"') == 2
    response = client.post(get_url(secret), PASSWORDS)
    assert (response.status_code, response["Location"]) == (302, "/admin/account/")
    assert client.get("/admin/").wsgi_request.user.username == "rosa.melgar"
    assert "device" in client.cookies
    assert User.objects.get(username="rosa.melgar").check_password(NEW_PASSWORD)
    again = Client().post(get_url(secret), {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert again.status_code == 410
    assert User.objects.get(username="rosa.melgar").check_password(NEW_PASSWORD)
    sign_in = {"username": "rosa.melgar", "password": NEW_PASSWORD}
    assert Client().post("/admin/login/", sign_in).status_code == 302


@pytest.mark.parametrize("method", ["get", "head"])
def test_mail_scanner_changes_nothing(client, secret, method):
    for _time in range(3):
        assert getattr(client, method)(get_url(secret)).status_code == 200
    assert find_invitation(secret).is_valid()
    assert (has_joined(), StaffSession.objects.count(), len(client.cookies)) == (
        False,
        0,
        1,
    )  # the CSRF cookie


@pytest.mark.parametrize(
    ("passwords", "error"),
    [
        ({"new_password2": "another one entirely"}, "match"),
        ({"new_password1": "", "new_password2": ""}, "required"),
        ({"new_password1": "short", "new_password2": "short"}, "too short"),
        ({"new_password1": "short", "new_password2": "other"}, "too short"),
        ({"new_password1": "rosa.melgar.2026", "new_password2": "rosa.melgar.2026"}, "similar|mostly a name"),
    ],
)
def test_bad_password_is_refused_and_the_link_stays_valid(client, secret, passwords, error):
    page = client.post(get_url(secret), PASSWORDS | passwords)
    assert page.status_code == 200
    assert any(part in page.content.decode() for part in error.split("|"))
    assert not has_joined()
    assert client.post(get_url(secret), PASSWORDS).status_code == 302


def end_by_use(secret, _manager):
    Client().post(get_url(secret), PASSWORDS)


def end_by_time(_secret, _manager):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def end_by_renewal(secret, manager):
    renew_invitation(find_invitation(secret).user, user=manager)


def end_by_closing(secret, manager):
    close_account(find_invitation(secret).user, user=manager)


@pytest.mark.parametrize("end", [end_by_use, end_by_time, end_by_renewal, end_by_closing])
@pytest.mark.parametrize("method", ["get", "post"])
def test_ended_link_says_what_to_do_and_names_nobody(client, secret, manager, end, method):
    end(secret, manager)
    before = User.objects.get(username="rosa.melgar").password
    response = getattr(client, method)(get_url(secret), PASSWORDS if method == "post" else {})
    page = response.content.decode()
    assert response.status_code == 410
    assert "Otherwise ask the person who invited you for a new link." in page
    assert 'href="/admin/login/"' in page
    assert [name for name in NAMES if name in page] == []
    assert User.objects.get(username="rosa.melgar").password == before
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("method", ["get", "post"])
def test_unknown_link_names_nobody(client, secret, method):
    response = getattr(client, method)(get_url(f"{secret[:-1]}~"), PASSWORDS if method == "post" else {})
    page = response.content.decode()
    assert response.status_code == 404
    assert "There is no invitation with this link." in page
    assert [name for name in NAMES if name in page] == []
    assert not has_joined()


def test_second_of_two_presses_at_the_same_time_is_told_to_sign_in(client, secret, monkeypatch):
    """Both requests read the link before one of them is handled."""
    accept = invitations.accept_invitation

    def accept_second(invitation, **kwargs):
        accept(invitation, password=NEW_PASSWORD, language="en")
        return accept(invitation, **kwargs)

    monkeypatch.setattr(invitations, "accept_invitation", accept_second)
    response = client.post(get_url(secret), {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert response.status_code == 410
    assert "If you already chose a password, sign in." in response.content.decode()
    assert User.objects.get(username="rosa.melgar").check_password(NEW_PASSWORD)


@pytest.mark.parametrize("when", ["before", "between"])
def test_locked_newsroom_accepts_nobody_and_the_link_stays_valid(client, secret, manager, monkeypatch, when):
    lock_newsroom(manager, keeps_schedule=True)
    if when == "between":
        monkeypatch.setattr(invitations.NewsroomSettings, "find_lock", lambda: None)
        monkeypatch.setattr(invitations, "find_invitation_again", unpatch_lock(monkeypatch))
    response = client.post(get_url(secret), PASSWORDS)
    assert response.status_code == 403
    assert "Your link stays valid until" in response.content.decode()
    assert client.get(get_url(secret)).status_code == 403
    assert not has_joined()
    unlock_newsroom(manager)
    assert client.post(get_url(secret), PASSWORDS).status_code == 302


def unpatch_lock(monkeypatch):
    find_again = invitations.find_invitation_again

    def find_and_unpatch(invitation):
        monkeypatch.undo()
        return find_again(invitation)

    return find_and_unpatch


def test_someone_else_who_is_signed_in_is_named_and_signed_out(client, secret):
    client.force_login(make_user("ben", first_name="Ben", last_name="Ruiz"))
    page = client.get(get_url(secret)).content.decode()
    assert "In this browser, Ben Ruiz is signed in." in page
    assert "Go to the desk as Ben Ruiz" in page
    assert client.post(get_url(secret), PASSWORDS).status_code == 302
    assert [row.user.username for row in StaffSession.objects.all()] == ["rosa.melgar"]
    assert client.get("/admin/").wsgi_request.user.username == "rosa.melgar"


def test_guesses_from_one_source_are_limited(client, secret, settings):
    settings.TRUST_PROXY = True
    guesser, other = {"x-real-ip": "192.0.2.1"}, {"x-real-ip": "192.0.2.2"}
    for _time in range(3 * LIMITS["invitation"].maximum):
        client.get(get_url(secret), headers=guesser)  # a right secret doesn't count
    statuses = [
        client.get(get_url(f"wrong{number}"), headers=guesser).status_code
        for number in range(LIMITS["invitation"].maximum + 2)
    ]
    assert statuses == [404] * LIMITS["invitation"].maximum + [429] * 2
    refused = client.get(get_url("wrong"), headers=guesser)
    assert (refused.status_code, int(refused["Retry-After"]) > 0) == (429, True)
    assert client.get(get_url("wrong"), headers=other).status_code == 404
    assert client.get(get_url(secret), headers=guesser).status_code == 200  # a right one is no guess


def test_link_without_its_last_slash_works(client, secret):
    assert client.get(get_url(secret).rstrip("/"))["Location"] == get_url(secret)


def test_used_link_says_so_and_leads_a_signed_in_person_to_the_desk(client, secret):
    client.post(get_url(secret), PASSWORDS)
    page = client.get(get_url(secret)).content.decode()
    assert "This link was already used." in page
    assert "Go to the desk as Rosa Melgar" in page


@pytest.mark.parametrize("state", ["valid", "unknown", "expired", "redirect"])
def test_page_is_stored_and_indexed_nowhere(client, secret, state):
    if state == "expired":
        end_by_time(secret, None)
    url = get_url("x" if state == "unknown" else secret)
    response = client.post(url, PASSWORDS) if state == "redirect" else client.get(url)
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == ("strict-origin" if state == "valid" else "no-referrer")
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy


def test_form_of_another_site_is_refused(secret):
    client = Client(enforce_csrf_checks=True)
    assert client.post(get_url(secret), PASSWORDS).status_code == 403
    token = client.get(get_url(secret)).cookies["csrftoken"].value
    own = client.post(
        get_url(secret), PASSWORDS | {"csrfmiddlewaretoken": token}, headers={"origin": "http://testserver"}
    )
    assert own.status_code == 302


def test_other_methods_are_refused(client, secret):
    assert client.put(get_url(secret)).status_code == 405


def test_history_says_that_the_invitation_was_accepted(client, manager_client, secret, rosa):
    client.post(get_url(secret), PASSWORDS)
    page = manager_client.get(f"/admin/releases/user/{rosa.pk}/history/").content.decode()
    assert "Accepted the invitation." in page


@pytest.mark.parametrize(
    ("account_language", "query", "browser", "expected"),
    [
        ("", "", "en", "en"),
        ("", "", "es", "es"),
        ("", "?language=es", "en", "es"),
        ("es", "", "en", "es"),
        ("es", "?language=en", "es", "en"),
        ("es", "?language=fr", "en", "es"),
    ],
)
def test_language_of_the_page(client, secret, rosa, account_language, query, browser, expected):
    User.objects.filter(pk=rosa.pk).update(language=account_language)
    client.force_login(make_user("ben", language="en" if expected == "es" else "es"))
    client.logout()
    response = client.get(f"{get_url(secret)}{query}", headers={"accept-language": browser})
    assert response["Content-Language"] == expected
    assert f'<html lang="{expected}"' in response.content.decode()
    client.post(f"{get_url(secret)}{query}", PASSWORDS, headers={"accept-language": browser})
    assert User.objects.get(pk=rosa.pk).language == (account_language or expected)


def test_language_of_the_link_wins_over_that_of_someone_who_is_signed_in(client, secret):
    client.force_login(make_user("ben", language="en"))
    assert client.get(f"{get_url(secret)}?language=es")["Content-Language"] == "es"

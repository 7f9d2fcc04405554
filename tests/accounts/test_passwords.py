"""How passwords are hashed, which ones are refused, and when one-time passwords end."""

import re
import threading
import time
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, PBKDF2PasswordHasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from releases.accounts.passwords import (
    LimitedArgon2PasswordHasher,
    NameInPasswordValidator,
)
from releases.models import User, end_sessions
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


NEW = "seven quiet tortoises"


def post_password(client, old=PASSWORD, new=NEW, again=None):
    data = {"old_password": old, "new_password1": new, "new_password2": again or new}
    return client.post("/admin/password_change/", data)


def test_current_password_is_refused_as_the_new_one(client):
    client.force_login(make_user())
    assert "This is your current password" in post_password(client, new=PASSWORD).content.decode()


def test_wrong_old_password_tells_nothing_about_a_guess_in_the_other_field(client):
    client.force_login(make_user())
    pages = [post_password(client, "wrong", guess).content.decode() for guess in (PASSWORD, "short", NEW)]
    errors = [re.findall(r"errorlist.*?</ul>", page, re.DOTALL) for page in pages]
    assert errors[0] == errors[1] == errors[2]
    assert "old password was entered incorrectly" in str(errors[0])


def test_password_is_changed(client):
    user = make_user()
    client.force_login(user)
    assert post_password(client, again="another").status_code == 200
    assert post_password(client)["Location"] == "/admin/password_change/done/"
    user.refresh_from_db()
    assert user.check_password(NEW)


@pytest.fixture
def one_time_client(client):
    """Return a client that has just signed in with the one-time password PASSWORD."""
    user = make_user()
    user.set_temporary_password(PASSWORD)
    user.save()
    client.post("/admin/login/", {"username": user.username, "password": PASSWORD})
    return client


def test_one_time_password_is_not_asked_for_again_right_after_the_sign_in(one_time_client):
    page = one_time_client.get("/admin/", follow=True)
    assert page.request["PATH_INFO"] == "/admin/password_change/"
    assert "You signed in with a one-time password." in page.content.decode()
    assert "old_password" not in page.content.decode()
    key = one_time_client.session.session_key
    assert post_password(one_time_client, old="")["Location"] == "/admin/password_change/done/"
    assert one_time_client.session.session_key != key
    user = User.objects.get()
    assert user.check_password(NEW)
    assert not user.password_is_temporary
    assert 'name="old_password"' in one_time_client.get("/admin/password_change/").content.decode()


@pytest.mark.parametrize(
    ("new", "error"), [(PASSWORD, "This is your current password"), ("short", "too short")]
)
def test_one_time_password_is_replaced_by_a_new_and_good_one(one_time_client, new, error):
    assert error in post_password(one_time_client, old="", new=new).content.decode()
    assert User.objects.get().password_is_temporary


@pytest.mark.parametrize("reason", ["later", "other session", "own password"])
def test_password_is_asked_for_without_a_fresh_sign_in_with_a_one_time_password(
    one_time_client, monkeypatch, reason
):
    if reason == "later":
        real = timezone.now
        monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(minutes=11))
    elif reason == "other session":
        one_time_client.logout()
        one_time_client.force_login(User.objects.get())
    else:
        User.objects.update(password_is_temporary=False)
    page = one_time_client.get("/admin/password_change/").content.decode()
    assert ("One-time password:" in page) is (reason != "own password")
    assert 'name="old_password"' in page
    assert post_password(one_time_client, old="").status_code == 200
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize("change", ["closed", "demoted", "reset", "signed out"])
def test_own_password_change_undoes_no_change_of_a_manager(client, monkeypatch, change):
    """The account is changed while its old password is checked."""
    user = make_user(is_superuser=True)
    client.force_login(user)
    check = User.check_password

    def check_and_change(self, password):
        is_right = check(self, password)
        account = User.objects.get(pk=user.pk)
        account.is_active, account.is_superuser = change != "closed", change != "demoted"
        if change == "reset":
            account.set_temporary_password("one-time-only")
        account.save()
        if change == "signed out":
            end_sessions(user.pk)
        return is_right

    monkeypatch.setattr(User, "check_password", check_and_change)
    assert post_password(client).status_code == 302
    monkeypatch.undo()
    account = User.objects.get(pk=user.pk)
    assert (account.is_active, account.is_superuser) == (change != "closed", change != "demoted")
    assert account.password_is_temporary is (change == "reset")
    assert not account.check_password(NEW)
    assert client.get("/admin/").status_code == 302


# --- Hashes -------------------------------------------------------------------------------------------------

NEWSROOM_HASHERS = [
    "releases.accounts.passwords.LimitedArgon2PasswordHasher",
    "releases.accounts.passwords.LimitedPBKDF2PasswordHasher",
]


@pytest.fixture
def newsroom_hashers(settings):
    settings.PASSWORD_HASHERS = NEWSROOM_HASHERS


def test_settings_use_argon2_with_19_mib(newsroom_hashers):
    from carecen_news import settings as newsroom_settings

    assert newsroom_settings.PASSWORD_HASHERS == NEWSROOM_HASHERS
    assert make_password(PASSWORD).startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_old_hash_is_renewed_at_the_sign_in_and_stays_a_one_time_password(client, newsroom_hashers):
    user = make_user()
    user.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", 1000)
    user.password_is_temporary = True
    user.password_expires_at = timezone.now() + timedelta(hours=1)
    user.save()
    response = client.post("/admin/login/", {"username": user.username, "password": PASSWORD})
    assert response.status_code == 302
    user.refresh_from_db()
    assert user.password.startswith("argon2$")
    assert user.password_is_temporary
    assert client.get("/admin/")["Location"] == "/admin/password_change/"


def test_two_passwords_at_most_are_hashed_at_once(newsroom_hashers, monkeypatch):
    running, most = [], []

    def verify(_self, password, encoded):
        running.append(1)
        most.append(len(running))
        time.sleep(0.02)
        running.pop()
        return True

    monkeypatch.setattr(Argon2PasswordHasher, "verify", verify)
    hasher = LimitedArgon2PasswordHasher()
    threads = [threading.Thread(target=hasher.verify, args=(PASSWORD, "x")) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (len(most), max(most)) == (8, 2)


# --- Names in passwords -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "is_refused"),
    [
        ("rosa.melgar.2026", True),
        ("RosaMelgar!!!!", True),
        ("Melgár-Rosa-1983", True),
        ("rmelgar@2026!2026", True),
        ("carecen-2026-2026", True),
        ("CARECEN123456789!", True),
        ("Rosa1234567890", True),
        ("contraseña12345", True),
        ("newsroom-98765", True),
        ("melgar", True),
        ("rosa likes green mangoes", False),
        ("bananabread-sandwich", False),
        ("seven quiet tortoises", False),
        ("73628190-28377-1", False),
        ("ñandú y colibrí verde", False),
    ],
)
def test_password_made_of_names_is_refused(password, is_refused):
    user = User(username="rmelgar", first_name="Rosa", last_name="Melgar", email="rosa@example.org")
    if is_refused:
        with pytest.raises(ValidationError):
            NameInPasswordValidator().validate(password, user)
    else:
        NameInPasswordValidator().validate(password, user)


def test_validators_refuse_short_common_and_name_passwords():
    for password in ("short", "password1234", "ana-ana-ana-2026"):
        with pytest.raises(ValidationError):
            validate_password(password, make_user(password[:4]))


# --- One-time passwords -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hours", "works"), [(0, True), (23.9, True), (24.1, False), (1000, False)], ids=str)
def test_one_time_password_ends_after_24_hours(client, hours, works):
    user = make_user()
    user.set_temporary_password(PASSWORD)
    user.password_expires_at -= timedelta(hours=hours)
    user.save()
    response = client.post("/admin/login/", {"username": user.username, "password": PASSWORD})
    assert (response.status_code == 302) is works
    assert ("has expired" in response.content.decode()) is not works
    assert ("_auth_user_id" in client.session) is works


def test_own_password_never_ends(client):
    user = make_user()
    user.set_temporary_password(PASSWORD)
    user.save()
    client.force_login(user)
    new = "seven quiet tortoises"
    client.post(
        "/admin/password_change/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    )
    user.refresh_from_db()
    assert (user.password_is_temporary, user.password_expires_at) == (False, None)
    assert user.check_password(new)

"""“My account”: setting up and removing second factors, the grace period, and sessions."""

import re
import time
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from releases.accounts import authenticator_apps, recovery_codes
from releases.actions.accounts import close_account
from releases.models import (
    AuthenticatorApp,
    Passkey,
    RecoveryCode,
    Release,
    User,
    sessions,
)
from releases.models.second_factors import GRACE_PERIOD, has_second_factor, reset_second_factors
from tests.accounts import (
    ACCOUNT_URL,
    APP_URL,
    add_passkey,
    enter_code,
    enter_password,
    is_signed_in,
    local_client,
    read_setup,
    set_up_app,
)
from tests.accounts.test_prompts import answer
from tests.admin import RELEASE_ADD_URL, form_data
from tests.factories import PASSWORD, make_release, make_user
from tests.passkeys import Device

pytestmark = pytest.mark.django_db

CODES_URL = f"{ACCOUNT_URL}recovery-codes/"


@pytest.fixture
def own_client(db):
    client = local_client()
    client.force_login(make_user())
    return client


@pytest.fixture
def with_https(settings):
    """Let the roles need a second factor, as they do if SITE_URL is https."""
    settings.HTTPS = True


# --- Setting up ---------------------------------------------------------------------------------------------


def test_app_is_set_up_with_its_first_code(own_client):
    page = own_client.get(APP_URL)
    setup = read_setup(page)
    assert "<svg" in page.content.decode()
    assert "style=" not in page.content.decode()
    assert parse_qs(urlsplit(setup["uri"]).query)["secret"] == [setup["key"]]
    code = pyotp.TOTP(setup["key"]).now()
    done = own_client.post(APP_URL, {"setup": setup["setup"], "code": code})
    codes = re.findall(r"<code>([\w-]+)</code>", done.content.decode())
    assert len(codes) == recovery_codes.COUNT
    assert "no-store" in done["Cache-Control"]
    assert [entry.change_message for entry in LogEntry.objects.order_by("pk")] == [
        "Set up an authenticator app.",
        "Created recovery codes.",
    ]
    client = Client()
    assert enter_code(client, enter_password(client), code).status_code == 200  # used to set up
    assert enter_code(client, enter_password(client), codes[0], "recovery_code").status_code == 302


def test_wrong_code_keeps_the_key(own_client):
    setup = read_setup(own_client.get(APP_URL))
    again = read_setup(own_client.post(APP_URL, {"setup": setup["setup"], "code": "000000"}))
    assert again["key"] == setup["key"]
    assert not AuthenticatorApp.objects.exists()


@pytest.mark.parametrize("setup", ["", "x", "gAAAAA" * 20])
def test_forged_setup_gets_a_new_key(own_client, setup):
    assert own_client.post(APP_URL, {"setup": setup, "code": "123456"}).status_code in (200, 302)
    assert not AuthenticatorApp.objects.exists()


def test_stored_secret_cannot_be_shown_as_a_setup(own_client):
    key = set_up_app(own_client)
    stored = AuthenticatorApp.objects.get().encrypted_secret
    page = own_client.post(APP_URL, {"setup": stored, "code": ""})
    assert read_setup(page)["key"] != key


def test_new_app_replaces_the_old_one(own_client):
    first, second = set_up_app(own_client), set_up_app(own_client)
    app = AuthenticatorApp.objects.get()
    assert authenticator_apps._decrypt(app.encrypted_secret) == second != first


def test_new_recovery_codes_replace_the_old_ones(own_client):
    assert own_client.post(CODES_URL)["Location"] == ACCOUNT_URL  # no use without a second factor
    set_up_app(own_client)
    old = set(RecoveryCode.objects.values_list("digest", flat=True))
    assert own_client.get(CODES_URL).status_code == 200
    own_client.post(CODES_URL)
    assert not old & set(RecoveryCode.objects.values_list("digest", flat=True))
    assert RecoveryCode.objects.count() == recovery_codes.COUNT


@pytest.mark.parametrize("page", ["passkeys/add/", "app/", "recovery-codes/", "app/remove/"])
def test_pages_of_second_factors_need_a_fresh_sign_in(own_client, monkeypatch, page):
    set_up_app(own_client)
    real = timezone.now
    monkeypatch.setattr(sessions.timezone, "now", lambda: real() + timedelta(minutes=10, seconds=1))
    assert "password-prompt" in own_client.get(f"{ACCOUNT_URL}{page}").content.decode()
    assert own_client.get(ACCOUNT_URL).status_code == 200


# --- Removing -----------------------------------------------------------------------------------------------


def test_factors_are_removed_one_by_one_and_the_codes_with_the_last(own_client):
    add_passkey(own_client, Device())
    set_up_app(own_client)
    assert own_client.get(f"{ACCOUNT_URL}app/remove/").status_code == 200
    assert AuthenticatorApp.objects.exists()
    own_client.post(f"{ACCOUNT_URL}app/remove/")
    assert RecoveryCode.objects.exists()
    own_client.post(f"{ACCOUNT_URL}passkeys/{Passkey.objects.get().pk}/remove/")
    assert not has_second_factor(User.objects.get())
    assert not RecoveryCode.objects.exists()
    assert is_signed_in(own_client)


def test_factor_of_someone_else_cannot_be_removed(own_client):
    rosa = Passkey.objects.create(user=make_user("rosa"), name="Key", credential_id="a", credential_data="a")
    for url in (f"{ACCOUNT_URL}passkeys/{rosa.pk}/remove/", f"{ACCOUNT_URL}app/remove/"):
        assert own_client.post(url).status_code == 404
    assert Passkey.objects.exists()


def test_last_factor_of_a_role_that_needs_one_stays(own_client, with_https):
    user = User.objects.get()
    user.set_role("publisher")
    user.save()
    AuthenticatorApp.objects.create(user=user, encrypted_secret="x")
    client = Client()
    client.force_login(user)
    response = client.post(f"{ACCOUNT_URL}app/remove/", secure=True, follow=True)
    assert "Your role needs a second step" in response.content.decode()
    assert AuthenticatorApp.objects.exists()


# --- Required by role ---------------------------------------------------------------------------------------


def sign_in_securely(user) -> Client:
    client = Client()
    client.post("/admin/login/", {"username": user.username, "password": PASSWORD}, secure=True)
    return client


@pytest.mark.parametrize(
    ("role", "is_https", "is_required"),
    [
        ("writer", True, False),
        ("publisher", True, True),
        ("manager", True, True),
        ("", True, False),
        ("publisher", False, False),
        ("manager", False, False),
    ],
)
def test_grace_period_begins_with_the_first_sign_in(settings, role, is_https, is_required):
    settings.HTTPS = is_https
    user = make_user("petra", "")
    user.set_role(role)
    user.save()
    client = sign_in_securely(user)
    user.refresh_from_db()
    assert (user.second_factor_due_at is not None) == is_required
    page = client.get(ACCOUNT_URL, secure=True).content.decode()
    assert ("your role needs two-step verification" in page) == is_required
    if is_required:
        assert abs(user.second_factor_due_at - timezone.now() - GRACE_PERIOD) < timedelta(minutes=1)
        dashboard = client.get("/admin/", secure=True).content.decode()
        assert "1\xa0week, 6\xa0days" in unescape(dashboard) or "2\xa0weeks" in unescape(dashboard)
        first = user.second_factor_due_at
        sign_in_securely(user)
        user.refresh_from_db()
        assert user.second_factor_due_at == first


def test_second_factor_is_offered_to_writers(client):
    user = make_user("walter", "Writers")
    client.force_login(user)
    assert "Two-step verification is off" in client.get("/admin/").content.decode()
    AuthenticatorApp.objects.create(user=user, encrypted_secret="x")
    assert "Two-step verification is off" not in client.get("/admin/").content.decode()


@pytest.fixture
def overdue(with_https):
    """Return a publisher whose grace period has ended."""
    petra = make_user("petra", "Publishers")
    petra.second_factor_due_at = timezone.now() - timedelta(seconds=1)
    petra.save()
    return petra


def test_after_the_grace_period_only_the_own_account_opens(overdue):
    client = sign_in_securely(overdue)
    assert client.get("/admin/", secure=True)["Location"] == ACCOUNT_URL
    assert client.get("/admin/releases/release/", secure=True)["Location"] == ACCOUNT_URL
    page = client.get(ACCOUNT_URL, secure=True)
    assert "Your role needs a second step" in page.content.decode()
    for url in (APP_URL, "/admin/help/", "/admin/password_change/"):
        assert client.get(url, secure=True).status_code == 200
    setup = read_setup(client.get(APP_URL, secure=True))
    code = pyotp.TOTP(setup["key"]).now()
    client.post(APP_URL, {"setup": setup["setup"], "code": code}, secure=True)
    assert client.get("/admin/", secure=True).status_code == 200


def test_text_is_kept_until_a_second_factor_is_set_up(overdue):
    client = Client(headers={"x-forwarded-proto": "https"})
    client.force_login(overdue)
    prompt = client.post(RELEASE_ADD_URL, form_data(Release(), summary="Two & three."))
    assert prompt.status_code == 403
    assert "Two &amp; three." in prompt.content.decode()
    set_up_app(client)
    assert answer(client, RELEASE_ADD_URL, prompt).status_code == 302
    assert Release.objects.get().summary == "Two & three."


def test_role_that_no_longer_needs_it_ends_the_grace_period(overdue):
    overdue.set_role("writer")
    overdue.save()
    client = sign_in_securely(overdue)
    assert client.get("/admin/", secure=True).status_code == 200
    overdue.refresh_from_db()
    assert overdue.second_factor_due_at is None


def test_release_can_be_taken_down_before_a_second_factor_is_set_up(overdue):
    release, client = make_release(), sign_in_securely(overdue)
    client.post(f"/admin/releases/release/{release.pk}/take-down/", secure=True)
    release.refresh_from_db()
    assert release.withdrawn_at is not None


def test_overdue_autosave_says_why_it_is_refused(overdue):
    client = sign_in_securely(overdue)
    url = "/admin/releases/release/autosave/"
    response = client.post(url, {"headline": "A"}, headers={"accept": "application/json"}, secure=True)
    assert response.status_code == 403
    assert response.json()["error"].startswith("Set up two-step verification first")


# --- Reset --------------------------------------------------------------------------------------------------


def lose_everything(user) -> Client:
    """Give the account every factor, and return a client that is signed in to it."""
    Passkey.objects.create(user=user, name="Key", credential_id="a", credential_data="a")
    AuthenticatorApp.objects.create(user=user, encrypted_secret="x")
    recovery_codes.replace_codes(user)
    client = Client()
    client.force_login(user)
    return client


def test_manager_resets_the_factors_of_someone_else(client):
    rosa, maria = make_user("rosa", "Writers"), make_user("maria", "", is_superuser=True)
    rosa_client = lose_everything(rosa)
    client.force_login(maria)
    url = f"/admin/releases/user/{rosa.pk}/second-factor/"
    assert client.get(url).status_code == 200
    assert has_second_factor(rosa)
    assert client.post(url).status_code == 302
    assert not has_second_factor(rosa)
    assert not rosa.recovery_codes.exists()
    assert not is_signed_in(rosa_client)
    assert enter_password(rosa_client, "rosa").status_code == 302
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (maria, str(rosa.pk))
    User.objects.update(language="es")
    history = client.get(f"/admin/releases/user/{rosa.pk}/history/").content.decode()
    assert "Se restableció la verificación en dos pasos." in history


def test_nobody_resets_their_own_factors_without_them(client):
    maria = make_user("maria", "", is_superuser=True)
    client = lose_everything(maria)
    response = client.post(f"/admin/releases/user/{maria.pk}/second-factor/")
    assert response["Location"] == ACCOUNT_URL
    assert has_second_factor(maria)


def test_reset_account_sets_up_a_new_factor_at_once(client, with_https):
    petra = make_user("petra", "Publishers")
    lose_everything(petra)
    client.force_login(make_user("maria", "", is_superuser=True))
    client.post(f"/admin/releases/user/{petra.pk}/second-factor/", secure=True)
    assert sign_in_securely(petra).get("/admin/", secure=True)["Location"] == ACCOUNT_URL


def test_command_resets_the_factors(capsys):
    rosa = make_user("rosa")
    rosa_client = lose_everything(rosa)
    call_command("staff_login", "rosa")
    assert "--reset-second-factor" in capsys.readouterr().out
    assert has_second_factor(rosa)
    call_command("staff_login", "rosa", reset_second_factor=True)
    assert not has_second_factor(rosa)
    assert not is_signed_in(rosa_client)
    assert "server administrator" in LogEntry.objects.get().change_message


@pytest.mark.parametrize("action", ["close", "reset"])
def test_factor_is_refused_if_the_account_is_closed_or_reset_meanwhile(own_client, action, monkeypatch):
    """The other action comes between the first check of the session and the change."""
    setup, user = read_setup(own_client.get(APP_URL)), User.objects.get()
    code, access_has_changed = pyotp.TOTP(setup["key"]).now(), User.access_has_changed

    def act_first(self):
        if action == "close":
            close_account(User.objects.get(), user=make_user("maria", "", is_superuser=True))
        else:
            reset_second_factors(User.objects.get())
        return access_has_changed(self)

    monkeypatch.setattr(User, "access_has_changed", act_first)
    own_client.post(APP_URL, {"setup": setup["setup"], "code": code})
    assert not has_second_factor(user)
    assert not is_signed_in(own_client)


def test_sign_in_is_refused_if_the_factors_are_reset_meanwhile(own_client, monkeypatch):
    key, client = set_up_app(own_client), Client()
    page, access_has_changed = enter_password(client), User.access_has_changed

    def reset_first(self):
        reset_second_factors(User.objects.get())
        return access_has_changed(self)

    monkeypatch.setattr(User, "access_has_changed", reset_first)
    enter_code(client, page, pyotp.TOTP(key).generate_otp(int(time.time()) // 30 + 1))
    assert not is_signed_in(client)


def test_second_step_after_a_reset_asks_for_the_password(client):
    rosa = make_user()
    lose_everything(rosa)
    page = enter_password(client)
    reset_second_factors(rosa)
    page = enter_code(client, page, "123456")
    assert "Your two-step verification was reset" in page.content.decode()
    assert 'name="password"' in page.content.decode()

"""The second step of signing in: codes of an app, recovery codes, limits, and what the first step leaves."""

import time

import pyotp
import pytest
from django.core import signing
from django.db import connection
from django.test import Client

from releases.accounts import authenticator_apps, recovery_codes
from releases.accounts.attempts import LIMITS
from releases.accounts.failures import get_recent_counts
from releases.actions.newsroom_lock import lock_newsroom
from releases.models import AuthenticatorApp, RecoveryCode, Release, StaffSession, User
from releases.models.second_factors import reset_second_factors
from tests.accounts import LOGIN_URL, enter_code, enter_password, is_signed_in, read_token
from tests.accounts.test_prompts import answer
from tests.admin import RELEASE_ADD_URL, form_data
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOW = 1_900_000_000  # seconds since 1970


def make_code(periods: int = 0) -> str:
    """Return the code that an app shows `periods` periods of 30 seconds from now."""
    return pyotp.TOTP(SECRET).generate_otp(int(time.time()) // 30 + periods)


@pytest.fixture(autouse=True)
def fixed_time(monkeypatch):
    monkeypatch.setattr(authenticator_apps.time, "time", lambda: NOW)


@pytest.fixture
def ana():
    """Return an account with an authenticator app."""
    ana = make_user()
    AuthenticatorApp.objects.create(user=ana, encrypted_secret=authenticator_apps._encrypt(SECRET))
    return ana


def test_password_alone_signs_nobody_in(client, ana):
    page = enter_password(client)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert not StaffSession.objects.exists()
    assert "sessionid" not in client.cookies
    assert "device" not in client.cookies
    ana.refresh_from_db()
    assert ana.last_login is None


def test_code_of_the_app_signs_in_once(client, ana):
    response = client.post(
        LOGIN_URL,
        read_token(enter_password(client)) | {"second_step-code": make_code(), "next": "/admin/help/"},
    )
    assert response["Location"] == "/admin/help/"
    assert is_signed_in(client)
    other = Client()
    page = enter_code(other, enter_password(other), make_code())
    assert "was used before" in page.content.decode()
    assert not is_signed_in(other)


@pytest.mark.parametrize(
    ("periods", "is_accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_clock_of_the_phone_may_differ_by_a_period(client, ana, periods, is_accepted):
    enter_code(client, enter_password(client), make_code(periods))
    assert is_signed_in(client) == is_accepted


def test_code_before_the_last_one_is_refused(client, ana):
    enter_code(client, enter_password(client), make_code(1))
    other = Client()
    enter_code(other, enter_password(other), make_code())
    assert not is_signed_in(other)


@pytest.mark.parametrize("code", ["", "000000", "abc", "١٢٣٤٥٦", "1" * 20, "x" * 21, "12345", "' OR 1=1"])
def test_wrong_code_is_refused_in_words(client, ana, code):
    page = enter_code(client, enter_password(client), code)
    assert page.status_code == 200
    assert 'role="alert">' in page.content.decode()
    assert not is_signed_in(client)
    assert enter_code(client, page, f" {make_code()[:3]} {make_code()[3:]} ").status_code == 302


def test_wrong_codes_are_limited_and_counted(client, ana):
    limit = LIMITS["app code"].maximum
    page = enter_password(client)
    statuses = [enter_code(client, page, "000000").status_code for _time in range(limit + 1)]
    assert statuses == [200] * limit + [429]
    refused = enter_code(client, page, make_code())
    assert refused.status_code == 429
    assert "recovery code" in refused.content.decode()
    assert [(row["user"], row["count"]) for row in get_recent_counts()] == [(ana, limit)]
    code = recovery_codes.replace_codes(ana)[0]
    assert enter_code(client, page, code, "recovery_code").status_code == 302


def test_guesses_elsewhere_do_not_keep_a_known_device_out(client, ana):
    enter_code(client, enter_password(client), make_code(-1))
    client.post("/admin/logout/")
    stranger = Client()
    page = enter_password(stranger)
    for _time in range(LIMITS["app code"].maximum + 1):
        enter_code(stranger, page, "000000")
    assert enter_code(client, enter_password(client), make_code()).status_code == 302


def test_recovery_code_signs_in_once_and_says_how_many_are_left(client, ana):
    codes = recovery_codes.replace_codes(ana)
    enter_code(client, enter_password(client), codes[3].upper().replace("-", " "), "recovery_code")
    assert "You have 9 left" in client.get("/admin/").content.decode()
    other = Client()
    page = enter_code(other, enter_password(other), codes[3], "recovery_code")
    assert "was used before" in page.content.decode()
    assert RecoveryCode.objects.count() == 9


def test_recovery_codes_belong_to_one_account(client, ana):
    rosa = make_user("rosa")
    code = recovery_codes.replace_codes(rosa)[0]
    recovery_codes.replace_codes(ana)
    enter_code(client, enter_password(client), code, "recovery_code")
    assert not is_signed_in(client)


def test_recovery_codes_are_stored_as_digests_and_differ(ana):
    codes = recovery_codes.replace_codes(ana)
    assert len(set(codes)) == recovery_codes.COUNT
    stored = str(list(RecoveryCode.objects.values_list("digest", flat=True)))
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)


def test_secret_of_the_app_is_encrypted_in_the_database(ana):
    with connection.cursor() as cursor:
        cursor.execute("SELECT encrypted_secret FROM releases_authenticatorapp")
        stored = str(cursor.fetchall())
    assert SECRET not in stored
    assert AuthenticatorApp.objects.get().encrypted_secret in stored


def test_another_secret_key_makes_the_app_useless_but_not_the_recovery_codes(client, ana, settings):
    codes = recovery_codes.replace_codes(ana)
    settings.SECRET_KEY = "another key, long enough for every check 0123456789 0123456789"
    page = enter_code(client, enter_password(client), make_code())
    assert "can no longer check the codes of your app" in page.content.decode()
    assert enter_code(client, page, codes[0], "recovery_code").status_code == 302


def forge(token: str, **_changes) -> str:
    return token[:-1] + ("a" if token[-1] != "a" else "b")


def test_forged_first_step_is_refused(client, ana):
    token = read_token(enter_password(client))["second_step-token"]
    data = {"second_step-token": forge(token), "second_step-code": make_code()}
    assert "took too long" in client.post(LOGIN_URL, data).content.decode()
    assert not is_signed_in(client)


@pytest.mark.parametrize("value", ["", "x", "a:b:c", None])
def test_malformed_first_step_is_refused(client, ana, value):
    if value is None:
        value = signing.dumps({"user": ana.pk, "password": ""}, salt="for something else")
    page = client.post(LOGIN_URL, {"second_step-token": value, "second_step-code": make_code()})
    assert "took too long" in page.content.decode()


def test_first_step_expires(client, ana, monkeypatch):
    page = enter_password(client)
    monkeypatch.setattr(signing.time, "time", lambda: NOW + 601)
    assert "took too long" in enter_code(client, page, make_code()).content.decode()


@pytest.mark.parametrize("change", ["password", "closed", "locked", "reset"])
def test_change_of_the_account_between_the_steps_counts(client, ana, change):
    page = enter_password(client)
    if change == "password":
        ana.set_password("something new")
        ana.save()
    elif change == "closed":
        ana.is_active = False
        ana.save()
    elif change == "locked":
        lock_newsroom(None, keeps_schedule=True)
    else:
        reset_second_factors(ana)
    enter_code(client, page, make_code())
    assert not is_signed_in(client)


def test_first_step_of_another_account_needs_the_factors_of_that_account(client, ana):
    make_user("rosa")
    rosa_app = AuthenticatorApp.objects.create(user=make_user("luz"), encrypted_secret="x")
    page = enter_password(client, "luz")
    assert rosa_app.user.username in page.content.decode()
    enter_code(client, page, make_code())
    assert not is_signed_in(client)


def test_form_of_someone_signed_out_is_saved_after_both_steps(client, ana):
    data = form_data(Release(), headline="A ruling", summary="Two & three.")
    prompt = client.post(RELEASE_ADD_URL, data)
    second = answer(client, RELEASE_ADD_URL, prompt, sign_in__username="ana", sign_in__password=PASSWORD)
    assert second.status_code == 403
    wrong = answer(client, RELEASE_ADD_URL, second, second_step__code="000000")
    assert "Two &amp; three." in wrong.content.decode()
    assert PASSWORD not in wrong.content.decode()
    assert answer(client, RELEASE_ADD_URL, wrong, second_step__code=make_code()).status_code == 302
    assert Release.objects.get().summary == "Two & three."


@pytest.mark.parametrize(
    ("typed", "is_accepted"),
    [
        ("ana@example.org", True),
        ("ANA@EXAMPLE.ORG", True),
        ("two@example.org", False),
        ("x@example.org", False),
    ],
)
def test_email_of_one_account_is_accepted_as_its_name(client, typed, is_accepted):
    make_user(email="ana@example.org")
    for name in ("rosa", "luz"):
        make_user(name, email="two@example.org")
    enter_password(client, typed)
    assert is_signed_in(client) == is_accepted


def test_refused_email_does_not_tell_whose_it_is(client):
    """The limits of new devices are for what was typed, known or not."""
    make_user(email="ana@example.org")
    for _time in range(LIMITS["account and source"].maximum):
        enter_password(client, "ana", "wrong")
    typed = ["ana", "ana@example.org", "nobody@example.org"]
    assert [enter_password(client, name, "wrong").status_code for name in typed] == [429, 200, 200]


@pytest.mark.parametrize("typed", ["ANA", "Ana", " ana "])
def test_name_is_accepted_in_another_case(client, typed):
    make_user()
    enter_password(client, typed)
    assert is_signed_in(client)


def test_name_that_two_accounts_have_in_different_case_must_be_exact(client):
    make_user()
    User.objects.bulk_create([User(username="ANA", password="!", is_staff=True)])
    enter_password(client, "Ana")
    assert not is_signed_in(client)
    enter_password(client)
    assert is_signed_in(client)


def test_guesses_from_many_known_devices_are_limited_together(ana):
    """Someone who knew the password before the app was set up may have many of them."""
    AuthenticatorApp.objects.all().delete()
    clients = [Client() for _number in range(3)]
    for client in clients:
        enter_password(client)
    AuthenticatorApp.objects.create(user=ana, encrypted_secret=authenticator_apps._encrypt(SECRET))
    StaffSession.objects.all().delete()
    statuses = []
    for client in clients:
        page = enter_password(client)
        statuses += [enter_code(client, page, "000000").status_code for _time in range(10)]
    assert statuses.count(200) == LIMITS["app codes on known devices"].maximum


def test_recovery_code_works_in_the_field_of_the_app_and_after_many_guesses(client, ana):
    code = recovery_codes.replace_codes(ana)[0]
    stranger = Client()
    page = enter_password(stranger)
    for _time in range(30):
        enter_code(stranger, page, "wrong", "recovery_code")
        enter_code(stranger, page, "000000")
    enter_code(client, enter_password(client), code)
    assert is_signed_in(client)


def test_notice_is_shown_in_the_middle_of_work(client, ana, monkeypatch):
    data = form_data(Release(), headline="A ruling", summary="Two & three.")
    prompt = client.post(RELEASE_ADD_URL, data)
    second = answer(client, RELEASE_ADD_URL, prompt, sign_in__username="ana", sign_in__password=PASSWORD)
    monkeypatch.setattr(signing.time, "time", lambda: NOW + 601)
    late = answer(client, RELEASE_ADD_URL, second, second_step__code=make_code())
    assert "took too long" in late.content.decode()
    assert "Two &amp; three." in late.content.decode()

"""Limits of attempts, in each cache that can count them, and the sign-in form that uses them."""

import re
import threading
import time
from contextlib import suppress
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import hashers
from django.core.cache import caches
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from releases.accounts import attempts
from releases.accounts.attempts import LIMITS, TooManyAttempts
from releases.accounts.devices import make_link_query
from releases.actions.preview_links import create_preview_link
from releases.models import CachedAttempt, PreviewLink
from tests.accounts import post_sign_in
from tests.factories import PASSWORD, make_draft, make_user

pytestmark = pytest.mark.django_db

DATABASE_CACHE = {
    "BACKEND": "django.core.cache.backends.db.DatabaseCache",
    "LOCATION": "releases_cached_attempt",
}


@pytest.fixture(params=["memory", "database"])
def counting_cache(request, settings):
    if request.param == "database":
        settings.CACHES = settings.CACHES | {"attempts": DATABASE_CACHE}
    caches["attempts"].clear()
    return request.param


@pytest.fixture
def count_hashes(monkeypatch):
    """Return a list that grows with each password that is hashed."""
    hashed: list[str] = []
    hasher = type(hashers.get_hasher())
    encode = hasher.encode

    def count(self, password, salt):
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(hasher, "encode", count)
    return hashed


# --- The slots ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", LIMITS)
def test_limit_refuses_further_attempts_until_the_oldest_is_over(counting_cache, limit, monkeypatch):
    maximum, seconds = LIMITS[limit]
    for _time in range(maximum):
        attempts.check((limit, "x"))
        attempts.take((limit, "x"))
    for refuse in (attempts.check, attempts.take):
        with pytest.raises(TooManyAttempts) as refusal:
            refuse((limit, "x"))
        assert seconds - 5 < refusal.value.seconds <= seconds + 1
    attempts.take((limit, "y"))
    attempts.free((limit, "x"))
    attempts.take((limit, "x"))


def test_refused_attempt_takes_no_slot_of_the_other_limits(counting_cache):
    for _time in range(LIMITS["account"].maximum):
        attempts.take(("account", "ana"))
    for _time in range(50):
        with pytest.raises(TooManyAttempts):
            attempts.take(("new devices", ""), ("account", "ana"))
    assert len(attempts.take(("new devices", ""))) == 1
    for _time in range(LIMITS["new devices"].maximum - 1):
        attempts.take(("new devices", ""))


def test_attempts_at_the_same_moment_share_the_slots():
    granted, barrier = [], threading.Barrier(16)

    def attempt():
        barrier.wait()
        with suppress(TooManyAttempts):
            granted.extend(attempts.take(("device", "ana")))

    threads = [threading.Thread(target=attempt) for _number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(set(granted)) == len(granted) == LIMITS["device"].maximum


# --- Sources ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ("203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        (" 203.0.113.7", "203.0.113.7", True),
    ],
)
def test_source_is_a_digest_of_an_ipv4_address_or_of_64_bits(first, second, is_same):
    assert (attempts.hash_source(first) == attempts.hash_source(second)) is is_same
    assert "203" not in attempts.hash_source(first)[:3]
    assert len(attempts.hash_source(first)) == 64


@pytest.mark.parametrize("address", ["", "unknown", "203.0.113.7, 10.0.0.1", "203.0.113.256", "a" * 5000])
def test_header_without_an_address_has_no_source(address):
    assert attempts.hash_source(address) == ""


def test_digest_of_a_source_changes_every_day(monkeypatch):
    today = attempts.hash_source("203.0.113.7")
    now = timezone.now()
    monkeypatch.setattr(attempts.timezone, "now", lambda: now + timedelta(days=1))
    assert attempts.hash_source("203.0.113.7") != today


@pytest.mark.parametrize(("trusts_proxy", "is_refused"), [(True, True), (False, False)])
def test_source_is_read_only_behind_a_proxy(client, settings, trusts_proxy, is_refused):
    settings.TRUST_PROXY = trusts_proxy
    for number in range(LIMITS["source"].maximum):
        caches["attempts"].delete_many(attempts._name_slots(("new devices", "")))
        assert post_sign_in(client, f"name{number}", source="203.0.113.7").status_code == 200
    caches["attempts"].delete_many(attempts._name_slots(("new devices", "")))
    assert (post_sign_in(client, "another", source="203.0.113.7").status_code == 429) is is_refused
    assert post_sign_in(client, "another", source="203.0.113.8").status_code == 200


def test_address_of_a_reader_is_never_hashed(client, settings, monkeypatch):
    settings.TRUST_PROXY = True
    monkeypatch.setattr("releases.middleware.hash_source", lambda _address: pytest.fail("hashed"))
    for url in ("/", "/search/?q=asylum", "/health/", "/es/"):
        response = client.get(url, headers={"x-real-ip": "203.0.113.7"})
        assert "X-Real-IP" not in response.wsgi_request.headers


def test_address_of_staff_is_not_kept_in_the_request(client, settings):
    settings.TRUST_PROXY = True
    request = post_sign_in(client, source="203.0.113.7").wsgi_request
    assert "203.0.113.7" not in f"{request.META} {dict(request.headers)} {vars(request)}"
    assert len(request.source) == 64


# --- Signing in ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("username", ["ana", "nobody-has-this-name", "ANA", " ana "])
def test_guesses_are_refused_before_a_password_is_hashed(client, counting_cache, count_hashes, username):
    make_user()
    count_hashes.clear()
    pages = [post_sign_in(client, username) for _time in range(30)]
    maximum = LIMITS["account and source"].maximum
    assert [page.status_code for page in pages] == [200] * maximum + [429] * (30 - maximum)
    assert len(count_hashes) == maximum
    assert "Try again in 5 minutes" in pages[-1].content.decode()
    assert "device on which you have signed in before" in pages[-1].content.decode()


def test_known_and_unknown_names_get_the_same_page_for_the_same_work(client, count_hashes):
    make_user()
    make_user("closed", is_active=False)
    work = {}
    for username in ("ana", "closed", "nobody"):
        count_hashes.clear()
        page = post_sign_in(Client(), username).content.decode()
        error = page[page.index("errornote") : page.index("login-form")]
        work[username] = (len(count_hashes), error)
    assert len(set(work.values())) == 1
    assert work["ana"][0] == 1


def test_owner_signs_in_on_a_known_device_during_an_attack(client, settings):
    make_user()
    assert post_sign_in(client, password=PASSWORD).status_code == 302
    client.post("/admin/logout/")
    attacker = Client()
    for _time in range(20):
        post_sign_in(attacker)
    assert post_sign_in(Client(), password=PASSWORD).status_code == 429
    assert post_sign_in(client, password=PASSWORD).status_code == 302


@pytest.mark.parametrize("change", ["other account", "forged", "expired"])
def test_device_counts_as_known_for_its_own_accounts_only(client, change, monkeypatch):
    make_user()
    make_user("ben")
    post_sign_in(client, password=PASSWORD)
    client.post("/admin/logout/")
    if change == "forged":
        client.cookies[django_settings.DEVICE_COOKIE_NAME] = "x:y:z"
    if change == "expired":
        monkeypatch.setattr("releases.accounts.devices.MAX_AGE", -1)
    username = "ben" if change == "other account" else "ana"
    for _time in range(20):
        post_sign_in(Client(), username)
    assert post_sign_in(client, username, PASSWORD).status_code == 429


def test_link_of_the_server_administrator_lets_a_new_device_sign_in(client, capsys):
    make_user()
    for _time in range(20):
        post_sign_in(Client())
    call_command("staff_login", "ana")
    output = capsys.readouterr().out
    password = re.search(r"with (\S+)", output)[1]
    link = re.search(r"/admin/login/\?device=\S+", output)[0]
    assert post_sign_in(client, password=password).status_code == 429
    assert client.get(link)["Location"] == "/admin/login/"
    assert post_sign_in(client, password=password).status_code == 302


@pytest.mark.parametrize("token", ["", "x", "ImFuYSI:1:forged", "ImFuYSI"])
def test_forged_link_marks_no_device(client, token):
    assert client.get(f"/admin/login/?device={token}")["Location"] == "/admin/login/"
    assert django_settings.DEVICE_COOKIE_NAME not in client.cookies


def test_owner_signs_in_on_a_new_device_after_the_stated_wait(client, counting_cache, monkeypatch):
    make_user()
    for _time in range(20):
        refused = post_sign_in(Client())
    assert refused.status_code == 429
    wait, now = int(refused["Retry-After"]), time.time
    assert wait <= 300
    if counting_cache == "database":
        CachedAttempt.objects.update(expires=timezone.now() - timedelta(seconds=1))
    monkeypatch.setattr(time, "time", lambda: now() + wait)
    assert post_sign_in(client, password=PASSWORD).status_code == 302


def test_known_device_cannot_guess_without_limit(client, count_hashes):
    make_user()
    post_sign_in(client, password=PASSWORD)
    client.post("/admin/logout/")
    count_hashes.clear()
    statuses = [post_sign_in(client).status_code for _time in range(30)]
    assert statuses.count(200) == len(count_hashes) == LIMITS["device"].maximum


@pytest.mark.parametrize("kind", ["cookies", "link"])
def test_known_devices_of_an_account_are_limited_together(count_hashes, kind):
    user, cookies = make_user(), []
    query = make_link_query("ana")
    for _number in range(12):
        client = Client()
        if kind == "link":
            client.get(f"/admin/login/?{query}")
        else:
            assert post_sign_in(client, password=PASSWORD).status_code == 302
        cookies.append(client.cookies["device"].value)
    user.is_active = False
    user.save()
    count_hashes.clear()
    for cookie in cookies:
        for _time in range(4):
            client = Client()
            client.cookies["device"] = cookie
            post_sign_in(client)
    assert len(count_hashes) == LIMITS["device" if kind == "link" else "known devices"].maximum


def test_one_source_cannot_keep_an_owner_elsewhere_out(client, settings):
    settings.TRUST_PROXY = True
    make_user()
    for _time in range(50):
        post_sign_in(Client(), source="203.0.113.7")
    assert post_sign_in(client, password=PASSWORD, source="203.0.113.8").status_code == 302


def test_guesses_of_many_names_are_limited_altogether(client, count_hashes):
    statuses = [post_sign_in(client, f"name{number}").status_code for number in range(40)]
    assert statuses.count(200) == len(count_hashes) == LIMITS["new devices"].maximum


def test_right_password_ends_the_count(client):
    make_user()
    for _time in range(5):
        for _again in range(LIMITS["account and source"].maximum - 1):
            assert post_sign_in(Client()).status_code == 200
            caches["attempts"].delete_many(attempts._name_slots(("new devices", "")))
        assert post_sign_in(Client(), password=PASSWORD).status_code == 302


def test_old_password_can_be_guessed_a_few_times_only(client):
    client.force_login(make_user())
    data = {"old_password": "wrong", "new_password1": "a new long one", "new_password2": "a new long one"}
    pages = [client.post("/admin/password_change/", data).content.decode() for _time in range(8)]
    assert ["Too many attempts" in page for page in pages] == [False] * 5 + [True] * 3
    right = client.post("/admin/password_change/", data | {"old_password": PASSWORD})
    assert "Too many attempts" in right.content.decode()


def test_links_with_wrong_secrets_are_limited_by_source(client, settings, publisher):
    settings.TRUST_PROXY = True
    _link, secret = create_preview_link(make_draft(), user=publisher, label="Rosa", kind="approver", hours=5)
    source = {"x-real-ip": "203.0.113.7"}
    statuses = [client.get(f"/preview/guess{number}/", headers=source).status_code for number in range(25)]
    assert statuses == [404] * 20 + [429] * 5
    page = client.get(f"/preview/{secret}/", headers=source)
    assert (page.status_code, page["Cache-Control"]) == (429, "no-store")
    assert client.get(f"/preview/{secret}/", headers={"x-real-ip": "203.0.113.8"}).status_code == 200
    assert PreviewLink.objects.count() == 1


def test_link_that_was_revoked_is_not_a_guess(client, settings, publisher):
    settings.TRUST_PROXY = True
    release, source = make_draft(), {"x-real-ip": "203.0.113.7"}
    secrets = []
    for label in ("Rosa", "Luis"):
        _link, secret = create_preview_link(release, user=publisher, label=label, kind="approver", hours=5)
        secrets.append(secret)
    PreviewLink.objects.filter(label="Rosa").update(revoked_at=timezone.now())
    statuses = {client.get(f"/preview/{secrets[0]}/", headers=source).status_code for _time in range(30)}
    assert statuses == {404}
    assert client.get(f"/preview/{secrets[1]}/", headers=source).status_code == 200

"""Passkeys: adding one, signing in with one, and every response that proves nothing."""

import json
import time
from datetime import timedelta

import pytest
from django.core import signing
from django.utils import timezone
from fido2.utils import websafe_encode

from releases.accounts import passkeys
from releases.actions.newsroom_lock import lock_newsroom
from releases.models import Passkey, RecoveryCode, StaffSession, sessions
from tests.accounts import (
    ACCOUNT_URL,
    LOGIN_URL,
    add_passkey,
    enter_password,
    is_signed_in,
    local_client,
    read_challenge,
    use_passkey,
)
from tests.accounts.test_prompts import answer
from tests.factories import PASSWORD, make_user
from tests.passkeys import FLAG, Device

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]  # they are about signatures and pages


@pytest.fixture
def ana():
    return make_user()


@pytest.fixture
def device(ana):
    """Return a device with a passkey of Ana."""
    device, client = Device(), local_client()
    client.force_login(ana)
    assert "Your recovery codes" in add_passkey(client, device).content.decode()
    return device


def test_passkey_alone_signs_in(device, ana):
    client = local_client()
    response = use_passkey(client, device, client.get(f"{LOGIN_URL}?next=/admin/help/"), next="/admin/help/")
    assert response["Location"] == "/admin/help/"
    assert is_signed_in(client)
    assert Passkey.objects.get().last_used_at is not None
    assert "device" in response.cookies  # further attempts on this device are counted apart


def test_passkey_is_the_second_step_after_the_password(device):
    client = local_client()
    page = enter_password(client)
    assert not is_signed_in(client)
    assert json.loads(read_challenge(page)["options"])["allowCredentials"]
    assert use_passkey(client, device, page).status_code == 302
    assert is_signed_in(client)


def test_sign_in_page_names_no_passkeys_and_needs_the_owner(device):
    options = json.loads(read_challenge(local_client().get(LOGIN_URL))["options"])
    assert "allowCredentials" not in options
    assert options["userVerification"] == "required"


def change_device(**changes):
    def change(device):
        for name, value in changes.items():
            setattr(device, name, value)

    return change


BAD_RESPONSES = {
    "other origin": change_device(origin="https://localhost.example.org"),
    "other port": change_device(origin="http://localhost:8000"),
    "other relying party": change_device(relying_party="example.org"),
    "owner not verified": change_device(flags=FLAG.UP),
    "owner not present": change_device(flags=FLAG.UV),
    "other key": change_device(key=Device().key),
    "unknown passkey": change_device(credential_id=b"another passkey!"),
}


@pytest.mark.parametrize("change", BAD_RESPONSES.values(), ids=BAD_RESPONSES)
def test_response_that_proves_nothing_is_refused(device, change):
    change(device)
    client = local_client()
    page = use_passkey(client, device, client.get(LOGIN_URL))
    assert page.status_code == 200
    assert "doesn&#x27;t belong to an account here" in page.content.decode()
    assert not is_signed_in(client)
    assert not StaffSession.objects.filter(session_key="").exists()


@pytest.mark.parametrize(
    "response",
    [
        "x",
        "{}",
        "[]",
        "null",
        "1",
        '{"id": 1}',
        '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
        '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "e30"}}',
        "{" * 5000,
        "x" * 50_000,
    ],
)
def test_malformed_response_is_refused_in_words(ana, response):
    client = local_client()
    state = read_challenge(client.get(LOGIN_URL))["state"]
    page = client.post(
        LOGIN_URL, {"username": "", "password": "", "passkey": response, "passkey_state": state}
    )
    assert page.status_code == 200
    assert 'role="alert">' in page.content.decode()
    client.force_login(ana)
    challenge = read_challenge(client.get(f"{ACCOUNT_URL}passkeys/add/"))
    data = {"name": "Phone", "passkey": response, "passkey_state": challenge["state"]}
    assert client.post(f"{ACCOUNT_URL}passkeys/add/", data).status_code == 200
    assert not Passkey.objects.exists()


def test_response_is_accepted_once(device):
    client, other = local_client(), local_client()
    challenge = read_challenge(client.get(LOGIN_URL))
    data = {
        "username": "",
        "password": "",
        "passkey": device.get(challenge["options"]),
        "passkey_state": challenge["state"],
    }
    assert client.post(LOGIN_URL, data).status_code == 302
    assert "sent twice" in other.post(LOGIN_URL, data).content.decode()


def test_challenge_expires(device, monkeypatch):
    client = local_client()
    page = client.get(LOGIN_URL)
    later = time.time() + passkeys.CHALLENGE_SECONDS + 1
    monkeypatch.setattr(signing.time, "time", lambda: later)
    assert "open for too long" in use_passkey(client, device, page).content.decode()


def test_challenge_for_one_account_or_purpose_is_refused_for_another(device, ana):
    """A challenge of the second step, or of adding a passkey, doesn't sign in alone."""
    client = local_client()
    for page in (enter_password(client), None):
        if page is None:
            client.force_login(ana)
            page = client.get(f"{ACCOUNT_URL}passkeys/add/")
            client.logout()
        challenge = read_challenge(page)
        data = {"passkey": device.get(challenge["options"]), "passkey_state": challenge["state"]}
        answer = client.post(LOGIN_URL, data | {"username": "", "password": ""})
        assert "open for too long" in answer.content.decode()
        assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("first", "second", "is_accepted"),
    [(0, 0, True), (0, 7, True), (7, 8, True), (7, 7, False), (7, 0, False)],
)
def test_counter_that_does_not_increase_is_refused(device, first, second, is_accepted):
    client = local_client()
    device.counter = first
    assert use_passkey(client, device, client.get(LOGIN_URL)).status_code == 302
    client = local_client()
    device.counter = second
    answer = use_passkey(client, device, client.get(LOGIN_URL))
    assert (answer.status_code == 302) == is_accepted
    assert is_signed_in(client) == is_accepted
    if not is_accepted:
        assert "may have been copied" in answer.content.decode()


def test_passkey_of_a_closed_account_is_refused(device, ana):
    ana.is_active = False
    ana.save()
    client = local_client()
    assert use_passkey(client, device, client.get(LOGIN_URL)).status_code == 200
    assert not is_signed_in(client)


def test_passkey_is_refused_while_the_newsroom_is_locked(device):
    lock_newsroom(None, keeps_schedule=True)
    client = local_client()
    assert "newsroom is locked" in use_passkey(client, device, client.get(LOGIN_URL)).content.decode()


def test_same_passkey_cannot_be_added_twice(device, ana):
    client = local_client()
    client.force_login(ana)
    assert "added before" in add_passkey(client, device).content.decode()
    assert Passkey.objects.count() == 1


def test_number_of_passkeys_is_limited(ana, monkeypatch):
    monkeypatch.setattr(passkeys, "MAX_PASSKEYS", 1)
    client = local_client()
    client.force_login(ana)
    add_passkey(client, Device())
    assert "too many passkeys" in add_passkey(client, Device()).content.decode()


def test_second_passkey_keeps_the_recovery_codes(device, ana):
    client = local_client()
    client.force_login(ana)
    codes = set(RecoveryCode.objects.values_list("digest", flat=True))
    assert add_passkey(client, Device(), "Key")["Location"] == ACCOUNT_URL
    assert set(RecoveryCode.objects.values_list("digest", flat=True)) == codes


@pytest.mark.parametrize(
    ("site_url", "host", "expected"),
    [
        ("http://127.0.0.1:8000", "localhost:8000", "localhost"),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", None),
        ("http://127.0.0.1:8000", "[::1]:8000", None),
        ("https://news.example.org", "news.example.org", "news.example.org"),
        ("https://news.example.org", "www.example.org", None),
        ("https://news.example.org", "localhost", None),
        ("https://192.0.2.1", "192.0.2.1", None),
    ],
)
def test_domain_of_passkeys(rf, settings, site_url, host, expected):
    settings.ALLOWED_HOSTS = ["*"]
    settings.HTTPS = site_url.startswith("https")
    settings.SITE_HOST = site_url.split("//")[1].split(":")[0]
    assert passkeys.get_relying_party_id(rf.get("/", headers={"host": host})) == expected


def test_page_says_where_passkeys_work(client, ana):
    client.force_login(ana)
    assert "http://localhost:80/admin/account/" in client.get(ACCOUNT_URL).content.decode()
    assert client.get(f"{ACCOUNT_URL}passkeys/add/")["Location"] == ACCOUNT_URL
    assert "data-passkey" not in client.get(LOGIN_URL).content.decode()


def test_stored_passkey_has_no_secret(device, ana):
    row = Passkey.objects.get()
    assert row.credential_id == websafe_encode(device.credential_id)
    assert row.created_at <= timezone.now()
    private = device.key.private_numbers().private_value.to_bytes(32, "big")
    assert websafe_encode(private) not in row.credential_data


@pytest.mark.parametrize("is_expired", [False, True])
def test_passkey_signs_in_although_a_manager_reset_the_password(device, ana, is_expired):
    ana.set_temporary_password("one-time-only")
    if is_expired:
        ana.password_expires_at = timezone.now()
    ana.save()
    client = local_client()
    use_passkey(client, device, client.get(LOGIN_URL))
    assert client.get("/admin/").status_code == 200
    new = dict.fromkeys(("new_password1", "new_password2"), "seven quiet tortoises")
    assert client.post("/admin/password_change/", new).status_code == 302
    ana.refresh_from_db()
    assert ana.check_password("seven quiet tortoises")
    assert not ana.password_is_temporary


def test_old_password_is_asked_for_later_and_after_a_sign_in_with_it(device, client, monkeypatch):
    other = local_client()
    use_passkey(other, device, other.get(LOGIN_URL))
    real = timezone.now
    monkeypatch.setattr(sessions.timezone, "now", lambda: real() + timedelta(minutes=11))
    assert 'name="old_password"' in other.get("/admin/password_change/").content.decode()


def test_response_of_the_second_step_does_not_confirm_an_action(device, monkeypatch):
    """The second step accepts a device that doesn't check who uses it."""
    client, other = local_client(), local_client()
    use_passkey(client, device, client.get(LOGIN_URL))
    real = timezone.now
    monkeypatch.setattr(sessions.timezone, "now", lambda: real() + timedelta(minutes=11))
    challenge = read_challenge(enter_password(other))
    device.flags = FLAG.UP
    data = {
        "confirm_password": "",
        "confirm_passkey": device.get(challenge["options"]),
        "confirm_passkey_state": challenge["state"],
        "was_get": "1",
    }
    assert client.post(f"{ACCOUNT_URL}app/", data).status_code == 403


def test_passkey_that_was_made_before_the_password_is_asked_for_again_is_kept(ana, monkeypatch):
    client, device, url = local_client(), Device(), f"{ACCOUNT_URL}passkeys/add/"
    client.force_login(ana)
    challenge = read_challenge(client.get(url))
    real = timezone.now
    monkeypatch.setattr(sessions.timezone, "now", lambda: real() + timedelta(minutes=11))
    data = {
        "name": "Phone",
        "passkey": device.create(challenge["options"]),
        "passkey_state": challenge["state"],
    }
    prompt = client.post(url, data)
    assert prompt.status_code == 403
    answer(client, url, prompt, confirm_password=PASSWORD)
    assert Passkey.objects.count() == 1


@pytest.mark.parametrize("fault", ["long id", "algorithm"])
def test_passkey_that_could_never_be_used_is_not_added(ana, fault):
    client, device = local_client(), Device()
    client.force_login(ana)
    if fault == "long id":
        device.credential_id = b"x" * 1024
    else:
        device.algorithm = -65000
    assert "could not be added" in add_passkey(client, device).content.decode()
    assert not Passkey.objects.exists()


def test_counter_at_the_registration_counts(ana):
    client, device = local_client(), Device()
    client.force_login(ana)
    device.counter = 50
    add_passkey(client, device)
    device.counter = 3
    other = local_client()
    assert "copied" in use_passkey(other, device, other.get(LOGIN_URL)).content.decode()


def test_second_step_at_another_address_says_where_passkeys_work(device, client):
    page = enter_password(client)  # at testserver
    assert "http://localhost:80/admin/login/" in page.content.decode()

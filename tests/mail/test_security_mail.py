"""Mail about one's own account: sign-ins on new devices, passwords, second steps and roles."""

import re

import pytest
from django.core.management import call_command
from django.test import Client

from releases.models import AuthenticatorApp, Passkey
from tests.factories import PASSWORD
from tests.mail import get_queued_mail, make_staff, send_queued_mail

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def ana():
    return make_staff("ana")


@pytest.fixture
def manager_client():
    client = Client()
    client.force_login(make_staff("maria", "", is_superuser=True, first_name="María", last_name="Paz"))
    return client


@pytest.fixture
def ana_client(ana):
    client = Client()
    client.force_login(ana)
    return client


def sign_in(client, password=PASSWORD):
    data = {"username": "ana", "password": password}
    return client.post("/admin/login/", data, HTTP_USER_AGENT=FIREFOX)


def change_account(client, user, **changes):
    fields = {"username": user.username, "first_name": "", "last_name": "", "email": user.email}
    data = fields | {"language": "", "role": "publisher"} | changes
    return client.post(f"/admin/releases/user/{user.pk}/change/", data)


def test_sign_in_on_a_new_device_is_mailed_once(ana):
    client = Client()
    sign_in(client)
    client.post("/admin/logout/")
    sign_in(client)
    assert get_queued_mail() == [("new_device", "ana")]
    (message,) = send_queued_mail()
    assert "on a new device: Firefox, Windows, " in message.body


def test_failed_sign_in_is_not_mailed(ana):
    sign_in(Client(), "wrong")
    assert get_queued_mail() == []


def test_own_new_password_is_mailed(ana, ana_client):
    new = "quite another long secret"
    fields = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert ana_client.post("/admin/password_change/", fields).status_code == 302
    assert get_queued_mail() == [("password_changed", "ana")]


def test_reset_password_is_mailed_without_it(ana, manager_client):
    page = manager_client.post(f"/admin/releases/user/{ana.pk}/password/").content.decode()
    password = re.search(r"\b\w{5}-\w{5}-\w{5}-\w{5}\b", page)[0]
    assert get_queued_mail() == [("password_reset", "ana")]
    (message,) = send_queued_mail()
    assert "María Paz replaced your password" in message.body
    assert password not in str(message.message())


def test_reset_by_the_server_administrator_is_mailed(ana):
    call_command("staff_login", "ana", reset_second_factor=True)
    assert get_queued_mail() == [("factors_reset", "ana"), ("password_reset", "ana")]
    assert "The server administrator replaced your password" in send_queued_mail()[0].body


def test_removed_second_step_is_mailed(ana, ana_client):
    AuthenticatorApp.objects.create(user=ana, encrypted_secret="x")
    passkey = Passkey.objects.create(user=ana, name="Phone", credential_id="a", credential_data="b")
    ana_client.post(f"/admin/account/passkeys/{passkey.pk}/remove/")
    assert get_queued_mail() == [("factor_removed", "ana")]


def test_reset_two_step_verification_is_mailed(ana, manager_client):
    manager_client.post(f"/admin/releases/user/{ana.pk}/second-factor/")
    assert get_queued_mail() == [("factors_reset", "ana")]


def test_new_role_is_mailed_and_a_new_name_is_not(ana, manager_client):
    assert change_account(manager_client, ana, first_name="Ana").status_code == 302
    assert get_queued_mail() == []
    assert change_account(manager_client, ana, role="writer").status_code == 302
    assert get_queued_mail() == [("role_changed", "ana")]
    assert "It is now: Writer." in send_queued_mail()[0].body


def test_change_of_the_address_is_mailed_to_the_earlier_one(manager_client, ana):
    change_account(manager_client, ana, email="else@example.org")
    assert get_queued_mail() == [("address_changed", "ana")]
    (message,) = send_queued_mail()
    assert message.to == ["ana@example.org"]
    assert "else@example.org" not in message.body

"""Helpers for tests of signing in."""

import re
from html import unescape

import pyotp
from django.test import Client

from tests.factories import PASSWORD
from tests.passkeys import Device

LOGIN_URL, ACCOUNT_URL = "/admin/login/", "/admin/account/"
APP_URL = f"{ACCOUNT_URL}app/"


def local_client(**headers: str) -> Client:
    """Return a client at an address where passkeys work."""
    return Client(SERVER_NAME="localhost", headers=headers)


def find_value(html: str, pattern: str) -> str:
    match = re.search(pattern, html)
    assert match, f"no {pattern} in {html}"
    return unescape(match[1])


def read_challenge(response) -> dict[str, str]:
    """Return options, state and the name of the field of the passkey button in a page."""
    html = response.content.decode()
    return {
        "options": find_value(html, r'data-options="([^"]+)"'),
        "name": find_value(html, r'name="([\w-]*passkey)"'),
        "state": find_value(html, r'passkey_state" value="([^"]+)"'),
    }


def use_passkey(client: Client, device: Device, page, url: str = LOGIN_URL, **fields: str):
    """Press the passkey button of `page`, and return the next page."""
    challenge = read_challenge(page)
    name = challenge["name"]
    data = {name: device.get(challenge["options"]), f"{name}_state": challenge["state"]}
    if name == "passkey" and url == LOGIN_URL:
        data |= {"username": "", "password": ""}
    return client.post(url, data | read_token(page) | fields)


def add_passkey(client: Client, device: Device, name: str = "Phone"):
    """Add a passkey to the account that is signed in, and return the next page."""
    url = f"{ACCOUNT_URL}passkeys/add/"
    challenge = read_challenge(client.get(url))
    response = device.create(challenge["options"])
    return client.post(url, {"name": name, "passkey": response, "passkey_state": challenge["state"]})


def read_token(page) -> dict[str, str]:
    """Return the field that says that the password was right, if the page is a second step."""
    found = re.search(r'name="second_step-token" value="([^"]+)"', page.content.decode())
    return {"second_step-token": found[1]} if found else {}


def post_sign_in(client, username="ana", password="wrong password", source=""):
    headers = {"x-real-ip": source} if source else {}
    return client.post(LOGIN_URL, {"username": username, "password": password}, headers=headers)


def enter_password(client: Client, username: str = "ana", password: str = PASSWORD):
    return post_sign_in(client, username, password)


def enter_code(client: Client, page, code: str, name: str = "code"):
    return client.post(LOGIN_URL, read_token(page) | {f"second_step-{name}": code})


def is_signed_in(client: Client) -> bool:
    return client.get(ACCOUNT_URL).status_code == 200


def read_setup(page) -> dict[str, str]:
    html = page.content.decode()
    return {
        "setup": find_value(html, r'name="setup" value="([^"]+)"'),
        "uri": find_value(html, r'href="(otpauth:[^"]+)"'),
        "key": find_value(html, r'class="one-time-password">([^<]+)<').replace(" ", ""),
    }


def set_up_app(client) -> str:
    """Set up an authenticator app, and return its secret."""
    setup = read_setup(client.get(APP_URL))
    client.post(APP_URL, {"setup": setup["setup"], "code": pyotp.TOTP(setup["key"]).now()})
    return setup["key"]

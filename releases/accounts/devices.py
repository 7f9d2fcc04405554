"""Remember in a cookie on which devices an account has signed in.

Attempts on these devices are counted apart, so that guesses from elsewhere don't keep the owner out. A link
from the server administrator does the same for a new device.
"""

import secrets
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

MAX_AGE = 180 * 24 * 60 * 60  # seconds
MAX_ACCOUNTS = 5  # on one device; the ones that signed in last
SALT = "known device"
LINK_PARAMETER, LINK_SALT, LINK_MAX_AGE = "device", "link for a new device", 24 * 60 * 60


def normalize(username: str) -> str:
    """Return `username` as attempts are counted for it, whatever its case."""
    return " ".join(username.casefold().split())


def find_device(request: HttpRequest, username: str) -> str:
    """Return the id of the device if `username` has signed in on it before, else ""."""
    device = _load(request)
    return str(device["id"]) if _hash_account(username) in device["accounts"] else ""


def make_link_query(username: str) -> str:
    """Return the query string of a link to the sign-in page that marks a device as one of the account.

    New devices that open the link have the same id, so attempts on them are counted together.
    """
    device = {"id": secrets.token_urlsafe(16), "accounts": [_hash_account(username)]}
    return f"{LINK_PARAMETER}={signing.dumps(device, salt=LINK_SALT)}"


def accept_link(request: HttpRequest, response: HttpResponse) -> None:
    """Mark this device as known if the URL has a valid query string of `make_link_query`."""
    value = request.GET.get(LINK_PARAMETER, "")
    with suppress(signing.BadSignature):
        linked = signing.loads(value, salt=LINK_SALT, max_age=LINK_MAX_AGE)
        device = load_cookie(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")) or linked
        accounts = dict.fromkeys([*linked["accounts"], *device["accounts"]])
        _set_cookie(response, device | {"accounts": list(accounts)[:MAX_ACCOUNTS]})


def remember_device(request: HttpRequest, response: HttpResponse, username: str) -> None:
    """Set the cookie that marks this device as one of the account."""
    device, account = _load(request), _hash_account(username)
    others = [other for other in device["accounts"] if other != account]
    _set_cookie(response, device | {"accounts": [account, *others][:MAX_ACCOUNTS]})


def _set_cookie(response: HttpResponse, device: dict[str, Any]) -> None:
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(device, salt=SALT),
        max_age=MAX_AGE,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def load_cookie(value: str) -> dict[str, Any] | None:
    """Return the device in a cookie, or None if the cookie is missing, forged or too old."""
    try:
        return dict(signing.loads(value, salt=SALT, max_age=MAX_AGE))
    except signing.BadSignature:
        return None


def _load(request: HttpRequest) -> dict[str, Any]:
    device = load_cookie(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""))
    return device or {"id": secrets.token_urlsafe(16), "accounts": []}


def _hash_account(username: str) -> str:
    return salted_hmac("known account", normalize(username)).hexdigest()[:20]

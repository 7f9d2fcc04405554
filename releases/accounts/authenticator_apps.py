"""Codes of an authenticator app (TOTP, RFC 6238): secrets, their encryption, and codes that are used once."""

import base64
import time
from typing import TYPE_CHECKING

import pyotp
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString, mark_safe

from releases.models import AuthenticatorApp, User
from releases.models.second_factors import get_app

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

ISSUER = "CARECEN News"
PERIOD_SECONDS = 30
# The clocks of phone and server may differ by this many periods.
MAX_DIFFERENCE = 1
SETUP_SECONDS = 60 * 60


def start_setup(user: User) -> str:
    """Return a new secret, encrypted, for the page that sets up an app of `user`."""
    return _get_setup_cipher(user).encrypt(pyotp.random_base32().encode()).decode()


def read_setup(user: User, encrypted: str) -> str | None:
    """Return the secret of `start_setup`, or None if the value isn't valid for `user`, or no longer."""
    from cryptography.fernet import InvalidToken

    try:
        return _get_setup_cipher(user).decrypt(encrypted.encode(), ttl=SETUP_SECONDS).decode()
    except InvalidToken:
        return None


def make_uri(user: User, secret: str) -> str:
    """Return the URI that tells an app the secret: https://github.com/google/google-authenticator/wiki/Key-Uri-Format."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=ISSUER)


def draw_qr_code(uri: str) -> SafeString:
    """Return the URI as a QR code, in an SVG element without styles."""
    import segno

    svg = segno.make(uri, error="m").svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=True)
    return mark_safe(svg)  # noqa: S308  (drawn from the matrix; contains no text)


def save_app(user: User, secret: str, code: str) -> bool:
    """Store the secret as that of the account if `code` is right, instead of an earlier one."""
    period = find_period(secret, code)
    if period is None:
        return False
    AuthenticatorApp.objects.update_or_create(
        user=user,
        defaults={
            "encrypted_secret": _encrypt(secret),
            "last_period": period,
            "created_at": timezone.now(),
            "last_used_at": None,
        },
    )
    return True


def check_code(user: User, code: str) -> bool:
    """Return whether `code` is right. A code is right only once, even for two requests at the same time."""
    app = get_app(user)
    secret = _decrypt(app.encrypted_secret) if app else None
    period = find_period(secret, code) if secret else None
    if app is None or period is None:
        return False
    rows = AuthenticatorApp.objects.filter(pk=app.pk, encrypted_secret=app.encrypted_secret)
    is_new = rows.filter(last_period__lt=period).update(last_period=period, last_used_at=timezone.now())
    return bool(is_new)


def has_readable_secret(user: User) -> bool:
    """Return False for an app that was set up with another SECRET_KEY."""
    app = get_app(user)
    return app is not None and _decrypt(app.encrypted_secret) is not None


def find_period(secret: str, code: str) -> int | None:
    """Return the number of the period, among those around now, whose code this is, or None."""
    now = int(time.time()) // PERIOD_SECONDS
    code = "".join(code.split())
    totp = pyotp.TOTP(secret, interval=PERIOD_SECONDS)
    periods = range(now - MAX_DIFFERENCE, now + MAX_DIFFERENCE + 1)
    return next(
        (period for period in periods if pyotp.utils.strings_equal(totp.generate_otp(period), code)), None
    )


def _encrypt(secret: str) -> str:
    return _get_cipher("stored").encrypt(secret.encode()).decode()


def _decrypt(encrypted: str) -> str | None:
    """Return the secret, or None if it was encrypted with another SECRET_KEY."""
    from cryptography.fernet import InvalidToken

    try:
        return _get_cipher("stored").decrypt(encrypted.encode()).decode()
    except InvalidToken:
        return None


def _get_setup_cipher(user: User) -> "Fernet":
    return _get_cipher(f"setup {user.pk}")


def _get_cipher(purpose: str) -> "Fernet":
    """Return a cipher whose key is derived from SECRET_KEY. A value of one purpose is invalid for another."""
    from cryptography.fernet import Fernet  # public pages never need its memory

    key = salted_hmac("authenticator app", purpose, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))

"""Encrypt what a mail contains and the queue must not: the secret of an invitation."""

import base64
from typing import TYPE_CHECKING

from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


def encrypt(secret: str) -> str:
    return _get_cipher().encrypt(secret.encode()).decode()


def decrypt(encrypted: str) -> str | None:
    """Return the secret, or None if it was encrypted with another SECRET_KEY."""
    from cryptography.fernet import InvalidToken

    try:
        return _get_cipher().decrypt(encrypted.encode()).decode()
    except InvalidToken:
        return None


def _get_cipher() -> "Fernet":
    from cryptography.fernet import Fernet  # public pages never need its memory

    key = salted_hmac("secret in a mail", "queue", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))

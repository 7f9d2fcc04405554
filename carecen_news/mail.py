"""Read MAIL_URL and MAIL_FROM, the settings of the mail that the newsroom sends to staff."""

import re
from email.utils import formataddr, getaddresses
from typing import Any, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from carecen_news.environment import is_loopback

TIMEOUT_SECONDS = 10  # to connect and to sign in
# For the answer to a mail. A server may check its content for minutes, and a mail whose answer is too late
# would be sent again: https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.2
ANSWER_SECONDS = 300
SENDER_NAME = "CARECEN News desk"
DEFAULT_PORTS = {"smtp": 587, "smtps": 465}
# Mail services, by the scheme of MAIL_URL: the backend of django-anymail, and its setting for the key.
SERVICES = {
    "postmark": ("anymail.backends.postmark.EmailBackend", "POSTMARK_SERVER_TOKEN"),
    "brevo": ("anymail.backends.brevo.EmailBackend", "BREVO_API_KEY"),
    "mailgun": ("anymail.backends.mailgun.EmailBackend", "MAILGUN_API_KEY"),
}
FORMS = (
    "smtp://user:password@host:587, smtps://user:password@host:465, postmark://TOKEN, brevo://KEY or "
    "mailgun://KEY@DOMAIN"
)


class MailSettings(NamedTuple):
    """Values of Django's settings for mail. Without a `sender`, no mail is sent."""

    sender: str = ""
    backend: str = "django.core.mail.backends.dummy.EmailBackend"
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    uses_starttls: bool = False
    uses_tls: bool = False
    service: dict[str, Any] = {}


def read_mail_settings(url: str, sender: str) -> MailSettings:
    """Return the settings for the values of MAIL_URL and MAIL_FROM.

    Raises ImproperlyConfigured if one of them isn't valid. Its message doesn't contain the URL, which is
    secret.
    """
    if not url:
        return MailSettings()
    sender = read_sender(sender)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    scheme, netloc = parts.scheme, parts.netloc
    if scheme not in {*DEFAULT_PORTS, *SERVICES} or not netloc:
        raise ImproperlyConfigured(f"MAIL_URL isn't valid. It must be like {FORMS}.")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ImproperlyConfigured(
            "MAIL_URL has more than a user, a password, a host and a port. In a user or password, write / as "
            "%2F, ? as %3F, # as %23, @ as %40, : as %3A and % as %25."
        )
    if scheme in SERVICES:
        return read_service(scheme, netloc, sender)
    return read_server(parts, port, sender)


def read_sender(sender: str) -> str:
    """Return MAIL_FROM with a name. Raises ImproperlyConfigured if it isn't one address."""
    addresses = getaddresses([sender])
    name, address = addresses[0] if len(addresses) == 1 else ("", "")
    try:
        validate_email(address)
        formatted = formataddr((name or SENDER_NAME, address))
    except (ValidationError, UnicodeError):
        formatted = ""
    # A word after the address becomes part of it.
    if not formatted or address not in sender or any(character in sender for character in "\r\n"):
        raise ImproperlyConfigured(
            f"MAIL_FROM is “{sender}”. With MAIL_URL, it must be the address that mail comes from, like "
            "newsroom@example.org or Newsroom <newsroom@example.org>."
        )
    return formatted


def read_service(scheme: str, netloc: str, sender: str) -> MailSettings:
    backend, key_name = SERVICES[scheme]
    key, _separator, domain = netloc.partition("@")
    service = {key_name: unquote(key), "REQUESTS_TIMEOUT": (TIMEOUT_SECONDS, ANSWER_SECONDS)}
    if scheme == "mailgun":
        service["MAILGUN_SENDER_DOMAIN"] = domain
    if not key or bool(domain) != (scheme == "mailgun"):
        raise ImproperlyConfigured(f"MAIL_URL isn't valid. It must be like {FORMS}.")
    return MailSettings(sender, backend, service=service)


def read_server(parts: SplitResult, port: int | None, sender: str) -> MailSettings:
    scheme, host, user, password = parts.scheme, parts.hostname, parts.username, parts.password
    if not host or port == 0 or not re.fullmatch(r"[a-zA-Z0-9.:-]+", host):
        raise ImproperlyConfigured(f"MAIL_URL isn't valid. It must be like {FORMS}.")
    if any(character < " " for character in unquote(f"{user}{password}")):
        raise ImproperlyConfigured("MAIL_URL has a line break in the user or the password.")
    if bool(user) != bool(password):
        raise ImproperlyConfigured(
            "MAIL_URL has a user or a password, and not both. It must be like smtp://user:password@host:587."
        )
    return MailSettings(
        sender,
        "releases.mail.smtp.PatientEmailBackend",
        host,
        port or DEFAULT_PORTS[scheme],
        unquote(user or ""),
        unquote(password or ""),
        # A server elsewhere gets neither the password nor the text without encryption.
        uses_starttls=scheme == "smtp" and not is_loopback(host),
        uses_tls=scheme == "smtps",
    )

"""The setting SECURITY_CONTACT: where people report a vulnerability."""

from urllib.parse import quote

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import URLValidator, validate_email


def get_contact_url(contact: str) -> str:
    """Return the URL of `contact`, which is an email address or an https:// or mailto: URL, or empty.

    Raises ImproperlyConfigured for anything else. RFC 9116 (security.txt) requires a URL.
    """
    contact = contact.strip()
    if not contact:
        return ""
    address, question_mark, _query = contact.removeprefix("mailto:").partition("?")
    try:
        if not (contact.isascii() and contact.isprintable()) or " " in contact:
            raise ValidationError("")
        if contact.startswith("https://"):
            URLValidator(schemes=["https"])(contact)
            return contact
        if question_mark and not contact.startswith("mailto:"):
            raise ValidationError("")
        validate_email(address)
    except ValidationError:
        raise ImproperlyConfigured(
            f"SECURITY_CONTACT is “{contact}”. It must be an email address, or a URL that begins with "
            "https:// or mailto:."
        ) from None
    return contact if contact.startswith("mailto:") else f"mailto:{quote(contact, safe='@+')}"

"""Send a mail now: its parts and headers, and which errors of a mail server are permanent."""

import smtplib
import time
from email.utils import formatdate

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.message import BadHeaderError
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext_noop

from releases.background.retries import GiveUpError
from releases.mail.messages import Mail

CHECK_SECONDS = 5  # for each answer, while someone waits for `doctor`
# After a server that doesn't answer, this process doesn't try it again for so long. Otherwise each waiting
# mail would wait for it, and other tasks would wait for the mail.
AWAY_SECONDS = 3.0
_away_until = 0.0  # time.monotonic()

# Managers read these sentences in the list of background tasks, which translates them. The answer of the
# server follows in brackets.
ADDRESS_INVALID = gettext_noop(
    "The email address isn't valid. Correct it under People, and select “Try again now”."
)
ADDRESS_REFUSED = gettext_noop(
    "The mail server refused the email address. Correct it under People, and select “Try again now”."
)
MAIL_REFUSED = gettext_noop(
    "The mail server refused this mail. Tell the server administrator, and then select “Try again now”."
)
NO_SETTINGS = gettext_noop(
    "MAIL_URL isn't set for the worker that sends mail. Tell the server administrator."
)
SERVER_AWAY = gettext_noop("The mail server doesn't answer.")
SERVER_BUSY = gettext_noop("The mail server doesn't accept this mail now.")
SIGN_IN_REFUSED = gettext_noop(
    "The mail server refused MAIL_URL or MAIL_FROM. Tell the server administrator."
)


class MailNotSentError(Exception):
    """Raised if a mail could not be sent now, and may be sent later."""


def send(mail: Mail, address: str, message_id: str) -> None:
    """Send `mail` to `address`. Raises GiveUpError if it is refused, and MailNotSentError if it can wait."""
    global _away_until
    if time.monotonic() < _away_until:
        raise MailNotSentError(SERVER_AWAY)
    try:
        validate_email(address)
        message = build_message(mail, address, message_id)
        message.send()
    except (ValidationError, BadHeaderError) as error:
        raise GiveUpError(ADDRESS_INVALID) from error
    except Exception as error:
        failure = describe_error(error)
        if str(failure).startswith(SERVER_AWAY):
            _away_until = time.monotonic() + AWAY_SECONDS
        raise failure from error


def build_message(mail: Mail, address: str, message_id: str) -> EmailMultiAlternatives:
    """Return the mail as plain text and as HTML. A second copy has the same Message-ID."""
    context = {"mail": mail, "language": get_language()}
    message = EmailMultiAlternatives(
        " ".join(mail.subject.split()),
        render_to_string("mail/message.txt", context),
        settings.MAIL_FROM,
        [address],
        headers={
            "Message-ID": message_id,
            "Date": formatdate(localtime=False),
            "Auto-Submitted": "auto-generated",  # no automatic replies: RFC 3834
            "Content-Language": get_language() or "",
        },
    )
    message.attach_alternative(render_to_string("mail/message.html", context), "text/html")
    return message


def make_message_id(name: str) -> str:
    return f"<{name}@{settings.SITE_HOST}>"


def describe_error(error: Exception) -> GiveUpError | MailNotSentError:
    """Return the error of a task for an error of the mail server or the mail service."""
    if settings.EMAIL_BACKEND.startswith("anymail."):
        return _describe_service_error(error)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()))
        return _describe_answer(code, answer, ADDRESS_REFUSED)
    if isinstance(error, smtplib.SMTPDataError):
        return _describe_answer(error.smtp_code, error.smtp_error, MAIL_REFUSED)
    if isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPSenderRefused):
        refusal = f"{error.smtp_code} {_decode(error.smtp_error)}"
        return MailNotSentError(_join(SIGN_IN_REFUSED, refusal))
    if isinstance(error, smtplib.SMTPResponseException):
        return MailNotSentError(_join(SERVER_AWAY, f"{error.smtp_code} {_decode(error.smtp_error)}"))
    if isinstance(error, UnicodeError):  # in the user or the password, whose characters are secret
        return MailNotSentError(SIGN_IN_REFUSED)
    if isinstance(error, OSError):  # includes smtplib.SMTPException
        return MailNotSentError(_join(SERVER_AWAY, error.strerror or str(error)))
    return GiveUpError(_join(MAIL_REFUSED, f"{type(error).__name__}: {error}"))


def _describe_service_error(error: Exception) -> GiveUpError | MailNotSentError:
    from anymail.exceptions import (  # type: ignore[import-untyped]
        AnymailError,
        AnymailRecipientsRefused,
        AnymailRequestsAPIError,
    )

    if isinstance(error, AnymailRecipientsRefused):
        return GiveUpError(ADDRESS_REFUSED)
    if isinstance(error, AnymailRequestsAPIError):
        if error.status_code is None:
            return MailNotSentError(_join(SERVER_AWAY, type(error.__cause__).__name__))
        answer = f"HTTP {error.status_code}"
        # Services also use 400 and 422 for a sender or an account that isn't confirmed yet.
        is_setting = error.status_code in (400, 401, 403, 404, 422)
        return MailNotSentError(_join(SIGN_IN_REFUSED if is_setting else SERVER_BUSY, answer))
    if isinstance(error, AnymailError):
        return GiveUpError(_join(MAIL_REFUSED, type(error).__name__))
    return MailNotSentError(_join(SERVER_AWAY, type(error).__name__))


def _describe_answer(code: int, answer: bytes | str, refusal: str) -> GiveUpError | MailNotSentError:
    text = f"{code} {_decode(answer)}"
    if 500 <= code < 600:
        return GiveUpError(_join(refusal, text))
    return MailNotSentError(_join(SERVER_BUSY, text))


def _decode(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer


def _join(sentence: str, detail: str) -> str:
    """Return the sentence and a detail in one line. `split_error` is the opposite."""
    return f"{sentence} [{' '.join(detail.split())[:200]}]"


def split_error(error: str) -> tuple[str, str]:
    """Return the sentence of an error, and the answer of the server in brackets, or ""."""
    sentence, separator, detail = error.partition(" [")
    return sentence, f"{separator}{detail}"


def check_server() -> str:
    """Return why the mail server can't be used, or "". It is greeted and signed in to, and gets no mail.

    A mail service is not asked: only a mail shows whether it accepts the key.
    """
    if settings.EMAIL_BACKEND.startswith("anymail.") or not settings.MAIL_FROM:
        return ""
    try:
        with get_connection(timeout=CHECK_SECONDS):
            return ""
    except Exception as error:
        return str(describe_error(error))

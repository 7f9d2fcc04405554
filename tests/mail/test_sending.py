"""Mail is sent at least once: what a mail server may answer, and what is tried again."""

import json
import smtplib
from datetime import timedelta
from smtplib import SMTPAuthenticationError, SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused
from types import SimpleNamespace

import pytest
from anymail.exceptions import AnymailRecipientsRefused, AnymailRequestsAPIError
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from requests import Response

from carecen_news.mail import read_mail_settings
from releases.background.retries import get_error
from releases.diagnosis.findings import Level
from releases.diagnosis.mail import check_mail
from releases.mail import MailKind, enqueue_mail, sending
from releases.mail.smtp import PatientEmailBackend
from releases.models import User
from tests.admin.test_background import LIST_URL
from tests.mail import make_staff, send_queued_mail

pytestmark = pytest.mark.django_db
REFUSED = SMTPRecipientsRefused({"eva@example.org": (550, b"5.1.1 No such\nuser")})
FULL = SMTPRecipientsRefused({"eva@example.org": (452, b"Mailbox full")})


@pytest.fixture
def eva():
    user = make_staff("eva", first_name="Eva")
    enqueue_mail(MailKind.ROLE_CHANGED, [user])
    return user


def break_server(monkeypatch, error, *, address="", is_sent=False):
    """Let the mail server answer with `error`: for one address or all, perhaps after it accepted the mail."""
    send_messages = EmailBackend.send_messages

    def fail(self, messages):
        if is_sent:
            send_messages(self, messages)
        if not address or address in messages[0].to:
            raise error
        return send_messages(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", fail)


def get_state():
    task = DBTaskResult.objects.get()
    return task.status, get_error(task)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ConnectionRefusedError(111, "Connection refused"), sending.SERVER_AWAY),
        (TimeoutError("timed out"), sending.SERVER_AWAY),
        (smtplib.SMTPServerDisconnected("closed"), sending.SERVER_AWAY),
        (smtplib.SMTPConnectError(554, b"garbage"), sending.SERVER_AWAY),
        (SMTPAuthenticationError(535, b"bad password"), sending.SIGN_IN_REFUSED),
        (SMTPSenderRefused(550, b"not yours", "desk@example.org"), sending.SIGN_IN_REFUSED),
        (FULL, sending.SERVER_BUSY),
        (SMTPDataError(451, b"later"), sending.SERVER_BUSY),
    ],
)
def test_fault_of_the_server_delays_mail(eva, monkeypatch, run_again, error, text):
    break_server(monkeypatch, error)
    assert send_queued_mail() == []
    status, stored = get_state()
    assert status == TaskResultStatus.READY
    assert stored.startswith(text)
    monkeypatch.undo()
    run_again()
    assert len(send_queued_mail()) == 1
    assert get_state() == (TaskResultStatus.SUCCESSFUL, "")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (REFUSED, f"{sending.ADDRESS_REFUSED} [550 5.1.1 No such user]"),
        (SMTPDataError(554, b"spam"), f"{sending.MAIL_REFUSED} [554 spam]"),
    ],
)
def test_refused_mail_is_not_tried_again(eva, monkeypatch, error, text):
    break_server(monkeypatch, error)
    send_queued_mail()
    assert get_state() == (TaskResultStatus.FAILED, text)


def test_try_again_uses_the_corrected_address(eva, monkeypatch, client):
    break_server(monkeypatch, REFUSED, address="eva@example.org")
    send_queued_mail()
    client.force_login(make_staff("maria", "", is_superuser=True, language="es"))
    page = client.get(LIST_URL).content.decode()
    assert "Correo a Eva: rol cambiado" in page
    assert "El servidor de correo rechazó la dirección." in page
    assert "[550 5.1.1 No such user]" in page
    User.objects.filter(pk=eva.pk).update(email="eva.ruiz@example.org")
    client.post(f"{LIST_URL}retry/")
    assert [message.to for message in send_queued_mail()] == [["eva.ruiz@example.org"]]


def test_log_has_no_address(eva, monkeypatch, caplog):
    break_server(monkeypatch, SMTPRecipientsRefused({"eva@example.org": (550, b"<eva@example.org> unknown")}))
    send_queued_mail()
    assert get_state()[1] == f"{sending.ADDRESS_REFUSED} [550 <eva@example.org> unknown]"
    assert sending.ADDRESS_REFUSED in caplog.text
    messages = [record.getMessage() for record in caplog.records if record.name.startswith("releases")]
    assert messages
    assert not any("eva@" in message for message in messages)


def test_one_bad_address_affects_nobody_else(monkeypatch):
    users = [make_staff(name) for name in ("ana", "eva", "ben")]
    enqueue_mail(MailKind.LOCKED, users)
    break_server(monkeypatch, REFUSED, address="eva@example.org")
    assert [message.to[0] for message in send_queued_mail()] == ["ana@example.org", "ben@example.org"]


def test_second_copy_has_the_same_message_id(eva, monkeypatch, run_again):
    """The server accepts the mail, and the connection ends before its answer arrives."""
    break_server(monkeypatch, smtplib.SMTPServerDisconnected("closed"), is_sent=True)
    send_queued_mail()
    monkeypatch.undo()
    run_again()
    first, second = send_queued_mail()
    assert first.message()["Message-ID"] == second.message()["Message-ID"] != ""


def test_server_that_is_away_is_asked_once_for_many_mails(monkeypatch):
    enqueue_mail(MailKind.LOCKED, [make_staff(name) for name in ("ana", "eva", "ben")])
    asked = []

    def hang(self, messages):
        asked.append(messages[0].to)
        raise TimeoutError("timed out")

    monkeypatch.setattr(EmailBackend, "send_messages", hang)
    send_queued_mail()
    assert len(asked) == 1
    assert DBTaskResult.objects.filter(status=TaskResultStatus.READY).count() == 3


def make_service_error(status):
    error = AnymailRequestsAPIError("the answer may have an address")
    error.status_code = status
    return error


@pytest.mark.parametrize(
    ("error", "text", "waits"),
    [
        (AnymailRecipientsRefused(), sending.ADDRESS_REFUSED, False),
        (make_service_error(422), f"{sending.SIGN_IN_REFUSED} [HTTP 422]", True),
        (make_service_error(401), f"{sending.SIGN_IN_REFUSED} [HTTP 401]", True),
        (make_service_error(503), f"{sending.SERVER_BUSY} [HTTP 503]", True),
        (make_service_error(None), f"{sending.SERVER_AWAY} [NoneType]", True),
        (ValueError("odd"), f"{sending.SERVER_AWAY} [ValueError]", True),
    ],
)
def test_answers_of_a_mail_service_are_understood(settings, error, text, waits):
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    failure = sending.describe_error(error)
    assert (str(failure), isinstance(failure, sending.MailNotSentError)) == (text, waits)


def test_doctor_says_whether_the_mail_server_answers(settings, monkeypatch):
    assert check_mail().level is Level.OK

    def refuse(self):
        raise SMTPAuthenticationError(535, b"bad password")

    monkeypatch.setattr(EmailBackend, "open", refuse)
    finding = check_mail()
    assert (finding.level, finding.found) == (
        Level.WARNING,
        f"{sending.SIGN_IN_REFUSED} [535 bad password]",
    )


@pytest.mark.parametrize(("is_public", "level"), [(True, Level.WARNING), (False, Level.OK)])
def test_doctor_warns_about_missing_mail_in_production(settings, is_public, level):
    settings.MAIL_FROM, settings.HTTPS = "", is_public
    assert check_mail().level is level


def test_test_mail_is_sent_at_once(capsys):
    call_command("send_test_mail", "eva@example.org")
    assert [message.to for message in mail.outbox] == [["eva@example.org"]]
    assert "accepted a mail from CARECEN News desk" in capsys.readouterr().out


def test_test_mail_reports_the_answer_of_the_server(settings, monkeypatch):
    break_server(monkeypatch, REFUSED)
    with pytest.raises(CommandError, match="No such user"):
        call_command("send_test_mail", "eva@example.org")
    settings.MAIL_FROM = ""
    with pytest.raises(CommandError, match="MAIL_URL isn't set"):
        call_command("send_test_mail", "eva@example.org")


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        ("postmark://token", {"ErrorCode": 0, "Message": "OK", "MessageID": "1", "To": "eva@example.org"}),
        ("brevo://key", {"messageId": "<1@example.org>"}),
        ("mailgun://key@mg.example.org", {"id": "<1@example.org>", "message": "Queued. Thank you."}),
    ],
)
def test_mail_service_gets_the_whole_mail(settings, monkeypatch, url, answer):
    mail_settings = read_mail_settings(url, "desk@example.org")
    settings.EMAIL_BACKEND, settings.ANYMAIL = mail_settings.backend, mail_settings.service
    requests = []

    def request(_session, **values):
        requests.append(values)
        response = Response()
        response.status_code, response._content = 200, json.dumps(answer).encode()
        return response

    monkeypatch.setattr("requests.Session.request", request)
    call_command("send_test_mail", "eva@example.org")
    (values,) = requests
    sent = str(values)
    for part in ("eva@example.org", "Auto-Submitted", "auto-generated", "This is a test.", "<!DOCTYPE html>"):
        assert part in sent, part
    assert values["timeout"] == (10, 300)


def test_mail_waits_for_a_worker_with_settings(eva, settings, run_again):
    sender, settings.MAIL_FROM = settings.MAIL_FROM, ""
    assert send_queued_mail() == []
    assert get_state() == (TaskResultStatus.READY, sending.NO_SETTINGS)
    settings.MAIL_FROM = sender
    run_again()
    assert len(send_queued_mail()) == 1


def test_server_may_check_a_mail_for_minutes(monkeypatch):
    timeouts = []
    connection = SimpleNamespace(sock=SimpleNamespace(settimeout=timeouts.append))

    def open_connection(backend):
        backend.connection = connection
        return True

    monkeypatch.setattr("django.core.mail.backends.smtp.EmailBackend.open", open_connection)
    assert PatientEmailBackend().open()
    assert timeouts == [300]


@pytest.mark.parametrize(("hours", "count"), [(23, 1), (25, 0)])
def test_mail_about_an_alert_is_of_no_use_after_a_day(hours, count):
    enqueue_mail(MailKind.ALERT_PUBLISHED, [make_staff("eva")])
    row = DBTaskResult.objects.get()
    at = timezone.now() - timedelta(hours=hours)
    row.args_kwargs["kwargs"]["values"]["at"] = at.isoformat()
    row.save()
    assert len(send_queued_mail()) == count


def test_list_of_tasks_loads_all_recipients_with_one_query(client):
    client.force_login(make_staff("maria", "", is_superuser=True))

    def count_queries() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(LIST_URL).status_code == 200
        return len(queries)

    enqueue_mail(MailKind.LOCKED, [make_staff("ana")])
    count_queries()  # caches what every page of the desk needs
    before = count_queries()
    enqueue_mail(MailKind.LOCKED, [make_staff(name) for name in ("eva", "ben", "leo")])
    assert count_queries() == before

"""MAIL_URL and MAIL_FROM."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import get_connection

from carecen_news.mail import read_mail_settings

SENDER = "desk@example.org"


def test_newsroom_without_mail_url_sends_no_mail():
    assert read_mail_settings("", SENDER).sender == ""


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://ana:a%2Fb%40c@mail.example.org", ("mail.example.org", 587, "ana", "a/b@c", True, False)),
        (
            "smtp://ana@x.org:pass@mail.example.org:25",
            ("mail.example.org", 25, "ana@x.org", "pass", True, False),
        ),
        ("smtps://ana:pass@mail.example.org", ("mail.example.org", 465, "ana", "pass", False, True)),
        ("smtp://127.0.0.1:2525", ("127.0.0.1", 2525, "", "", False, False)),
        ("smtp://localhost", ("localhost", 587, "", "", False, False)),
    ],
)
def test_only_a_server_on_this_machine_is_used_without_encryption(url, server):
    mail = read_mail_settings(url, SENDER)
    assert (mail.host, mail.port, mail.user, mail.password, mail.uses_starttls, mail.uses_tls) == server


@pytest.mark.parametrize(
    ("url", "attributes"),
    [
        ("postmark://token", {"server_token": "token"}),
        ("brevo://xkeysib-1", {"api_key": "xkeysib-1"}),
        ("mailgun://key@mg.example.org", {"api_key": "key", "sender_domain": "mg.example.org"}),
    ],
)
def test_mail_service_gets_its_key(url, attributes, settings):
    mail = read_mail_settings(url, SENDER)
    settings.ANYMAIL = mail.service
    backend = get_connection(mail.backend)
    assert {name: getattr(backend, name) for name in attributes} == attributes
    assert backend.timeout == (10, 300)  # to connect, and for the answer


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "http://s3cret@mail.example.org",
        "smtp://",
        "smtp://ana:s3cret@host:0",
        "smtp://ana:s3cret@host:99999",
        "smtp://ana:s3cret@[host",
        "smtp://s3cret@host",
        "smtp://:s3cret@host",
        "smtp://ana:s3cret/x@host",
        "smtp://ana%0d:s3cret@host",
        "smtp://ana:s3cret@hö st",
        "smtp://ana:s3cret@host?tls=no",
        "postmark://",
        "postmark://s3cret@host",
        "mailgun://s3cret",
        "mailgun://@host",
    ],
)
def test_invalid_mail_url_is_refused_without_showing_it(url):
    with pytest.raises(ImproperlyConfigured, match="MAIL_URL") as error:
        read_mail_settings(url, SENDER)
    assert "s3cret" not in str(error.value)


@pytest.mark.parametrize(
    ("sender", "header"),
    [
        ("desk@example.org", "CARECEN News desk <desk@example.org>"),
        ("Prensa <desk@example.org>", "Prensa <desk@example.org>"),
    ],
)
def test_sender_has_a_name(sender, header):
    assert read_mail_settings("smtp://localhost", sender).sender == header


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "desk",
        "a@example.org\nBcc: b@example.org",
        "desk@",
        "prensa@señal.org",
        "a@example.org, b@example.org",
        "a@example.org extra",
    ],
)
def test_sender_must_be_an_address(sender):
    with pytest.raises(ImproperlyConfigured, match="MAIL_FROM"):
        read_mail_settings("smtp://localhost", sender)

"""What mail says: every kind in both languages, without text of a release, and as safe headers."""

import email
import re
from datetime import timedelta
from email.policy import default

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult

from releases.actions.accounts import invite
from releases.actions.publication import publish
from releases.actions.reviews import request_review, return_for_changes
from releases.actions.revisions import save_revision
from releases.mail import MailKind, enqueue_mail
from releases.mail.encryption import decrypt, encrypt
from releases.mail.kinds import PUBLISHER_KINDS, REVIEW_KINDS, SECURITY_KINDS
from releases.mail.messages import BUILDERS, build_test_mail
from releases.models import Invitation, User
from tests.factories import make_draft, make_release
from tests.mail import MARKER, get_queued_mail, make_staff, read_html, send_queued_mail

pytestmark = pytest.mark.django_db
SPANISH_SUBJECTS = {
    "invitation": "Su invitación a la redacción de CARECEN",
    "review_requested": "Hay una convocatoria de prensa por revisar",
    "review_returned": "Le devolvieron su texto con una nota",
    "review_approved": "Se aprobó su texto",
    "alert_published": "Se publicó una alerta",
    "alert_ended": "Se terminó la alerta",
    "locked": "Sala de prensa bloqueada",
    "unlocked": "Sala de prensa desbloqueada",
    "new_device": "Nuevo inicio de sesión en su cuenta",
    "password_changed": "Se cambió su contraseña",
    "password_reset": "Se restableció su contraseña",
    "factor_added": "Se agregó un segundo paso a su cuenta",
    "factor_removed": "Se quitó un segundo paso de su cuenta",
    "factors_reset": "Se restableció su verificación en dos pasos",
    "role_changed": "Se cambió su rol",
    "address_changed": "Se cambió su correo electrónico en la redacción",
}


def enqueue(kind: str, user: User) -> None:
    """Enqueue a mail of `kind` to `user`, with what it is about."""
    boss = make_staff("boss", "", email="", is_superuser=True, first_name="Ana", last_name="Paz")
    texts = dict.fromkeys(("headline", "subhead", "summary"), MARKER) | {"body": f"<p>{MARKER}</p>"}
    draft = make_draft(kind="media_advisory", **texts)
    if kind == MailKind.INVITATION:
        user.set_unusable_password()
        invite(user, user=boss, role="publisher")
    elif kind in REVIEW_KINDS:
        asks = boss if kind == MailKind.REVIEW_REQUESTED else user
        request_review(draft, user=asks, text=f"{MARKER} is a name.")
        if kind == MailKind.REVIEW_RETURNED:
            return_for_changes(draft, user=boss, text=MARKER)
        elif kind == MailKind.REVIEW_APPROVED:
            publish(draft, user=boss, at=timezone.now() + timedelta(days=1))
    else:
        enqueue_mail(MailKind(kind), [user], by=boss, device="Firefox, Windows")


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", MailKind.values)
def test_mail_is_in_the_language_of_its_recipient(kind, language, run_again):
    user = User(username="eva", first_name="Eva", email="eva@example.org", is_staff=True, language=language)
    if kind != MailKind.INVITATION:
        user = make_staff("eva", language=language)
    enqueue(kind, user)
    assert get_queued_mail() == [(kind, user.username)]
    run_again()
    with translation.override("es" if language == "en" else "en"):  # of the process
        (message,) = send_queued_mail()
    assert (message.subject == SPANISH_SUBJECTS[kind]) == (language == "es")
    html, raw = read_html(message), str(message.message())
    assert f'<html lang="{language}">' in html
    assert MARKER not in message.body + html + raw
    links = re.findall(r'(?:href|src|url)\W*(https?:[^"\s)]*)', html)
    assert len(links) == 1
    assert links == re.findall(r"https?:\S+", message.body)
    assert links[0].startswith("https://news.example.org/admin/")
    assert not re.search(r"%\(|\{\{|@import|<img|<script|<link", message.body + html)
    assert len(message.body) < 900


def test_every_kind_has_a_text_and_its_recipients():
    assert set(BUILDERS) == set(MailKind)
    assert set(MailKind) == REVIEW_KINDS | PUBLISHER_KINDS | SECURITY_KINDS | {MailKind.INVITATION}


def test_headers_say_that_a_program_wrote_the_mail():
    enqueue("new_device", make_staff("eva"))
    (message,) = send_queued_mail()
    parsed = email.message_from_bytes(message.message().as_bytes(), policy=default)
    assert parsed["From"] == "CARECEN News desk <desk@example.org>"
    assert (parsed["To"], parsed["Auto-Submitted"]) == ("eva@example.org", "auto-generated")
    assert re.fullmatch(r"<[0-9a-f-]{36}@news\.example\.org>", parsed["Message-ID"])
    assert parsed["Date"].datetime
    assert "Reply-To" not in parsed
    assert [part.get_content_type() for part in parsed.iter_parts()] == ["text/plain", "text/html"]


HOSTILE = "Ana\r\nBcc: everyone@example.com\r\n\r\n<script>alert(1)</script> %(name)s {{ x }}"


def test_hostile_name_is_one_line_of_text():
    boss = make_staff("boss", "", is_superuser=True, first_name=HOSTILE[:150])
    request_review(make_draft(), user=boss)
    enqueue_mail(MailKind.NEW_DEVICE, [make_staff("eva")], by=boss, device=HOSTILE)
    (message,) = send_queued_mail()
    parsed = email.message_from_bytes(message.message().as_bytes(), policy=default)
    assert "Bcc" not in parsed
    assert "Ana Bcc: everyone@example.com <script>" in message.body
    assert "&lt;script&gt;" in read_html(message)
    assert "<script" not in read_html(message)


@pytest.mark.parametrize(
    "address", ["eva@example.org\nBcc: x@example.org", "eva", "a@example.org, b@example.org", "Éva <e@x>"]
)
def test_hostile_address_gets_no_mail(address):
    enqueue_mail(MailKind.ROLE_CHANGED, [make_staff("eva", email=address)])
    assert send_queued_mail() == []


def test_secret_of_an_invitation_is_only_in_the_mail(caplog):
    caplog.set_level("DEBUG")
    boss = make_staff("boss", "", is_superuser=True)
    secret = invite(User(first_name="Rosa", email="rosa@example.org"), user=boss, role="writer")
    (message,) = send_queued_mail()
    assert f"/admin/invitation/{secret}/" in message.body
    rows = str(list(DBTaskResult.objects.values())) + str(list(Invitation.objects.values()))
    assert secret not in rows + caplog.text


def test_encrypted_secret_needs_the_secret_key(settings):
    encrypted = encrypt("open sesame")
    assert decrypt(encrypted) == "open sesame"
    settings.SECRET_KEY = "another key 0123456789012345678901234567890123456789"
    assert decrypt(encrypted) is None


@pytest.mark.parametrize("language", ["en", "es"])
def test_test_mail_is_complete(language):
    with translation.override(language):
        text = render_to_string("mail/message.txt", {"mail": build_test_mail(), "language": language})
    assert "https://news.example.org/admin/" in text


def test_review_of_a_change_to_a_public_release_is_mailed_without_its_text():
    writer, release = make_staff("walter", "Writers"), make_release(headline=MARKER)
    make_staff("petra")
    save_revision(release, user=writer, content=release.content() | {"summary": MARKER}, topic_ids=[])
    request_review(release, user=writer)
    (message,) = send_queued_mail()
    assert message.subject == "A press release waits for your review"
    assert MARKER not in str(message.message())

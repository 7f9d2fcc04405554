"""Approvals through a preview link: who may approve, and what is recorded."""

from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from releases.actions.preview_links import revoke_preview_link
from releases.models import Note, PreviewLink, Release, StaffSession
from releases.views.previews import APPROVAL_SALT
from tests.admin import admin_url
from tests.factories import make_draft, make_scheduled, make_user
from tests.views import approve, make_link, open_link, parse_approval_form, read_preview

pytestmark = pytest.mark.django_db

CREATED_BY_WALTER = "Approved by Director through a link that walter created."


@pytest.fixture
def link_and_reader(writer):
    """Return a link that Walter created for the director, and a client that has opened it."""
    link, secret = make_link(make_scheduled(), writer, kind="approver", label="Director")
    return link, open_link(secret)


def test_approver_can_approve_once_with_a_note(link_and_reader):
    link, reader = link_and_reader
    response = approve(reader, link, "Good. Add the date.")
    assert (response.status_code, response["Location"]) == (302, f"/preview/read/{link.reference}/")
    link.refresh_from_db()
    assert link.approved_at
    assert Note.objects.get().text == f"{CREATED_BY_WALTER} Good. Add the date."
    assert "You approved this release through a link that walter created." in read_preview(reader, link)
    approve(reader, link)
    assert Note.objects.count() == 1


def test_form_is_sent_where_browsers_send_the_session_cookie(link_and_reader, settings):
    link, reader = link_and_reader
    address, fields = parse_approval_form(read_preview(reader, link))
    assert address.startswith(settings.SESSION_COOKIE_PATH)
    # Browsers send the cookie of the preview only to the preview.
    assert Client(enforce_csrf_checks=True).post(address, fields).status_code == 302
    assert Note.objects.get().text == CREATED_BY_WALTER


def test_creator_of_a_link_cannot_approve_through_it_while_signed_in(link_and_reader, writer):
    link, reader = link_and_reader
    reader.force_login(writer)
    response = approve(reader, link, "The words that I typed.")
    page = response.content.decode()
    assert response.status_code == 403
    assert "You created this link, so you can&#x27;t approve the release through it." in page
    assert "The words that I typed." in page
    assert f"/preview/read/{link.reference}/" in page
    assert (response["Cache-Control"], response["Referrer-Policy"]) == ("no-store", "no-referrer")
    link.refresh_from_db()
    assert link.approved_at is None
    assert not Note.objects.exists()


def test_creator_cannot_add_a_comment_to_an_approval_of_someone_else(link_and_reader, writer):
    link, reader = link_and_reader
    approve(reader, link)
    reader.force_login(writer)
    assert approve(reader, link, "Really.").status_code == 403
    assert Note.objects.get().text == CREATED_BY_WALTER


def test_creator_reads_the_refusal_in_the_language_of_the_release(writer):
    link, secret = make_link(make_draft(language="es"), writer, kind="approver", label="Director")
    reader = open_link(secret)
    reader.force_login(writer)
    response = approve(reader, link)
    assert "Usted creó este enlace" in response.content.decode()
    assert response["Content-Language"] == "es"


def test_note_names_another_account_that_is_signed_in(link_and_reader):
    link, reader = link_and_reader
    reader.force_login(make_user("ana", first_name="Ana", last_name="Paz"))
    assert approve(reader, link, "Good.").status_code == 302
    assert Note.objects.get().text == f"{CREATED_BY_WALTER} The browser was signed in as Ana Paz. Good."
    assert "Ana Paz" not in read_preview(reader, link)


def test_approval_sets_no_cookie_and_creates_no_session(link_and_reader):
    link, reader = link_and_reader
    response = approve(reader, link, "Good.")
    assert response.status_code == 302
    assert not response.cookies
    assert response["Cache-Control"] == "no-store"
    assert not StaffSession.objects.exists()


@pytest.mark.parametrize("forgery", ["missing", "invented", "changed", "expired", "of another link", "salt"])
def test_form_without_the_signature_of_its_page_returns_404(link_and_reader, writer, forgery, monkeypatch):
    link, reader = link_and_reader
    address, fields = parse_approval_form(read_preview(reader, link))
    signature = fields["_signature"]
    match forgery:
        case "missing":
            fields = {}
        case "invented":
            fields["_signature"] = "x" * 5000
        case "changed":
            fields["_signature"] = signature[:-1] + ("A" if signature[-1] != "A" else "B")
        case "expired":
            PreviewLink.objects.update(expires_at=timezone.now() + timedelta(days=9))
            now = signing.time.time()
            monkeypatch.setattr(signing.time, "time", lambda: now + 72 * 60 * 60 + 1)
        case "of another link":
            other, secret = make_link(make_draft(), writer, kind="approver", label="Lawyer")
            _address, fields = parse_approval_form(read_preview(open_link(secret), other))
        case "salt":
            fields["_signature"] = signing.dumps(link.reference)
    response = reader.post(address, fields)
    assert (response.status_code, response.content) == (404, reader.get("/preview/unknown/").content)
    assert not Note.objects.exists()


@pytest.mark.parametrize("end", ["revoked", "expired", "public"])
def test_form_of_a_link_that_ended_is_refused_with_the_comment(link_and_reader, writer, end):
    link, reader = link_and_reader
    address, fields = parse_approval_form(read_preview(reader, link))
    match end:
        case "revoked":
            revoke_preview_link(link, user=writer)
        case "expired":
            PreviewLink.objects.update(expires_at=timezone.now())
        case "public":
            Release.objects.update(public_at=timezone.now())
    response = reader.post(address, fields | {"text": "One word on line 3."})
    assert response.status_code == 403
    assert "This link is no longer valid." in response.content.decode()
    assert "One word on line 3." in response.content.decode()
    assert link.release.headline not in response.content.decode()
    assert not Note.objects.exists()


def test_reporter_cannot_approve(embargoed_release, publisher):
    link, secret = make_link(embargoed_release, publisher)
    assert "_signature" not in read_preview(open_link(secret), link)
    signature = signing.dumps(link.reference, salt=APPROVAL_SALT)
    assert Client().post(f"/admin/approve/{link.reference}/", {"_signature": signature}).status_code == 404
    assert not Note.objects.exists()


def test_former_address_does_not_approve(link_and_reader):
    link, reader = link_and_reader
    _address, fields = parse_approval_form(read_preview(reader, link))
    assert reader.post(f"/preview/read/{link.reference}/approve/", fields).status_code == 404
    assert not Note.objects.exists()


def test_address_of_approvals_cannot_be_opened(link_and_reader):
    link, reader = link_and_reader
    response = reader.get(f"/admin/approve/{link.reference}/")
    assert (response.status_code, response["X-Robots-Tag"]) == (405, "noindex, nofollow")


def test_approver_and_staff_read_who_created_the_link(link_and_reader, writer, publisher_client):
    link, reader = link_and_reader
    _other, secret = make_link(link.release, writer, kind="approver", label="Lawyer")
    assert "walter created this link." in reader.get(f"/preview/{secret}/").content.decode()
    approve(reader, link)
    assert (
        "created by walter" in publisher_client.get(admin_url(link.release, "preview-links")).content.decode()
    )
    for address in (admin_url(link.release, "change"), "/admin/"):
        assert CREATED_BY_WALTER in publisher_client.get(address).content.decode()

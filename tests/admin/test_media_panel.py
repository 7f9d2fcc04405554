"""Photos and documents in the form of a release: uploads, the library, and what a save changes."""

import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from releases.actions.photos import set_photos
from releases.models import Document, PendingRevision, Photo, Release
from tests.admin import (
    AUTOSAVE_URL,
    RELEASE_ADD_URL,
    RELEASE_LIST_URL,
    admin_url,
    form_data,
    form_errors,
    post_autosave,
)
from tests.factories import (
    attachment_data,
    make_document,
    make_draft,
    make_photo,
    make_release,
    make_scheduled,
    make_user,
    photo_entry,
)
from tests.pdfs import make_pdf
from tests.pictures import PNG_BYTES

pytestmark = pytest.mark.django_db

UPLOAD_URL, LIBRARY_URL = f"{RELEASE_LIST_URL}upload/", f"{RELEASE_LIST_URL}photo-library/"


def upload(client, name, content, content_type="image/png"):
    return client.post(
        UPLOAD_URL, {"file": SimpleUploadedFile(name, content, content_type), "language": "es"}
    )


def save(client, release, **fields):
    sent = {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}
    return client.post(
        admin_url(release, "change"), form_data(release) | {"edit_token": release.edit_token} | sent
    )


def test_one_field_takes_photos_and_pdfs(publisher_client):
    photo = upload(publisher_client, "one.png", PNG_BYTES).json()["html"]
    document = upload(publisher_client, "facts.pdf", make_pdf(), "application/pdf").json()["html"]
    assert f'data-photo-id="{Photo.objects.get().pk}"' in photo
    assert 'lang="es"' in photo
    assert f'data-document-id="{Document.objects.get().pk}"' in document
    assert '<option value="es" selected>' in document


@pytest.mark.parametrize(
    ("name", "content", "content_type", "error"),
    [
        ("broken.png", b"no picture", "image/png", "broken.png: This file isn't a supported image."),
        ("broken.pdf", b"%PDF-1.7 nothing", "application/pdf", "broken.pdf: "),
        ("letter.docx", b"PK\x03\x04", "application/msword", "Export Word and other files as PDF."),
        ("empty.png", b"", "image/png", "empty.png: "),
    ],
)
def test_file_that_cannot_be_used_is_named_with_the_reason(
    publisher_client, name, content, content_type, error
):
    response = upload(publisher_client, name, content, content_type)
    assert response.status_code == 400
    assert error in response.json()["error"]
    assert not Photo.objects.exists()
    assert not Document.objects.exists()


def test_people_without_permission_upload_nothing():
    client = Client()
    assert "Sign in to continue" in upload(client, "one.png", PNG_BYTES).content.decode()
    client.force_login(make_user("nobody", ""))
    assert upload(client, "one.png", PNG_BYTES).status_code == 403
    assert not Photo.objects.exists()


def test_upload_without_a_file_says_what_to_do(publisher_client):
    assert publisher_client.post(UPLOAD_URL).json() == {"error": "Choose a file."}


def test_save_keeps_the_order_the_lead_photo_and_the_focal_point(publisher_client):
    first, second, document = make_photo(), make_photo(), make_document()
    draft = make_draft(photos=[photo_entry(first)])
    entries = [photo_entry(second, is_lead=True, focus=[20, 80]), photo_entry(first)]
    save(publisher_client, draft, photos=entries, attachments=[attachment_data(document)])
    draft.refresh_from_db()
    assert draft.photos == entries
    assert draft.attachments == [attachment_data(document)]


def test_form_that_does_not_send_photos_leaves_them(publisher_client):
    photo, document = make_photo(), make_document()
    draft = make_draft(photos=[photo_entry(photo)], attachments=[attachment_data(document)])
    save(publisher_client, draft, summary="Other words.")
    draft.refresh_from_db()
    assert (draft.summary, len(draft.photos), len(draft.attachments)) == ("Other words.", 1, 1)


def test_photos_of_a_public_release_change_only_with_its_revision(publisher_client):
    photo = make_photo()
    release = make_release()
    save(publisher_client, release, photos=[photo_entry(photo)])
    release.refresh_from_db()
    assert release.photos == []
    assert PendingRevision.objects.get().content["photos"] == [photo_entry(photo)]
    save(publisher_client, Release.objects.get(), summary="Other words.")
    assert PendingRevision.objects.get().content["photos"] == [photo_entry(photo)]


@pytest.mark.parametrize(
    "value",
    [
        "no json",
        "{}",
        "[1]",
        "[[]]",
        '[{"photo": "x"}]',
        '[{"alt": "No id."}]',
        "null, null",
        "[" * 50_000,
        '"text"',
    ],
)
def test_unreadable_photos_are_an_error_and_the_typed_text_stays(publisher_client, value):
    draft = make_draft(photos=[photo_entry(make_photo())])
    response = save(publisher_client, draft, photos=value, summary="Typed.")
    assert "couldn't be read" in form_errors(response)["photos"][0]
    assert "Typed." in response.content.decode()
    draft.refresh_from_db()
    assert len(draft.photos) == 1


def test_form_with_an_error_elsewhere_shows_the_photos_that_it_did_not_send(publisher_client):
    draft = make_draft(photos=[photo_entry(make_photo(), alt="A judge.")])
    response = save(publisher_client, draft, headline="")
    assert "headline" in form_errors(response)
    assert "A judge." in response.context["photo_cards"][0]
    assert "A judge." in response.context["adminform"].form["photos"].value()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("photos", '[{"photo": []}]'),
        ("photos", '[{"photo": {}, "alt": 1}]'),
        ("photos", '[{"photo": Infinity}]'),
        ("photos", '[{"photo": 1e999}]'),
        ("photos", '[{"photo": 1, "alt": "\\ud800", "focus": ["a"]}]'),
        ("attachments", '[{"document": []}]'),
        ("attachments", '[{"document": 1, "title": "\\ud800", "language": []}]'),
        ("consents", '{"1": ["\\ud800", ""]}'),
        ("consents", "[[]]"),
        ("consents", '{"1": 5}'),
    ],
)
def test_damaged_values_never_break_the_form_its_autosave_or_its_preview(publisher_client, name, value):
    photo, document = make_photo(pk=1), make_document()
    Document.objects.filter(pk=document.pk).update(id=1)
    draft = make_draft(photos=[photo_entry(photo)])
    assert post_autosave(publisher_client, draft, **{name: value}).status_code == 200
    assert publisher_client.get(admin_url(draft, "change")).status_code == 200
    preview = f"{RELEASE_LIST_URL}live-preview/?release={draft.pk}"
    assert publisher_client.get(preview).status_code == 200
    assert save(publisher_client, draft, **{name: value}).status_code in (200, 302)


def test_photo_that_was_deleted_meanwhile_is_left_out(publisher_client):
    kept = make_photo()
    draft = make_draft()
    save(publisher_client, draft, photos=[photo_entry(kept), photo_entry(kept) | {"photo": 9_999}])
    draft.refresh_from_db()
    assert draft.photos == [photo_entry(kept)]


def test_more_than_forty_photos_are_refused(publisher_client):
    draft = make_draft()
    response = save(publisher_client, draft, photos=[photo_entry(make_photo())] * 41)
    assert "at most 40 photos" in form_errors(response)["photos"][0]


def test_scheduled_release_gets_no_photo_without_alt_text(publisher_client):
    release = make_scheduled()
    response = save(publisher_client, release, photos=[photo_entry(make_photo(), alt="")], date="2030-01-02")
    assert "has no alt text" in form_errors(response)["photos"][0]


def test_consent_is_saved_with_the_photo_and_not_with_the_release(publisher_client):
    photo, other = make_photo(consent="As it was."), make_photo()
    draft = make_draft(photos=[photo_entry(photo)])
    consents = {str(photo.pk): ["Agreed.", "As it was."], str(other.pk): ["Not of this release.", ""]}
    save(publisher_client, draft, photos=draft.photos, consents=consents)
    photo.refresh_from_db()
    other.refresh_from_db()
    assert (photo.consent, other.consent) == ("Agreed.", "")
    draft.refresh_from_db()
    assert "Agreed" not in json.dumps(draft.photos)


def test_consent_of_a_photo_that_is_removed_is_saved(publisher_client):
    photo = make_photo(consent="Ana\r\nBeto")
    draft = make_draft(photos=[photo_entry(photo)])
    note = "Agreed. " * 1000
    save(publisher_client, draft, photos=[], consents={str(photo.pk): [note, "Ana\nBeto"]})
    photo.refresh_from_db()
    assert photo.consent == note


def test_consent_that_someone_else_changed_is_kept_and_both_are_shown(publisher_client):
    photo = make_photo(consent="Theirs.")
    draft = make_draft(photos=[photo_entry(photo)])
    consents = {str(photo.pk): ["Mine.", "As it was."]}
    save(publisher_client, draft, photos=draft.photos, consents=consents)
    photo.refresh_from_db()
    assert photo.consent == "Theirs."
    page = publisher_client.get(admin_url(draft, "change")).content.decode()
    assert "Theirs were kept: “Theirs.”. Yours: “Mine.”." in page


def test_photos_of_a_new_release_are_autosaved_and_come_back(publisher_client):
    client_id = uuid.uuid4()
    data = form_data(Release()) | {"edit_token": "", "release": "", "client_id": client_id, "sequence": 1}
    photo = make_photo(consent="As it was.")
    consents = {str(photo.pk): ["Agreed.", "As it was."]}
    entries = json.dumps([photo_entry(photo, alt="A judge.")])
    saved = publisher_client.post(
        AUTOSAVE_URL, data | {"photos": entries, "consents": json.dumps(consents)}
    ).json()
    assert saved["sections"]["media"] == "1 photo"
    page = publisher_client.get(f"{RELEASE_ADD_URL}?unsaved={client_id}")
    assert "A judge." in page.context["photo_cards"][0]
    assert "Agreed." in page.context["photo_cards"][0]
    assert page.context["adminform"].form["photos"].value() == entries


def test_photos_that_changed_on_another_page_are_compared_in_words(publisher_client):
    draft = make_draft()
    opened = draft.edit_token
    set_photos(draft, user=make_user("walter"), photos=[photo_entry(make_photo(), alt="Theirs.")])
    mine = [photo_entry(make_photo(), alt="Mine.")]
    page = save(publisher_client, draft, photos=mine, edit_token=opened).content.decode()
    assert "Two people edited this release" in page
    assert "Theirs" in page
    assert "Mine" in page
    assert "is_decorative" not in page.split('class="module conflict"')[1]


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 2), ("nino", 1), ("NIÑO", 1), ("ruling 2024", 1), ("melgar", 1), ("nothing", 0), ("%", 0)],
)
def test_library_finds_photos_by_what_is_known_of_them(publisher_client, query, count):
    first, _second = make_photo(), make_photo(credit="Rosa Melgar")
    make_draft(headline="The ruling of 2024", photos=[photo_entry(first, alt="Un niño con su madre.")])
    html = publisher_client.get(LIBRARY_URL, {"q": query, "language": "es"}).json()["html"]
    assert html.count("data-photo=") == count


def test_photo_from_the_library_has_the_texts_of_its_last_use_in_that_language(publisher_client):
    photo = make_photo(label="A judge", label_es="Una jueza")
    make_draft(photos=[photo_entry(photo, alt="A judge in court.", credit="Rosa")], language="en")
    cards = {
        language: publisher_client.get(LIBRARY_URL, {"language": language}).json()["html"]
        for language in ("en", "es")
    }
    assert "A judge in court.</textarea>" in cards["en"]
    assert "Una jueza</textarea>" in cards["es"]

"""The page for photos and documents of a release: upload, order, descriptions and concurrent edits."""

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from releases.actions.photos import add_photo, set_photos
from releases.actions.preview_links import create_preview_link
from releases.actions.revisions import publish_revision
from releases.models import Document, Photo, Release
from tests.admin import RELEASE_LIST_URL, photo_form_data, upload_data
from tests.factories import attachment_data, make_draft, make_photo, make_release, photo_entry
from tests.pdfs import make_pdf
from tests.pictures import PNG_BYTES

pytestmark = pytest.mark.django_db


def test_valid_photos_are_saved_when_another_upload_is_invalid(publisher_client):
    draft = make_draft()
    page = publisher_client.post(
        f"{RELEASE_LIST_URL}{draft.pk}/photos/",
        upload_data(("one.png", PNG_BYTES), ("two.txt", b"no picture"), ("three.png", PNG_BYTES)),
    ).content.decode()
    draft.refresh_from_db()
    assert len(draft.photos) == Photo.objects.count() == 2
    assert "two.txt: This file isn&#x27;t a supported image." in page
    assert page.count('class="module media-fieldset"') == 2


def test_upload_keeps_a_photo_that_was_added_in_the_meantime(publisher_client):
    draft, added = make_draft(), make_photo()
    publisher_client.get(f"{RELEASE_LIST_URL}{draft.pk}/photos/")
    draft.photos = [photo_entry(added)]
    draft.save()
    publisher_client.post(f"{RELEASE_LIST_URL}{draft.pk}/photos/", upload_data(("one.png", PNG_BYTES)))
    draft.refresh_from_db()
    assert draft.photos[0]["photo"] == added.pk
    assert len(draft.photos) == 2


def test_photo_descriptions_are_saved_in_the_chosen_order(publisher_client):
    first, second, third = make_photo(), make_photo(), make_photo()
    draft = make_draft(photos=[photo_entry(first), photo_entry(second), photo_entry(third)])
    changes = {
        "of_0": {"position": 9, "consent": "Her mother agreed."},
        "of_1": {"is_removed": "on"},
        "of_2": {"caption": "  C\x07 \n d "},
    }
    publisher_client.post(
        f"{RELEASE_LIST_URL}{draft.pk}/photos/",
        photo_form_data(first, second, third, **changes) | {"edit_token": draft.edit_token},
    )
    draft.refresh_from_db()
    assert [(entry["photo"], entry["alt"], entry["caption"]) for entry in draft.photos] == [
        (third.pk, "Alt 2", "C d"),
        (first.pk, "Alt 0", ""),
    ]
    first.refresh_from_db()
    assert first.consent == "Her mother agreed."


def test_outdated_edit_token_shows_both_versions_of_the_alt_text(publisher_client):
    photo = make_photo()
    draft = make_draft(photos=[photo_entry(photo)])
    edit_token = draft.edit_token
    draft.photos = [photo_entry(photo, alt="Quetzal.")]
    draft.save()
    data = photo_form_data(photo, of_0={"alt": "Mine."})
    page = publisher_client.post(
        f"{RELEASE_LIST_URL}{draft.pk}/photos/", data | {"edit_token": edit_token}
    ).content.decode()
    draft.refresh_from_db()
    assert draft.photos[0]["alt"] == "Quetzal."
    assert "Someone saved this release after you opened this page." in page
    assert "Quetzal" in page.split("Two people edited this release")[1].split("<form")[0]
    assert 'name="photo-0-alt"' in page
    publisher_client.post(f"{RELEASE_LIST_URL}{draft.pk}/photos/", data | {"edit_token": draft.edit_token})
    draft.refresh_from_db()
    assert draft.photos[0]["alt"] == "Mine."


def test_photos_added_by_two_users_at_once_are_both_saved(publisher_client, monkeypatch):
    draft, added = make_draft(), make_photo()
    add = add_photo

    def slowly(file, *, user):
        release = Release.objects.get()
        set_photos(release, user=user, more_photos=[photo_entry(added)])
        return add(file, user=user)

    monkeypatch.setattr("releases.admin.photos.add_photo", slowly)
    publisher_client.post(f"{RELEASE_LIST_URL}{draft.pk}/photos/", upload_data(("one.png", PNG_BYTES)))
    draft.refresh_from_db()
    assert len(draft.photos) == 2
    assert draft.photos[0]["photo"] == added.pk


def test_consent_has_a_history_and_is_not_overwritten_by_an_outdated_form(publisher_client, publisher):
    photo, other_photo = make_photo(), make_photo(press_kit_category="portrait", consent="Agreed in writing.")
    draft = make_draft(photos=[photo_entry(photo)])
    data = photo_form_data(photo, of_0={"consent": "Her mother agreed."}) | {"edit_token": draft.edit_token}
    publisher_client.post(f"{RELEASE_LIST_URL}{draft.pk}/photos/", data)
    photo.refresh_from_db()
    assert [record.consent for record in photo.history.all()] == ["Her mother agreed.", ""]
    assert photo.history.first().history_user == publisher
    draft.refresh_from_db()
    page = publisher_client.post(
        f"{RELEASE_LIST_URL}{draft.pk}/photos/",
        data | {"edit_token": draft.edit_token, "photo-0-consent": "Mine."},
        follow=True,
    )
    photo.refresh_from_db()
    assert photo.consent == "Her mother agreed."
    assert "Mine." in page.content.decode()
    draft.refresh_from_db()
    publisher_client.post(
        f"{RELEASE_LIST_URL}{draft.pk}/photos/",
        photo_form_data(other_photo, of_0={"consent": ""}) | {"edit_token": draft.edit_token},
    )
    other_photo.refresh_from_db()
    assert other_photo.consent == "Agreed in writing."


def test_replacement_pdf_is_served_at_the_same_url_after_publishing(
    client, publisher_client, publisher, document
):
    release = make_release(slug="a-ruling", attachments=[attachment_data(document)])
    content = client.get("/2015/03/a-ruling/fact-sheet-on-tps.pdf").content
    form = {
        "photo-TOTAL_FORMS": 0,
        "photo-INITIAL_FORMS": 0,
        "document-TOTAL_FORMS": 1,
        "document-INITIAL_FORMS": 1,
    }
    form |= {
        "document-0-document": document.pk,
        "document-0-title": "Fact sheet on TPS",
        "document-0-language": "en",
        "document-0-position": 1,
    }
    newer = SimpleUploadedFile("newer.pdf", make_pdf(2))
    publisher_client.post(
        f"{RELEASE_LIST_URL}{release.pk}/photos/",
        form | {"document-0-replacement_file": newer, "edit_token": release.edit_token},
    )
    assert client.get("/2015/03/a-ruling/fact-sheet-on-tps.pdf").content == content
    publish_revision(Release.objects.get(), user=publisher, kind="update", note="A newer fact sheet.")
    assert client.get("/2015/03/a-ruling/fact-sheet-on-tps.pdf").content != content


def test_uploaded_pdf_is_visible_in_previews_before_publication(publisher_client, publisher):
    draft = make_draft()
    form = {
        "photo-TOTAL_FORMS": 0,
        "photo-INITIAL_FORMS": 0,
        "document-TOTAL_FORMS": 0,
        "document-INITIAL_FORMS": 0,
    }
    files = [SimpleUploadedFile("one.pdf", make_pdf()), SimpleUploadedFile("two.pdf", b"no")]
    page = publisher_client.post(
        f"{RELEASE_LIST_URL}{draft.pk}/photos/", form | {"documents": files}
    ).content.decode()
    assert "two.pdf: This isn&#x27;t a PDF." in page
    draft.refresh_from_db()
    document = Document.objects.get()
    assert draft.attachments == [attachment_data(document, "")]
    assert (
        publisher_client.get(f"{RELEASE_LIST_URL}{draft.pk}/documents/{document.name}.pdf").status_code == 200
    )
    assert (
        f"{RELEASE_LIST_URL}{draft.pk}/documents/{document.name}.pdf"
        in publisher_client.get(f"{RELEASE_LIST_URL}{draft.pk}/preview/").content.decode()
    )
    link, secret = create_preview_link(draft, user=publisher, label="Ana Paz", kind="reporter", hours=24)
    reader = Client()
    reader.post(f"/preview/{secret}/")
    url = f"/preview/read/{link.reference}/documents/{document.name}.pdf"
    assert url in reader.get(f"/preview/read/{link.reference}/").content.decode()
    assert reader.get(url).status_code == 200
    assert Client().get(url).status_code == 404


def test_pdf_uploaded_with_an_outdated_edit_token_is_saved(publisher_client, document):
    draft = make_draft()
    edit_token = draft.edit_token
    draft.save()
    form = {
        "photo-TOTAL_FORMS": 0,
        "photo-INITIAL_FORMS": 0,
        "document-TOTAL_FORMS": 0,
        "document-INITIAL_FORMS": 0,
        "edit_token": edit_token,
    }
    publisher_client.post(
        f"{RELEASE_LIST_URL}{draft.pk}/photos/",
        form | {"documents": [SimpleUploadedFile("one.pdf", make_pdf())]},
    )
    draft.refresh_from_db()
    assert len(draft.attachments) == 1


def test_deleting_a_document_removes_its_file_and_links(
    client, publisher_client, document, django_capture_on_commit_callbacks
):
    release = make_release(slug="a-ruling", headline="A ruling", attachments=[attachment_data(document)])
    assert "A ruling" in publisher_client.get("/admin/releases/document/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        publisher_client.post(f"/admin/releases/document/{document.pk}/delete/", {"post": "yes"})
    assert not default_storage.exists(document.storage_path)
    assert client.get("/2015/03/a-ruling/fact-sheet-on-tps.pdf").status_code == 404
    assert "fact-sheet" not in client.get(release.get_absolute_url()).content.decode()


def test_replacement_pdf_is_saved_when_another_field_is_invalid(publisher_client, document):
    draft = make_draft(attachments=[attachment_data(document)])
    form = {
        "photo-TOTAL_FORMS": 0,
        "photo-INITIAL_FORMS": 0,
        "document-TOTAL_FORMS": 1,
        "document-INITIAL_FORMS": 1,
    }
    fields = {"document": document.pk, "title": "x" * 301, "language": "en", "position": 1}
    form |= {f"document-0-{name}": value for name, value in fields.items()}
    newer = SimpleUploadedFile("newer.pdf", make_pdf(2))
    page = publisher_client.post(
        f"{RELEASE_LIST_URL}{draft.pk}/photos/",
        form | {"document-0-replacement_file": newer, "edit_token": draft.edit_token},
    ).content.decode()
    draft.refresh_from_db()
    assert Document.objects.get(pk=draft.attachments[0]["document"]).pages == 2
    assert draft.attachments[0]["title"] == "Fact sheet on TPS"
    assert "at most 300 characters" in page


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, (None, None)),
        ({"is_lead": "on"}, (True, None)),
        ({"focus_x": "30", "focus_y": "20"}, (None, [30, 20])),
        ({"focus_x": "0"}, (None, [0, 50])),
        ({"focus_y": "100"}, (None, [50, 100])),
        ({"focus_x": "50", "focus_y": "50"}, (None, None)),
    ],
)
def test_lead_photo_and_focal_point_are_saved_and_shown(publisher_client, fields, expected):
    photo = make_photo()
    draft = make_draft(photos=[photo_entry(photo)])
    url = f"{RELEASE_LIST_URL}{draft.pk}/photos/"
    data = photo_form_data(photo, of_0=fields) | {"edit_token": draft.edit_token}
    assert publisher_client.post(url, data).status_code == 302
    draft.refresh_from_db()
    (entry,) = draft.photos
    assert (entry.get("is_lead"), entry.get("focus")) == expected
    form = publisher_client.get(url).context["photos"][0][0]
    assert [form[name].value() for name in ("is_lead", "focus_x", "focus_y")] == [
        expected[0],
        *(expected[1] or (None, None)),
    ]


@pytest.mark.parametrize("value", ["-1", "101", "x"])
def test_invalid_focal_point_is_reported(publisher_client, value):
    photo = make_photo()
    draft = make_draft(photos=[photo_entry(photo)])
    response = publisher_client.post(
        f"{RELEASE_LIST_URL}{draft.pk}/photos/",
        photo_form_data(photo, of_0={"alt": "Mine.", "focus_x": value}) | {"edit_token": draft.edit_token},
    )
    assert response.context["photos"][0][0].errors["focus_x"]
    draft.refresh_from_db()
    assert draft.photos == [photo_entry(photo)]


@pytest.mark.parametrize(("leads", "lead"), [("0", 0), ("01", 1), ("12", 1), ("", None)])
def test_photo_that_is_newly_marked_as_lead_replaces_the_earlier_one(publisher_client, leads, lead):
    photos = [make_photo() for _number in range(3)]
    draft = make_draft(photos=[photo_entry(photos[0], is_lead=True), *map(photo_entry, photos[1:])])
    changes = {f"of_{number}": {"is_lead": "on"} for number in leads}
    publisher_client.post(
        f"{RELEASE_LIST_URL}{draft.pk}/photos/",
        photo_form_data(*photos, **changes) | {"edit_token": draft.edit_token},
    )
    draft.refresh_from_db()
    assert [entry.get("is_lead", False) for entry in draft.photos] == [number == lead for number in range(3)]

"""Photo and document files are served only while a release that has them is public."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client

from releases.actions.photos import set_photos
from releases.actions.preview_links import create_preview_link, revoke_preview_link
from releases.actions.revisions import publish_revision
from releases.actions.withdrawal import withdraw
from releases.models import Release
from tests.admin import RELEASE_LIST_URL
from tests.factories import (
    attachment_data,
    make_draft,
    make_photo,
    make_release,
    make_scheduled,
    make_withdrawn,
    photo_entry,
)

pytestmark = pytest.mark.django_db


def photo_url(photo, file="480.webp"):
    return f"/photos/{photo.name}/{file}"


def get_status(url):
    return Client().get(url).status_code


@pytest.mark.parametrize("file", ["480.webp", "480.avif", "480.jpg", "600.webp", "full.jpg"])
def test_every_rendition_of_a_public_photo_has_its_content_type(client, file):
    photo = make_photo()
    make_release(photos=[photo_entry(photo)])
    response = client.get(photo_url(photo, file))
    assert response.status_code == 200
    assert (
        response["Content-Type"]
        == {"webp": "image/webp", "avif": "image/avif", "jpg": "image/jpeg"}[file.rpartition(".")[2]]
    )
    assert not response.cookies
    assert "Last-Modified" not in response


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
def test_photos_of_a_hidden_release_return_404(make):
    photo = make_photo()
    make(photos=[photo_entry(photo)])
    assert {get_status(photo_url(photo, file)) for file in photo.files} == {404}


@pytest.mark.parametrize("file", ["481.webp", "original.jpg", "..", "full.png", "480.gif", "480.webp%00"])
def test_unknown_photo_file_returns_404(file):
    photo = make_photo()
    make_release(photos=[photo_entry(photo)])
    assert get_status(photo_url(photo, file)) in (400, 404)


def test_photo_of_a_withdrawn_release_returns_404_even_with_a_matching_etag(client, publisher):
    photo = make_photo()
    release = make_release(photos=[photo_entry(photo)])
    first = client.get(photo_url(photo))
    second = client.get(photo_url(photo), headers={"If-None-Match": first["ETag"]})
    assert (first["Cache-Control"], second.status_code) == ("no-cache", 304)
    withdraw(release, user=publisher)
    assert client.get(photo_url(photo), headers={"If-None-Match": first["ETag"]}).status_code == 404
    assert client.get(f"{release.get_absolute_url()}photos.zip").status_code == 404


def test_shared_photo_stays_visible_while_one_release_is_public(publisher):
    photo = make_photo()
    english, spanish = (
        make_release(photos=[photo_entry(photo)]),
        make_release(photos=[photo_entry(photo)], language="es"),
    )
    withdraw(english, user=publisher)
    assert get_status(photo_url(photo)) == 200
    withdraw(spanish, user=publisher)
    assert get_status(photo_url(photo)) == 404


def test_photo_of_a_pending_revision_is_hidden_until_it_is_published(publisher):
    photo, release = make_photo(), make_release()
    set_photos(release, user=publisher, photos=[photo_entry(photo)])
    assert (Release.objects.get().photos, get_status(photo_url(photo))) == ([], 404)
    publish_revision(release, user=publisher, kind="update", note="A photo.")
    assert (Release.objects.get().photos, get_status(photo_url(photo))) == ([photo_entry(photo)], 200)


def test_press_kit_photo_is_public():
    assert get_status(photo_url(make_photo(press_kit_category="logo"))) == 200
    assert get_status(photo_url(make_photo())) == 404


def test_photo_of_a_draft_is_visible_only_to_staff_and_preview_link_readers(publisher_client, publisher):
    photo, other_photo = make_photo(), make_photo()
    draft = make_draft(photos=[photo_entry(photo)])
    make_draft(photos=[photo_entry(other_photo)])
    assert publisher_client.get(f"/admin/releases/photo/files/{photo.name}/480.webp").status_code == 200
    assert (
        f"/admin/releases/photo/files/{photo.name}/480.webp"
        in publisher_client.get(f"{RELEASE_LIST_URL}{draft.pk}/preview/").content.decode()
    )
    link, secret = create_preview_link(draft, user=publisher, label="Ana Paz", kind="reporter", hours=24)
    reader = Client()
    reader.post(f"/preview/{secret}/")
    base = f"/preview/read/{link.reference}/photos/"
    assert f"{base}{photo.name}/480.webp" in reader.get(f"/preview/read/{link.reference}/").content.decode()
    response = reader.get(f"{base}{photo.name}/480.webp")
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    assert reader.get(f"{base}{other_photo.name}/480.webp").status_code == 404
    assert Client().get(f"{base}{photo.name}/480.webp").status_code == 404
    revoke_preview_link(link, user=publisher)
    assert reader.get(f"{base}{photo.name}/480.webp").status_code == 404


def test_photo_appears_at_its_placeholder_and_other_photos_below_the_text(client):
    first, second = make_photo(), make_photo()
    body = f"<p>Before.</p><p>[photo {second.pk}]</p><p>After.</p>"
    release = make_release(
        photos=[photo_entry(first, caption="One."), photo_entry(second, caption="Two.", credit="Ana")],
        body=body,
    )
    page = client.get(release.get_absolute_url()).content.decode()
    assert page.index("Before.") < page.index("Two.") < page.index("After.") < page.index("One.")
    assert "Photo: Ana" in page
    assert "[photo" not in page
    assert page.count("<figure") == 2


def test_photo_placeholder_is_not_in_feeds_or_search(client):
    photo = make_photo()
    release = make_release(photos=[photo_entry(photo)], body=f"<p>Before.</p><p>[photo {photo.pk}]</p>")
    assert "[photo" not in client.get("/feed/").content.decode()
    assert release.get_absolute_url() not in client.get(f"/search/?q=photo+{photo.pk}").content.decode()


def test_decorative_photo_has_empty_alt_text(client):
    release = make_release(photos=[photo_entry(make_photo(), alt="x", is_decorative=True)])
    assert ' alt=""' in client.get(release.get_absolute_url()).content.decode()


def test_photo_zip_contains_all_photos_and_their_captions(client):
    release = make_release(
        slug="a-day",
        photos=[photo_entry(make_photo(), caption="One.", credit="Ana"), photo_entry(make_photo())],
    )
    response = client.get(f"{release.get_absolute_url()}photos.zip")
    assert response["Content-Disposition"] == 'attachment; filename="a-day.zip"'
    not_modified = client.get(
        f"{release.get_absolute_url()}photos.zip", headers={"If-None-Match": response["ETag"]}
    )
    assert (not_modified.status_code, client.head(f"{release.get_absolute_url()}photos.zip").status_code) == (
        304,
        200,
    )
    with ZipFile(BytesIO(response.getvalue())) as archive:
        assert archive.namelist() == ["a-day-1.jpg", "a-day-2.jpg", "a-day.txt"]
        assert "Photo: Ana" in archive.read("a-day.txt").decode()
    assert (
        f"{release.get_absolute_url()}photos.zip" in client.get(release.get_absolute_url()).content.decode()
    )
    assert client.get(f"{make_release().get_absolute_url()}photos.zip").status_code == 404


def test_attached_pdf_is_served_under_a_slug_of_its_title(client, document):
    release = make_release(slug="a-ruling", attachments=[attachment_data(document, language="es")])
    page = client.get(release.get_absolute_url()).content.decode()
    assert 'href="/2015/03/a-ruling/fact-sheet-on-tps.pdf"' in page
    assert "in Spanish" in page
    assert "AR_final" not in page
    response = client.get("/2015/03/a-ruling/fact-sheet-on-tps.pdf")
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response["Content-Disposition"] == 'inline; filename="fact-sheet-on-tps.pdf"'
    assert response["Link"] == f'<http://127.0.0.1:8000{release.get_absolute_url()}>; rel="canonical"'
    assert (
        client.get(
            "/2015/03/a-ruling/fact-sheet-on-tps.pdf", headers={"If-None-Match": response["ETag"]}
        ).status_code
        == 304
    )


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
def test_pdf_of_a_hidden_release_returns_404(client, make, document):
    make(slug="a-ruling", date="2015-03-04", attachments=[attachment_data(document)])
    assert client.get("/2015/03/a-ruling/fact-sheet-on-tps.pdf").status_code == 404

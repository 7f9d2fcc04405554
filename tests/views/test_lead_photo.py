"""The lead photo under the headline, and the share image that is cropped around its focal point."""

from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from releases.actions.photos import set_photos
from releases.actions.revisions import publish_revision
from releases.actions.withdrawal import withdraw
from releases.media import share_images
from tests.admin import admin_url
from tests.factories import make_draft, make_photo, make_release, make_scheduled, make_withdrawn, photo_entry
from tests.views import get_public_page, make_link, open_link

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"


def get_figure(page: str, photo) -> str:
    """Return the markup of `photo`, which is on the page once."""
    (figure,) = [part.split("</figure>")[0] for part in page.split(f'id="photo-{photo.pk}"')[1:]]
    return figure


def get_image(response) -> Image.Image:
    with Image.open(BytesIO(response.content)) as image:
        image.load()
        return image


def test_lead_photo_is_under_the_headline_and_the_others_stay_where_they_are():
    below, lead, placed = make_photo(), make_photo(), make_photo()
    release = make_release(
        photos=[photo_entry(below), photo_entry(lead, is_lead=True), photo_entry(placed)],
        subhead="A subhead",
        summary="The summary.",
        body=f"<p>Before.</p><p>[photo {placed.pk}]</p><p>After.</p>",
    )
    page = get_public_page(release)
    parts = [
        "A subhead</p>",
        f'id="photo-{lead.pk}"',
        "The summary.</p>",
        f'id="photo-{placed.pk}"',
        "After.",
    ]
    places = [page.index(part) for part in [*parts, f'id="photo-{below.pk}"']]
    assert places == sorted(places)
    assert ["lazy" in get_figure(page, photo) for photo in (below, lead, placed)] == [True, False, True]


def test_placeholder_of_the_lead_photo_shows_nothing():
    lead = make_photo()
    release = make_release(
        photos=[photo_entry(lead, is_lead=True)], body=f"<p>Before.</p><p>[photo {lead.pk}]</p><p>After.</p>"
    )
    page = get_public_page(release)
    assert page.index(f'id="photo-{lead.pk}"') < page.index("Before.")
    assert "<p>Before.</p><p>After.</p>" in page
    assert page.count("<figure") == 1


def test_notice_that_a_release_expired_comes_before_its_lead_photo():
    lead = make_photo()
    page = get_public_page(
        make_release(
            kind="service_notice", valid_until="2016-01-01", photos=[photo_entry(lead, is_lead=True)]
        )
    )
    assert page.index("This notice expired") < page.index(f'id="photo-{lead.pk}"')


@pytest.mark.parametrize(
    ("changes", "shared", "focus"),
    [([{}, {}], 0, "50-50"), ([{}, {"is_lead": True}], 1, "50-50"), ([{"focus": [30, 0]}, {}], 0, "30-0")],
)
def test_page_names_the_share_image_with_the_lead_or_the_first_photo(changes, shared, focus):
    photos = [make_photo(), make_photo()]
    entries = [
        photo_entry(photo, alt=f"Alt {number}.", **changes[number]) for number, photo in enumerate(photos)
    ]
    release = make_release(photos=entries)
    page = get_public_page(release)
    url = f"{SITE}{release.get_absolute_url()}photo-card.jpg?v={photos[shared].pk}-{focus}"
    for name, content in (
        ("", url),
        (":width", "1200"),
        (":height", "630"),
        (":alt", f"Alt {shared}."),
    ):
        assert f'<meta property="og:image{name}" content="{content}">' in page
    assert f'"image": ["{url}"]' in page


def test_release_without_photos_has_only_the_card_with_its_headline(client):
    release = make_release()
    assert f'content="{SITE}{release.get_absolute_url()}card.png"' in get_public_page(release)
    assert client.get(f"{release.get_absolute_url()}photo-card.jpg").status_code == 404


def test_share_image_is_a_jpeg_that_is_made_once(client, monkeypatch):
    release = make_release(photos=[photo_entry(make_photo())])
    url = f"{release.get_absolute_url()}photo-card.jpg"
    response = client.get(url)
    assert (response["Content-Type"], response["Cache-Control"]) == ("image/jpeg", "public, no-cache")
    assert (get_image(response).format, get_image(response).size) == ("JPEG", (1200, 630))
    monkeypatch.setattr(share_images, "crop_photo", lambda *_args: pytest.fail("made again"))
    assert client.get(f"{url}?v=any").content == response.content
    assert client.get(url, headers={"if-none-match": response["ETag"]}).status_code == 304


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
def test_share_image_of_a_hidden_release_is_not_made(client, monkeypatch, make):
    monkeypatch.setattr(share_images, "crop_photo", lambda *_args: pytest.fail("made"))
    make(slug="a-ruling", date="2015-03-04", photos=[photo_entry(make_photo(), is_lead=True)])
    assert client.get("/2015/03/a-ruling/photo-card.jpg").status_code == 404


def test_share_image_of_a_withdrawn_release_returns_404_even_with_its_etag(client, publisher):
    release = make_release(photos=[photo_entry(make_photo())])
    url = f"{release.get_absolute_url()}photo-card.jpg"
    etag = client.get(url)["ETag"]
    withdraw(release, user=publisher)
    assert client.get(url, headers={"if-none-match": etag}).status_code == 404


def test_focal_point_of_a_pending_revision_changes_the_share_image_once_it_is_published(client, publisher):
    photo, release = make_photo(), make_release()
    release.photos = [photo_entry(photo)]
    release.save()
    url = f"{release.get_absolute_url()}photo-card.jpg"
    before, page = client.get(url), get_public_page(release)
    set_photos(release, user=publisher, photos=[photo_entry(photo, is_lead=True, focus=[50, 0])])
    assert (client.get(url)["ETag"], get_public_page(release)) == (before["ETag"], page)
    publish_revision(release, user=publisher, kind="typo")
    assert f"?v={photo.pk}-50-0" in get_public_page(release)
    assert f'photo-{photo.pk}"' in get_public_page(release).split("release-body")[0]


def test_share_image_without_its_file_returns_404(client, caplog):
    photo = make_photo()
    release = make_release(photos=[photo_entry(photo)])
    default_storage.delete(f"{photo.storage_folder}/{photo.largest_fallback}")
    assert client.get(f"{release.get_absolute_url()}photo-card.jpg").status_code == 404
    assert "could not be read" in caplog.text


def test_previews_show_the_lead_photo_and_the_cropped_share_image(publisher_client, publisher):
    first, lead = make_photo(), make_photo()
    draft = make_draft(photos=[photo_entry(first), photo_entry(lead, alt="A banner.", is_lead=True)])
    url = admin_url(draft, "preview")
    page = publisher_client.get(url).content.decode()
    assert (
        page.index(f'id="photo-{lead.pk}"')
        < page.index("release-body")
        < page.index(f'id="photo-{first.pk}"')
    )
    shared = publisher_client.get(f"{url}?look=shared").content.decode()
    assert '<img src="?look=card" width="1200" height="630" alt="A banner.">' in shared
    response = publisher_client.get(f"{url}?look=card")
    assert (response["Content-Type"], get_image(response).size) == ("image/jpeg", (1200, 630))
    link, secret = make_link(draft, publisher)
    read = open_link(secret).get(f"/preview/read/{link.reference}/").content.decode()
    assert read.index(f'id="photo-{lead.pk}"') < read.index("release-body")

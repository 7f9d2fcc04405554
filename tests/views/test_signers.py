"""The organizations that sign a release: on its page, in its texts, in feeds and in search."""

import pytest
from django.utils.html import escape

from releases.models import PendingRevision, Release
from tests.admin import admin_url
from tests.factories import make_draft, make_organization, make_release
from tests.views import get_public_page, make_link, open_link

pytestmark = pytest.mark.django_db
WEBSITE = "https://www.example.org/?a=1&b=2"


@pytest.fixture
def organization():
    return make_organization("Children <b>United", name_es="Niñez Unida", website=WEBSITE)


@pytest.mark.parametrize(
    ("language", "heading", "name"),
    [("en", "Signed by", "Children &lt;b&gt;United"), ("es", "Firmado por", "Niñez Unida")],
)
def test_page_lists_carecen_and_then_the_other_signers(organization, language, heading, name):
    signers = [organization.pk, make_organization("Bet Tzedek").pk]
    page = get_public_page(make_release(language=language, signers=signers, boilerplate="For 40 years."))
    link = f'<a href="{escape(WEBSITE)}" rel="noopener noreferrer">{name}</a>'
    items = f"<li>CARECEN Los Angeles</li><li>Bet Tzedek</li><li>{link}</li>"
    assert f"<h2>{heading}</h2><ul>{items}</ul>" in page
    assert page.index("agreed.") < page.index(heading) < page.index("For 40 years.")


def test_page_of_a_release_without_signers_has_no_list(client):
    release = make_release()
    deleted = make_organization()
    other = make_release(signers=[deleted.pk])
    deleted.delete()
    for page in map(get_public_page, (release, other)):
        assert "Signed by" not in page


def test_texts_list_the_signers_between_body_and_boilerplate(client, organization):
    release = make_release(signers=[organization.pk], language="es", boilerplate="Por 40 años.")
    url = release.get_absolute_url().rstrip("/")
    text, markdown = (client.get(f"{url}.{name}").content.decode() for name in ("txt", "md"))
    lines = f"Firmado por\n\n• CARECEN Los Angeles\n• Niñez Unida ({WEBSITE})\n\nAcerca de CARECEN"
    assert f"The court agreed.\n\n{lines}" in text
    assert f"## Firmado por\n\n- CARECEN Los Angeles\n- [Niñez Unida]({WEBSITE})\n\n## Acerca" in markdown


@pytest.mark.parametrize("path", ["/es/feed/", "/es/feed/atom/", "/es/feed/json/"])
def test_feeds_list_the_signers(client, organization, path):
    make_release(signers=[organization.pk], language="es")
    content = client.get(path).content.decode()
    assert "Firmado por" in content
    assert "Niñez Unida" in content


def test_renamed_or_deleted_organization_changes_cached_pages_and_search(client, organization):
    release = make_release(signers=[organization.pk])
    assert "United" in get_public_page(release)
    organization.name = "Bet Tzedek"
    organization.save()
    page = get_public_page(release)
    assert "Bet Tzedek" in page
    assert "United" not in page
    url = release.get_absolute_url()
    found = "/search/?q=tzedek"
    assert url in client.get(found).content.decode()
    assert url not in client.get("/search/?q=united").content.decode()
    organization.delete()
    assert "Bet Tzedek" not in get_public_page(release)
    assert url not in client.get(found).content.decode()


def test_previews_list_the_signers_of_the_pending_revision(publisher_client, publisher, organization):
    release = make_release()
    content = release.content() | {"signers": [organization.pk]}
    PendingRevision.objects.create(release=release, data=content | {"date": None, "tags": []})
    for look in ("page", "shared"):
        page = publisher_client.get(f"{admin_url(release, 'preview')}?look={look}").content.decode()
        assert "Signed by" in page, look
    assert "Signed by" not in get_public_page(release)
    link, secret = make_link(make_draft(signers=[organization.pk]), publisher)
    reader = open_link(secret)
    for address in (f"/preview/read/{link.reference}/", f"/preview/read/{link.reference}/text/"):
        assert "Children" in reader.get(address).content.decode(), address
    assert Release.objects.count() == 2

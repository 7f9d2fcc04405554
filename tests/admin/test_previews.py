"""Previews, preview links and the share kit in the admin."""

import re

import pytest
from django.test import Client

from releases.actions.publication import publish
from releases.actions.revisions import save_revision
from releases.models import PreviewLink, User
from tests.admin import RELEASE_LIST_URL, admin_url
from tests.factories import CANARY, make_draft, make_release, make_topic, make_user
from tests.views import open_link, read_preview

pytestmark = pytest.mark.django_db


def test_preview_link_is_shown_once_and_can_be_revoked(publisher_client, embargoed_release):
    url = f"{RELEASE_LIST_URL}{embargoed_release.pk}/preview-links/"
    page = publisher_client.post(
        url, {"label": "Ana Paz", "kind": "reporter", "hours": "24"}
    ).content.decode()
    secret = re.search(r"/preview/([\w-]{43})/", page)[1]
    assert CANARY in read_preview(open_link(secret), PreviewLink.objects.get())
    listed = publisher_client.get(url).content.decode()
    assert secret not in listed
    assert "opened" in listed
    publisher_client.post(f"{url}{PreviewLink.objects.get().pk}/revoke/")
    assert "revoked" in publisher_client.get(url).content.decode()
    assert Client().get(f"/preview/{secret}/").status_code == 404


def test_link_of_a_reporter_can_be_extended_until_the_embargo_ends(publisher_client, embargoed_release):
    url = f"{RELEASE_LIST_URL}{embargoed_release.pk}/preview-links/"
    for kind in ("reporter", "approver"):
        publisher_client.post(url, {"label": "Ana Paz", "kind": kind, "hours": "6"})
    page = publisher_client.get(url).content.decode()
    assert page.count("works until") == 2
    assert page.count("Extend<span") == 1
    assert "The embargo ends on" in page
    link = PreviewLink.objects.get(kind="reporter")
    page = publisher_client.post(f"{url}{link.pk}/extend/", follow=True).content.decode()
    assert "Extended. The link now works until" in page
    assert "Extend<span" not in page  # it works until the end of the embargo
    link.refresh_from_db()
    assert link.expires_at == embargoed_release.public_at
    page = publisher_client.post(f"{url}{link.pk}/extend/", follow=True).content.decode()
    assert "already works as long as it can" in page


def test_preview_links_of_a_draft_cannot_be_extended(publisher_client):
    url = admin_url(make_draft(), "preview-links")
    publisher_client.post(url, {"label": "Ana Paz", "kind": "reporter", "hours": "6"})
    page = publisher_client.get(url).content.decode()
    assert "works until" in page
    assert "Extend" not in page


def test_submitting_the_form_twice_creates_one_preview_link(publisher_client, embargoed_release):
    url = f"{RELEASE_LIST_URL}{embargoed_release.pk}/preview-links/"
    data = {
        "label": "Ana Paz",
        "kind": "reporter",
        "hours": "24",
        "client_id": publisher_client.get(url).context["form"]["client_id"].value(),
    }
    publisher_client.post(url, data)
    assert "This link already exists." in publisher_client.post(url, data).content.decode()
    assert PreviewLink.objects.count() == 1


@pytest.mark.parametrize("layout", ["page", "item", "print", "anything"])
def test_admin_preview_shows_the_public_page(publisher_client, layout):
    daca = make_topic("DACA")
    draft = make_draft(headline="A ruling", summary="Families stay.", topics=(daca,))
    page = publisher_client.get(f"{admin_url(draft, 'preview')}?look={layout}").content.decode()
    for text in ("A ruling", "Families stay.", "DACA", "as readers will see it"):
        assert text in page


def test_preview_of_a_public_release_shows_its_pending_revision(publisher_client, publisher):
    release = make_release(headline="A ruling")
    save_revision(
        release,
        user=publisher,
        content=release.content() | {"headline": "Another ruling"},
        topic_ids=[make_topic("DACA").pk],
    )
    page = publisher_client.get(admin_url(release, "preview")).content.decode()
    assert "Another ruling" in page
    assert "DACA" in page
    release.refresh_from_db()
    assert release.headline == "A ruling"


def test_print_preview_has_the_print_stylesheet(publisher_client):
    style = publisher_client.get(f"{RELEASE_LIST_URL}print.css")
    assert style["Content-Type"] == "text/css"
    assert "@media screen, print" in style.content.decode()
    assert Client().get(f"{RELEASE_LIST_URL}print.css").status_code == 302


def test_preview_of_a_missing_release_redirects(publisher_client):
    assert publisher_client.get(f"{RELEASE_LIST_URL}999999/preview/").status_code == 302
    assert publisher_client.get(f"{RELEASE_LIST_URL}999999/preview-links/").status_code == 302


def test_preview_requires_permission(client):
    draft = make_draft(headline=f"{CANARY} headline")
    client.force_login(make_user("ana", ""))
    for page_name in ("preview", "preview-links"):
        response = client.get(admin_url(draft, page_name))
        assert response.status_code == 403
        assert CANARY not in response.content.decode()


def test_preview_shows_the_social_card(publisher_client):
    draft = make_draft(headline="Card & headline", summary="Sum.", subhead="Sub.")
    url = f"/admin/releases/release/{draft.pk}/preview/"
    page = publisher_client.get(f"{url}?look=shared").content.decode()
    assert '<img src="?look=card"' in page
    assert "<em>Sub.</em>" in page
    assert publisher_client.get(f"{url}?look=card").content.startswith(b"\x89PNG")


def test_share_kit_includes_the_translation_once_it_is_public(publisher_client):
    release = make_release(headline="Ruling", summary="Sum.")
    spanish = make_draft(
        headline="Fallo", language="es", translation_key=release.translation_key, summary="Suma."
    )
    url = f"/admin/releases/release/{release.pk}/share-kit/"
    page = publisher_client.get(url).content.decode()
    assert release.get_absolute_url() in page
    assert "*Ruling*" in page
    assert "Fallo" not in page
    publish(spanish, user=User.objects.get(username="petra"))
    page = publisher_client.get(url).content.decode()
    assert "*Fallo*" in page
    assert "Lea el comunicado completo:" in page
    assert "Read the full release:" in page


def test_share_kit_is_empty_for_a_draft(publisher_client):
    draft = make_draft()
    page = publisher_client.get(f"/admin/releases/release/{draft.pk}/share-kit/").content.decode()
    assert "nothing to share" in page
    assert "textarea" not in page

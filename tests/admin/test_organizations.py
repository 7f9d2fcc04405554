"""The organizations that sign a release, in its form, its history and their own pages."""

import pytest

from releases.actions.revisions import publish_revision
from releases.models import Organization, get_versions
from tests.admin import RELEASE_ADD_URL, admin_url, form_data, form_errors
from tests.factories import make_draft, make_organization, make_release, make_scheduled
from tests.views import get_public_page

pytestmark = pytest.mark.django_db
ORGANIZATION_ADD_URL = "/admin/releases/organization/add/"


def post_form(client, release, **data):
    release.refresh_from_db()
    fields = form_data(release) | {"edit_token": release.edit_token} | data
    return client.post(admin_url(release, "change"), fields)


def test_writer_selects_signers_and_adds_names_in_the_form(writer_client):
    known, other = make_organization("Niñez Unida"), make_organization("Bet Tzedek")
    lines = "• CHIRLA\r\nninez unida\r\n\r\nCARECEN, Los Angeles\r\nchirla\r\n"
    draft = make_draft()
    post_form(writer_client, draft, signers=[other.pk], new_signers=lines)
    draft.refresh_from_db()
    new = Organization.objects.get(name="CHIRLA")
    assert draft.signers == [known.pk, other.pk, new.pk]
    assert Organization.objects.count() == 3
    writer_client.post(RELEASE_ADD_URL, form_data(draft, new_signers="SALEF"))
    assert Organization.objects.get(name="SALEF").history.get().history_type == "+"


def test_names_that_are_too_long_are_refused_and_nothing_is_added(writer_client):
    response = post_form(writer_client, make_draft(), new_signers=f"CHIRLA\n{'Coalition ' * 30}")
    assert form_errors(response)["new_signers"][0].endswith("Enter one organization per line.")
    assert not Organization.objects.exists()


def test_signers_of_a_public_release_change_with_its_revision(publisher_client, publisher):
    release = make_release(signers=[make_organization("Bet Tzedek").pk])
    post_form(publisher_client, release, new_signers="CHIRLA")
    release.refresh_from_db()
    assert "CHIRLA" not in get_public_page(release)
    page = publisher_client.get(admin_url(release, "publish-revision")).content.decode()
    assert "<del>Bet Tzedek</del><ins>CHIRLA</ins>" in page
    publish_revision(release, user=publisher, kind="typo")
    page = get_public_page(release)
    assert "CHIRLA" in page
    assert "Bet Tzedek" not in page
    url = f"{admin_url(release, 'restore')}{get_versions(release)[-1].key}/"
    token = publisher_client.get(url).context["form"]["edit_token"].value()
    publisher_client.post(url, {"edit_token": token})
    publish_revision(release, user=publisher, kind="typo")
    assert "Bet Tzedek" in get_public_page(release)


def test_both_selections_are_shown_in_a_conflict(publisher_client):
    mine, theirs = make_organization("CHIRLA"), make_organization("Bet Tzedek")
    draft = make_draft()
    fields = form_data(draft) | {"signers": [mine.pk], "new_signers": "SALEF"}
    draft.signers = [theirs.pk]
    draft.save()
    page = publisher_client.post(admin_url(draft, "change"), fields).content.decode()
    for text in ('name="choose_signers"', "CHIRLA", "Bet Tzedek", 'name="new_signers" hidden>\nSALEF'):
        assert text in page


def test_form_without_permission_to_change_lists_the_names(writer_client):
    release = make_scheduled(signers=[make_organization("Bet Tzedek").pk])
    assert "Bet Tzedek" in writer_client.get(admin_url(release, "change")).content.decode()


def test_duplicate_is_refused_on_the_page_of_organizations(writer_client):
    make_organization("Niñez Unida")
    response = writer_client.post(ORGANIZATION_ADD_URL, {"name": "NINEZ UNIDA", "website": "example.org"})
    assert "already an organization with this name: Niñez Unida. Use that one." in response.content.decode()
    writer_client.post(ORGANIZATION_ADD_URL, {"name": "CHIRLA", "website": "www.chirla.org"})
    assert Organization.objects.get(name="CHIRLA").website == "https://www.chirla.org"


def test_organization_is_saved_then_deleted_with_plain_sentences(publisher_client):
    url = "/admin/releases/organization/"
    response = publisher_client.post(f"{url}add/", {"name": "CHIRLA", "_continue": ""}, follow=True)
    organization = Organization.objects.get(name="CHIRLA")
    assert response.redirect_chain == [(f"{url}{organization.pk}/change/", 302)]
    assert "“CHIRLA” was saved." in response.content.decode()
    assert "Total: 1<" in publisher_client.get(url).content.decode()
    assert "Added." in publisher_client.get(f"{url}{organization.pk}/history/").content.decode()
    page = publisher_client.get(f"{url}{organization.pk}/delete/").content.decode()
    assert "This deletes “CHIRLA”." in page
    assert f'href="{url}{organization.pk}/change/"' in page
    publisher_client.post(f"{url}{organization.pk}/delete/", {"post": "yes"})
    assert not Organization.objects.exists()


def test_history_without_changes_says_so(publisher_client):
    pk = Organization.objects.create(name="CHIRLA").pk
    page = publisher_client.get(f"/admin/releases/organization/{pk}/history/").content.decode()
    assert "No changes are recorded." in page

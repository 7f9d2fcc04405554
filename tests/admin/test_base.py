"""Every list in the admin: no bulk delete, and invalid URLs cause no server error."""

import pytest

from releases.models import Release
from tests.admin import RELEASE_LIST_URL
from tests.factories import make_draft, make_user

pytestmark = pytest.mark.django_db


def test_release_list_has_no_bulk_delete(publisher_client):
    draft = make_draft()
    publisher_client.post(
        RELEASE_LIST_URL, {"action": "delete_selected", "_selected_action": [draft.pk], "post": "yes"}
    )
    assert Release.objects.filter(pk=draft.pk).exists()


@pytest.mark.parametrize(
    "query",
    [
        "date__year=9999",
        "date__year=99999999999999999999",
        "date__month=99",
        "language__exact=%00",
        "topic=%00",
        "year=9999",
        "year=x",
        "q=" + "word+" * 2000,
        "p=x",
        "o=99",
        "e=1",
    ],
)
@pytest.mark.parametrize("url", [RELEASE_LIST_URL, "/admin/releases/topic/", "/admin/releases/user/"])
def test_invalid_query_string_causes_no_server_error(client, query, url):
    client.force_login(make_user(is_superuser=True))
    assert client.get(f"{url}?{query}").status_code in (200, 302, 400)


@pytest.mark.parametrize("pk", ["9" * 30, "0"])
def test_out_of_range_release_id_is_not_found(publisher_client, pk):
    assert publisher_client.get(f"{RELEASE_LIST_URL}{pk}/change/").status_code == 302
    assert publisher_client.get(f"{RELEASE_LIST_URL}{pk}/publish/").status_code in (302, 404)


def test_a_section_with_one_list_has_the_name_of_the_list(writer_client, manager_client):
    labels = {link.label: len(link.links) for link in writer_client.get("/admin/").context["navigation"]}
    assert "Organizations" in labels
    assert "Press" not in labels
    labels = {link.label: len(link.links) for link in manager_client.get("/admin/").context["navigation"]}
    assert labels["Press"] == 4

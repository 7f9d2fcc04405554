"""Who may do what: writers write drafts, publishers decide what the public reads, nobody else comes in."""

import pytest

from releases.models import Release
from tests.admin import ADD, LIST, NEXT_YEAR, address, form_of
from tests.builders import make_draft, make_release, make_scheduled, make_user, make_withdrawn

pytestmark = pytest.mark.django_db


MAKE = {"draft": make_draft, "scheduled": make_scheduled, "public": make_release, "withdrawn": make_withdrawn}
CELLS = [
    # role, door, states in which it opens, states in which it does something
    ("Writers", "change", "draft scheduled public withdrawn", "draft"),
    ("Writers", "delete", "draft", "draft"),
    ("Writers", "history", "draft scheduled public withdrawn", ""),
    ("Writers", "publish", "", ""),
    ("Writers", "withdraw", "", ""),
    ("Writers", "return-to-draft", "", ""),
    ("Writers", "reschedule", "", ""),
    ("Writers", "take-down", "", ""),
    ("Writers", "change-address", "", ""),
    ("Writers", "explain", "", ""),
    ("Writers", "publish-again", "", ""),
    ("Publishers", "change", "draft scheduled public withdrawn", "draft scheduled public"),
    ("Publishers", "delete", "draft", "draft"),
    ("Publishers", "history", "draft scheduled public withdrawn", ""),
    ("Publishers", "publish", "draft scheduled public withdrawn", "draft"),
    ("Publishers", "withdraw", "draft scheduled public withdrawn", "public"),
    ("Publishers", "return-to-draft", "draft scheduled public withdrawn", "scheduled"),
    ("Publishers", "reschedule", "draft scheduled public withdrawn", "scheduled"),
    ("Publishers", "take-down", "draft scheduled public withdrawn", "public"),
    ("Publishers", "change-address", "draft scheduled public withdrawn", "public"),
    ("Publishers", "explain", "draft scheduled public withdrawn", "withdrawn"),
    ("Publishers", "publish-again", "draft scheduled public withdrawn", "withdrawn"),
    ("", "change", "", ""),
    ("", "reschedule", "", ""),
    ("", "take-down", "", ""),
    ("", "explain", "", ""),
    ("", "change-address", "", ""),
    ("", "publish-again", "", ""),
    ("", "delete", "", ""),
    ("", "history", "", ""),
    ("", "publish", "", ""),
    ("", "withdraw", "", ""),
    ("", "return-to-draft", "", ""),
]
POSTS = {
    "delete": {"post": "yes"},
    "publish": {"when": "now"},
    "withdraw": {"reason": "x"},
    "explain": {"reason": "x"},
    "change-address": {"slug": "elsewhere"},
    "reschedule": {"at": f"{NEXT_YEAR}-05-01T09:00"},
}


@pytest.mark.parametrize("state", MAKE)
@pytest.mark.parametrize(("role", "door", "opens", "acts"), CELLS, ids=lambda value: value or "none")
def test_the_table_of_roles(client, state, role, door, opens, acts):
    client.force_login(make_user("ana", role))
    release = MAKE[state](headline="Canary headline")
    before = Release.objects.filter(pk=release.pk).values().get()

    looked = client.get(address(release, door))
    assert (looked.status_code == 200) is (state in opens.split())
    if looked.status_code != 200:
        assert looked.status_code == 403
        assert "Canary" not in looked.content.decode()

    client.post(address(release, door), form_of(release) if door == "change" else POSTS.get(door, {}))
    after = Release.objects.filter(pk=release.pk).values().first()
    assert (after != before) is (state in acts.split())


@pytest.mark.parametrize(
    "url", [LIST, ADD, f"{LIST}1/change/", f"{LIST}1/publish/", "/admin/", "/admin/releases/topic/", "/admin/releases/user/"]
)
def test_nobody_sees_the_desk_without_signing_in(client, url):
    make_draft()
    response = client.get(url)
    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("role", ["Writers", "Publishers"])
@pytest.mark.parametrize("url", ["/admin/releases/user/", "/admin/auth/group/", "/admin/releases/user/add/"])
def test_nobody_manages_accounts_without_the_right(client, role, url):
    client.force_login(make_user("ana", role))
    assert client.get(url).status_code == 403

import pytest
from django.contrib.auth.models import Group

from tests.builders import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def test_a_temporary_password_is_replaced_before_anything_else(client):
    user = make_user(password_is_temporary=True)
    client.login(username=user.username, password=PASSWORD)
    for url in ("/admin/", "/admin/releases/release/", "/admin/releases/release/add/"):
        assert client.get(url)["Location"] == "/admin/password_change/"
    same = client.post("/admin/password_change/", {"old_password": PASSWORD, "new_password1": PASSWORD, "new_password2": PASSWORD})
    assert "the password you have now" in same.content.decode()
    new = "another of one's own"
    client.post("/admin/password_change/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("url", ["/admin/login/", "/admin/", "/admin/releases/release/"])
def test_the_desk_allows_nothing_inline(desk, url):
    policy = desk.get(url)["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy


def test_the_desk_is_never_kept_by_a_cache(desk):
    assert "no-store" in desk.get("/admin/releases/release/")["Cache-Control"]


def test_the_staffs_cookies_stay_at_the_desk(client):
    user = make_user()
    client.get("/admin/login/")
    response = client.post("/admin/login/", {"username": user.username, "password": PASSWORD, "next": "/admin/"})
    assert response.status_code == 302
    assert {cookie["path"] for cookie in response.cookies.values()} == {"/admin/"}
    assert {(name, cookie["httponly"], cookie["samesite"]) for name, cookie in response.cookies.items()} == {
        ("csrftoken", True, "Lax"),
        ("sessionid", True, "Lax"),
    }


def test_the_newsroom_stands_first(desk):
    assert desk.get("/admin/").context["app_list"][0]["app_label"] == "releases"


def test_the_roles_are_there_from_the_first_migration_on():
    rights = {group.name: set(group.permissions.values_list("codename", flat=True)) for group in Group.objects.all()}
    writers = {"add_release", "change_release", "delete_release", "view_release", "add_topic", "view_topic", "add_photo", "view_photo"}
    press = {f"{verb}_{model}" for verb in ("add", "change", "delete", "view") for model in ("mediacontact", "boilerplate", "coverage")}
    press |= {"view_document", "delete_document"}
    publishers = writers | press | {"publish_release", "change_topic", "delete_topic", "change_photo", "delete_photo"}
    assert rights == {"Writers": writers, "Publishers": publishers}

"""The admin site: temporary passwords, CSP, and cookies."""

import pytest
from django.contrib.auth.models import Group

from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def test_temporary_password_must_be_changed_before_using_the_admin(client):
    user = make_user(password_is_temporary=True)
    client.login(username=user.username, password=PASSWORD)
    for url in ("/admin/", "/admin/releases/release/", "/admin/releases/release/add/"):
        assert client.get(url)["Location"] == "/admin/password_change/"
    response = client.post(
        "/admin/password_change/",
        {"old_password": PASSWORD, "new_password1": PASSWORD, "new_password2": PASSWORD},
    )
    assert "your current password" in response.content.decode()
    new_password = "another of one's own"
    client.post(
        "/admin/password_change/",
        {"old_password": PASSWORD, "new_password1": new_password, "new_password2": new_password},
    )
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("url", ["/admin/login/", "/admin/", "/admin/releases/release/"])
def test_admin_csp_forbids_inline_scripts_and_styles(publisher_client, url):
    policy = publisher_client.get(url)["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy


def test_admin_pages_are_never_cached(publisher_client):
    assert "no-store" in publisher_client.get("/admin/releases/release/")["Cache-Control"]


def test_staff_cookies_are_limited_to_the_admin_path(client):
    user = make_user()
    client.get("/admin/login/")
    response = client.post(
        "/admin/login/", {"username": user.username, "password": PASSWORD, "next": "/admin/"}
    )
    assert response.status_code == 302
    assert {cookie["path"] for cookie in response.cookies.values()} == {"/admin/"}
    assert {(name, cookie["httponly"], cookie["samesite"]) for name, cookie in response.cookies.items()} == {
        ("csrftoken", True, "Lax"),
        ("device", True, "Lax"),
        ("sessionid", True, "Lax"),
    }


def test_migrations_create_the_groups_with_their_permissions():
    rights = {
        group.name: set(group.permissions.values_list("codename", flat=True)) for group in Group.objects.all()
    }
    writers = {
        "add_release",
        "change_release",
        "delete_release",
        "view_release",
        "add_topic",
        "view_topic",
        "add_photo",
        "view_photo",
        "view_releasetemplate",
        "view_wordlistentry",
        "add_organization",
        "view_organization",
    }
    publisher_only = {
        f"{action}_{model}"
        for action in ("add", "change", "delete", "view")
        for model in ("mediacontact", "boilerplate", "coverage", "releasetemplate", "wordlistentry")
    }
    publisher_only |= {"view_document", "delete_document", "change_organization", "delete_organization"}
    publishers = (
        writers
        | publisher_only
        | {"publish_release", "change_topic", "delete_topic", "change_photo", "delete_photo"}
    )
    assert rights == {"Writers": writers, "Publishers": publishers}

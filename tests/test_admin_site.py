"""The admin site: temporary passwords, CSP, cookies, and the dashboard."""

import re

import pytest
from django.contrib.auth.models import Group

from releases.actions.publication import publish
from releases.actions.reviews import request_review, write_note
from releases.actions.revisions import publish_revision, save_revision
from releases.models import NewsroomSettings
from tests.actions import make_translated_drafts
from tests.admin import NEXT_YEAR
from tests.factories import PASSWORD, make_draft, make_release, make_user

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


def test_newsroom_is_listed_first_on_the_admin_index(publisher_client):
    assert publisher_client.get("/admin/").context["app_list"][0]["app_label"] == "releases"


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


def test_release_published_alone_is_listed_with_a_missing_translation(publisher_client, publisher):
    english, _spanish = make_translated_drafts()
    publish(english, user=publisher)
    assert "no public Spanish version" in publisher_client.get("/admin/").content.decode()


def test_admin_index_lists_reviews_drafts_scheduled_releases_and_revisions(client, publisher, writer):
    mine, public, scheduled, noted = (
        make_release(headline=f"The {name} one") for name in ("mine", "public", "scheduled", "noted")
    )
    drafts = [
        make_draft(headline="My own draft", author=publisher),
        make_draft(headline="Another’s draft", author=writer),
    ]
    request_review(drafts[1], user=writer, text="Is the number right?")
    publish(
        make_draft(headline="Tomorrow’s news"), user=publisher, at=public.updated_at.replace(year=NEXT_YEAR)
    )
    save_change = save_revision
    save_change(mine, user=writer, content=mine.content() | {"summary": "New."}, topic_ids=[])
    save_change(scheduled, user=writer, content=scheduled.content() | {"summary": "New."}, topic_ids=[])
    publish_revision(scheduled, user=publisher, kind="typo", at=public.updated_at.replace(year=NEXT_YEAR))
    write_note(noted, user=writer, text="Called the lawyer.")
    client.force_login(publisher)
    page = client.get("/admin/").content.decode()
    sections = dict(re.findall(r'aria-labelledby="([a-z-]+)">(.*?)</section>', page, re.DOTALL))
    assert "Another’s draft" in sections["reviews"]
    assert "Is the number right?" in sections["reviews"]
    assert "Tomorrow’s news" in sections["scheduled"]
    assert "The scheduled one" in sections["scheduled"]
    assert "Reschedule…" in sections["scheduled"]
    assert "Unschedule…" in sections["scheduled"]
    assert "My own draft" in sections["drafts"]
    assert "Another’s draft" not in sections["drafts"]
    assert "The mine one" in sections["changes"]
    assert "The public one" in sections["recent"]
    assert "Called the lawyer." in sections["notes"]


def test_admin_reminds_superusers_of_a_missing_legal_help_phone(client, publisher):
    sentence = "No page offers legal help yet"
    client.force_login(publisher)
    assert sentence not in client.get("/admin/").content.decode()
    client.force_login(make_user(is_superuser=True))
    assert sentence in client.get("/admin/").content.decode()
    NewsroomSettings(legal_help_phone="213-555-0100").save()
    assert sentence not in client.get("/admin/").content.decode()

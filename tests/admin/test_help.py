"""The help pages of the admin."""

import re

import pytest
from django.test import Client

from tests.admin import admin_url
from tests.factories import make_draft


def test_help_index_lists_all_guides_and_searches_them(writer_client):
    page = writer_client.get("/admin/help/").content.decode()
    assert page.count('<li><a href="/admin/help/') == 17
    page = writer_client.get("/admin/help/", {"q": "undo"}).content.decode()
    assert '<li><a href="/admin/help/publish/">Publish a release</a> <span class="quiet">' in page
    assert (
        "No help page contains “quetzal”"
        in writer_client.get("/admin/help/", {"q": "quetzal"}).content.decode()
    )


def test_help_page_is_in_the_language_of_the_account(writer, writer_client):
    assert "<h1>Emergencies</h1>" in writer_client.get("/admin/help/emergency/").content.decode()
    writer.language = "es"
    writer.save()
    assert "<h1>Emergencias</h1>" in writer_client.get("/admin/help/emergency/").content.decode()


def test_unknown_help_page_leads_to_the_list(writer_client):
    response = writer_client.get("/admin/help/unknown/", follow=True)
    assert response.redirect_chain == [("/admin/help/", 302)]
    assert "This help page doesn&#x27;t exist." in response.content.decode()


@pytest.mark.parametrize(
    ("page", "guide"),
    [
        ("publish", "publish"),
        ("reschedule", "schedule"),
        ("history", "correct"),
        ("withdraw", "withdraw"),
        ("translation", "translate"),
        ("photos", "photos"),
        ("change", "tutorial"),
    ],
)
def test_every_page_links_to_its_guide(publisher_client, page, guide):
    html = publisher_client.get(admin_url(make_draft(), page)).content.decode()
    assert re.search(rf'<a href="/admin/help/{guide}/">Help</a>', html)


@pytest.mark.django_db
def test_help_is_for_staff_only():
    assert "/admin/login/" in Client().get("/admin/help/emergency/")["Location"]

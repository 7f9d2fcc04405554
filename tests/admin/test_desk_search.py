"""The search of the desk."""

import re
from datetime import date

import pytest

from releases.models import Boilerplate
from tests.factories import make_contact, make_draft, make_release, make_topic

SEARCH_URL = "/admin/search/"


@pytest.fixture
def search_page(publisher_client):
    make_draft(headline="Asylum clinic opens")
    make_release(headline="Asylum ruling")
    make_topic("Asylum", "Asilo")
    make_contact(name="Ana Asylum")
    return lambda query: publisher_client.get(SEARCH_URL, {"q": query}).content.decode()


@pytest.mark.parametrize("text", ["Asylum clinic opens", "Asylum ruling", ">Asylum</a>", "Ana Asylum"])
def test_search_finds_drafts_public_releases_topics_and_contacts(search_page, text):
    assert text in search_page("asylum")


def test_search_without_hits_says_what_to_try(search_page):
    text = search_page("zeppelin")
    assert "Nothing contains “zeppelin”" in text
    assert "Asylum ruling" not in text


@pytest.mark.parametrize("query", ["", "\0", "x" * 400, "'; --", "%_*"])
def test_search_accepts_any_text(writer_client, query):
    assert writer_client.get(SEARCH_URL, {"q": query}).status_code == 200


def test_search_links_to_all_hits_of_a_kind(writer_client):
    for number in range(9):
        make_draft(headline=f"Vigil {number}")
    text = writer_client.get(SEARCH_URL, {"q": "vigil"}).content.decode()
    assert "/admin/releases/release/?q=vigil" in text


@pytest.mark.parametrize(("fixture", "found"), [("writer_client", False), ("manager_client", True)])
def test_only_managers_find_people(request, writer, fixture, found):
    client = request.getfixturevalue(fixture)
    text = client.get(SEARCH_URL, {"q": writer.username}).content.decode()
    assert (f"/admin/releases/user/{writer.pk}/change/" in text) is found


def test_search_finds_the_text_about_carecen(publisher_client):
    Boilerplate.objects.create(language="en", effective_from=date(1990, 1, 1), text="Zeppelin legal aid.")
    text = publisher_client.get(SEARCH_URL, {"q": "zeppelin"}).content.decode()
    assert "About CARECEN (English, from Jan. 1, 1990)" in text


def test_newest_release_is_found_first(search_page):
    make_release(headline="Asylum in 2014", date=date(2014, 5, 1))
    make_release(headline="Asylum in 2020", date=date(2020, 5, 1))
    make_release(headline="Asylum in 2017", date=date(2017, 5, 1))
    assert re.findall(r"Asylum in (\d+)", search_page("asylum")) == ["2020", "2017", "2014"]

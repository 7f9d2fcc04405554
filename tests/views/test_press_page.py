"""The press page, and what is next to the lists of topics and years."""

import re
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from releases.models import Boilerplate, MediaContact, NewsroomSettings
from releases.verification.history import find_history_faults
from tests.factories import (
    make_contact,
    make_draft,
    make_photo,
    make_release,
    make_scheduled,
    make_topic,
    make_withdrawn,
)

pytestmark = pytest.mark.django_db
URLS = {"en": "/for-the-press/", "es": "/es/para-la-prensa/"}


@pytest.fixture
def press_line():
    NewsroomSettings(press_phone="213-555-0199", press_email="press@example.org").save()


@pytest.fixture
def portrait():
    return make_photo(press_kit_category="portrait", label="Ana at her desk", credit="Luis Paz")


def get_page(client, url=URLS["en"]):
    return client.get(url).content.decode()


def get_section(page, heading_id):
    """Return the part of `page` between a heading and the end of its section."""
    return page.partition(f'id="{heading_id}"')[2].partition("</section>")[0]


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ["Director", "Interviews in English and Spanish", "Until 10 p.m."]),
        ("es", ["Directora", "Entrevistas en inglés y español", "Hasta las 10 p. m."]),
    ],
)
def test_contact_has_a_face_and_says_languages_and_hours_in_words(client, portrait, language, texts):
    make_contact(
        show_on_press_page=True, portrait=portrait, hours="Until 10 p.m.", hours_es="Hasta las 10 p. m."
    )
    make_release(language="es")
    people = get_section(get_page(client, URLS[language]), "people")
    for text in ["Ana Ruiz", "tel:", "mailto:ana@example.org", *texts]:
        assert text in people
    assert f'src="{portrait.url(portrait.fallback)}"' in people
    assert f'width="{portrait.width}" height="{portrait.height}"' in people
    assert re.findall("image/[a-z]+", people) == ["image/avif", "image/webp"]


def test_contact_without_a_portrait_has_no_picture(client):
    make_contact(show_on_press_page=True)
    people = get_section(get_page(client), "people")
    assert "Ana Ruiz" in people
    assert "<img" not in people


def test_only_the_first_portrait_is_loaded_at_once(client, portrait):
    for name in ("Ana Ruiz", "Bo Li"):
        make_contact(name=name, show_on_press_page=True, portrait=portrait)
    assert [
        'loading="lazy"' in image
        for image in re.findall("<img[^>]*>", get_section(get_page(client), "people"))
    ] == [False, True]


def test_press_line_comes_before_the_people(client, press_line):
    make_contact(show_on_press_page=True)
    page = get_page(client)
    assert 0 < page.index('href="tel:+12135550199"') < page.index("Ana Ruiz")


def test_portrait_outside_the_press_kit_is_public_only_while_its_contact_is_on_the_press_page(client):
    photo = make_photo()
    contact = make_contact(portrait=photo)
    url = photo.url(photo.fallback)
    for is_shown, status in ((False, 404), (True, 200), (False, 404)):
        contact.show_on_press_page = is_shown
        contact.save()
        assert client.get(url).status_code == status
        assert (url in get_page(client)) == is_shown


def test_deleted_portrait_leaves_its_contact_and_the_history_agrees(client, portrait):
    contact = make_contact(show_on_press_page=True, portrait=portrait)
    url = portrait.url(portrait.fallback)
    assert client.get(url).status_code == 200
    portrait.delete()
    assert MediaContact.objects.get(pk=contact.pk).portrait is None
    assert client.get(url).status_code == 404
    assert portrait.name not in get_page(client)
    assert list(find_history_faults("default", lambda *_args: None)) == []


def test_press_kit_shows_credit_and_size_of_each_download(client, portrait):
    make_photo(press_kit_category="logo", label="The logo", credit="CARECEN")
    page = get_page(client)
    for heading, name, credit in (
        ("press-kit-portrait", "Ana at her desk", "Photo: Luis Paz"),
        ("press-kit-logo", "The logo", "CARECEN"),
    ):
        section = get_section(page, heading)
        assert name in section
        assert credit in section
        assert f"Download, {portrait.width} × {portrait.height} pixels" in section
        assert section.count("<img") == section.count('loading="lazy"') == 1


@pytest.mark.parametrize(
    ("photos", "people", "layout"),
    [(6, 4, ""), (7, 4, " has-large-press-kit"), (0, 5, " has-many-people"), (7, 5, " has-many-people")],
)
def test_many_photos_or_people_get_the_full_width(client, photos, people, layout):
    for _number in range(photos):
        make_photo(press_kit_category="logo")
    for _number in range(people):
        make_contact(show_on_press_page=True)
    assert f'class="container press-page{layout}"' in get_page(client)


def test_boilerplate_has_a_copy_button_that_needs_the_script(client):
    response = client.get(URLS["en"])
    section = get_section(response.content.decode(), "about")
    assert "for more than" in section
    assert '<p class="copy" hidden>' in section
    assert 'data-copy-from="#boilerplate"' in section
    assert "js/copy.js" in response.content.decode()
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert "nonce-" not in response["Content-Security-Policy"]
    Boilerplate.objects.all().delete()
    assert "<script" not in get_page(client)


@pytest.mark.parametrize("url", ["/for-the-press/", "/topics/"])
def test_five_newest_public_releases_are_listed(client, url):
    for day in range(1, 8):
        make_release(headline=f"Ruling {day}", date=f"2015-03-0{day}")
    make_release(headline="Fallo", language="es")
    for make in (make_draft, make_scheduled, make_withdrawn):
        make(headline="Hidden", date="2015-04-01")
    newest = get_section(get_page(client, url), "newest")
    assert re.findall(r"Ruling \d", newest) == [f"Ruling {day}" for day in (7, 6, 5, 4, 3)]
    assert "March 7, 2015" in newest
    assert "Fallo" not in newest
    assert "Hidden" not in newest


def test_newest_releases_take_one_query_per_cache_generation(client):
    make_release()

    def get_queries(url):
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        return [query["sql"] for query in queries if "LIMIT 5" in query["sql"]]

    assert len(get_queries(URLS["en"])) == 1
    assert get_queries("/topics/") == []


@pytest.mark.parametrize(
    ("language", "heading", "subject"),
    [
        ("en", "How to get on the list", "Please add me to the press list"),
        ("es", "Cómo recibir los comunicados", "Solicitud para la lista de prensa"),
    ],
)
def test_press_list_is_joined_by_email_with_a_prepared_subject(
    client, press_line, language, heading, subject
):
    make_release(language="es")
    section = get_section(get_page(client, URLS[language]), "press-list")
    assert heading in section
    assert f'href="mailto:press@example.org?subject={quote(subject)}"' in section
    assert ("/follow/" if language == "en" else "/es/seguir/") in section


def test_empty_newsroom_offers_feeds_and_no_empty_sections(client):
    Boilerplate.objects.all().delete()
    page = get_page(client)
    assert "How to get on the list" not in page
    assert "mailto:" not in page
    assert '"/follow/"' in get_section(page, "press-list")
    for heading in ("press-line", "people", "about", "newest", "press-kit-logo", "coverage"):
        assert f'id="{heading}"' not in page


def test_topics_page_offers_search_and_feeds(client):
    make_release(topics=(make_topic("DACA"),))
    page = get_page(client, "/topics/")
    assert 'role="search" action="/search/"' in page
    assert '"/follow/"' in get_section(page, "follow")


def test_archive_offers_search_and_an_index_of_its_years(client):
    make_release(date="2014-03-01")
    assert "year-index" not in get_page(client, "/archive/")
    make_release(date="2015-03-01")
    page = get_page(client, "/archive/")
    assert 'role="search" action="/search/"' in page
    assert re.findall('href="#(year-[0-9]+)"', page) == re.findall('<h2 id="(year-[0-9]+)"', page)
    assert 'href="#year-2014"' in page

import re
from datetime import date, timedelta

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from tests.builders import make_draft, make_release, make_scheduled, make_topic, make_withdrawn

pytestmark = pytest.mark.django_db


def get(client: Client, url: str, status: int = 200):
    response = client.get(url)
    assert response.status_code == status, f"{url} answered {response.status_code}"
    return response


def headlines(response) -> list[str]:
    return [release.headline for release in response.context["page"].object_list]


# --- Lists


def test_the_news_is_newest_first(client):
    make_release(headline="Old", date=date(2014, 1, 1))
    make_release(headline="New", date=date(2015, 1, 1))
    assert headlines(get(client, "/")) == ["New", "Old"]


def test_an_item_is_headline_dateline_whole_summary_continue_reading_and_topics(client):
    release = make_release(headline="A “ruling” & more", summary="Word " * 200, topics=(make_topic("Courts", "Tribunales"),))
    page = get(client, "/").content.decode()
    assert "A “ruling” &amp; more</a></h3>" in page
    assert f"(March 4, 2015, Los Angeles) –</span> {release.summary.strip()}" in page
    assert 'Continue reading<span class="hidden"> A “ruling” &amp; more</span>' in page
    assert '<a href="/topics/courts/">Courts</a>' in page


def test_the_list_has_ten_a_page(client):
    for _number in range(21):
        make_release()
    assert [len(headlines(get(client, url))) for url in ("/", "/?page=2", "/?page=3")] == [10, 10, 1]
    get(client, "/?page=4", 404)


@pytest.mark.parametrize("number", ["", "1"])
@pytest.mark.parametrize("path", ["/", "/2015/", "/2015/03/", "/topics/daca/"])
def test_the_first_page_has_one_address(client, path, number):
    make_release(topics=(make_topic("DACA"),))
    response = get(client, f"{path}?page={number}", 301)
    assert response["Location"] == path


@pytest.mark.parametrize("number", ["0", "-1", "01", "1.0", "x", "٣", "1_0", "+2", " 2", "2 ", "%00", "9" * 30, "2\n", "2;3", "²"])
def test_what_is_no_page_is_not_found(client, number):
    for _number in range(11):
        make_release()
    assert client.get("/", {"page": number}).status_code == 404


def test_other_parameters_change_nothing(client):
    make_release()
    assert get(client, "/?utm_source=x&a=%FF").content == get(client, "/").content


def test_a_year_and_a_month_hold_what_they_say(client):
    make_release(headline="March", date=date(2015, 3, 4))
    make_release(headline="April", date=date(2015, 4, 4))
    make_release(headline="Earlier", date=date(2014, 3, 4))
    assert headlines(get(client, "/2015/")) == ["April", "March"]
    assert headlines(get(client, "/2015/03/")) == ["March"]
    for url in ("/2016/", "/2015/05/", "/2015/13/", "/2015/3/", "/0000/", "/20155/", "/٢٠١٥/"):
        get(client, url, 404)


def test_the_archive_names_every_month_with_its_count(client):
    make_release(date=date(2015, 3, 4))
    make_release(date=date(2015, 3, 5))
    page = get(client, "/archive/").content.decode()
    assert '<a href="/2015/03/">March <span class="count">2</span></a>' in page


def test_a_topic_lists_its_releases_and_counts_them(client):
    courts = make_topic("Courts", "Tribunales")
    make_release(headline="In court", topics=(courts,))
    make_release(headline="Elsewhere")
    assert headlines(get(client, "/topics/courts/")) == ["In court"]
    assert "Courts <span" in get(client, "/topics/").content.decode()
    assert get(client, "/topics/COURTS/", 301)["Location"] == "/topics/courts/"


@pytest.mark.parametrize(
    ("path", "names"), [("/topics/", ["Asylum", "Courts", "Trees"]), ("/es/temas/", ["Árboles", "Asilo", "Tribunales"])]
)
def test_topics_stand_by_their_names_in_the_language(client, path, names):
    topics = tuple(make_topic(*both) for both in (("Trees", "Árboles"), ("Courts", "Tribunales"), ("Asylum", "Asilo")))
    for language in ("en", "es"):
        make_release(topics=topics, language=language)
    page = get(client, path).content.decode()
    places = [page.index(f">{name} <span") for name in names]
    assert places == sorted(places)


def test_a_topic_without_anything_public_in_the_language_is_not_there(client):
    courts = make_topic("Courts", "Tribunales")
    make_draft(topics=(courts,))
    make_release(topics=(courts,), language="es")
    get(client, "/topics/courts/", 404)
    assert "Courts" not in get(client, "/topics/").content.decode()
    get(client, "/es/temas/tribunales/")


def test_an_empty_newsroom_says_so(client):
    assert "Nothing has been published in English yet." in get(client, "/").content.decode()
    assert "Todavía no se ha publicado nada en español." in get(client, "/es/").content.decode()
    for url in ("/archive/", "/topics/", "/es/archivo/", "/es/temas/"):
        get(client, url)


# --- Languages


def test_each_language_lists_its_own(client):
    make_release(headline="Tenants won")
    make_release(headline="Ganaron", language="es")
    assert headlines(get(client, "/")) == ["Tenants won"]
    spanish = get(client, "/es/")
    assert headlines(spanish) == ["Ganaron"]
    assert '<html lang="es">' in spanish.content.decode()
    assert "(4 de marzo de 2015, Los Ángeles) –" in spanish.content.decode()


def test_the_switch_appears_once_the_other_language_has_something_public(client):
    make_release()
    make_draft(language="es")
    make_scheduled(language="es")
    assert "/es/" not in get(client, "/").content.decode()
    make_release(language="es")
    assert '<a class="tongue" href="/es/" lang="es" hreflang="es">En español</a>' in get(client, "/").content.decode()
    assert '<a class="tongue" href="/" lang="en" hreflang="en">In English</a>' in get(client, "/es/").content.decode()


def test_the_address_is_the_language_whatever_the_browser_asks_for(client):
    make_release()
    assert client.get("/", headers={"accept-language": "es"}).content == client.get("/").content


@pytest.mark.parametrize("url", ["/temas/", "/es/topics/", "/archivo/", "/es/archive/", "/en/", "/fr/"])
def test_a_word_of_the_other_language_is_no_address(client, url):
    get(client, url, 404)


# --- One release


def test_a_release_reads_as_it_is_printed(client):
    make_release(
        slug="a-ruling",
        headline="A ruling",
        subhead="At last",
        body="<h2>What it means</h2><p>Much.</p>",
        kind="statement",
        topics=(make_topic("DACA"),),
    )
    page = get(client, "/2015/03/a-ruling/").content.decode()
    order = [
        "Statement",
        "A ruling</h1>",
        "At last",
        "(March 4, 2015, Los Angeles) –</span> Families can stay together.",
        "<h2>What it means</h2><p>Much.</p>",
        "DACA",
    ]
    places = [page.rindex(words) for words in order]
    assert places == sorted(places)
    assert '<link rel="canonical" href="http://127.0.0.1:8000/2015/03/a-ruling/">' in page


def test_a_release_leads_to_its_public_neighbours(client):
    make_release(slug="old", date=date(2015, 3, 1))
    make_release(slug="middle", date=date(2015, 3, 2))
    make_withdrawn(date=date(2015, 3, 3))
    make_release(slug="new", date=date(2015, 3, 4))
    response = get(client, "/2015/03/middle/")
    assert (response.context["newer"].slug, response.context["older"].slug) == ("new", "old")


@pytest.mark.parametrize("url", ["/2014/03/a-ruling/", "/2015/12/a-ruling/", "/2015/03/A-Ruling/"])
def test_a_wrong_month_or_letter_case_leads_to_the_permalink(client, url):
    make_release(slug="a-ruling")
    assert get(client, url, 301)["Location"] == "/2015/03/a-ruling/"


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
@pytest.mark.parametrize("url", ["/2014/03/a-ruling/", "/2015/12/a-ruling/", "/2015/03/A-Ruling/", "/es/2015/03/a-ruling/"])
def test_a_hidden_release_is_not_led_to(client, make, url):
    make(slug="a-ruling", date=date(2015, 3, 4))
    get(client, url, 404)


def test_a_withdrawn_release_says_so_at_its_address_and_nothing_else_of_itself(client):
    make_withdrawn(slug="a-ruling", headline="Secret headline", summary="Secret words", withdrawal_reason="A <name> was wrong.\n\nSorry.")
    page = get(client, "/2015/03/a-ruling/", 410).content.decode()
    assert "<p>A &lt;name&gt; was wrong.</p>" in page
    assert "Secret" not in page
    assert "Secret" not in get(client, "/").content.decode()


def test_a_scheduled_release_appears_by_itself(client, monkeypatch):
    release = make_scheduled(slug="a-ruling")
    get(client, release.get_absolute_url(), 404)
    monkeypatch.setattr(timezone, "now", lambda: release.public_at - timedelta(microseconds=1))
    get(client, release.get_absolute_url(), 404)
    monkeypatch.setattr(timezone, "now", lambda: release.public_at)
    get(client, release.get_absolute_url())
    assert headlines(get(client, "/")) == [release.headline]


def test_a_missing_slash_is_mended(client):
    assert get(client, "/topics", 301)["Location"] == "/topics/"


# --- What every public page keeps to


PUBLIC = [
    "/",
    "/archive/",
    "/topics/",
    "/topics/daca/",
    "/2015/",
    "/2015/03/",
    "/2015/03/a-ruling/",
    "/nowhere/",
    "/robots.txt",
    "/health/",
]


@pytest.mark.parametrize("url", PUBLIC)
@pytest.mark.parametrize("who", ["reader", "publisher"])
def test_a_public_page_is_the_same_for_everyone_and_sets_nothing(client, publisher, url, who):
    make_release(slug="a-ruling", topics=(make_topic("DACA"),))
    if who == "publisher":
        client.force_login(publisher)
    response = client.get(url)
    assert not response.cookies
    assert response.get("Vary", "Accept-Encoding") == "Accept-Encoding"
    assert response.content == Client().get(url).content
    assert response.get("Cache-Control", "no-cache") in {"public, no-cache", "no-cache", "no-store"}
    is_release = url.endswith("/a-ruling/")
    assert response["Content-Security-Policy"].count("script-src") == is_release
    assert "default-src 'none'" in response["Content-Security-Policy"]
    scripts = re.findall(r"<script[^>]*>", response.content.decode())
    assert scripts == (['<script type="application/ld+json">', '<script src="/static/js/share.js" defer>'] if is_release else [])
    assert b"<style" not in response.content


@pytest.mark.parametrize("url", PUBLIC)
def test_a_public_page_is_only_read(client, url):
    make_release(slug="a-ruling", topics=(make_topic("DACA"),))
    assert client.head(url).status_code == client.get(url).status_code
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(url).status_code == (404 if client.get(url).status_code == 404 else 405)


def test_robots_and_health_answer(client):
    assert b"Disallow: /admin/" in get(client, "/robots.txt").content
    response = get(client, "/health/")
    assert (response.content, response["Cache-Control"]) == (b"ok\n", "no-store")


def test_health_says_when_the_database_does_not_answer(client, monkeypatch):
    def fail():
        raise DatabaseError

    monkeypatch.setattr("releases.views.pages.connection.cursor", fail)
    get(client, "/health/", 503)


def test_a_fault_is_a_page_of_its_own(client, monkeypatch):
    def fail(*_arguments):
        raise DatabaseError

    monkeypatch.setattr("releases.views.pages.Asked.now", fail)
    client.raise_request_exception = False
    assert "Something failed on our side" in get(client, "/", 500).content.decode()

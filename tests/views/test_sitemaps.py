"""Sitemaps."""

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from releases.actions.publication import republish
from tests.factories import make_draft, make_release, make_topic, make_withdrawn

pytestmark = pytest.mark.django_db
SITEMAP_NS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML_NS = "{http://www.w3.org/1999/xhtml}"
NEWS_NS = "{http://www.google.com/schemas/sitemap-news/0.9}"


def get_sitemap(client, path="/sitemap.xml"):
    response = client.get(path)
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


def get_sitemap_urls(client, settings, path="/sitemap.xml"):
    """Return each URL with the URLs of its translations."""
    return {
        url.find(f"{SITEMAP_NS}loc").text.removeprefix(settings.SITE_URL): {
            link.get("hreflang"): link.get("href").removeprefix(settings.SITE_URL)
            for link in url.findall(f"{XHTML_NS}link")
        }
        for url in get_sitemap(client, path)
    }


def test_every_url_in_the_sitemap_returns_200(client, settings):
    make_release(topics=(make_topic("DACA"),))
    make_release(language="es")
    urls = get_sitemap_urls(client, settings)
    assert {"/", "/es/", "/notices/", "/topics/daca/", "/2015/03/", "/es/2015/03/"} <= urls.keys()
    assert all(client.get(url).status_code == 200 for url in urls)


def test_sitemap_links_public_translations_to_each_other(client, settings):
    english = make_release(slug="a")
    spanish = make_release(slug="b", language="es", translation_key=english.translation_key)
    untranslated = make_release(slug="c")
    make_draft(language="es", translation_key=untranslated.translation_key)
    urls = get_sitemap_urls(client, settings)
    alternates = {
        "en": english.get_absolute_url(),
        "es": spanish.get_absolute_url(),
        "x-default": english.get_absolute_url(),
    }
    assert urls[english.get_absolute_url()] == urls[spanish.get_absolute_url()] == alternates
    assert urls[untranslated.get_absolute_url()] == {}


def test_correction_sets_lastmod(client):
    make_release(corrected_at=timezone.now())
    dates = [
        url.find(f"{SITEMAP_NS}lastmod").text
        for url in get_sitemap(client)
        if url.find(f"{SITEMAP_NS}lastmod") is not None
    ]
    assert len(dates) == 1
    assert dates[0].startswith(f"{timezone.now().year}")


def test_large_sitemap_is_split_by_year(client, settings, monkeypatch, publisher):
    monkeypatch.setattr("releases.views.sitemaps.MAX_SINGLE", 2)
    releases = [
        make_release(date=date(year, 5, 1), language=language)
        for year, language in ((2014, "en"), (2016, "es"), (2016, "en"))
    ]
    withdrawn = make_withdrawn(date=date(2015, 5, 1))
    make_draft(date=date(2013, 5, 1))
    sitemaps = [
        sitemap.find(f"{SITEMAP_NS}loc").text.removeprefix(settings.SITE_URL)
        for sitemap in get_sitemap(client)
    ]
    assert sitemaps == ["/sitemap-2014.xml", "/sitemap-2016.xml"]
    content = client.get(sitemaps[0]).content
    urls = [url for sitemap in sitemaps for url in get_sitemap_urls(client, settings, sitemap)]
    assert sorted(url for url in urls if "ruling" in url) == sorted(
        release.get_absolute_url() for release in releases
    )
    assert urls.count("/topics/") == 1
    assert [client.get(f"/sitemap-{number}.xml").status_code for number in (2013, 2015, 0, 1)] == [404] * 4
    republish(withdrawn, user=publisher)
    assert len(get_sitemap(client)) == 3
    assert client.get(sitemaps[0]).content == content


def test_sitemap_of_a_year_with_only_sample_translations_is_not_empty(client, settings, monkeypatch):
    monkeypatch.setattr("releases.views.sitemaps.MAX_SINGLE", 2)
    make_release()
    make_release()
    make_release(date=date(2014, 5, 1), is_sample_translation=True)
    assert list(get_sitemap_urls(client, settings, "/sitemap-2014.xml")) == ["/"]


def test_yearly_sitemap_returns_404_while_one_sitemap_is_enough(client):
    make_release()
    assert client.get("/sitemap-2015.xml").status_code == 404


def test_news_sitemap_has_releases_of_the_last_two_days_in_both_languages(client):
    now = timezone.now()
    english = make_release(headline="New & good\x0b", public_at=now - timedelta(hours=47))
    spanish = make_release(language="es", public_at=now - timedelta(hours=1))
    make_release(public_at=now - timedelta(hours=49))
    make_release(public_at=now + timedelta(seconds=30))
    entries = [
        (
            url.find(f".//{NEWS_NS}language").text,
            url.find(f".//{NEWS_NS}title").text,
            url.find(f"{SITEMAP_NS}loc").text,
        )
        for url in get_sitemap(client, "/news-sitemap.xml")
    ]
    assert [entry[0] for entry in entries] == ["es", "en"]
    assert entries[0][2].endswith(spanish.get_absolute_url())
    assert entries[1][1] == "New & good"
    assert entries[1][2].endswith(english.get_absolute_url())

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from releases import publishing
from tests.builders import make_draft, make_release, make_topic, make_withdrawn

pytestmark = pytest.mark.django_db

S = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
X = "{http://www.w3.org/1999/xhtml}"
N = "{http://www.google.com/schemas/sitemap-news/0.9}"


def read(client, address="/sitemap.xml"):
    response = client.get(address)
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


def entries(client, settings, address="/sitemap.xml"):
    """Each address with those of its languages."""
    return {
        url.find(f"{S}loc").text.removeprefix(settings.SITE_URL): {
            link.get("hreflang"): link.get("href").removeprefix(settings.SITE_URL) for link in url.findall(f"{X}link")
        }
        for url in read(client, address)
    }


def test_every_address_of_it_is_a_page(client, settings):
    make_release(topics=(make_topic("DACA"),))
    make_release(language="es")
    found = entries(client, settings)
    assert {"/", "/es/", "/notices/", "/topics/daca/", "/2015/03/", "/es/2015/03/"} <= found.keys()
    assert all(client.get(address).status_code == 200 for address in found)


def test_languages_name_each_other_and_only_what_is_public(client, settings):
    one = make_release(slug="a")
    other = make_release(slug="b", language="es", pair=one.pair)
    alone = make_release(slug="c")
    make_draft(language="es", pair=alone.pair)
    found = entries(client, settings)
    both = {"en": one.get_absolute_url(), "es": other.get_absolute_url(), "x-default": one.get_absolute_url()}
    assert found[one.get_absolute_url()] == found[other.get_absolute_url()] == both
    assert found[alone.get_absolute_url()] == {}


def test_a_correction_moves_lastmod(client):
    make_release(corrected_at=timezone.now())
    moments = [url.find(f"{S}lastmod").text for url in read(client) if url.find(f"{S}lastmod") is not None]
    assert len(moments) == 1
    assert moments[0].startswith(f"{timezone.now().year}")


def test_beyond_the_most_it_is_an_index_of_years(client, settings, monkeypatch, publisher):
    monkeypatch.setattr("releases.sitemaps.MOST", 2)
    releases = [make_release(date=date(year, 5, 1), language=language) for year, language in ((2014, "en"), (2016, "es"), (2016, "en"))]
    nothing = make_withdrawn(date=date(2015, 5, 1))
    make_draft(date=date(2013, 5, 1))
    parts = [part.find(f"{S}loc").text.removeprefix(settings.SITE_URL) for part in read(client)]
    assert parts == ["/sitemap-2014.xml", "/sitemap-2016.xml"]
    first = client.get(parts[0]).content
    found = [address for part in parts for address in entries(client, settings, part)]
    assert sorted(address for address in found if "ruling" in address) == sorted(release.get_absolute_url() for release in releases)
    assert found.count("/topics/") == 1
    assert [client.get(f"/sitemap-{number}.xml").status_code for number in (2013, 2015, 0, 1)] == [404] * 4
    publishing.publish_again(nothing, by=publisher)
    assert len(read(client)) == 3
    assert client.get(parts[0]).content == first


def test_a_year_of_samples_alone_is_not_empty(client, settings, monkeypatch):
    monkeypatch.setattr("releases.sitemaps.MOST", 2)
    make_release()
    make_release()
    make_release(date=date(2014, 5, 1), is_sample_translation=True)
    assert list(entries(client, settings, "/sitemap-2014.xml")) == ["/"]


def test_parts_are_not_there_while_one_is_enough(client):
    make_release()
    assert client.get("/sitemap-2015.xml").status_code == 404


def test_news_are_those_of_two_days_in_both_languages(client):
    now = timezone.now()
    new = make_release(headline="New & good\x0b", public_at=now - timedelta(hours=47))
    spanish = make_release(language="es", public_at=now - timedelta(hours=1))
    make_release(public_at=now - timedelta(hours=49))
    make_release(public_at=now + timedelta(seconds=30))
    found = [
        (url.find(f".//{N}language").text, url.find(f".//{N}title").text, url.find(f"{S}loc").text)
        for url in read(client, "/news-sitemap.xml")
    ]
    assert [one[0] for one in found] == ["es", "en"]
    assert found[0][2].endswith(spanish.get_absolute_url())
    assert found[1][1] == "New & good"
    assert found[1][2].endswith(new.get_absolute_url())


def test_robots_are_told_where_they_are(client, settings):
    robots = client.get("/robots.txt").content.decode()
    for name in ("sitemap", "news-sitemap"):
        assert f"Sitemap: {settings.SITE_URL}/{name}.xml" in robots

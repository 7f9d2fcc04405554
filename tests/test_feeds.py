import json
import re
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import feedparser
import pytest
from django.test import Client
from django.utils import timezone

from releases import publishing
from releases.feeds import MOST
from releases.views.sharing import id_of
from tests.builders import make_release, make_topic, make_user

pytestmark = pytest.mark.django_db

FORMS = {"rss": "/feed/", "atom": "/feed/atom/", "json": "/feed/json/"}
ADDRESSES = [prefix + address for prefix in ("", "/es", "/topics/daca", "/es/temas/daca") for address in FORMS.values()]


def entries(content: bytes, form: str) -> list[dict]:
    """What a reader's program makes of a feed: id, title, link, text, moments."""
    if form == "json":
        return [
            {"id": one["id"], "title": one["title"], "link": one["url"], "text": one["content_html"], "updated": one["date_modified"]}
            for one in json.loads(content)["items"]
        ]
    read = feedparser.parse(content)
    assert not read.bozo, read.get("bozo_exception")
    return [
        {"id": one.id, "title": one.title, "link": one.link, "text": one.content[0].value, "updated": dict.get(one, "updated")}
        for one in read.entries
    ]


@pytest.mark.parametrize("form", FORMS)
def test_a_feed_carries_whole_texts_newest_first(client, form):
    old = make_release(date=date(2014, 1, 1), headline="Old")
    new = make_release(headline="New & <b>bold</b>", subhead="Subhead", summary="Sum & more", body="<p>Body <strong>words</strong></p>")
    make_release(language="es")
    read = entries(client.get(FORMS[form]).content, form)
    assert [one["id"] for one in read] == [id_of(new), id_of(old)]
    assert read[0]["link"].endswith(new.get_absolute_url())
    assert "(March 4, 2015, Los Angeles) – Sum &amp; more" in read[0]["text"]
    assert "<strong>words</strong>" in read[0]["text"]
    assert "Subhead" in read[0]["text"]


@pytest.mark.parametrize("form", FORMS)
def test_every_control_character_is_survived(client, form):
    signs = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0xFFFE, 0xFFFF])).replace("\x00", "")
    topic = make_topic("DACA")
    make_release(headline=f"A{signs}Z ]]> &amp;", summary=f"A{signs}Z", body=f"<p>A{signs}Z</p>", subhead=signs, topics=(topic,))
    content = client.get(FORMS[form]).content
    assert entries(content, form)[0]["title"].startswith("A")
    assert entries(content, form)[0]["title"].endswith("Z ]]> &amp;")
    if form != "json":
        ElementTree.fromstring(content)


@pytest.mark.parametrize("form", FORMS)
def test_an_id_outlives_the_address(client, publisher, form):
    release = make_release()
    before = entries(client.get(FORMS[form]).content, form)[0]
    publishing.change_address(release, by=publisher, slug="another")
    after = entries(client.get(FORMS[form]).content, form)[0]
    assert after["id"] == before["id"]
    assert after["link"] != before["link"]


@pytest.mark.parametrize("form", ["atom", "json"])
@pytest.mark.parametrize(("kind", "moves"), [("correction", True), ("update", True), ("typo", False)])
def test_a_correction_moves_updated_and_is_told(client, publisher, form, kind, moves):
    release = make_release()
    before = entries(client.get(FORMS[form]).content, form)[0]
    publishing.write_change(release, by=publisher, printed=release.printed() | {"summary": "Right words."}, tags=[])
    publishing.publish_change(release, by=publisher, kind=kind, note="The day was wrong.")
    after = entries(client.get(FORMS[form]).content, form)[0]
    assert (after["updated"] != before["updated"]) == moves
    assert ("The day was wrong." in after["text"]) == moves
    assert "Right words." in after["text"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_feed_has_an_etag_of_its_contents_and_no_date_validator(client, publisher, address):
    topic = make_topic("DACA")
    language = "es" if address.startswith("/es") else "en"
    release = make_release(language=language, topics=(topic,))
    make_release(language=language, topics=(topic,))
    first = client.get(address)
    assert first.status_code == 200
    assert "Last-Modified" not in first
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304
    publishing.withdraw(release, by=publisher, reason="Wrong.")
    second = client.get(address, headers={"if-none-match": first["ETag"], "if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT"})
    assert second.status_code == 200
    assert release.headline.encode() not in second.content


def test_a_scheduled_release_comes_on_the_second(client, monkeypatch):
    release = make_release(public_at=timezone.now() + timedelta(seconds=5))
    assert client.get("/feed/").content.count(b"<item>") == 0
    monkeypatch.setattr("django.utils.timezone.now", lambda: release.public_at)
    assert client.get("/feed/").content.count(b"<item>") == 1


def test_a_feed_holds_the_newest_alone(client):
    for day in range(MOST + 3):
        make_release(date=date(2014, 1, 1) + timedelta(days=day))
    assert len(entries(client.get("/feed/").content, "rss")) == MOST


def test_a_text_that_went_public_late_reaches_those_who_follow(client):
    for day in range(MOST):
        make_release(date=date(2016, 1, 1) + timedelta(days=day))
    late = make_release(public_at=timezone.now() - timedelta(minutes=1), date=date(2014, 1, 1))
    assert entries(client.get("/feed/").content, "rss")[0]["id"] == id_of(late)


def test_links_inside_the_site_are_whole_in_feeds(client, settings):
    make_release(body='<p><a href="/2014/11/a/">more</a></p>')
    for form, address in FORMS.items():
        assert f'href="{settings.SITE_URL}/2014/11/a/"' in entries(client.get(address).content, form)[0]["text"]


def test_what_a_topic_is_breaks_no_feed(client):
    make_release(topics=(make_topic("DACA", about="TPS\x0b line"),))
    assert client.get("/topics/daca/feed/").status_code == 200


def test_an_empty_feed_is_valid(client):
    for form, address in FORMS.items():
        assert entries(client.get(address).content, form) == []


def test_the_rules_of_atom(client):
    """RFC 4287: ids, updated and links that each feed and entry must have."""
    make_release(topics=(make_topic("DACA"),), corrected_at=datetime(2016, 1, 1, tzinfo=UTC))
    feed = ElementTree.fromstring(client.get("/feed/atom/").content)
    atom = "{http://www.w3.org/2005/Atom}"
    for element in (feed, feed.find(f"{atom}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{atom}{name}")) == 1, name
    assert {link.get("rel") for link in feed.findall(f"{atom}link")} == {"alternate", "self"}
    assert feed.find(f"{atom}updated").text == "2016-01-01T00:00:00+00:00"
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    assert feed.find(f"{atom}author/{atom}name").text == "CARECEN"


def test_the_rules_of_rss(client):
    """https://www.rssboard.org/rss-specification and its profile: one self link, ids that are no permalinks, RFC 822 dates."""
    make_release()
    channel = ElementTree.fromstring(client.get("/feed/").content).find("channel")
    for name in ("title", "link", "description", "language", "lastBuildDate"):
        assert len(channel.findall(name)) == 1, name
    assert channel.find("{http://www.w3.org/2005/Atom}link").get("rel") == "self"
    item = channel.find("item")
    assert item.find("guid").get("isPermaLink") == "false"
    assert re.fullmatch(r"\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}", item.find("pubDate").text)


def test_the_rules_of_json_feed(client):
    """https://www.jsonfeed.org/version/1.1/: what must be there, and of what type."""
    make_release()
    response = client.get("/es/feed/json/")
    feed = json.loads(response.content)
    assert response["Content-Type"] == "application/feed+json; charset=utf-8"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["language"] == "es"
    assert feed["feed_url"].endswith("/es/feed/json/")
    assert feed["items"] == []


def test_a_merged_topic_leads_to_the_feed_of_the_other(client):
    topic, other = make_topic("TPS"), make_topic("DACA")
    make_release(topics=(topic,))
    publishing.merge_topics(topic, into=other, by=make_user(is_superuser=True))
    response = client.get("/topics/tps/feed/atom/")
    assert (response.status_code, response["Location"]) == (301, "/topics/daca/feed/atom/")
    assert client.get("/topics/never/feed/").status_code == 404


def test_pages_name_their_feeds_and_the_follow_page_lists_them(client):
    make_release(topics=(make_topic("DACA"),))
    for page, feed in (("/", "/feed/"), ("/es/", "/es/feed/"), ("/topics/daca/", "/topics/daca/feed/json/")):
        links = re.findall(r'<link rel="alternate"[^>]*href="([^"]+)"', client.get(page).content.decode())
        assert feed in links
        assert all(Client().get(link).status_code == 200 for link in links)
    page = client.get("/follow/").content.decode()
    assert "/topics/daca/feed/" in page
    assert "/feed/json/" in page

"""RSS, Atom and JSON feeds."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import feedparser
import pytest
from django.test import Client
from django.utils import timezone

from releases.actions.publication import change_slug
from releases.actions.revisions import publish_revision, save_revision
from releases.actions.topics import merge_topics
from releases.actions.withdrawal import withdraw
from releases.views.feeds import MAX_ENTRIES
from releases.views.sharing import get_feed_id
from tests.factories import make_release, make_topic, make_user

pytestmark = pytest.mark.django_db

FEED_URLS = {"rss": "/feed/", "atom": "/feed/atom/", "json": "/feed/json/"}
ALL_FEED_URLS = [
    prefix + address
    for prefix in ("", "/es", "/topics/daca", "/es/temas/daca")
    for address in FEED_URLS.values()
]


def parse_entries(content: bytes, feed_format: str) -> list[dict]:
    """Return id, title, link, text and dates of each entry, as a feed reader parses them."""
    if feed_format == "json":
        return [
            {
                "id": item["id"],
                "title": item["title"],
                "link": item["url"],
                "text": item["content_html"],
                "updated": item["date_modified"],
            }
            for item in json.loads(content)["items"]
        ]
    read = feedparser.parse(content)
    assert not read.bozo, read.get("bozo_exception")
    return [
        {
            "id": item.id,
            "title": item.title,
            "link": item.link,
            "text": item.content[0].value,
            "updated": dict.get(item, "updated"),
        }
        for item in read.entries
    ]


@pytest.mark.parametrize("feed_format", FEED_URLS)
def test_feed_contains_full_texts_newest_first(client, feed_format):
    old = make_release(date=date(2014, 1, 1), headline="Old")
    new = make_release(
        headline="New & <b>bold</b>",
        subhead="Subhead",
        summary="Sum & more",
        body="<p>Body <strong>words</strong></p>",
    )
    make_release(language="es")
    read = parse_entries(client.get(FEED_URLS[feed_format]).content, feed_format)
    assert [entry["id"] for entry in read] == [get_feed_id(new), get_feed_id(old)]
    assert read[0]["link"].endswith(new.get_absolute_url())
    assert "(March 4, 2015, Los Angeles) – Sum &amp; more" in read[0]["text"]
    assert "<strong>words</strong>" in read[0]["text"]
    assert "Subhead" in read[0]["text"]


@pytest.mark.parametrize("feed_format", FEED_URLS)
def test_feed_is_valid_with_control_characters_in_the_text(client, feed_format):
    signs = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0xFFFE, 0xFFFF])).replace(
        "\x00", ""
    )
    topic = make_topic("DACA")
    make_release(
        headline=f"A{signs}Z ]]> &amp;",
        summary=f"A{signs}Z",
        body=f"<p>A{signs}Z</p>",
        subhead=signs,
        topics=(topic,),
    )
    content = client.get(FEED_URLS[feed_format]).content
    assert parse_entries(content, feed_format)[0]["title"].startswith("A")
    assert parse_entries(content, feed_format)[0]["title"].endswith("Z ]]> &amp;")
    if feed_format != "json":
        ElementTree.fromstring(content)


@pytest.mark.parametrize("feed_format", FEED_URLS)
def test_feed_entry_id_is_stable_when_the_slug_changes(client, publisher, feed_format):
    release = make_release()
    before = parse_entries(client.get(FEED_URLS[feed_format]).content, feed_format)[0]
    change_slug(release, user=publisher, slug="another")
    after = parse_entries(client.get(FEED_URLS[feed_format]).content, feed_format)[0]
    assert after["id"] == before["id"]
    assert after["link"] != before["link"]


@pytest.mark.parametrize("feed_format", ["atom", "json"])
@pytest.mark.parametrize(("kind", "moves"), [("correction", True), ("update", True), ("typo", False)])
def test_correction_note_is_in_the_feed_and_changes_the_updated_date(
    client, publisher, feed_format, kind, moves
):
    release = make_release()
    before = parse_entries(client.get(FEED_URLS[feed_format]).content, feed_format)[0]
    save_revision(
        release, user=publisher, content=release.content() | {"summary": "Right words."}, topic_ids=[]
    )
    publish_revision(release, user=publisher, kind=kind, note="The day was wrong.")
    after = parse_entries(client.get(FEED_URLS[feed_format]).content, feed_format)[0]
    assert (after["updated"] != before["updated"]) == moves
    assert ("The day was wrong." in after["text"]) == moves
    assert "Right words." in after["text"]


@pytest.mark.parametrize("url", ALL_FEED_URLS)
def test_feed_has_an_etag_and_no_last_modified_header(client, publisher, url):
    topic = make_topic("DACA")
    language = "es" if url.startswith("/es") else "en"
    release = make_release(language=language, topics=(topic,))
    make_release(language=language, topics=(topic,))
    first = client.get(url)
    assert first.status_code == 200
    assert "Last-Modified" not in first
    assert client.get(url, headers={"if-none-match": first["ETag"]}).status_code == 304
    withdraw(release, user=publisher, reason="Wrong.")
    second = client.get(
        url, headers={"if-none-match": first["ETag"], "if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT"}
    )
    assert second.status_code == 200
    assert release.headline.encode() not in second.content


def test_scheduled_release_is_in_the_feed_at_its_publication_time(client, monkeypatch):
    release = make_release(public_at=timezone.now() + timedelta(seconds=5))
    assert client.get("/feed/").content.count(b"<item>") == 0
    monkeypatch.setattr("django.utils.timezone.now", lambda: release.public_at)
    assert client.get("/feed/").content.count(b"<item>") == 1


def test_feed_is_limited_to_the_newest_releases(client):
    for day in range(MAX_ENTRIES + 3):
        make_release(date=date(2014, 1, 1) + timedelta(days=day))
    assert len(parse_entries(client.get("/feed/").content, "rss")) == MAX_ENTRIES


def test_recently_published_release_with_an_old_date_is_first_in_the_feed(client):
    for day in range(MAX_ENTRIES):
        make_release(date=date(2016, 1, 1) + timedelta(days=day))
    recent = make_release(public_at=timezone.now() - timedelta(minutes=1), date=date(2014, 1, 1))
    assert parse_entries(client.get("/feed/").content, "rss")[0]["id"] == get_feed_id(recent)


def test_internal_links_are_absolute_in_feeds(client, settings):
    make_release(body='<p><a href="/2014/11/a/">more</a></p>')
    for feed_format, url in FEED_URLS.items():
        assert (
            f'href="{settings.SITE_URL}/2014/11/a/"'
            in parse_entries(client.get(url).content, feed_format)[0]["text"]
        )


def test_topic_feed_is_valid_with_a_control_character_in_the_description(client):
    make_release(topics=(make_topic("DACA", about="TPS\x0b line"),))
    assert client.get("/topics/daca/feed/").status_code == 200


def test_empty_feed_is_valid(client):
    for feed_format, url in FEED_URLS.items():
        assert parse_entries(client.get(url).content, feed_format) == []


def test_atom_feed_follows_rfc_4287(client):
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


def test_rss_feed_follows_the_rss_specification(client):
    """The RSS specification and its profile: one self link, ids that are no permalinks, dates."""
    make_release()
    channel = ElementTree.fromstring(client.get("/feed/").content).find("channel")
    for name in ("title", "link", "description", "language", "lastBuildDate"):
        assert len(channel.findall(name)) == 1, name
    assert channel.find("{http://www.w3.org/2005/Atom}link").get("rel") == "self"
    item = channel.find("item")
    assert item.find("guid").get("isPermaLink") == "false"
    assert re.fullmatch(r"\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}", item.find("pubDate").text)


def test_json_feed_follows_json_feed_1_1(client):
    """https://www.jsonfeed.org/version/1.1/: required members and their types."""
    make_release()
    response = client.get("/es/feed/json/")
    feed = json.loads(response.content)
    assert response["Content-Type"] == "application/feed+json; charset=utf-8"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["language"] == "es"
    assert feed["feed_url"].endswith("/es/feed/json/")
    assert feed["items"] == []


def test_feed_of_a_merged_topic_redirects_to_the_target_topic(client):
    topic, target = make_topic("TPS"), make_topic("DACA")
    make_release(topics=(topic,))
    merge_topics(topic, into=target, user=make_user(is_superuser=True))
    response = client.get("/topics/tps/feed/atom/")
    assert (response.status_code, response["Location"]) == (301, "/topics/daca/feed/atom/")
    assert client.get("/topics/never/feed/").status_code == 404


def test_pages_link_to_their_feeds_and_the_follow_page_lists_them(client):
    make_release(topics=(make_topic("DACA"),))
    for page, feed in (("/", "/feed/"), ("/es/", "/es/feed/"), ("/topics/daca/", "/topics/daca/feed/json/")):
        links = re.findall(r'<link rel="alternate"[^>]*href="([^"]+)"', client.get(page).content.decode())
        assert feed in links
        assert all(Client().get(link).status_code == 200 for link in links)
    page = client.get("/follow/").content.decode()
    assert "/topics/daca/feed/" in page
    assert "/feed/json/" in page

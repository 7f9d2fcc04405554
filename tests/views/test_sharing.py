"""Share links, metadata for machines and the link to legal help."""

import json
import re
from datetime import datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone
from PIL import Image

from releases.models import NewsroomSettings
from tests.factories import make_release, make_topic, make_withdrawn

pytestmark = pytest.mark.django_db


def test_withdrawn_notice_shows_legal_help(client):
    NewsroomSettings(legal_help_phone="213-555-0100").save()
    withdrawn = make_withdrawn(kind="service_notice")
    page = client.get(withdrawn.get_absolute_url()).content.decode()
    assert page.count('href="#legal-help"') == page.count('id="legal-help"') == 1


def test_release_page_has_json_ld_and_open_graph_metadata(client, settings):
    release = make_release(
        headline='A "quoted" </script> & more',
        kind="statement",
        topics=(make_topic("DACA"),),
        corrected_at=timezone.now(),
        summary="Sum.",
    )
    release.corrections.create(kind="correction", note="The day <was> wrong.", created_at=timezone.now())
    page = client.get(release.get_absolute_url()).content.decode()
    article = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])
    assert article["@type"] == "NewsArticle"
    assert article["headline"] == release.headline
    assert article["url"] == article["mainEntityOfPage"] == f"{settings.SITE_URL}{release.get_absolute_url()}"
    assert article["inLanguage"] == "en"
    assert article["publisher"]["name"].startswith("CARECEN")
    assert article["correction"][0]["text"] == "The day <was> wrong."
    assert datetime.fromisoformat(article["datePublished"]) == release.public_at
    assert datetime.fromisoformat(article["dateModified"]) > release.public_at
    properties = dict(re.findall(r'<meta property="([^"]+)" content="([^"]*)"', page))
    assert properties["og:url"] == article["url"]
    assert client.get(urlsplit(properties["og:image"]).path)["Content-Type"] == "image/png"
    logo = article["publisher"]["logo"]
    with Image.open(finders.find(urlsplit(logo["url"]).path.removeprefix("/static/"))) as image:
        assert image.size == (logo["width"], logo["height"])


def test_share_links_contain_the_headline_and_url(client, settings):
    release = make_release(headline="Familias & niños: 100 %", language="es")
    page = client.get(release.get_absolute_url()).content.decode()
    url = f"{settings.SITE_URL}{release.get_absolute_url()}"
    whatsapp = re.search(r'href="(https://wa\.me/[^"]+)"', page)[1]
    assert parse_qs(urlsplit(whatsapp).query)["text"] == [f"{release.headline} {url}"]
    mail = re.search(r'href="(mailto:[^"]+)"', page)[1].replace("&amp;", "&")
    assert parse_qs(urlsplit(mail).query)["subject"] == [release.headline]
    assert unquote(mail).endswith(url)

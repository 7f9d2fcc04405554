"""What stands around the texts: notices, legal help, related releases, what is shared, and what machines read."""

import json
import re
from datetime import date, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.utils import timezone
from PIL import Image

from releases import clock
from releases.models import Newsroom
from releases.templatetags.newsroom import dialled
from tests.builders import make_draft, make_release, make_scheduled, make_topic, make_user, make_withdrawn

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return clock.day_of(timezone.now())


@pytest.fixture
def notices(today):
    """Notices by what is said of them: when they end, and whether they hold."""
    kind = {"kind": "service_notice"}
    return {
        "soon": make_release(headline="Soon", valid_until=today + timedelta(days=2), **kind),
        "later": make_release(headline="Later", valid_until=today + timedelta(days=200), **kind),
        "today": make_release(headline="Today", valid_until=today, **kind),
        "endless": make_release(headline="Endless", date=today, **kind),
        "over": make_release(headline="Over", valid_until=today - timedelta(days=1), **kind),
        "old": make_release(headline="Old guidance", date=date(2016, 1, 1), **kind),
    }


def order(page: str, *words: str) -> list[str]:
    return sorted((word for word in words if f">{word}</a>" in page), key=lambda word: page.index(f">{word}</a>"))


def test_notices_stand_by_their_deadline_and_those_that_ran_out_below(client, notices):
    page = client.get("/notices/").content.decode()
    above, below = page.split('id="past"')
    assert order(above, "Soon", "Later", "Today", "Endless", "Over", "Old guidance") == ["Today", "Soon", "Later", "Endless"]
    assert order(below, "Soon", "Later", "Today", "Endless", "Over", "Old guidance") == ["Old guidance", "Over"]
    assert "From 2016." in below


def test_the_home_page_has_a_strip_of_the_next_deadlines(client, notices):
    page = client.get("/").content.decode()
    strip = page[page.index('class="strip"') : page.index("</section>")]
    assert order(strip, "Soon", "Later", "Today", "Endless", "Over") == ["Today", "Soon", "Later"]
    assert 'class="strip"' not in client.get("/es/").content.decode()


def test_the_home_page_shows_ten_and_the_strip_besides(client, today):
    make_release(headline="Far back", date=date(2014, 1, 1), kind="service_notice", valid_until=today)
    for _number in range(12):
        make_release()
    page = client.get("/").content.decode()
    assert page.count("<article") == 10
    assert "Far back" in page
    assert 'class="strip"' not in client.get("/?page=2").content.decode()


def test_the_news_by_kind(client):
    make_release(headline="A statement", kind="statement")
    make_release(headline="A release")
    make_draft(kind="media_advisory")
    page = client.get("/?kind=statement").content.decode()
    assert "A statement" in page
    assert "A release" not in page
    assert 'href="?kind=statement"' in client.get("/").content.decode()
    for kind in ("media_advisory", "zebra", "%00x"):
        assert client.get(f"/?kind={kind}").status_code == 404


def test_pages_of_a_kind_keep_it(client):
    for _number in range(11):
        make_release(kind="statement")
    assert 'href="?kind=statement&amp;page=2"' in client.get("/?kind=statement").content.decode()
    assert 'href="/?kind=statement"' in client.get("/?kind=statement&page=2").content.decode()
    assert client.get("/?kind=statement&page=1")["Location"] == "/?kind=statement"
    canonical = re.search('rel="canonical" href="([^"]+)"', client.get("/?kind=statement&page=2").content.decode())[1]
    assert canonical.endswith("/?kind=statement&amp;page=2")


def test_legal_help_is_offered_everywhere_once_it_has_a_number(client, notices):
    addresses = ["/", "/search/", "/notices/", notices["soon"].get_absolute_url(), "/nowhere/"]
    assert all("Need legal help?" not in client.get(address).content.decode() for address in addresses)
    Newsroom(legal_help_phone="213-555-0100", legal_help_hours="Weekdays", legal_help_hours_es="Días laborables").save()
    for address in addresses:
        page = client.get(address).content.decode()
        assert page.count('id="legal-help"') == 1
        assert 'href="tel:+12135550100"' in page
        assert "Weekdays" in page
        assert "“notario”" in page
    page = client.get("/es/").content.decode()
    assert "¿Necesita ayuda legal?" in page
    assert "Días laborables" in page
    assert "Un notario o un consultor" in page


def test_the_desk_reminds_managers_of_a_missing_phone(client, publisher):
    sentence = "No page offers legal help yet"
    client.force_login(publisher)
    assert sentence not in client.get("/admin/").content.decode()
    client.force_login(make_user(is_superuser=True))
    assert sentence in client.get("/admin/").content.decode()
    Newsroom(legal_help_phone="213-555-0100").save()
    assert sentence not in client.get("/admin/").content.decode()


def test_a_withdrawn_notice_offers_legal_help_like_any_page(client):
    Newsroom(legal_help_phone="213-555-0100").save()
    gone = make_withdrawn(kind="service_notice")
    page = client.get(gone.get_absolute_url()).content.decode()
    assert page.count('href="#legal-help"') == page.count('id="legal-help"') == 1


@pytest.mark.parametrize(
    ("phone", "link"),
    [
        ("213-555-0100", "+12135550100"),
        ("(213) 555-0100", "+12135550100"),
        ("1 (213) 555-0100", "+12135550100"),
        ("+503 2222 3333", "+50322223333"),
        ("213-555-0100 ext. 5", "+12135550100;ext=5"),
        ("213.555.0100 x12", "+12135550100;ext=12"),
    ],
)
def test_a_number_is_dialled_as_it_is_meant(phone, link):
    Newsroom(legal_help_phone=phone).full_clean(exclude=["id"])
    assert dialled(phone) == link


@pytest.mark.parametrize("phone", ["1-800-CARECEN", "213-555-0100 / 213-555-0101", "call us", "12", "213-555-010"])
def test_what_is_not_one_number_is_refused(phone):
    with pytest.raises(ValidationError, match="one telephone number"):
        Newsroom(legal_help_phone=phone).full_clean(exclude=["id"])


def test_related_releases_share_topics_most_first_then_newest(client):
    one, two, other = make_topic("One"), make_topic("Two"), make_topic("Other")
    both = make_release(headline="Both", topics=(one, two), date=date(2014, 1, 1))
    for number in range(5):
        make_release(headline=f"Some {number}", topics=(one,), date=date(2014, 6, 1 + number))
    make_release(headline="None", topics=(other,), date=date(2014, 7, 1))
    make_scheduled(headline="Hidden", topics=(one, two))
    make_release(headline="Spanish", topics=(one, two), language="es")
    release = make_release(topics=(one, two))
    page = client.get(release.get_absolute_url()).content.decode()
    related = page[page.index('id="related"') : page.index("</nav>", page.index('id="related"'))]
    assert re.findall(r"</span>\s*([^<]+?)\s*</a>", related) == [both.headline, "Some 4", "Some 3"]


def test_what_machines_read_of_a_release(client, settings):
    release = make_release(
        headline='A "quoted" </script> & more', kind="statement", topics=(make_topic("DACA"),), corrected_at=timezone.now(), summary="Sum."
    )
    release.corrections.create(kind="correction", note="The day <was> wrong.", made_at=timezone.now())
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
    named = dict(re.findall(r'<meta property="([^"]+)" content="([^"]*)"', page))
    assert named["og:url"] == article["url"]
    assert client.get(urlsplit(named["og:image"]).path)["Content-Type"] == "image/png"
    logo = article["publisher"]["logo"]
    with Image.open(finders.find(urlsplit(logo["url"]).path.removeprefix("/static/"))) as image:
        assert image.size == (logo["width"], logo["height"])


def test_a_release_is_passed_on_by_plain_links(client, settings):
    release = make_release(headline="Familias & niños: 100 %", language="es")
    page = client.get(release.get_absolute_url()).content.decode()
    url = f"{settings.SITE_URL}{release.get_absolute_url()}"
    whatsapp = re.search(r'href="(https://wa\.me/[^"]+)"', page)[1]
    assert parse_qs(urlsplit(whatsapp).query)["text"] == [f"{release.headline} {url}"]
    mail = re.search(r'href="(mailto:[^"]+)"', page)[1].replace("&amp;", "&")
    assert parse_qs(urlsplit(mail).query)["subject"] == [release.headline]
    assert unquote(mail).endswith(url)


@pytest.mark.parametrize(
    ("english", "spanish"), [("/follow/", "/es/seguir/"), ("/privacy/", "/es/privacidad/"), ("/notices/", "/es/avisos/")]
)
def test_each_page_is_there_in_both_languages(client, english, spanish):
    assert client.get(english)["Content-Language"] == "en"
    assert client.get(spanish)["Content-Language"] == "es"


def test_a_topic_says_what_it_is_in_each_language(client):
    topic = make_topic("TPS", about="TPS – Temporary Protected Status", about_es="TPS – Estatus de Protección Temporal")
    make_release(topics=(topic,))
    make_release(topics=(topic,), language="es")
    assert topic.about in client.get("/topics/tps/").content.decode()
    assert topic.about_es in client.get("/es/temas/tps/").content.decode()

"""The news page: whose newsroom it is, what families need, the lead story and the photos of the list."""

import re
from datetime import date
from pathlib import Path

import pytest

from releases.models import NewsroomSettings
from releases.text.choices import Kind
from releases.views.figures import Figure
from tests.factories import make_draft, make_photo, make_release, make_topic, photo_entry
from tests.views import get_response

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[2]


@pytest.fixture
def newsroom():
    newsroom = NewsroomSettings.current()
    newsroom.press_phone, newsroom.press_email = "213-555-0100", "press@example.org"
    newsroom.legal_help_phone, newsroom.legal_help_hours_es = "213-555-0199", "Lunes a viernes"
    newsroom.save()
    return newsroom


def get_main(client, url="/"):
    page = get_response(client, url).content.decode()
    return page.split('<main id="main"')[1].split("</main>")[0]


@pytest.mark.parametrize(
    ("language", "url", "texts"),
    [
        (
            "en",
            "/",
            [
                "The newsroom of CARECEN, the Central American Resource Center in Los Angeles",
                'Press: <a href="tel:+12135550100">213-555-0100</a>',
                '<a href="mailto:press@example.org">',
                '<a href="/for-the-press/">For the press</a>',
                '<a href="/follow/">Follow</a>',
            ],
        ),
        (
            "es",
            "/es/",
            [
                "La sala de prensa de CARECEN, el Centro de Recursos Centroamericanos de Los Ángeles",
                'Prensa: <a href="tel:+12135550100">213-555-0100</a>',
                '<a href="/es/para-la-prensa/">Para la prensa</a>',
            ],
        ),
    ],
)
def test_news_page_begins_with_whose_newsroom_it_is_and_the_press_contact(
    client, newsroom, language, url, texts
):
    make_release(language=language)
    main = get_main(client, url)
    positions = [main.index(text) for text in [*texts, "lead-story"]]
    assert positions == sorted(positions)


def test_legal_help_and_notices_come_before_the_news(client, newsroom):
    make_release(headline="News of the day", date=date(2015, 3, 5), language="es")
    make_release(headline="A deadline", kind=Kind.SERVICE_NOTICE, valid_until=date(2090, 1, 1), language="es")
    main = get_main(client, "/es/")
    phone = '<a href="tel:+12135550199">213-555-0199</a> <span>Lunes a viernes</span>'
    positions = [main.index(text) for text in (phone, "A deadline", "News of the day")]
    assert positions == sorted(positions)


def test_first_page_alone_has_the_head_and_the_lead(client, newsroom):
    for day in range(1, 13):
        make_release(date=date(2015, 3, day))
    for url in ("/?page=2", "/?kind=press_release"):
        main = get_main(client, url)
        assert not [text for text in ("news-head", "for-families", "lead-story") if text in main]


def test_expired_notice_is_not_the_lead(client):
    make_release(kind=Kind.SERVICE_NOTICE, valid_until=date(2015, 3, 5))
    main = get_main(client)
    assert "lead-story" not in main
    assert "is-expired" in main


def test_newsroom_without_releases_has_its_head_and_says_so(client, newsroom):
    main = get_main(client)
    assert "Press: " in main
    assert "Nothing has been published in English yet." in main


def test_lead_has_its_photo_at_once_and_cards_load_theirs_later(client):
    first, lead, later = make_photo(), make_photo(), make_photo()
    make_release(photos=[photo_entry(later)], date=date(2015, 3, 3))
    entries = [photo_entry(first), photo_entry(lead, is_lead=True, focus=[12, 88])]
    make_release(photos=entries, date=date(2015, 3, 4))
    main = get_main(client)
    lead_story, cards = main[main.index('class="lead-story') :].split("</article>", 1)
    assert f"/photos/{lead.name}/" in lead_story
    assert 'class="card-photo focus-x1 focus-y9"' in lead_story
    assert 'loading="lazy"' not in lead_story
    assert f"/photos/{later.name}/" in cards
    assert 'loading="lazy"' in cards
    assert first.name not in main


def test_card_shows_another_photo_if_the_lead_photo_was_deleted(client):
    lead, other = make_photo(), make_photo()
    make_release(photos=[photo_entry(lead, is_lead=True), photo_entry(other)])
    lead.delete()
    assert f"/photos/{other.name}/" in get_main(client)


def test_every_focal_point_has_its_styles():
    css, photo = (ROOT / "static/css/newsroom.css").read_text(), make_photo()
    names = {
        name
        for percent in range(101)
        for name in Figure(photo, 1, "", "", "", "", focus=(percent, percent)).focus_class.split()
    }
    missing = {name for name in names if f".{name} {{" not in css}
    assert missing == {"focus-x5", "focus-y5"}  # the center, which is the default


def test_releases_of_one_day_show_the_day_once(client):
    make_release(headline="Lead", date=date(2015, 3, 5))
    for headline in ("First", "Second"):
        make_release(headline=headline, date=date(2015, 3, 4))
    articles = re.findall(r'<article class="(release-card[^"]*)"', get_main(client))
    assert articles == ["release-card", "release-card is-same-day"]


def test_topic_row_has_the_most_used_topics_and_a_link_to_all(client, monkeypatch):
    monkeypatch.setattr("releases.views.lists.MAX_TOPICS_IN_ROW", 2)
    courts, daca, tps = make_topic("Courts"), make_topic("DACA"), make_topic("TPS")
    make_release(topics=(daca, tps))
    make_release(topics=(daca, tps, courts))
    make_draft(topics=(courts,))
    row = get_main(client).split('class="topic-row"')[1].split("</nav>")[0]
    assert re.findall(r'href="([^"]+)"', row) == ["/topics/daca/", "/topics/tps/", "/topics/"]


def test_mark_of_the_pages_is_the_mark_of_the_icons():
    drawings = [
        re.findall(r"<(?:rect|path) [^>]+?(?= ?/>)", (ROOT / path).read_text())
        for path in ("static/img/mark.svg", "templates/releases/_mark.html")
    ]
    assert drawings[0] == drawings[1] != []

"""Lists of releases: home page, notices, years, months, topics and archive."""

from datetime import date

import pytest

from tests.factories import NOON, make_draft, make_release, make_topic
from tests.views import get_headlines, get_response

pytestmark = pytest.mark.django_db


def test_home_page_lists_newest_releases_first(client):
    make_release(headline="Old", date=date(2014, 1, 1))
    make_release(headline="New", date=date(2015, 1, 1))
    assert get_headlines(get_response(client, "/")) == ["New", "Old"]


def test_list_item_shows_headline_dateline_full_summary_and_topics(client):
    release = make_release(
        headline="A “ruling” & more", summary="Word " * 200, topics=(make_topic("Courts", "Tribunales"),)
    )
    page = get_response(client, "/").content.decode()
    assert "A “ruling” &amp; more</a></h2>" in page
    assert f"(March 4, 2015, Los Angeles) –</span> {release.summary.strip()}" in page
    assert 'Continue reading<span class="visually-hidden"> A “ruling” &amp; more</span>' in page
    assert '<a href="/topics/courts/">Courts</a>' in page


def test_year_and_month_pages_list_their_releases(client):
    make_release(headline="March", date=date(2015, 3, 4))
    make_release(headline="April", date=date(2015, 4, 4))
    make_release(headline="Earlier", date=date(2014, 3, 4))
    assert get_headlines(get_response(client, "/2015/")) == ["April", "March"]
    assert get_headlines(get_response(client, "/2015/03/")) == ["March"]
    for url in ("/2090/", "/2090/05/", "/1982/", "/2015/13/", "/2015/3/", "/0000/", "/20155/", "/٢٠١٥/"):
        get_response(client, url, 404)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("/?kind=statement", "No release of this type has been published in English yet."),
        ("/es/?kind=statement", "Todavía no se ha publicado ningún comunicado de este tipo en español."),
        ("/2016/", "Nothing was published in English this year."),
        ("/es/2016/", "No se publicó nada en español en este año."),
        ("/2015/05/", "Nothing was published in English this month."),
        ("/es/2015/05/", "No se publicó nada en español en este mes."),
        ("/topics/courts/", "Nothing on this topic has been published in English yet."),
    ],
)
def test_empty_list_is_a_sentence_and_is_not_indexed(client, url, sentence):
    make_release()
    make_release(language="es", topics=(make_topic("Courts", "Tribunales"),))
    page = get_response(client, url).content.decode()
    assert sentence in page
    assert '<meta name="robots" content="noindex, follow">' in page


def test_feed_of_a_topic_without_releases_in_the_language_is_empty(client):
    make_release(language="es", topics=(make_topic("Courts", "Tribunales"),))
    assert "<item>" not in get_response(client, "/topics/courts/feed/").content.decode()


def test_archive_lists_every_month_with_its_release_count(client):
    make_release(date=date(2015, 3, 4))
    make_release(date=date(2015, 3, 5))
    page = get_response(client, "/archive/").content.decode()
    assert '<a href="/2015/03/">March <span class="count">2</span></a>' in page


def test_topic_page_lists_only_its_releases(client):
    courts = make_topic("Courts", "Tribunales")
    make_release(headline="In court", topics=(courts,))
    make_release(headline="PermanentRedirect")
    assert get_headlines(get_response(client, "/topics/courts/")) == ["In court"]
    assert "Courts <span" in get_response(client, "/topics/").content.decode()
    assert get_response(client, "/topics/COURTS/", 301)["Location"] == "/topics/courts/"


@pytest.mark.parametrize(
    ("path", "names"),
    [("/topics/", ["Asylum", "Courts", "Trees"]), ("/es/temas/", ["Árboles", "Asilo", "Tribunales"])],
)
def test_topics_are_sorted_by_name_in_each_language(client, path, names):
    topics = tuple(
        make_topic(*names_of_topic)
        for names_of_topic in (("Trees", "Árboles"), ("Courts", "Tribunales"), ("Asylum", "Asilo"))
    )
    for language in ("en", "es"):
        make_release(topics=topics, language=language)
    page = get_response(client, path).content.decode()
    positions = [page.index(f">{name} <span") for name in names]
    assert positions == sorted(positions)


def test_topic_without_public_releases_in_any_language_returns_404(client):
    courts = make_topic("Courts", "Tribunales")
    make_draft(topics=(courts,))
    get_response(client, "/topics/courts/", 404)
    make_release(topics=(courts,), language="es")
    get_response(client, "/topics/courts/")
    assert "Courts" not in get_response(client, "/topics/").content.decode()


def test_home_page_says_when_nothing_is_published(client):
    assert "Nothing has been published in English yet." in get_response(client, "/").content.decode()
    assert "Todavía no se ha publicado nada en español." in get_response(client, "/es/").content.decode()
    for url in ("/archive/", "/topics/", "/es/archivo/", "/es/temas/"):
        get_response(client, url)


def test_home_page_lists_only_releases_in_its_language(client):
    make_release(headline="Tenants won")
    make_release(headline="Ganaron", language="es")
    assert get_headlines(get_response(client, "/")) == ["Tenants won"]
    spanish = get_response(client, "/es/")
    assert get_headlines(spanish) == ["Ganaron"]
    assert '<html lang="es">' in spanish.content.decode()
    assert "(4 de marzo de 2015, Los Ángeles) –" in spanish.content.decode()


def headlines_in_page_order(page: str, *headlines: str) -> list[str]:
    return sorted(
        (headline for headline in headlines if f">{headline}</a>" in page),
        key=lambda headline: page.index(f">{headline}</a>"),
    )


def test_notices_are_sorted_by_deadline_with_expired_notices_below(client, notices):
    page = client.get("/notices/").content.decode()
    current_html, expired_html = page.split('id="expired-notices"')
    assert headlines_in_page_order(
        current_html, "Soon", "Later", "Today", "Endless", "Over", "Old guidance"
    ) == ["Today", "Soon", "Later", "Endless"]
    assert headlines_in_page_order(
        expired_html, "Soon", "Later", "Today", "Endless", "Over", "Old guidance"
    ) == ["Old guidance", "Over"]
    assert "This is from 2016." in expired_html


def test_home_page_lists_the_notices_with_the_next_deadlines(client, notices):
    page = client.get("/").content.decode()
    strip = page[page.index('class="current-notices"') : page.index("</section>")]
    assert headlines_in_page_order(strip, "Soon", "Later", "Today", "Endless", "Over") == [
        "Today",
        "Soon",
        "Later",
    ]
    assert 'class="current-notices"' not in client.get("/es/").content.decode()


def test_home_page_shows_ten_releases_plus_the_deadlines(client, today):
    make_release(headline="Far back", date=date(2014, 1, 1), kind="service_notice", valid_until=today)
    for _number in range(12):
        make_release()
    page = client.get("/").content.decode()
    assert page.count("<article") == 10
    assert "Far back" in page
    assert 'class="current-notices"' not in client.get("/?page=2").content.decode()


def test_home_page_can_be_filtered_by_kind(client):
    make_release(headline="A statement", kind="statement")
    make_release(headline="A release")
    make_draft(kind="media_advisory")
    page = client.get("/?kind=statement").content.decode()
    assert "A statement" in page
    assert "A release" not in page
    assert 'href="?kind=statement"' in client.get("/").content.decode()
    for kind in ("zebra", "%00x"):
        assert client.get(f"/?kind={kind}").status_code == 404


def test_topic_description_is_shown_in_each_language(client):
    topic = make_topic(
        "TPS", about="TPS – Temporary Protected Status", about_es="TPS – Estatus de Protección Temporal"
    )
    make_release(topics=(topic,))
    make_release(topics=(topic,), language="es")
    assert topic.about in client.get("/topics/tps/").content.decode()
    assert topic.about_es in client.get("/es/temas/tps/").content.decode()


def test_list_links_to_translations_and_marks_untranslated_releases(client, translated_releases):
    alone = make_release(headline="A lonely ruling", slug="alone")
    home, inicio = client.get("/").content.decode(), client.get("/es/").content.decode()
    assert (
        f'href="{translated_releases[1].get_absolute_url()}" lang="es" hreflang="es">Leer en español' in home
    )
    assert "Solo en inglés" in inicio
    assert f'<a href="{alone.get_absolute_url()}" lang="en" hreflang="en">A lonely ruling</a>' in inicio
    assert "Only in Spanish" not in home


def test_language_switch_keeps_the_topic_month_or_search_if_translated(client):
    topic = make_topic("Courts", "Tribunales")
    make_release(topics=(topic,))
    page = client.get("/topics/courts/").content.decode()
    assert 'class="language-switcher"' not in page
    make_release(language="es", date=NOON.date())
    assert (
        '<a class="language-switcher" href="/es/#no-en-espanol"'
        in client.get("/topics/courts/").content.decode()
    )
    assert (
        '<a class="language-switcher" href="/es/#no-en-espanol"' in client.get("/2015/03/").content.decode()
    )
    make_release(language="es", topics=(topic,))
    assert (
        '<a class="language-switcher" href="/es/temas/tribunales/"'
        in client.get("/topics/courts/").content.decode()
    )
    assert '<a class="language-switcher" href="/es/2015/03/"' in client.get("/2015/03/").content.decode()
    assert (
        '<a class="language-switcher" href="/es/buscar/?q=ruling"'
        in client.get("/search/?q=ruling").content.decode()
    )

"""Two languages of one release: each leads to the other while the public can read both, and never hints at one it cannot."""

import re

import pytest
from django.test import Client

from releases import publishing
from releases.models import Release
from tests.builders import NOON, make_draft, make_release, make_scheduled, make_topic, make_user, make_withdrawn

pytestmark = pytest.mark.django_db


def page_of(release):
    return Client().get(release.get_absolute_url()).content.decode()


def alternates(page):
    return dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page))


@pytest.mark.parametrize("first", ["en", "es"])
def test_each_leads_to_the_other_and_says_so_to_search_engines(first):
    second = "es" if first == "en" else "en"
    one = make_release(language=first, slug="one")
    other = make_release(language=second, slug="other", pair=one.pair)
    english, spanish = (one, other) if first == "en" else (other, one)
    site = "http://127.0.0.1:8000"
    expected = {"en": f"{site}{english.get_absolute_url()}", "es": f"{site}{spanish.get_absolute_url()}"}
    for release in (one, other):
        assert alternates(page_of(release)) == expected | {"x-default": expected["en"]}
    assert f'href="{spanish.get_absolute_url()}" lang="es" hreflang="es">Leer en español</a>' in page_of(english)
    assert f'href="{english.get_absolute_url()}" lang="en" hreflang="en">Read in English</a>' in page_of(spanish)
    assert f'<a class="tongue" href="{spanish.get_absolute_url()}"' in page_of(english)


def without_a_counterpart(language):
    make_release(language="es" if language == "en" else "en", slug="elsewhere")
    return make_release(language=language, slug="alone")


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_hidden_counterpart_is_as_if_it_had_never_been(make, language):
    release = without_a_counterpart(language)
    before = page_of(release)
    make(language="es" if language == "en" else "en", pair=release.pair, headline="Quetzalcanary", slug="quetzalcanary")
    assert page_of(release) == before
    assert alternates(before) == {}
    assert f'<a class="tongue" href="{"/es/#no-en-espanol" if language == "en" else "/#not-in-english"}"' in before


def test_a_counterpart_that_is_withdrawn_is_gone_with_the_next_request(publisher):
    one = make_release()
    other = make_release(language="es", pair=one.pair)
    assert "Leer en español" in page_of(one)
    publishing.withdraw(other, by=publisher)
    assert "Leer en español" not in page_of(one)


@pytest.mark.parametrize(
    ("english", "spanish"),
    [("/", "/es/"), ("/notices/", "/es/avisos/"), ("/archive/", "/es/archivo/"), ("/for-the-press/", "/es/para-la-prensa/")],
)
def test_the_switch_stays_on_a_page_that_is_in_both_languages(client, english, spanish):
    make_release()
    assert alternates(client.get(english).content.decode()) == {}
    make_release(language="es")
    for here, there in ((english, spanish), (spanish, english)):
        page = client.get(here).content.decode()
        assert f'<a class="tongue" href="{there}"' in page
        assert alternates(page)["es"].endswith(spanish)


def test_a_page_that_is_not_found_leads_to_where_the_other_language_begins(client):
    make_release()
    make_release(language="es")
    page = client.get("/nowhere/").content.decode()
    assert '<a class="tongue" href="/es/"' in page
    assert alternates(page) == {}


# --- Lists and search


def test_a_list_says_where_each_release_can_be_read_in_the_other_language(client, two):
    alone = make_release(headline="A lonely ruling", slug="alone")
    home, inicio = client.get("/").content.decode(), client.get("/es/").content.decode()
    assert f'href="{two[1].get_absolute_url()}" lang="es" hreflang="es">Leer en español' in home
    assert "Solo en inglés" in inicio
    assert f'<a href="{alone.get_absolute_url()}" lang="en" hreflang="en">A lonely ruling</a>' in inicio
    assert "Only in Spanish" not in home


def test_the_switch_of_topic_month_and_search_stays_where_it_can(client):
    topic = make_topic("Courts", "Tribunales")
    make_release(topics=(topic,))
    page = client.get("/topics/courts/").content.decode()
    assert 'class="tongue"' not in page
    make_release(language="es", date=NOON.date())
    assert '<a class="tongue" href="/es/#no-en-espanol"' in client.get("/topics/courts/").content.decode()
    assert '<a class="tongue" href="/es/#no-en-espanol"' in client.get("/2015/03/").content.decode()
    make_release(language="es", topics=(topic,))
    assert '<a class="tongue" href="/es/temas/tribunales/"' in client.get("/topics/courts/").content.decode()
    assert '<a class="tongue" href="/es/2015/03/"' in client.get("/2015/03/").content.decode()
    assert '<a class="tongue" href="/es/buscar/?q=ruling"' in client.get("/search/?q=ruling").content.decode()


def test_a_search_finds_what_is_only_in_the_other_language_and_says_so(client, two):
    alone = make_release(headline="Deportations end", slug="alone")
    page = client.get("/es/buscar/?q=deportation").content.decode()
    assert f'<a href="{alone.get_absolute_url()}" lang="en" hreflang="en">' in page
    assert "Solo en inglés" in page
    assert "Leer en español" in client.get("/es/buscar/?q=welcomes").content.decode()


def test_a_topic_or_kind_narrows_the_other_language_too(client):
    make_release(headline="Deportations end", slug="alone")
    make_release(language="es")
    assert "/2015/03/alone/" in client.get("/es/buscar/?q=deportation&kind=press_release").content.decode()
    assert "/2015/03/alone/" not in client.get("/es/buscar/?q=deportation&kind=statement").content.decode()


# --- Forty pairs

HIDE = {
    "draft": make_draft,
    "scheduled": make_scheduled,
    "embargoed": lambda **words: make_scheduled(**words, is_embargoed=True),
    "withdrawn": make_withdrawn,
}


def every_address(client):
    """All pages that can be reached by links from where the site begins, and what machines read, each with its bytes."""
    todo = [
        "/",
        "/es/",
        "/feed/",
        "/feed/json/",
        "/es/feed/",
        "/es/feed/atom/",
        "/sitemap.xml",
        "/search/?q=ruling",
        "/es/buscar/?q=ruling",
    ]
    pages: dict[str, bytes] = {}
    while todo:
        address = todo.pop()
        if address in pages or address.startswith(("/admin/", "/static/")) or address.endswith((".png", ".zip")):
            continue
        pages[address] = client.get(address).content
        links = re.findall(r'href="(?:http://127\.0\.0\.1:8000)?(/[^"#]*)', pages[address].decode())
        todo += [link.replace("&amp;", "&") for link in links]
    return pages


def test_forty_pairs_with_one_side_hidden_are_as_if_it_had_never_been():
    make_user("ana")
    topics = [make_topic("Courts", "Tribunales"), make_topic("Workers", "Trabajadores")]
    public = []
    for number in range(40):
        language = ("en", "es")[number % 2]
        words = {"topics": (topics[number % 2],), "slug": f"public-{number}", "headline": f"Ruling {number}"}
        public.append(make_release(language=language, **words))
    before = every_address(Client())
    assert len(before) > 80
    for number, release in enumerate(public):
        make = list(HIDE.values())[number // 2 % len(HIDE)]
        words = {"slug": f"canary-{number}", "headline": f"Quetzalcanary {number}", "topics": (topics[0],)}
        make(language="es" if release.language == "en" else "en", pair=release.pair, **words)
    assert Release.objects.count() == 80
    after = every_address(Client())
    assert set(after) == set(before)
    assert [address for address in before if after[address] != before[address]] == []
    assert not any(b"quetzalcanary" in page.lower() or b"canary-" in page for page in after.values())


# --- The samples


def test_a_sample_translation_says_what_it_is_and_no_search_engine_takes_it(client):
    release = make_release(slug="a-ruling")
    sample = make_release(language="es", pair=release.pair, is_sample_translation=True, slug="un-fallo")
    page = page_of(sample)
    assert "Esta es una traducción de muestra." in page
    assert '<meta name="robots" content="noindex, follow">' in page
    assert alternates(page) == alternates(page_of(release)) == {}
    assert "un-fallo" not in client.get("/sitemap.xml").content.decode()
    assert "traducción de muestra" in client.get(sample.get_absolute_url().rstrip("/") + ".txt").content.decode()
    assert "noindex" not in page_of(release)

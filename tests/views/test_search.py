"""The search page: filters, excerpts, unusual input and results in the other language."""

from datetime import date

import pytest
from django.utils import timezone

from releases import caching
from releases.models import Release
from tests.factories import make_release, make_topic

pytestmark = pytest.mark.django_db


def test_search_finds_and_marks_releases_that_exist_only_in_the_other_language(client, translated_releases):
    alone = make_release(headline="Deportations end", slug="alone")
    page = client.get("/es/buscar/?q=deportation").content.decode()
    assert f'<a href="{alone.get_absolute_url()}" lang="en" hreflang="en">' in page
    assert "Solo en inglés" in page
    assert "Leer en español" in client.get("/es/buscar/?q=welcomes").content.decode()


def test_kind_filter_also_applies_to_results_in_the_other_language(client):
    make_release(headline="Deportations end", slug="alone")
    make_release(language="es")
    assert "/2015/03/alone/" in client.get("/es/buscar/?q=deportation&kind=press_release").content.decode()
    assert "/2015/03/alone/" not in client.get("/es/buscar/?q=deportation&kind=statement").content.decode()


def test_topic_page_links_to_a_search_within_the_topic(client):
    topic = make_topic("Courts")
    release = make_release(headline="Inside", topics=(topic,))
    make_release(headline="Outside")
    assert 'href="/search/?topic=courts"' in client.get("/topics/courts/").content.decode()
    form = client.get("/search/?topic=courts").content.decode()
    assert '<input type="hidden" name="topic" value="courts">' in form
    page = client.get("/search/?q=families&topic=courts").content.decode()
    assert release.get_absolute_url() in page
    assert "Outside" not in page


UNUSUAL_QUERIES = [
    "%22",
    "*",
    "AND+OR",
    "a" * 10_000,
    "%F0%9F%98%80",
    "%00",
    "%00ruling",
    "'",
    "(",
    "a:b",
    "-",
    "NEAR(",
    "\\",
    "_published",
]
UNUSUAL_QUERIES += [
    "%D9%A3",
    "%EF%AC%81",
    "+++",
    "x" * 199 + "+" + "y" * 99,
    "%E1%A6%B0",
    "%E1%A6%B0b",
    "a%E1%A6%B0b",
]


@pytest.mark.parametrize("odd", UNUSUAL_QUERIES)
def test_unusual_search_input_returns_a_normal_page(client, odd):
    make_release()
    for url in ("/search/", "/es/buscar/"):
        response = client.get(f"{url}?q={odd}")
        assert response.status_code == 200
        assert "noindex" in response.content.decode()


@pytest.mark.parametrize(
    "params",
    [
        "topic=%00",
        "topic=none",
        "kind=zebra",
        "year=%D9%A3",
        "year=99999",
        "order=zebra",
        "page=0",
        "page=x",
        "page=999",
    ],
)
def test_invalid_filters_are_ignored(client, params):
    make_release(headline="Ruling")
    response = client.get(f"/search/?q=ruling&{params}")
    assert response.status_code == 200
    assert "<mark>Ruling</mark>" in response.content.decode()


def test_markup_in_text_or_query_is_escaped(client):
    make_release(headline="<script>alert(1)</script> ruling", summary="a <b> c")
    page = client.get("/search/?q=ruling+<script>").content.decode()
    assert "<script>" not in page
    assert "&lt;<mark>script</mark>&gt;" in page


def test_excerpt_of_the_body_shows_the_matching_words(client):
    make_release(body=f"<p>{'before ' * 60}the quetzal &amp; its nest {'after ' * 60}</p>")
    page = client.get("/search/?q=quetzal").content.decode()
    assert "… " in page
    assert "<mark>quetzal</mark> &amp; its nest" in page
    assert page.count("after") < 50


def test_hidden_release_is_not_shown_or_counted_with_a_stale_index(client):
    public, withdrawn = (
        make_release(headline="Ruling one"),
        make_release(headline="Ruling two", kind="statement", date=date(2014, 1, 1)),
    )
    # Without updating the index.
    Release.objects.filter(pk=withdrawn.pk).update(status="withdrawn", withdrawn_at=timezone.now())
    caching.invalidate_public_cache()
    page = client.get("/search/?q=ruling").content.decode()
    assert public.get_absolute_url() in page
    assert "1 release" in page
    assert "Ruling two" not in page
    assert "Statement" not in page


def test_spanish_hit_first_shown_on_an_english_page_is_later_shown_in_spanish(client):
    make_release()
    make_release(headline="Zanahorias", language="es", kind="service_notice", valid_until=date(2090, 1, 1))
    client.get("/search/?q=zanahorias")
    page = client.get("/es/buscar/?q=zanahorias").content.decode()
    assert "Valid through" not in page
    assert "Zanahorias" in page

"""What every public page has in common: same bytes for everyone, no cookies, links to the other language."""

import re

import pytest
from django.test import Client

from tests.factories import make_draft, make_release, make_scheduled, make_topic
from tests.views import get_hreflang_links, get_response

pytestmark = pytest.mark.django_db


def test_unknown_query_parameters_are_ignored(client):
    make_release()
    assert get_response(client, "/?utm_source=x&a=%FF").content == get_response(client, "/").content


def test_language_switch_appears_once_the_other_language_has_a_public_release(client):
    make_release()
    make_draft(language="es")
    make_scheduled(language="es")
    assert "/es/" not in get_response(client, "/").content.decode()
    make_release(language="es")
    assert (
        '<a class="language-switcher" href="/es/" lang="es" hreflang="es">En español</a>'
        in get_response(client, "/").content.decode()
    )
    assert (
        '<a class="language-switcher" href="/" lang="en" hreflang="en">In English</a>'
        in get_response(client, "/es/").content.decode()
    )


def test_accept_language_header_does_not_change_the_page(client):
    make_release()
    assert client.get("/", headers={"accept-language": "es"}).content == client.get("/").content


PUBLIC_URLS = [
    "/",
    "/archive/",
    "/topics/",
    "/topics/daca/",
    "/2015/",
    "/2015/03/",
    "/2015/03/a-ruling/",
    "/nowhere/",
    "/robots.txt",
    "/health/",
]


@pytest.mark.parametrize("url", PUBLIC_URLS)
@pytest.mark.parametrize("role", ["reader", "publisher"])
def test_public_page_is_the_same_for_everyone_and_sets_no_cookies(client, publisher, url, role):
    make_release(slug="a-ruling", topics=(make_topic("DACA"),))
    if role == "publisher":
        client.force_login(publisher)
    response = client.get(url)
    assert not response.cookies
    assert response.get("Vary", "Accept-Encoding") == "Accept-Encoding"
    assert response.content == Client().get(url).content
    assert response.get("Cache-Control", "no-cache") in {"public, no-cache", "no-cache", "no-store"}
    is_release = url.endswith("/a-ruling/")
    assert response["Content-Security-Policy"].count("script-src") == is_release
    assert "default-src 'none'" in response["Content-Security-Policy"]
    scripts = re.findall(r"<script[^>]*>", response.content.decode())
    assert scripts == (
        ['<script type="application/ld+json">', '<script src="/static/js/share.js" defer>']
        if is_release
        else []
    )
    assert b"<style" not in response.content


@pytest.mark.parametrize("url", PUBLIC_URLS)
def test_public_page_rejects_post(client, url):
    make_release(slug="a-ruling", topics=(make_topic("DACA"),))
    assert client.head(url).status_code == client.get(url).status_code
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(url).status_code == (404 if client.get(url).status_code == 404 else 405)


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        ("/", "/es/"),
        ("/notices/", "/es/avisos/"),
        ("/archive/", "/es/archivo/"),
        ("/for-the-press/", "/es/para-la-prensa/"),
    ],
)
def test_language_switch_leads_to_the_same_page_in_the_other_language(client, english, spanish):
    make_release()
    assert get_hreflang_links(client.get(english).content.decode()) == {}
    make_release(language="es")
    for url, other_url in ((english, spanish), (spanish, english)):
        page = client.get(url).content.decode()
        assert f'<a class="language-switcher" href="{other_url}"' in page
        assert get_hreflang_links(page)["es"].endswith(spanish)

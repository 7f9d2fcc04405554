"""Pages about the site, robots.txt, the health check and error pages."""

import pytest
from django.db import DatabaseError
from django.utils import timezone

from tests.factories import make_release
from tests.views import get_hreflang_links, get_response

pytestmark = pytest.mark.django_db


def test_robots_txt_excludes_the_admin(client):
    assert b"Disallow: /admin/" in get_response(client, "/robots.txt").content


def test_server_error_shows_an_error_page(client, monkeypatch):
    def fail(*_arguments):
        raise DatabaseError

    monkeypatch.setattr("releases.views.base.PublicContext.now", fail)
    client.raise_request_exception = False
    assert "Something went wrong on our end" in get_response(client, "/", 500).content.decode()


@pytest.mark.parametrize(
    ("english", "spanish"),
    [("/follow/", "/es/seguir/"), ("/privacy/", "/es/privacidad/"), ("/notices/", "/es/avisos/")],
)
def test_each_page_exists_in_both_languages(client, english, spanish):
    assert client.get(english)["Content-Language"] == "en"
    assert client.get(spanish)["Content-Language"] == "es"


def test_robots_txt_lists_the_news_sitemap_only_while_it_has_entries(client, settings):
    news_line = f"Sitemap: {settings.SITE_URL}/news-sitemap.xml"
    make_release()
    robots = client.get("/robots.txt").content.decode()
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in robots
    assert news_line not in robots
    make_release(public_at=timezone.now())
    assert news_line in client.get("/robots.txt").content.decode()


def test_language_switch_on_a_404_page_leads_to_the_other_home_page(client):
    make_release()
    make_release(language="es")
    page = client.get("/nowhere/").content.decode()
    assert '<a class="language-switcher" href="/es/"' in page
    assert get_hreflang_links(page) == {}

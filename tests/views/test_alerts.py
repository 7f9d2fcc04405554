"""The alert on public pages: on every HTML page, in its language, and in nothing else."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from releases.actions.withdrawal import withdraw
from tests.factories import make_alert, make_draft, make_release, make_user, make_withdrawn
from tests.test_visibility import PUBLIC_URLS
from tests.views import get_response, make_link, open_link, read_preview

pytestmark = pytest.mark.django_db

ENDS_AT = datetime(2090, 11, 30, 2, tzinfo=UTC)  # 6 p.m. in Los Angeles


def get_alert(page: str) -> str:
    """Return the markup of the alert of a page with single spaces, or "" without one."""
    match = re.search(r'<section class="alert".*?</section>', page, re.DOTALL)
    return " ".join(match[0].split()) if match else ""


@pytest.fixture
def alert(translated_releases):
    """Return an active alert; without a page of its own to link to, its link would be left out."""
    return make_alert(link=translated_releases[0].get_absolute_url(), ends_at=ENDS_AT)


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        (
            "/",
            [
                'aria-label="Alert"',
                "<strong>Urgent:</strong> Agents are in Westlake.",
                '<a href="/2015/03/a-ruling/">More about this alert</a>',
                "Until Nov. 29, 6 p.m.",
            ],
        ),
        (
            "/es/",
            [
                'aria-label="Alerta"',
                "<strong>Urgente:</strong> Hay agentes en Westlake.",
                '<a href="/es/2015/03/un-fallo/">Más sobre esta alerta</a>',
                "Hasta el 29 de noviembre, 6:00 p. m.",
            ],
        ),
    ],
)
def test_alert_has_severity_text_link_and_end_in_the_language_of_the_page(client, alert, url, parts):
    markup = get_alert(client.get(url).content.decode())
    assert [part for part in parts if part not in markup] == []
    assert "style=" not in markup


def test_alert_is_the_same_on_pages_that_were_not_found_or_withdrawn(client, alert):
    make_withdrawn(slug="gone")
    expected = get_alert(client.get("/").content.decode())
    assert expected
    assert get_alert(get_response(client, "/nowhere/", 404).content.decode()) == expected
    assert get_alert(get_response(client, "/2015/03/gone/", 410).content.decode()) == expected


@pytest.mark.parametrize("language", ["en", "es"])
def test_alert_is_on_every_html_page_and_in_nothing_else(client, alert, language):
    make_release(slug="the-public-one", language=language, date="2014-01-01")
    text = alert.text_in(language)
    for url in PUBLIC_URLS[language]:
        response = client.get(url)
        pages = response.content.decode(errors="replace").split(text)
        is_page = response["Content-Type"].startswith("text/html") and response.status_code != 301
        is_in_language = response.headers["Content-Language"] == language
        assert len(pages) == 1 + (is_page and is_in_language), url
        assert is_page or "westlake" not in "".join(pages).lower(), url


def test_alert_without_a_link_has_none(client):
    make_alert()
    assert "<a " not in get_alert(client.get("/").content.decode())


def test_link_to_a_release_disappears_when_the_release_is_withdrawn(client, alert, translated_releases):
    url = translated_releases[0].get_absolute_url()
    assert url in get_alert(client.get("/").content.decode())
    withdraw(translated_releases[0], user=make_user("petra"))
    assert get_response(client, url, 410)
    assert "<a " not in get_alert(client.get("/").content.decode())


def test_previews_and_error_pages_show_no_alert(alert, publisher, publisher_client):
    draft = make_draft()
    link, secret = make_link(draft, make_user("ana"))
    page = read_preview(open_link(secret), link)
    assert draft.headline in page
    assert get_alert(page) == ""
    url = f"/admin/releases/release/{draft.pk}/preview/"
    assert get_alert(publisher_client.get(url).content.decode()) == ""


def test_alert_costs_no_query_on_a_cached_generation(alert, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("releases.caching.get_page_cache", lambda: None)
    monkeypatch.setattr("releases.views.base.get_recent_generation", lambda at: None)
    Client().get("/privacy/")
    with django_assert_num_queries(1):  # the version of the cache
        assert get_alert(Client().get("/privacy/").content.decode())

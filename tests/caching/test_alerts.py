"""No page, 304 or fragment with an alert is served after its end."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from releases import caching
from releases.actions.alerts import end_alert
from releases.caching import generation
from tests.caching.test_wsgi import cache_home_page, call_wsgi
from tests.factories import make_alert, make_release

pytestmark = pytest.mark.django_db

TEXT = "Agents are in Westlake."
HOST = {"host": "127.0.0.1:8000"}


@pytest.fixture
def alert():
    make_release(slug="a-ruling")
    return make_alert()


@pytest.fixture
def travel(monkeypatch):
    def set_time(at):
        monkeypatch.setattr(timezone, "now", lambda: at)

    return set_time


def test_cache_generation_carries_the_alert_and_ends_with_it(alert, django_assert_num_queries):
    first = caching.get_current_generation(timezone.now())
    assert (first.alert, first.valid_until) == (alert, alert.ends_at)
    with django_assert_num_queries(1):
        assert caching.get_current_generation(alert.ends_at - timedelta(microseconds=1)) is first
    assert caching.get_current_generation(alert.ends_at).alert is None


@pytest.mark.parametrize("url", ["/", "/2015/03/a-ruling/", "/nowhere/", "/search/?q=ruling"])
def test_alert_is_shown_one_second_before_its_end_and_gone_at_its_end(client, alert, travel, url):
    assert TEXT in client.get(url, headers=HOST).content.decode()
    travel(alert.ends_at - timedelta(seconds=1))
    assert TEXT in client.get(url, headers=HOST).content.decode()
    travel(alert.ends_at)
    assert TEXT not in client.get(url, headers=HOST).content.decode()


def test_page_with_the_alert_is_not_revalidated_after_the_end(client, alert, travel):
    travel(alert.ends_at - timedelta(milliseconds=1))
    etag = client.get("/", headers=HOST)["ETag"]
    assert client.get("/", headers=HOST | {"if-none-match": etag}).status_code == 304
    travel(alert.ends_at)
    response = client.get("/", headers=HOST | {"if-none-match": etag})
    assert (response.status_code, TEXT in response.content.decode()) == (200, False)


def test_page_cache_before_django_serves_no_page_after_the_end(client, alert, travel):
    travel(alert.ends_at - timedelta(milliseconds=1))
    etag = cache_home_page(client)["ETag"]
    application = caching.with_page_cache(lambda _environ, start: start("200 OK", []) or [b"django"])
    assert TEXT in call_wsgi(application)[0].decode()
    assert call_wsgi(application, HTTP_IF_NONE_MATCH=etag)[1]["status"] == "304 Not Modified"
    travel(alert.ends_at)
    assert call_wsgi(application)[0] == b"django"
    assert call_wsgi(application, HTTP_IF_NONE_MATCH=etag)[0] == b"django"


def test_alert_that_is_ended_early_is_gone_with_the_next_request(client, alert, publisher):
    assert TEXT in client.get("/").content.decode()
    end_alert(alert.pk, user=publisher)
    assert TEXT not in client.get("/").content.decode()


def test_pages_are_not_served_during_an_outage_after_the_end(client, alert, travel, monkeypatch):
    for name, value in (("_query_until_answered", lambda: None), ("_failing_since", None), ("_probe", None)):
        monkeypatch.setattr(generation, name, value)  # restored after the test
    client.raise_request_exception = False
    client.get("/", headers=HOST)

    def fail():
        raise OperationalError

    monkeypatch.setattr(generation, "_read_version", fail)
    travel(alert.ends_at - timedelta(milliseconds=1))
    assert TEXT in client.get("/", headers=HOST).content.decode()
    travel(alert.ends_at)
    response = client.get("/", headers=HOST)
    assert (response.status_code, TEXT in response.content.decode()) == (503, False)


def test_shared_caches_revalidate_every_page_while_there_is_an_alert(client, alert, settings, travel):
    settings.CDN_MAX_AGE = 60
    page = cache_home_page(client)
    unchanged = client.get("/", headers=HOST | {"if-none-match": page["ETag"]})
    application = caching.with_page_cache(lambda _environ, start: start("200 OK", []) or [b"django"])
    _body, before_django = call_wsgi(application, HTTP_IF_NONE_MATCH=page["ETag"])
    assert {page["Cache-Control"], unchanged["Cache-Control"], before_django["headers"]["Cache-Control"]} == {
        "public, no-cache"
    }
    travel(alert.ends_at)
    assert "s-maxage=60" in client.get("/", headers=HOST)["Cache-Control"]

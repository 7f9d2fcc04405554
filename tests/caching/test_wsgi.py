"""The page cache in front of Django: which requests it answers, and which it passes on."""

import pytest
from django.test import RequestFactory

from releases import caching
from releases.caching import generation
from releases.models import Release
from tests.factories import make_release

pytestmark = pytest.mark.django_db


def call_wsgi(application, **environ):
    response = {}

    def start(status, headers, _exc_info=None):
        response.update(status=status, headers=dict(headers))

    request_environ = RequestFactory().get("/").environ | {"HTTP_HOST": "127.0.0.1:8000"} | environ
    return b"".join(application(request_environ, start)), response


def cache_home_page(client):
    """Cache the home page and return it within a tenth of a second of querying the generation."""
    client.get("/", headers={"host": "127.0.0.1:8000"})
    return client.get("/", headers={"host": "127.0.0.1:8000"})


@pytest.fixture
def wsgi_app():
    """Return the application with the page cache, and a list of the requests that reach Django."""
    paths = []

    def django(environ, start_response):
        paths.append(environ["PATH_INFO"])
        start_response("200 OK", [])
        return [b"django"]

    return caching.with_page_cache(django), paths


def test_wsgi_page_cache_serves_the_cached_page_without_queries(client, wsgi_app, django_assert_num_queries):
    application, paths = wsgi_app
    make_release()
    page = cache_home_page(client)
    with django_assert_num_queries(0):
        body, response = call_wsgi(application)
    assert (body, response["status"], paths) == (page.content, "200 OK", [])
    assert response["headers"] == dict(page.headers)
    body, response = call_wsgi(application, HTTP_IF_NONE_MATCH=page["ETag"])
    assert (body, response["status"]) == (b"", "304 Not Modified")
    assert call_wsgi(application, REQUEST_METHOD="HEAD")[0] == b""


@pytest.mark.parametrize(
    "environ",
    [
        {"PATH_INFO": "/nowhere/"},
        {"PATH_INFO": "/admin/"},
        {"REQUEST_METHOD": "POST"},
        {"HTTP_HOST": "evil.example"},
        {"PATH_INFO": "/espa\xc3\xb1ol/"},
    ],
)
def test_uncached_request_is_passed_to_django(client, wsgi_app, environ):
    application, paths = wsgi_app
    cache_home_page(client)
    assert call_wsgi(application, **environ)[0] == b"django"
    assert len(paths) == 1


def test_wsgi_page_cache_rechecks_the_cache_generation_after_100_ms(client, wsgi_app, monkeypatch):
    application, _paths = wsgi_app
    cache_home_page(client)
    assert call_wsgi(application)[0] != b"django"
    monkeypatch.setattr(generation, "_last_confirmed_at", generation._last_confirmed_at - 0.11)
    assert call_wsgi(application)[0] == b"django"


def test_wsgi_page_cache_sees_changes_of_its_own_process_at_once(client, wsgi_app):
    application, _paths = wsgi_app
    release = make_release()
    cache_home_page(client)
    Release.objects.get(pk=release.pk).save()
    assert call_wsgi(application)[0] == b"django"


def test_cache_generation_read_before_a_commit_is_not_treated_as_fresh(client, wsgi_app, monkeypatch):
    """A thread may query before a change is committed, and get the result afterwards."""
    application, _paths = wsgi_app
    make_release()
    read_version = generation._read_version

    def slow():
        version = read_version()
        generation._expire_local()  # the change is committed now
        return version

    monkeypatch.setattr(generation, "_read_version", slow)
    cache_home_page(client)
    assert call_wsgi(application)[0] == b"django"


def test_wsgi_page_cache_is_bypassed_for_http_when_https_is_required(client, settings):
    cache_home_page(client)
    settings.HTTPS, settings.SECURE_PROXY_SSL_HEADER = True, ("HTTP_X_FORWARDED_PROTO", "https")
    application = caching.with_page_cache(lambda _environ, start: start("301", []) or [b"django"])
    assert call_wsgi(application)[0] == b"django"
    assert call_wsgi(application, HTTP_X_FORWARDED_PROTO="https")[0] != b"django"


@pytest.mark.parametrize("is_unchanged", [False, True])
def test_header_added_by_the_server_does_not_leak_into_the_next_response(client, wsgi_app, is_unchanged):
    application, _paths = wsgi_app
    make_release()
    page = cache_home_page(client)
    responses = []

    def start(_status, headers):
        responses.append(list(headers))
        headers.append(("Date", "today"))

    for _time in range(2):
        request_headers = {"HTTP_IF_NONE_MATCH": page["ETag"]} if is_unchanged else {}
        application(
            RequestFactory().get("/").environ | {"HTTP_HOST": "127.0.0.1:8000"} | request_headers, start
        )
    assert responses[0] == responses[1]
    assert ("ETag", page["ETag"]) in responses[0]

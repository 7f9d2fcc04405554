"""The page cache serves the bytes of a new rendering, and nothing private or outdated."""

import gzip
import threading
import time
from datetime import timedelta

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import DatabaseError
from django.http import HttpResponse
from django.utils import timezone

from releases import caching
from releases.actions.withdrawal import withdraw
from releases.caching import generation, pages
from tests.factories import make_draft, make_release, make_scheduled

pytestmark = pytest.mark.django_db
URLS = [
    "/",
    "/es/",
    "/archive/",
    "/topics/",
    "/feed/",
    "/feed/json/",
    "/sitemap.xml",
    "/robots.txt",
    "/?kind=press_release",
    "/2015/03/a-ruling/",
]


@pytest.fixture
def rendered_urls(monkeypatch):
    """Return the URLs of the pages that were rendered, not served from the cache."""
    urls: list[str] = []
    inner = WSGIHandler.resolve_request

    def resolve(self, request):
        urls.append(request.get_full_path())
        return inner(self, request)

    monkeypatch.setattr("django.core.handlers.base.BaseHandler.resolve_request", resolve)
    return urls


@pytest.mark.parametrize("url", URLS)
def test_cached_page_equals_the_rendered_page(client, url, settings, monkeypatch):
    make_release(slug="a-ruling")
    make_release(language="es")
    first, second = client.get(url), client.get(url)
    monkeypatch.setattr(caching, "get_page_cache", lambda: None)
    anew = client.get(url)
    assert first.content == second.content == anew.content
    for name in set(anew.headers) - {"Cache-Control", "Vary"}:
        assert second[name] == anew[name], name
    assert "Set-Cookie" not in second


def test_page_is_rendered_once_per_cache_generation(client, rendered_urls):
    release = make_release()
    for _time in range(3):
        client.get("/")
    assert rendered_urls == ["/"]
    release.headline = "Another ruling"
    release.save()
    assert "Another ruling" in client.get("/").content.decode()
    assert rendered_urls == ["/", "/"]


@pytest.mark.parametrize(("encoding", "unpacked"), [("gzip", gzip.decompress), ("identity", bytes)])
def test_response_uses_the_accepted_content_encoding(client, encoding, unpacked):
    make_release()
    response = client.get("/", headers={"accept-encoding": f"deflate, {encoding};q=0.8, *;q=0"})
    assert response.get("Content-Encoding", "identity") == encoding
    assert unpacked(response.content) == client.get("/").content
    assert response["Vary"] == "Accept-Encoding"
    assert int(response["Content-Length"]) == len(response.content)
    assert (
        client.get("/", headers={"accept-encoding": f"{encoding};q=0"}).get("Content-Encoding", "identity")
        == "identity"
    )


def test_cache_headers_are_the_same_on_every_page(client):
    make_release(slug="a-ruling")
    assert {client.get(url)["Cache-Control"] for url in URLS if "robots" not in url} == {"public, no-cache"}
    assert {client.get(url)["Vary"] for url in URLS if "robots" not in url} == {"Accept-Encoding"}


def test_cdn_max_age_sets_s_maxage(client, settings):
    settings.CDN_MAX_AGE = 30
    assert client.get("/")["Cache-Control"] == "public, max-age=0, must-revalidate, s-maxage=30"


# --- 304


@pytest.mark.parametrize("url", ["/", "/feed/", "/es/", "/2015/03/a-ruling/", "/?kind=press_release"])
@pytest.mark.parametrize("encoding", ["gzip", ""])
def test_matching_etag_returns_304_without_rendering(client, url, encoding, rendered_urls):
    make_release(slug="a-ruling")
    etag = client.get(url, headers={"accept-encoding": encoding})["ETag"]
    for header in (etag, f'"other", {etag}', f"W/{etag}"):
        response = client.get(url, headers={"if-none-match": header})
        assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)
    assert len(rendered_urls) == 1
    assert client.get(url, headers={"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize("save", [make_draft, make_scheduled])
def test_saving_a_hidden_release_does_not_change_any_etag(client, save):
    make_release(slug="a-ruling")
    etags = {url: client.get(url)["ETag"] for url in URLS if "robots" not in url}
    save(language="es")
    assert {url: client.get(url)["ETag"] for url in etags} == etags


@pytest.mark.parametrize("url", ["/", "/2015/03/a-ruling/", "/feed/"])
def test_old_etag_does_not_return_304_after_a_withdrawal(client, url, publisher):
    release = make_release(slug="a-ruling")
    make_release()
    etag = client.get(url)["ETag"]
    withdraw(release, user=publisher)
    assert client.get(url, headers={"if-none-match": etag}).status_code in (200, 410)


# --- What is one page, and what is none


def test_unknown_query_parameters_share_one_cached_page(client, rendered_urls):
    make_release()
    for url in ("/", "/?utm_source=x", "/?fbclid=1&utm_medium=y", "/?page=1x"):
        client.get(url)
    assert rendered_urls == ["/", "/?page=1x"]


def test_order_of_query_parameters_does_not_create_another_cached_page(client, rendered_urls):
    for number in range(11):
        make_release(slug=f"ruling-{number}")
    client.get("/?page=2&kind=press_release")
    client.get("/?kind=press_release&page=2&x=y")
    assert len(rendered_urls) == 1


@pytest.mark.parametrize(
    "url",
    [
        "/nowhere/",
        "/2015/03/never/",
        "/?page=9",
        "/admin/login/",
        "/health/",
        "/preview/never/",
        "/2015/03/a-ruling",
    ],
)
def test_error_redirect_and_private_pages_are_not_cached(client, url, rendered_urls):
    make_release(slug="a-ruling")
    client.get(url)
    client.get(url)
    assert len(rendered_urls) == 2


@pytest.mark.parametrize(
    ("odd_url", "url"),
    [
        ("/?pa%00ge=2", "/"),
        ("/?ki%00nd=statement", "/"),
        ("/search/?%00q=zzz", "/search/"),
        ("/%3Fpage=2", "/?page=2"),
    ],
)
def test_odd_url_cannot_poison_the_cached_page_of_another_url(client, odd_url, url):
    for _release in range(12):
        make_release()
    make_release(kind="statement")
    expected = client.get(url).content
    caching.get_page_cache.cache_clear()
    client.get(odd_url)
    assert client.get(url).content == expected
    assert client.get(odd_url).status_code == (404 if odd_url.startswith("/%3F") else 200)


def test_url_with_unencoded_bytes_has_no_cache_key():
    """An unencoded “é” and an encoded “Ã©” are the same string before decoding."""
    assert caching.make_cache_key("GET", "/", "kind=\xc3\xa9") is None
    assert caching.make_cache_key("GET", "/", "kind=%C3%A9") != caching.make_cache_key(
        "GET", "/", "kind=%C3%83%C2%A9"
    )


def test_post_is_never_answered_from_the_page_cache(client):
    client.get("/")
    assert client.post("/").status_code == 405


def test_admin_and_preview_pages_are_not_cached(publisher_client, client):
    draft = make_draft(headline="Quetzalcanary")
    publisher_client.get("/admin/")
    publisher_client.get(f"/admin/releases/release/{draft.pk}/preview/")
    store = caching.get_page_cache()
    assert store is not None
    assert not any(
        b"Quetzalcanary" in page.body for page in (*store._plain.values(), *store._with_query.values())
    )
    assert not any(key.startswith(("/admin", "/preview")) for key in (*store._plain, *store._with_query))


@pytest.mark.parametrize("spoilt", ["cookie", "vary", "status", "type"])
def test_private_or_non_page_response_is_not_cached(spoilt):
    response = HttpResponse("x")
    if spoilt == "cookie":
        response.set_cookie("a", "b")
    elif spoilt == "vary":
        response["Vary"] = "Cookie"
    elif spoilt == "status":
        response.status_code = 404
    else:
        response["Content-Type"] = "image/png"
    assert caching.make_cacheable_page(response) is None


def test_unknown_host_gets_400_instead_of_a_cached_page(client):
    client.get("/")
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


# --- The clock


def test_scheduled_release_replaces_the_cached_page_at_its_time(client, monkeypatch):
    make_release()
    release = make_scheduled(headline="Quetzalcanary")
    assert "Quetzalcanary" not in client.get("/").content.decode()
    monkeypatch.setattr(timezone, "now", lambda: release.public_at)
    assert "Quetzalcanary" in client.get("/").content.decode()


def raise_database_error():
    raise DatabaseError


def test_cached_page_is_served_for_a_limited_time_without_the_database(client, monkeypatch, settings):
    make_release(headline="A ruling")
    settings.OUTAGE_CACHE_SECONDS = 60
    client.get("/")
    with monkeypatch.context() as outage:
        outage.setattr(generation, "_read_version", raise_database_error)
        assert "A ruling" in client.get("/").content.decode()
        for seconds in (59, 1.1):
            if seconds != 59:
                assert "A ruling" in client.get("/").content.decode()
            generation._last_confirmed_at -= seconds
            generation._failing_since -= seconds
        with pytest.raises(DatabaseError):
            client.get("/")
    assert "A ruling" in client.get("/").content.decode()


def test_first_response_after_an_outage_is_fresh(client, monkeypatch):
    release = make_release(headline="A ruling")
    client.get("/")
    with monkeypatch.context() as outage:
        outage.setattr(generation, "_read_version", raise_database_error)
        assert "A ruling" in client.get("/").content.decode()
        # Another process withdraws it as soon as the database is back.
        with monkeypatch.context() as other_process:
            other_process.setattr(generation, "_expire", lambda: None)
            release.status, release.withdrawn_at = "withdrawn", timezone.now()
            release.save()
        assert "A ruling" in client.get("/").content.decode()
    assert "A ruling" not in client.get("/").content.decode()


def test_nothing_scheduled_appears_during_an_outage(client, monkeypatch):
    make_release(headline="A ruling")
    release = make_scheduled(headline="Quetzalcanary")
    client.get("/")
    monkeypatch.setattr(timezone, "now", lambda: release.public_at)
    with monkeypatch.context() as outage:
        outage.setattr(generation, "_read_version", raise_database_error)
        page = client.get("/").content.decode()
        assert "A ruling" in page
        assert "Quetzalcanary" not in page
    assert "Quetzalcanary" in client.get("/").content.decode()


def test_page_is_not_served_after_an_unconfirmed_change_of_this_process(client, monkeypatch, publisher):
    """It may show a release that this process has just withdrawn."""
    release = make_release(headline="A ruling")
    client.get("/")
    withdraw(release, user=publisher)
    monkeypatch.setattr(generation, "_read_version", raise_database_error)
    with pytest.raises(DatabaseError):
        client.get("/")


def test_cached_page_is_replaced_when_its_event_ends(client, monkeypatch):
    now = timezone.now()
    event_until = now + timedelta(hours=1)
    release = make_release(
        kind="media_advisory",
        event_at=now - timedelta(hours=1),
        event_until=event_until,
        event_place="Pico Union",
    )
    content = client.get(release.get_absolute_url()).content
    monkeypatch.setattr(timezone, "now", lambda: event_until)
    assert client.get(release.get_absolute_url()).content != content


def test_long_accept_encoding_header_is_not_cached(client):
    pages._accepts_gzip.cache_clear()
    client.get("/", headers={"accept-encoding": "gzip" + ", x" * 5000})
    assert pages._accepts_gzip.cache_info().currsize == 0


def test_made_up_query_strings_do_not_evict_plain_pages(client):
    client.get("/")
    for number in range(3):
        client.get(f"/?kind={number}")
    store = caching.get_page_cache()
    assert store is not None
    assert set(store._plain) == {"/"}
    assert set(store._with_query) <= {f"/?kind={number}" for number in range(3)}


# --- Bounds


def get_cache_generation():
    return caching.get_current_generation(timezone.now())


def test_page_cache_stays_within_its_size_and_evicts_the_least_recently_used():
    store = caching.PageCache(100_000)
    for number in range(50):
        store.put(get_cache_generation(), f"/{number}/", caching.CachedPage("a", {}, b"x" * 4000))
        store.get(get_cache_generation(), "/0/")
    cached = [number for number in range(50) if store.get(get_cache_generation(), f"/{number}/")]
    assert cached[0] == 0
    assert cached[-1] == 49
    assert len(cached) * 10_000 <= 75_000


def test_a_thousand_searches_do_not_evict_a_plain_page():
    store = caching.PageCache(100_000)
    store.put(get_cache_generation(), "/", caching.CachedPage("a", {}, b"x" * 4000))
    for number in range(1000):
        store.put(
            get_cache_generation(), f"/search/?q=junk{number}", caching.CachedPage("a", {}, b"x" * 4000)
        )
    assert store.get(get_cache_generation(), "/")


def test_page_that_is_too_large_is_not_cached():
    store = caching.PageCache(10_000_000)
    store.put(get_cache_generation(), "/", caching.CachedPage("a", {}, b"x" * 600_000))
    assert store.get(get_cache_generation(), "/") is None


def test_concurrent_requests_share_one_rendering():
    store, cache_generation, renderings, bodies = caching.PageCache(100_000), get_cache_generation(), [], []

    def ask():
        with store.render_once(cache_generation, "/") as page:
            if page is None:
                renderings.append(1)
                time.sleep(0.1)
                page = caching.CachedPage("a", {}, b"x")
                store.put(cache_generation, "/", page)
            bodies.append(page.body)

    threads = [threading.Thread(target=ask) for _number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(renderings), bodies) == (1, [b"x"] * 20)


def test_request_that_comes_after_the_rendering_gets_the_cached_page():
    store, cache_generation = caching.PageCache(100_000), get_cache_generation()
    page = caching.CachedPage("a", {}, b"x")
    store.put(cache_generation, "/", page)
    with store.render_once(cache_generation, "/") as cached:
        assert cached is page


def test_failed_rendering_lets_the_next_request_render():
    store, cache_generation = caching.PageCache(100_000), get_cache_generation()
    with pytest.raises(ValueError, match="no page"), store.render_once(cache_generation, "/"):
        raise ValueError("no page")
    with store.render_once(cache_generation, "/") as page:
        assert page is None

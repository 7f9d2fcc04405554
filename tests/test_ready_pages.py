"""Ready pages: the same bytes as a page made anew, for everybody, and never anything that is for one person or over."""

import gzip
import threading
import time
from datetime import timedelta

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import DatabaseError
from django.http import HttpResponse
from django.utils import timezone

from releases import caching, publishing
from releases.caching import editions, pages
from tests.builders import make_draft, make_release, make_scheduled

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
    "/search/?q=ruling",
    "/2015/03/a-ruling/",
]


@pytest.fixture
def made(monkeypatch):
    """The addresses of the pages that were made, not answered from the store."""
    asked: list[str] = []
    inner = WSGIHandler.resolve_request

    def resolve(self, request):
        asked.append(request.get_full_path())
        return inner(self, request)

    monkeypatch.setattr("django.core.handlers.base.BaseHandler.resolve_request", resolve)
    return asked


@pytest.mark.parametrize("url", URLS)
def test_what_is_ready_is_what_was_made(client, url, settings, monkeypatch):
    make_release(slug="a-ruling")
    make_release(language="es")
    first, second = client.get(url), client.get(url)
    monkeypatch.setattr(caching, "store", lambda: None)
    anew = client.get(url)
    assert first.content == second.content == anew.content
    for name in set(anew.headers) - {"Cache-Control", "Vary"}:
        assert second[name] == anew[name], name
    assert "Set-Cookie" not in second


def test_a_page_is_made_once_for_an_edition(client, made):
    release = make_release()
    for _time in range(3):
        client.get("/")
    assert made == ["/"]
    release.headline = "Another ruling"
    release.save()
    assert "Another ruling" in client.get("/").content.decode()
    assert made == ["/", "/"]


@pytest.mark.parametrize(("encoding", "unpacked"), [("gzip", gzip.decompress), ("identity", bytes)])
def test_each_reader_gets_the_encoding_they_can_read(client, encoding, unpacked):
    make_release()
    response = client.get("/", headers={"accept-encoding": f"deflate, {encoding};q=0.8, *;q=0"})
    assert response.get("Content-Encoding", "identity") == encoding
    assert unpacked(response.content) == client.get("/").content
    assert response["Vary"] == "Accept-Encoding"
    assert int(response["Content-Length"]) == len(response.content)
    assert client.get("/", headers={"accept-encoding": f"{encoding};q=0"}).get("Content-Encoding", "identity") == "identity"


def test_the_headers_outward_are_the_same_on_every_page(client):
    make_release(slug="a-ruling")
    assert {client.get(url)["Cache-Control"] for url in URLS if "robots" not in url} == {"public, no-cache"}
    assert {client.get(url)["Vary"] for url in URLS if "robots" not in url} == {"Accept-Encoding"}


def test_a_cache_for_many_may_keep_a_page_when_that_is_wanted(client, settings):
    settings.SHARED_SECONDS = 30
    assert client.get("/")["Cache-Control"] == "public, max-age=0, must-revalidate, s-maxage=30"


# --- 304


@pytest.mark.parametrize("url", ["/", "/feed/", "/es/", "/2015/03/a-ruling/", "/search/?q=ruling"])
@pytest.mark.parametrize("encoding", ["gzip", ""])
def test_who_has_the_page_is_told_so_without_it(client, url, encoding, made):
    make_release(slug="a-ruling")
    etag = client.get(url, headers={"accept-encoding": encoding})["ETag"]
    for sent in (etag, f'"other", {etag}', f"W/{etag}"):
        response = client.get(url, headers={"if-none-match": sent})
        assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)
    assert len(made) == 1
    assert client.get(url, headers={"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize("save", [make_draft, make_scheduled])
def test_what_is_saved_and_not_public_moves_no_etag(client, save):
    make_release(slug="a-ruling")
    before = {url: client.get(url)["ETag"] for url in URLS if "robots" not in url}
    save(language="es")
    assert {url: client.get(url)["ETag"] for url in before} == before


@pytest.mark.parametrize("url", ["/", "/2015/03/a-ruling/", "/feed/"])
def test_after_a_withdrawal_nobody_is_told_that_nothing_changed(client, url, publisher):
    release = make_release(slug="a-ruling")
    make_release()
    etag = client.get(url)["ETag"]
    publishing.withdraw(release, by=publisher)
    assert client.get(url, headers={"if-none-match": etag}).status_code in (200, 410)


# --- What is one page, and what is none


def test_what_pages_do_not_know_makes_no_other_page(client, made):
    make_release()
    for url in ("/", "/?utm_source=x", "/?fbclid=1&utm_medium=y", "/?page=1x"):
        client.get(url)
    assert made == ["/", "/?page=1x"]


def test_the_order_of_what_is_asked_makes_no_other_page(client, made):
    make_release()
    client.get("/search/?q=ruling&kind=press_release")
    client.get("/search/?kind=press_release&q=ruling&x=y")
    assert len(made) == 1


@pytest.mark.parametrize(
    "url", ["/nowhere/", "/2015/03/never/", "/?page=9", "/admin/login/", "/health/", "/preview/never/", "/2015/03/a-ruling"]
)
def test_what_is_no_page_is_not_kept(client, url, made):
    make_release(slug="a-ruling")
    client.get(url)
    client.get(url)
    assert len(made) == 2


@pytest.mark.parametrize(
    ("odd", "plain"), [("/?pa%00ge=2", "/"), ("/?ki%00nd=statement", "/"), ("/search/?%00q=zzz", "/search/"), ("/%3Fpage=2", "/?page=2")]
)
def test_nobody_puts_one_page_in_the_place_of_another(client, odd, plain):
    for _release in range(12):
        make_release()
    make_release(kind="statement")
    right = client.get(plain).content
    caching.store.cache_clear()
    client.get(odd)
    assert client.get(plain).content == right
    assert client.get(odd).status_code == (404 if odd.startswith("/%3F") else 200)


def test_bare_bytes_are_kept_under_no_name():
    """“é” sent as bare bytes, and “Ã©” sent as it should be, look alike before they are read."""
    assert caching.key_of("GET", "/search/", "q=\xc3\xa9") is None
    assert caching.key_of("GET", "/search/", "q=%C3%A9") != caching.key_of("GET", "/search/", "q=%C3%83%C2%A9")


def test_a_post_is_never_answered_from_what_is_ready(client):
    client.get("/")
    assert client.post("/").status_code == 405


def test_nothing_of_someone_signed_in_is_kept(desk, client):
    draft = make_draft(headline="Quetzalcanary")
    desk.get("/admin/")
    desk.get(f"/admin/releases/release/{draft.pk}/preview/")
    store = caching.store()
    assert store is not None
    assert not any(b"Quetzalcanary" in page.body for page in (*store._plain.values(), *store._with_query.values()))
    assert not any(key.startswith(("/admin", "/preview")) for key in (*store._plain, *store._with_query))


@pytest.mark.parametrize("spoilt", ["cookie", "vary", "status", "type"])
def test_a_response_that_is_for_one_reader_is_not_kept(spoilt):
    response = HttpResponse("x")
    if spoilt == "cookie":
        response.set_cookie("a", "b")
    elif spoilt == "vary":
        response["Vary"] = "Cookie"
    elif spoilt == "status":
        response.status_code = 404
    else:
        response["Content-Type"] = "image/png"
    assert caching.kept_page(response) is None


def test_a_name_that_is_not_ours_gets_nothing(client):
    client.get("/")
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


# --- The clock


def test_a_scheduled_release_turns_the_page_over_on_the_second(client):
    make_release()
    release = make_scheduled(headline="Quetzalcanary", public_at=timezone.now() + timedelta(seconds=0.6))
    assert "Quetzalcanary" not in client.get("/").content.decode()
    time.sleep(max(0, (release.public_at - timezone.now()).total_seconds()))
    assert "Quetzalcanary" in client.get("/").content.decode()


def away():
    raise DatabaseError


def test_a_moment_without_the_database_is_bridged_and_no_longer(client, monkeypatch):
    """What was withdrawn meanwhile must not stay for as long as the database is away."""
    make_release(headline="A ruling")
    client.get("/")
    monkeypatch.setattr(editions, "_stamp", away)
    assert "A ruling" in client.get("/").content.decode()
    monkeypatch.setattr(editions, "_checked", editions._checked - 1.1)
    with pytest.raises(DatabaseError):
        client.get("/")


def test_an_event_that_ends_is_over_on_every_page(client):
    now = timezone.now()
    ends = now + timedelta(seconds=0.7)
    release = make_release(kind="media_advisory", event_at=now - timedelta(hours=1), event_until=ends, event_place="Pico Union")
    before = client.get(release.get_absolute_url()).content
    time.sleep(max(0, (ends - timezone.now()).total_seconds()))
    assert client.get(release.get_absolute_url()).content != before


def test_a_long_header_is_not_remembered(client):
    pages._accepts_gzip.cache_clear()
    client.get("/", headers={"accept-encoding": "gzip" + ", x" * 5000})
    assert pages._accepts_gzip.cache_info().currsize == 0


def test_questions_that_a_page_does_not_know_push_no_plain_page_out(client):
    client.get("/")
    for number in range(3):
        client.get(f"/privacy/?order={number}")
    store = caching.store()
    assert store is not None
    assert set(store._plain) == {"/"}


# --- Bounds


def edition():
    return caching.edition(timezone.now())


def test_the_store_keeps_within_its_bytes_and_lets_the_least_wanted_go():
    store = caching.PageStore(100_000)
    for number in range(50):
        store.put(edition(), f"/{number}/", caching.Page("a", {}, b"x" * 4000))
        store.get(edition(), "/0/")
    kept = [number for number in range(50) if store.get(edition(), f"/{number}/")]
    assert kept[0] == 0
    assert kept[-1] == 49
    assert len(kept) * 10_000 <= 75_000


def test_a_thousand_odd_searches_push_out_no_page():
    store = caching.PageStore(100_000)
    store.put(edition(), "/", caching.Page("a", {}, b"x" * 4000))
    for number in range(1000):
        store.put(edition(), f"/search/?q=junk{number}", caching.Page("a", {}, b"x" * 4000))
    assert store.get(edition(), "/")


def test_what_is_too_large_is_sent_and_not_kept():
    store = caching.PageStore(10_000_000)
    store.put(edition(), "/", caching.Page("a", {}, b"x" * 600_000))
    assert store.get(edition(), "/") is None


def test_many_who_ask_at_once_get_one_rendering():
    store, stamp, made, got = caching.PageStore(100_000), edition(), [], []

    def ask():
        with store.rendering(stamp, "/") as page:
            if page is None:
                made.append(1)
                time.sleep(0.1)
                page = caching.Page("a", {}, b"x")
                store.put(stamp, "/", page)
            got.append(page.body)

    threads = [threading.Thread(target=ask) for _number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), got) == (1, [b"x"] * 20)


def test_one_whose_rendering_fails_lets_the_next_one_try():
    store, stamp = caching.PageStore(100_000), edition()
    with pytest.raises(ValueError, match="no page"), store.rendering(stamp, "/"):
        raise ValueError("no page")
    with store.rendering(stamp, "/") as page:
        assert page is None

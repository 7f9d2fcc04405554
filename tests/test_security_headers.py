"""Security headers of every kind of response, and which responses other sites may embed."""

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from releases import caching
from releases.actions.publication import change_slug
from releases.request_bodies import limit_request_bodies
from tests.caching.test_wsgi import cache_home_page, call_wsgi
from tests.factories import (
    EVENT_FIELDS,
    attachment_data,
    make_document,
    make_draft,
    make_photo,
    make_release,
    make_topic,
    make_user,
    make_withdrawn,
    photo_entry,
)
from tests.test_urls import PUBLIC_URLS
from tests.views import make_link, open_link

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

SAME, CROSS = "same-origin", "cross-origin"
EMBEDDABLE_URLS = {"photo", "card", "photo-card", "attachment"}

# Path, status, and the Cross-Origin-Resource-Policy.
RESPONSES = [
    ("/nowhere/", 404, SAME),
    ("/es/nada/", 404, SAME),
    ("/2015/03/gone/", 410, SAME),
    ("/es/2015/03/gone/", 410, SAME),
    ("/2015/03/gone/card.png", 404, SAME),
    ("/2015/03/gone/photo-card.jpg", 404, SAME),
    ("/photos/none/480.webp", 404, SAME),
    ("/2014/02/former-slug/", 301, SAME),
    ("/2014/02/former-slug/card.png", 301, CROSS),
    ("/2014/02/former-slug/photo-card.jpg", 301, CROSS),
    ("/2014/02/former-slug/facts.pdf", 301, CROSS),
    ("/topics", 301, SAME),
    ("/TOPICS/", 301, SAME),
    ("/a%00b/", 400, SAME),
    ("/robots.txt", 200, SAME),
    ("/sitemap.xml", 200, SAME),
    ("/news-sitemap.xml", 200, SAME),
    ("/health/", 200, SAME),
    ("/health/live/", 200, SAME),
    ("/static/css/newsroom.css", 200, SAME),
    ("/static/css/admin.css", 200, SAME),
    ("/static/none.css", 404, SAME),
    ("/favicon.ico", 200, CROSS),
    ("/apple-touch-icon.png", 200, CROSS),
    ("/apple-touch-icon-precomposed.png", 200, CROSS),
    ("/admin", 301, SAME),
    ("/admin/", 302, SAME),
    ("/admin/login/", 200, SAME),
    ("/admin/approve/unknown/", 405, SAME),
    ("/admin/invitation/x/", 404, SAME),
    ("/preview/unknown/", 404, SAME),
    ("/preview/read/unknown/card.png", 404, SAME),
    ("/preview/read/unknown/photo-card.jpg", 404, SAME),
    ("/preview/read/unknown/documents/facts.pdf", 404, SAME),
]


@pytest.fixture
def public_files(settings):
    """Create public releases with every kind of file, with the addresses of PUBLIC_URLS."""
    settings.WHITENOISE_USE_FINDERS = True  # static files are not collected for tests
    photo, document, topic = make_photo(name="a0"), make_document(), make_topic("DACA", "DACA")
    fields = EVENT_FIELDS | {
        "date": "2014-02-05",
        "topics": (topic,),
        "photos": [photo_entry(photo)],
        "attachments": [attachment_data(document, "Facts")],
    }
    spanish = make_release(slug="a-ruling", language="es", **fields)
    english = make_release(slug="former-slug", translation_key=spanish.translation_key, **fields)
    english.refresh_from_db()
    change_slug(english, user=make_user("petra"), slug="a-ruling")
    for language in ("en", "es"):
        make_withdrawn(slug="gone", language=language)


def check_headers(response, policy: str) -> None:
    """Check the headers that every response has."""
    expected = {
        "Cross-Origin-Resource-Policy": policy,
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
    assert {name: response.headers.get(name) for name in expected} == expected
    assert response.headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    if response.streaming:
        assert b"".join(response.streaming_content)


@pytest.mark.parametrize(("name", "_arguments", "english", "spanish"), PUBLIC_URLS)
def test_other_sites_may_embed_only_photos_documents_and_share_images(
    client, public_files, name, _arguments, english, spanish
):
    for url in (english, spanish) * 2:  # the second time it may come from the page cache
        response = client.get(url)
        assert response.status_code == (302 if name == "change-password" else 200)
        check_headers(response, CROSS if name in EMBEDDABLE_URLS else SAME)


@pytest.mark.parametrize(("path", "status", "policy"), RESPONSES)
def test_every_kind_of_response_has_the_headers(client, public_files, path, status, policy):
    response = client.get(path)
    assert response.status_code == status
    check_headers(response, policy)


@pytest.mark.parametrize(("path", "policy"), [("/topics/", SAME), ("/photos/a0/480.webp", CROSS)])
def test_redirects_to_https_have_the_headers(client, settings, path, policy):
    """Browsers check redirects too, so that of a photo must not block it."""
    settings.SECURE_SSL_REDIRECT = True
    response = client.get(path)
    assert response.status_code == 301
    assert response.headers["Cross-Origin-Resource-Policy"] == policy


@pytest.mark.parametrize("path", ["/", "/es/", "/topics/", "/nowhere/", "/feed/", "/admin/login/"])
@pytest.mark.parametrize("error", [OperationalError, ZeroDivisionError])
def test_error_pages_have_the_headers(client, monkeypatch, path, error):
    def fail(*_arguments, **_options):
        raise error

    for name in ("releases.caching.generation._read_version", "releases.views.base.PublicContext.now"):
        monkeypatch.setattr(name, fail)
    monkeypatch.setattr("django.contrib.auth.forms.AuthenticationForm.__init__", fail)
    caching.generation._expire()
    client.raise_request_exception = False
    response = client.get(path)
    assert response.status_code == (503 if error is OperationalError else 500)
    assert response.headers["Content-Language"] == ("es" if path == "/es/" else "en")
    check_headers(response, SAME)


@pytest.mark.parametrize(("method", "path", "status"), [("post", "/", 405), ("post", "/admin/login/", 403)])
def test_refused_methods_and_forms_have_the_headers(method, path, status):
    response = getattr(Client(enforce_csrf_checks=True), method)(path)
    assert response.status_code == status
    check_headers(response, SAME)


def test_files_of_hidden_releases_can_be_embedded_by_the_newsroom_only(publisher_client, publisher):
    photo, document = make_photo(), make_document()
    release = make_draft(photos=[photo_entry(photo)], attachments=[attachment_data(document, "Facts")])
    link, secret = make_link(release, publisher)
    reader, base = open_link(secret), f"/preview/read/{link.reference}/"
    for path in ("", f"photos/{photo.name}/480.webp", f"documents/{document.name}.pdf"):
        response = reader.get(f"{base}{path}")
        assert (response.status_code, response["Referrer-Policy"]) == (200, "no-referrer")
        check_headers(response, SAME)
    preview = reverse("admin:releases_release_preview", args=[release.pk])
    for path in (preview, f"{preview}?look=card", f"{preview}?look=print"):
        response = publisher_client.get(path)
        assert response.status_code == 200
        check_headers(response, SAME)


def test_photo_that_did_not_change_has_the_header(client, public_files):
    etag = client.get("/photos/a0/480.webp")["ETag"]
    response = client.get("/photos/a0/480.webp", headers={"if-none-match": etag})
    assert response.status_code == 304
    check_headers(response, CROSS)


def test_cached_page_has_the_headers_before_django_runs(client):
    make_release()
    cached = cache_home_page(client)
    application = caching.with_page_cache(lambda _environ, _start: pytest.fail("Django was called"))
    _body, response = call_wsgi(application)
    assert response["headers"]["Cross-Origin-Resource-Policy"] == SAME
    assert response["headers"]["X-Content-Type-Options"] == "nosniff"
    # A browser keeps the other headers of its copy.
    _body, response = call_wsgi(application, HTTP_IF_NONE_MATCH=cached["ETag"])
    assert set(response["headers"]) == {"ETag", "Cache-Control", "Vary"}


@pytest.mark.parametrize(
    ("environ", "status"),
    [
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, "411 Length Required"),
        ({"CONTENT_LENGTH": "99999999999"}, "413 Content Too Large"),
        ({"CONTENT_LENGTH": "x"}, "400 Bad Request"),
    ],
)
def test_refused_bodies_have_the_headers(environ, status):
    application = limit_request_bodies(lambda _environ, _start: pytest.fail("Django was called"))
    _body, response = call_wsgi(application, REQUEST_METHOD="POST", PATH_INFO="/admin/login/", **environ)
    assert response["status"] == status
    expected = {
        "Cross-Origin-Resource-Policy": SAME,
        "Cross-Origin-Opener-Policy": django_settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        "Referrer-Policy": django_settings.SECURE_REFERRER_POLICY,
        "X-Content-Type-Options": "nosniff",
    }
    assert expected.items() <= response["headers"].items()
    assert "frame-ancestors 'none'" in response["headers"]["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("url", "policy"),
    [
        ("/admin/login/", "(self)"),
        ("/admin/account/", "(self)"),
        ("/admin/releases/release/add/", "(self)"),
        ("/", "()"),
        ("/es/", "()"),
        ("/nowhere/", "()"),
        ("/preview/none/", "()"),
        ("/health/", "()"),
        ("/admin/nowhere/", "()"),
    ],
)
def test_only_pages_of_the_admin_may_use_passkeys(client, url, policy):
    if url != "/admin/login/":
        client.force_login(make_user())
    header = client.get(url)["Permissions-Policy"].split(", ")
    passkeys = {f"publickey-credentials-{name}={policy}" for name in ("create", "get")}
    assert {value for value in header if value.startswith("publickey")} == passkeys
    assert "camera=()" in header

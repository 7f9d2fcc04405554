"""Language, CSP and NUL characters in requests."""

import re
from html import unescape

import pytest

from tests.factories import make_release, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("url", "language"),
    [("/", "en"), ("/es/", "es"), ("/es/nada/", "es"), ("/español/", "en"), ("/estate/", "en")],
)
def test_url_sets_the_language_of_public_pages(client, url, language):
    response = client.get(url, headers={"accept-language": "es" if language == "en" else "en"})
    assert response["Content-Language"] == language
    # WSGI servers may reject subclasses such as lazy strings.
    assert type(response["Content-Language"]) is str
    assert f'<html lang="{language}">' in response.content.decode()


def test_user_setting_sets_the_language_of_the_admin(client):
    client.force_login(make_user(language="es"))
    assert "Redacción de CARECEN" in client.get("/admin/", headers={"accept-language": "en"}).content.decode()


def test_browser_sets_the_admin_language_when_the_user_has_no_setting(client):
    client.force_login(make_user())
    assert client.get("/admin/", headers={"accept-language": "es-MX,es;q=0.9"})["Content-Language"] == "es"
    assert client.get("/admin/", headers={"accept-language": "fr"})["Content-Language"] == "en"
    assert client.get("/admin/login/", headers={"accept-language": "es"})["Content-Language"] == "es"


@pytest.mark.parametrize("url", ["/2015/03/a%00b/", "/admin/releases/release/%00/change/"])
def test_null_byte_in_the_url_path_returns_400(client, url):
    assert client.get(url).status_code == 400


@pytest.mark.parametrize("url", ["/?%00", "/search/?q=a%00b", "/archive/?x=%00"])
def test_null_byte_in_the_query_string_is_ignored(client, url):
    assert client.get(url).status_code == 200


def test_null_byte_in_a_cookie_returns_400(client):
    assert client.get("/admin/", headers={"cookie": 'sessionid="aaaaaaaaaaaa\\000aaa"'}).status_code == 400


def get_csp_directives(client, url: str) -> dict[str, str]:
    policy = client.get(url)["Content-Security-Policy"]
    return dict(directive.strip().partition(" ")[::2] for directive in policy.split(";"))


def test_each_kind_of_page_has_its_own_csp(client):
    """Policies are cached. The cached one must not be sent with another kind of page."""
    release = make_release().get_absolute_url()
    client.force_login(make_user())
    for _time in range(2):
        assert "script-src" not in get_csp_directives(client, "/")
        assert get_csp_directives(client, release)["script-src"] == "'self'"
        assert get_csp_directives(client, "/archive/") == get_csp_directives(client, "/")
        assert "nonce-" not in get_csp_directives(client, release)["script-src"]
    nonces = [get_csp_directives(client, "/admin/releases/release/add/")["script-src"] for _time in range(2)]
    assert all("'nonce-" in nonce for nonce in nonces)
    assert nonces[0] != nonces[1]
    assert "nonce-" not in get_csp_directives(client, "/admin/")["script-src"]


def test_public_page_does_not_load_the_user_or_session(client):
    client.force_login(make_user())
    request = client.get("/archive/").wsgi_request
    assert not hasattr(request, "user")
    assert not hasattr(request, "session")
    assert client.get("/admin/").wsgi_request.user.is_authenticated


@pytest.mark.parametrize(
    ("account_language", "query", "expected"),
    [(None, "es", "es"), (None, "fr", "en"), (None, "", "en"), ("", "es", "es"), ("en", "es", "en")],
)
def test_query_sets_the_language_for_people_without_one(client, account_language, query, expected):
    if account_language is not None:
        client.force_login(make_user(language=account_language))
    url = "/admin/login/" if account_language is None else "/admin/help/"
    response = client.get(url, {"language": query}, headers={"accept-language": "en"})
    assert response["Content-Language"] == expected
    assert client.get(url, headers={"accept-language": "en"})["Content-Language"] == "en"  # nothing is stored


def test_sign_in_page_switches_the_language_and_keeps_the_rest_of_the_query(client):
    url = "/admin/login/?next=/admin/help/%3Fq%3Da%26b&language=en"
    page = client.get(url).content.decode()
    link = unescape(re.search(r'<a href="([^"]*)" lang="es"', page)[1])
    response = client.get(link)
    page = response.content.decode()
    assert response["Content-Language"] == "es"
    assert 'value="/admin/help/?q=a&amp;b"' in page
    assert '<strong lang="es">Español</strong>' in page
    make_user()
    action = unescape(re.search(r'<form action="([^"]*)"', page)[1])
    wrong = client.post(action, {"username": "ana", "password": "x", "next": "/admin/"})
    assert wrong["Content-Language"] == "es"

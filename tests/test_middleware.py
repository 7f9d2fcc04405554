import pytest

from tests.builders import make_release, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("url", "language"), [("/", "en"), ("/es/", "es"), ("/es/nada/", "es"), ("/español/", "en"), ("/estate/", "en")])
def test_the_address_decides_on_public_pages(client, url, language):
    response = client.get(url, headers={"accept-language": "es" if language == "en" else "en"})
    assert response["Content-Language"] == language
    assert type(response["Content-Language"]) is str  # a strict server takes no other kind
    assert f'<html lang="{language}">' in response.content.decode()


def test_the_account_decides_at_the_desk(client):
    client.force_login(make_user(language="es"))
    assert "Redacción de CARECEN" in client.get("/admin/", headers={"accept-language": "en"}).content.decode()


def test_the_browser_decides_for_an_account_without_a_wish(client):
    client.force_login(make_user())
    assert client.get("/admin/", headers={"accept-language": "es-MX,es;q=0.9"})["Content-Language"] == "es"
    assert client.get("/admin/", headers={"accept-language": "fr"})["Content-Language"] == "en"
    assert client.get("/admin/login/", headers={"accept-language": "es"})["Content-Language"] == "es"


@pytest.mark.parametrize("url", ["/2015/03/a%00b/", "/admin/releases/release/%00/change/"])
def test_the_character_no_database_takes_is_refused(client, url):
    assert client.get(url).status_code == 400


@pytest.mark.parametrize("url", ["/?%00", "/search/?q=a%00b", "/archive/?x=%00"])
def test_among_words_asked_for_it_is_left_aside(client, url):
    assert client.get(url).status_code == 200


def test_the_same_in_a_cookie_is_refused(client):
    assert client.get("/admin/", headers={"cookie": 'sessionid="aaaaaaaaaaaa\\000aaa"'}).status_code == 400


def directives(client, url: str) -> dict[str, str]:
    policy = client.get(url)["Content-Security-Policy"]
    return dict(directive.strip().partition(" ")[::2] for directive in policy.split(";"))


def test_each_kind_of_page_keeps_its_own_policy(client):
    """Whatever was asked for before: one that is put together once is that of one kind of page."""
    release = make_release().get_absolute_url()
    client.force_login(make_user())
    for _time in range(2):
        assert "script-src" not in directives(client, "/")
        assert directives(client, release)["script-src"] == "'self'"
        assert directives(client, "/archive/") == directives(client, "/")
        assert "nonce-" not in directives(client, release)["script-src"]
    nonces = [directives(client, "/admin/releases/release/add/")["script-src"] for _time in range(2)]
    assert all("'nonce-" in nonce for nonce in nonces)
    assert nonces[0] != nonces[1]
    assert "nonce-" not in directives(client, "/admin/")["script-src"]


def test_a_public_page_asks_nothing_about_the_person(client):
    client.force_login(make_user())
    request = client.get("/archive/").wsgi_request
    assert not hasattr(request, "user")
    assert not hasattr(request, "session")
    assert client.get("/admin/").wsgi_request.user.is_authenticated

import pytest

from tests.builders import make_user

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

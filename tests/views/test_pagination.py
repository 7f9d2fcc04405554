"""Page numbers of lists."""

import re

import pytest

from tests.factories import make_release, make_topic
from tests.views import get_headlines, get_response

pytestmark = pytest.mark.django_db


def test_list_has_ten_releases_per_page(client):
    for _number in range(21):
        make_release()
    assert [len(get_headlines(get_response(client, url))) for url in ("/", "/?page=2", "/?page=3")] == [
        10,
        10,
        1,
    ]
    get_response(client, "/?page=4", 404)


@pytest.mark.parametrize("number", ["", "1"])
@pytest.mark.parametrize("path", ["/", "/2015/", "/2015/03/", "/topics/daca/"])
def test_first_page_number_redirects_to_the_plain_url(client, path, number):
    make_release(topics=(make_topic("DACA"),))
    response = get_response(client, f"{path}?page={number}", 301)
    assert response["Location"] == path


@pytest.mark.parametrize(
    "number", ["0", "-1", "01", "1.0", "x", "٣", "1_0", "+2", " 2", "2 ", "%00", "9" * 30, "2\n", "2;3", "²"]
)
def test_invalid_page_number_returns_404(client, number):
    for _number in range(11):
        make_release()
    assert client.get("/", {"page": number}).status_code == 404


def test_pagination_keeps_the_kind_filter(client):
    for _number in range(11):
        make_release(kind="statement")
    assert 'href="?kind=statement&amp;page=2"' in client.get("/?kind=statement").content.decode()
    assert 'href="/?kind=statement"' in client.get("/?kind=statement&page=2").content.decode()
    assert client.get("/?kind=statement&page=1")["Location"] == "/?kind=statement"
    canonical = re.search(
        'rel="canonical" href="([^"]+)"', client.get("/?kind=statement&page=2").content.decode()
    )[1]
    assert canonical.endswith("/?kind=statement&amp;page=2")

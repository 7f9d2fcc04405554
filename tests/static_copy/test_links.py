"""The file of each address, and the links of pages in the static copy."""

import pytest

from releases.static_copy.addresses import is_exported
from releases.static_copy.links import (
    find_absolute_links,
    find_css_links,
    get_address,
    get_file_path,
    get_link,
    rewrite_links,
)


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/", "index.html"),
        ("/es/", "es/index.html"),
        ("/2014/12/a-ruling/", "2014/12/a-ruling/index.html"),
        ("/?page=2", "page=2/index.html"),
        ("/es/?kind=statement&page=2", "es/kind=statement/page=2/index.html"),
        ("/topics/daca/?page=3", "topics/daca/page=3/index.html"),
        ("/old-address", "old-address/index.html"),
        ("/2014/12/a-ruling.txt", "2014/12/a-ruling.txt"),
        ("/feed/", "feed/index.xml"),
        ("/es/temas/daca/feed/json/", "es/temas/daca/feed/json/index.json"),
        ("/2014/12/feed/", "2014/12/feed/index.html"),
        ("/topics/feed/", "topics/feed/index.html"),
        ("/es/temas/feed/", "es/temas/feed/index.html"),
        ("/.well-known/security.txt", ".well-known/security.txt"),
        ("/archive/%2e%2e", ""),
        ("/a/../b/", ""),
        (f"/{'a' * 300}/", ""),
    ],
)
def test_every_address_has_a_file(address, path):
    assert get_file_path(address) == path


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("", "/topics/"),
        ("#main", "/topics/"),
        ("?page=2", "/topics/?page=2"),
        ("?page=2&kind=statement&utm=1", "/topics/?kind=statement&page=2"),
        ("?page=x/../..", "/topics/"),
        ("/search/?q=daca", "/search/"),
        ("http://127.0.0.1:8000", "/"),
        ("http://127.0.0.1:8000/2014/#top", "/2014/"),
        ("https://127.0.0.1:8000/", None),
        ("https://example.org/", None),
        ("mailto:press@example.org", None),
        ("//example.org/", None),
        ("http://[", None),
    ],
)
def test_link_leads_to_an_address_of_the_site_or_to_none(link, address):
    assert get_address(link, "/topics/") == address


def test_only_links_that_a_plain_web_server_cannot_serve_are_rewritten():
    html = (
        '<link rel="canonical" href="http://127.0.0.1:8000/?page=2"><a href="?page=3#x">3</a>'
        '<a class="a>b" href="/topics/">Topics</a><a href="/feed/">Feed</a><a href="#main">Main</a>'
        '<img src="/photos/a0/480.jpg" srcset="/photos/a0/480.avif 480w, /photos/a0/960.avif 960w">'
        '<p>Write &lt;a href="?page=4"></p><meta name="description" content="?page=5">'
    )
    rewritten, found = rewrite_links(html, "/?page=2")
    assert rewritten == html.replace('"?page=3#x"', '"/page=3/#x"').replace('"/feed/"', '"/feed/index.xml"')
    photos = {f"/photos/a0/{name}" for name in ("480.jpg", "480.avif", "960.avif")}
    assert found == {"/?page=2", "/?page=3", "/topics/", "/feed/"} | photos


def test_links_of_stylesheets_feeds_and_sitemaps_are_found():
    assert find_css_links('a { b: url("../img/c.svg") } d { e: url(data:x) }', "/static/css/f.css") == {
        "/static/img/c.svg"
    }
    feed = '<link>http://127.0.0.1:8000/a/</link>&lt;a href="http://127.0.0.1:8000/b/?c&amp;amp;d"&gt;'
    assert find_absolute_links(feed) == {"/a/", "/b/"}


def test_desk_previews_and_health_checks_are_not_exported():
    for address in ("/admin", "/admin/login/", "/preview/a0/", "/%70review/a0/", "/health/", "/Admin/"):
        assert not is_exported(address)
    assert is_exported("/administrative-relief/")
    assert get_link("/a/../b/") == "/a/../b/"

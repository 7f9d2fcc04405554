"""The static copy of the site in a browser, served by a plain web server."""

import pytest

from releases.media import share_images
from releases.static_copy import export_site
from tests.browser import get_page_width
from tests.factories import make_release
from tests.static_copy import make_site, serve

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

PAGES = ["", "page=2/", "kind=statement/page=2/", "2015/03/full-release/", "2015/03/gone/", "feed/"]
ENGLISH_PAGES = [
    *PAGES,
    "search/",
    "topics/",
    "archive/",
    "for-the-press/",
    "404.html",
    "2015/03/first-slug/",
]
SPANISH_PAGES = [
    *PAGES,
    "buscar/",
    "temas/",
    "archivo/",
    "para-la-prensa/",
    "404.html",
    "2015/03/first-slug/",
]


@pytest.fixture(autouse=True)
def prepare_export(settings, monkeypatch):
    settings.WHITENOISE_USE_FINDERS = True
    monkeypatch.setattr(share_images, "render_image", lambda *texts: repr(texts).encode())  # not shown


def test_pages_of_the_copy_look_like_the_site(page, tmp_path, console_errors):
    make_site()
    assert export_site(tmp_path).problems == []
    urls = [f"/{path}" for path in ENGLISH_PAGES] + [f"/es/{path}" for path in SPANISH_PAGES]
    with serve(tmp_path) as site_url:
        for url in urls:
            if "/feed/" in url or "first-slug" in url:  # pages that lead to another one
                page.goto(f"{site_url}{url}", wait_until="networkidle")
                assert page.url.endswith("/feed/index.xml" if "/feed/" in url else "/full-release/")
                continue
            page.goto(f"{site_url}{url}")
            for width in (360, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                assert get_page_width(page) <= width, url
            assert page.evaluate("document.styleSheets[0].cssRules.length") > 0, url
        page.goto(f"{site_url}/es/2015/03/first-slug/")
        page.wait_for_url("**/es/2015/03/full-release/")
        images = page.locator("main img").all()
        assert images
        for image in images:
            image.scroll_into_view_if_needed()
            image.evaluate("image => image.decode()")
            assert image.evaluate("image => image.naturalWidth") > 0
            assert image.evaluate("image => image.currentSrc").endswith(".avif")
    assert console_errors == []


def test_reader_finds_a_release_through_the_lists(page, tmp_path):
    make_release()
    for number in range(11):
        make_release(slug=f"statement-{number}", kind="statement")
    export_site(tmp_path)
    with serve(tmp_path) as site_url:
        page.goto(site_url)
        page.locator('a[href="/kind=statement/"]').first.click()
        page.locator('a[href="/kind=statement/page=2/"]').first.click()
        page.locator('main a[href^="/2015/03/statement-"]').first.click()
        page.wait_for_url("**/2015/03/statement-*/")
        page.get_by_role("link", name="Search").first.click()
        page.get_by_text("Search doesn't work in this copy of the site.").wait_for()

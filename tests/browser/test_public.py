"""The public pages in a browser: accessibility, CSP, and layout at every width."""

import sqlite3
from datetime import UTC, date, datetime
from functools import cache

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import expect

from releases import caching
from releases.models import Coverage, MediaContact, NewsroomSettings, Release
from tests.browser import get_axe_violations, get_page_width
from tests.database_copies import copy_database, restore_database
from tests.factories import (
    make_document,
    make_photo,
    make_release,
    make_topic,
    make_withdrawn,
    photo_entry,
)

LONG_HEADLINE = (
    "Immigrant Rights Organizations Converge on the Office of a Congressman to Demand That He Defend "
    "Existing Protections " * 3
)

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@cache
def populate() -> sqlite3.Connection:
    """Create releases and everything else that public pages show. Return a copy of the database."""
    topic = make_topic("Unaccompanied children", "Niñez no acompañada")
    for language in ("en", "es"):
        for _number in range(11):
            make_release(language=language, topics=(topic,))
        make_release(
            language=language,
            slug="long",
            headline=LONG_HEADLINE[:300].strip(),
            body="<h2>Heading</h2><p>Text.</p>" * 5,
            topics=(topic,),
        )
        make_release(
            language=language,
            slug="notice",
            kind="service_notice",
            valid_until=date(2090, 1, 1),
            topics=(topic,),
        )
        make_withdrawn(language=language, slug="gone")
        make_full_release(language)
    NewsroomSettings(
        legal_help_phone="213-555-0100",
        legal_help_hours="Weekdays",
        legal_help_hours_es="Días laborables",
        address="1 Street",
    ).save()
    return copy_database(connection.creation)


@pytest.fixture
def populated_site_url(site_url):
    restore_database(connection.creation, populate())
    caching.invalidate_public_cache()
    return site_url


QUOTE_BODY = "<p>Before.</p><blockquote><p>We will not leave.</p><p>— Ana Ruiz, director</p></blockquote>"


def make_full_release(language):
    """Create a release with every kind of content, and content for the press page."""
    contact, _made = MediaContact.objects.get_or_create(
        name="Ana Ruiz", phone="213-555-0101", show_on_press_page=True
    )
    lead = photo_entry(make_photo(), credit="Ana Ruiz", is_lead=True)
    photos = [photo_entry(make_photo(), caption="A caption."), lead]
    event = {
        "event_at": datetime(2090, 1, 1, 18, tzinfo=UTC),
        "event_place": "City Hall",
        "event_who": "Ana Ruiz",
        "event_visuals": "Banners",
    }
    release = make_release(
        language=language,
        slug="full",
        date=timezone.localdate(),
        body=f"{QUOTE_BODY}<p>[photo {photos[1]['photo']}]</p>",
        photos=photos,
        attachments=[{"document": make_document().pk, "title": "Fact sheet", "language": "es"}],
        contacts=[contact.pk],
        boilerplate="For more than 40 years.",
        **event,
    )
    Release.objects.filter(slug="full").update(translation_key=release.translation_key)
    coverage = {
        "outlet": "La Opinión",
        "headline": "Familias celebran",
        "language": "es",
        "url": "https://example.org/",
    }
    Coverage.objects.create(release=release, date=timezone.localdate(), **coverage)
    make_photo(
        press_kit_category="logo",
        label="The logo of CARECEN",
        label_es="El logotipo de CARECEN",
        credit="CARECEN",
    )
    caching.invalidate_public_cache()


TODAY = timezone.localdate()
PAGES = {
    "full release": (f"/{TODAY:%Y/%m}/full/", f"/es/{TODAY:%Y/%m}/full/"),
    "press": ("/for-the-press/", "/es/para-la-prensa/"),
    "in the news": ("/in-the-news/", "/es/en-los-medios/"),
    "list": ("/", "/es/"),
    "second page": ("/?page=2", "/es/?page=2"),
    "release": ("/2015/03/long/", "/es/2015/03/long/"),
    "topic": ("/topics/unaccompanied-children/", "/es/temas/ninez-no-acompanada/"),
    "topics": ("/topics/", "/es/temas/"),
    "archive": ("/archive/", "/es/archivo/"),
    "notices": ("/notices/", "/es/avisos/"),
    "notice": ("/2015/03/notice/", "/es/2015/03/notice/"),
    "follow": ("/follow/", "/es/seguir/"),
    "privacy": ("/privacy/", "/es/privacidad/"),
    "search": ("/search/?q=ruling", "/es/buscar/?q=ruling"),
    "nothing found": ("/search/?q=zebra", "/es/buscar/?q=zebra"),
    "year": ("/2015/", "/es/2015/"),
    "not found": ("/nowhere/", "/es/nada/"),
    "withdrawn": ("/2015/03/gone/", "/es/2015/03/gone/"),
}


# Colors do not depend on the language, so the second run checks English only. `make check-pages` checks all
# combinations.
@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_public_pages_have_no_axe_violations(populated_site_url, browser, scheme, width):
    context = browser.new_context(
        bypass_csp=True, color_scheme=scheme, viewport={"width": width, "height": 800}
    )
    page = context.new_page()
    violations = {}
    for name, urls in PAGES.items():
        for url in urls if scheme == "light" else urls[:1]:
            page.goto(populated_site_url + url)
            if page_violations := get_axe_violations(page):
                violations[name, url] = page_violations
    context.close()
    assert violations == {}


@pytest.mark.parametrize("width", [320, 360, 768, 1024, 1280])
def test_no_page_scrolls_horizontally_and_the_masthead_is_one_line(populated_site_url, page, width):
    page.set_viewport_size({"width": width, "height": 800})
    for urls in PAGES.values():
        for url in urls:
            page.goto(populated_site_url + url)
            assert get_page_width(page) <= width, url
            if width >= 360:
                assert page.evaluate("document.querySelector('.site-header').offsetHeight") < 64, url


def test_links_are_large_enough_to_tap(populated_site_url, page):
    page.set_viewport_size({"width": 360, "height": 800})
    small_links = {}
    for urls in PAGES.values():
        page.goto(populated_site_url + urls[0])
        if urls[0] == "/2015/03/notice/":
            assert page.locator(".legal-help .phone a").bounding_box()["height"] >= 44
        boxes = page.evaluate(
            "[...document.querySelectorAll('a:not(.skip-link)')].filter(a => a.offsetHeight).map(a => "
            "[a.textContent.trim(), Math.round(a.getBoundingClientRect().height)])"
        )
        small_links |= {text: height for text, height in boxes if height < 24}
    assert small_links == {}


def test_public_pages_make_no_third_party_requests_and_load_only_scripts_that_share_or_copy(
    populated_site_url, page, console_errors
):
    requests = []
    page.on("request", lambda request: requests.append((request.resource_type, request.url)))
    for urls in PAGES.values():
        for url in urls:
            page.goto(populated_site_url + url)
    kinds = {"document", "stylesheet", "font", "other", "image", "script"}
    assert {kind for kind, _url in requests} <= kinds
    assert {url.rsplit("/")[-1] for kind, url in requests if kind == "script"} == {"share.js", "copy.js"}
    assert all(url.startswith(populated_site_url) for _kind, url in requests)
    assert [
        complaint
        for complaint in console_errors
        if "status of 404" not in complaint and "status of 410" not in complaint
    ] == []
    assert page.context.cookies() == []


def test_first_tab_stop_is_the_skip_link(populated_site_url, page):
    page.goto(populated_site_url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    page.wait_for_url("**/#main")


def test_copy_link_button_copies_the_release_url(populated_site_url, browser):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{populated_site_url}/2015/03/long/")
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == f"{populated_site_url}/2015/03/long/"
    context.close()


def test_boilerplate_is_copied_and_its_button_is_hidden_without_javascript(populated_site_url, browser):
    for has_script in (True, False):
        context = browser.new_context(
            java_script_enabled=has_script, permissions=["clipboard-read", "clipboard-write"]
        )
        page = context.new_page()
        page.goto(f"{populated_site_url}/for-the-press/")
        button = page.get_by_role("button", name="Copy text")
        if has_script:
            button.click()
            page.get_by_role("status").filter(has_text="Copied").wait_for()
            copied = page.evaluate("navigator.clipboard.readText()")
            assert copied == page.locator("#boilerplate").inner_text()
        else:
            assert button.count() == 0
        context.close()


def test_share_links_and_url_are_shown_without_javascript(populated_site_url, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{populated_site_url}/es/2015/03/long/")
    assert page.get_by_role("link", name="WhatsApp").is_visible()
    assert page.locator(
        ".share-links .share-url", has_text=f"{populated_site_url}/es/2015/03/long/"
    ).is_visible()
    assert page.get_by_role("button").count() == 0
    context.close()


def test_print_layout_shows_the_letterhead_and_url(populated_site_url, page):
    page.goto(f"{populated_site_url}/2015/03/notice/")
    page.emulate_media(media="print")
    assert page.get_by_text("FOR IMMEDIATE RELEASE").is_visible()
    assert page.locator(".print-url").is_visible()
    for selector in (".site-header", ".share-links", ".release-navigation", ".site-footer nav"):
        assert not page.locator(selector).first.is_visible(), selector


def test_every_tab_stop_is_visible_and_outlined(populated_site_url, page):
    page.goto(f"{populated_site_url}/2015/03/notice/")
    stops = page.evaluate(
        "[...document.querySelectorAll('a[href], button, input')].filter(one => one.offsetParent).length"
    )
    visited = 0
    for _stop in range(stops + 1):
        page.keyboard.press("Tab")
        state = page.evaluate(
            "(one => one === document.body ? null : {outline: getComputedStyle(one).outlineStyle, top: "
            "one.getBoundingClientRect().top,"
            " bottom: one.getBoundingClientRect().bottom, height: innerHeight})(document.activeElement)"
        )
        if state is None:
            break
        visited += 1
        assert state["outline"] != "none"
        assert 0 <= state["top"] <= state["bottom"] <= state["height"]
    assert visited >= stops - 1


def test_quote_and_full_text_can_be_copied(populated_site_url, browser):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(populated_site_url + PAGES["full release"][0])
    page.get_by_role("button", name="Copy with attribution").click()
    expect(page.locator("figcaption [data-copy-text]")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("“We will not leave.” — Ana Ruiz, director (CARECEN, ")
    assert copied.endswith("/full/#quote-1)")
    page.get_by_role("button", name="Copy text").click()
    expect(page.locator("button[data-copy-url]")).to_have_text("Copied")
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("FOR IMMEDIATE RELEASE")
    assert "Ana Ruiz, 213-555-0101" in text
    context.close()


def test_release_with_photos_loads_less_than_250_kb_before_scrolling(populated_site_url, browser):
    context = browser.new_context(viewport={"width": 360, "height": 740}, device_scale_factor=2)
    page = context.new_page()
    sizes = []
    page.on("response", lambda response: sizes.append(len(response.body())))
    page.goto(populated_site_url + PAGES["full release"][0], wait_until="networkidle")
    assert sum(sizes) < 250_000
    context.close()

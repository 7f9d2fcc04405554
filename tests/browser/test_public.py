"""The public pages in a browser: accessible, the same policy everywhere, and made for every width."""

import os
from datetime import UTC, date, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from releases import caching, publishing
from releases.models import Coverage, MediaContact, Newsroom, Release, versions_of
from tests.builders import PASSWORD, make_document, make_draft, make_photo, make_release, make_topic, make_user, make_withdrawn, shown

LONG = "Immigrant Rights Organizations Converge on the Office of a Congressman to Demand That He Defend Existing Protections " * 3

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
once = pytest.mark.skipif(os.environ.get("EXPECTED_VENDOR") == "postgresql", reason="axe looks at markup alone, and did with SQLite")


@pytest.fixture
def newsroom(site):
    topic = make_topic("Unaccompanied children", "Niñez no acompañada")
    for language in ("en", "es"):
        for _number in range(11):
            make_release(language=language, topics=(topic,))
        make_release(language=language, slug="long", headline=LONG[:300].strip(), body="<h2>Heading</h2><p>Text.</p>" * 5, topics=(topic,))
        make_release(language=language, slug="notice", kind="service_notice", valid_until=date(2090, 1, 1), topics=(topic,))
        make_withdrawn(language=language, slug="gone")
        make_full_release(language)
    Newsroom(legal_help_phone="213-555-0100", legal_help_hours="Weekdays", legal_help_hours_es="Días laborables", address="1 Street").save()
    return site


SAID = "<p>Before.</p><blockquote><p>We will not leave.</p><p>— Ana Ruiz, director</p></blockquote>"


def make_full_release(language):
    """A release with everything that can stand in one, and what stands on the page for the press."""
    contact, _made = MediaContact.objects.get_or_create(name="Ana Ruiz", phone="213-555-0101", is_for_the_press_page=True)
    photos = [shown(make_photo(), caption="A caption."), shown(make_photo(), credit="Ana Ruiz")]
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
        body=f"{SAID}<p>[photo {photos[1]['photo']}]</p>",
        photos=photos,
        attachments=[{"document": make_document().pk, "title": "Fact sheet", "language": "es"}],
        contacts=[contact.pk],
        boilerplate="For more than 40 years.",
        **event,
    )
    Release.objects.filter(slug="full").update(pair=release.pair)
    story = {"outlet": "La Opinión", "headline": "Familias celebran", "language": "es", "url": "https://example.org/"}
    Coverage.objects.create(release=release, date=timezone.localdate(), **story)
    make_photo(shelf="logo", label="The logo of CARECEN", label_es="El logotipo de CARECEN", credit="CARECEN")
    caching.turn()


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


def faults(page) -> list[str]:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
    return [f"{violation['id']}: {violation['nodes'][0]['html']}" for violation in found.response["violations"]]


@once
@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])  # `make check-pages` looks at the other two as well
def test_axe_finds_nothing_in_either_language(newsroom, browser, scheme, width):
    context = browser.new_context(bypass_csp=True, color_scheme=scheme, viewport={"width": width, "height": 800})
    page = context.new_page()
    found = {}
    for name, urls in PAGES.items():
        for url in urls:
            page.goto(newsroom + url)
            if wrong := faults(page):
                found[name, url] = wrong
    context.close()
    assert found == {}


@once
def test_axe_finds_nothing_at_the_desk(site, browser):
    user = make_user(is_superuser=True)
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(f"{site}/admin/")
    page.fill("#id_username", user.username)
    page.fill("#id_password", PASSWORD)
    page.click("input[type=submit]")
    release, draft = make_release(), make_draft(summary="First.")
    draft.summary = "Second."
    draft.save()
    publishing.write_change(release, by=user, printed=release.printed() | {"summary": "New words."}, tags=[])
    publishing.ask_for_review(draft, by=user, text="Please read.")
    publishing.make_link(draft, by=user, label="Ana Paz", kind="approver", hours=24)
    publishing.keep(by=user, contents={"summary": "Typed."}, number=1, opened=draft.opened_as, release=draft)
    versions = "&".join(f"{name}={version.key}" for name, version in zip(("one", "other"), versions_of(draft), strict=True))
    desk = "/admin/releases/release"
    found = {}
    for url in (
        "/admin/",
        f"{desk}/",
        f"{desk}/add/",
        f"{desk}/{release.pk}/change/",
        f"{desk}/{draft.pk}/change/",
        f"{desk}/{release.pk}/publish-change/",
        f"{desk}/{draft.pk}/publish/",
        f"{desk}/{draft.pk}/history/",
        f"{desk}/{draft.pk}/compare/?{versions}",
        f"{desk}/{draft.pk}/links/",
        f"{desk}/{draft.pk}/photos/",
        "/admin/releases/photo/",
        "/admin/releases/mediacontact/add/",
        "/admin/releases/coverage/add/",
        f"{desk}/{draft.pk}/take-over/",
        f"{desk}/{draft.pk}/preview/",
        f"{desk}/remove-a-name/",
    ):
        page.goto(site + url)
        page.wait_for_load_state("networkidle")
        if wrong := faults(page):
            found[url] = wrong
    context.close()
    assert found == {}


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_no_page_scrolls_sideways_and_the_masthead_is_one_line(newsroom, page, width):
    page.set_viewport_size({"width": width, "height": 800})
    for urls in PAGES.values():
        for url in urls:
            page.goto(newsroom + url)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, url
            if width >= 360:
                assert page.evaluate("document.querySelector('.masthead').offsetHeight") < 64, url


def test_every_target_is_large_enough_for_a_thumb(newsroom, page):
    page.set_viewport_size({"width": 360, "height": 800})
    small = {}
    for urls in PAGES.values():
        page.goto(newsroom + urls[0])
        if urls[0] == "/2015/03/notice/":
            assert page.locator(".legal-help .phone a").bounding_box()["height"] >= 44
        boxes = page.evaluate(
            "[...document.querySelectorAll('a:not(.skip)')].filter(a => a.offsetHeight)"
            ".map(a => [a.textContent.trim(), Math.round(a.getBoundingClientRect().height)])"
        )
        small |= {words: height for words, height in boxes if height < 24}
    assert small == {}


def test_a_public_page_asks_nobody_else_and_no_list_runs_a_script(newsroom, page, complaints):
    asked = []
    page.on("request", lambda request: asked.append((request.resource_type, request.url)))
    for urls in PAGES.values():
        for url in urls:
            page.goto(newsroom + url)
    assert {kind for kind, _url in asked} <= {"document", "stylesheet", "other", "image", "script"}
    assert {url.rsplit("/")[-1] for kind, url in asked if kind == "script"} == {"share.js"}
    assert all(url.startswith(newsroom) for _kind, url in asked)
    assert [complaint for complaint in complaints if "status of 404" not in complaint and "status of 410" not in complaint] == []
    assert page.context.cookies() == []


def test_the_keyboard_reaches_the_news_first(newsroom, page):
    page.goto(newsroom)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.wait_for_url("**/#main")


def test_a_release_is_passed_on_with_the_buttons_the_browser_can(newsroom, browser):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{newsroom}/2015/03/long/")
    page.get_by_role("button", name="Copy the link").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == f"{newsroom}/2015/03/long/"
    context.close()


def test_without_a_script_the_links_are_there_and_the_address_to_copy(newsroom, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{newsroom}/es/2015/03/long/")
    assert page.get_by_role("link", name="WhatsApp").is_visible()
    assert page.locator(".share .url", has_text=f"{newsroom}/es/2015/03/long/").is_visible()
    assert page.get_by_role("button").count() == 0
    context.close()


def test_on_paper_a_release_has_its_letterhead_and_its_address(newsroom, page):
    page.goto(f"{newsroom}/2015/03/notice/")
    page.emulate_media(media="print")
    assert page.get_by_text("FOR IMMEDIATE RELEASE").is_visible()
    assert page.locator(".print-url").is_visible()
    for part in (".masthead", ".share", ".beside", ".foot nav"):
        assert not page.locator(part).first.is_visible(), part


def test_everything_is_reached_and_shown_by_keyboard(newsroom, page):
    """Each stop of the Tab key is on the screen and outlined, from the first to the last."""
    page.goto(f"{newsroom}/2015/03/notice/")
    stops = page.evaluate("[...document.querySelectorAll('a[href], button, input')].filter(one => one.offsetParent).length")
    seen = 0
    for _stop in range(stops + 1):
        page.keyboard.press("Tab")
        state = page.evaluate(
            "(one => one === document.body ? null : {outline: getComputedStyle(one).outlineStyle, top: one.getBoundingClientRect().top,"
            " bottom: one.getBoundingClientRect().bottom, height: innerHeight})(document.activeElement)"
        )
        if state is None:
            break
        seen += 1
        assert state["outline"] != "none"
        assert 0 <= state["top"] <= state["bottom"] <= state["height"]
    assert seen >= stops - 1


def test_a_reporter_copies_a_quote_and_the_whole_text(newsroom, browser):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(newsroom + PAGES["full release"][0])
    page.get_by_role("button", name="Copy with attribution").click()
    expect(page.locator("figcaption [data-copy]")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("“We will not leave.” — Ana Ruiz, director (CARECEN, ")
    assert copied.endswith("/full/#quote-1)")
    page.get_by_role("button", name="Copy the text").click()
    expect(page.locator("[data-copy-from]")).to_have_text("Copied")
    words = page.evaluate("navigator.clipboard.readText()")
    assert words.startswith("FOR IMMEDIATE RELEASE")
    assert "Ana Ruiz, 213-555-0101" in words
    context.close()


def test_four_photos_weigh_little_before_one_scrolls(newsroom, browser):
    context = browser.new_context(viewport={"width": 360, "height": 740}, device_scale_factor=2)
    page = context.new_page()
    sizes = []
    page.on("response", lambda response: sizes.append(len(response.body())))
    page.goto(newsroom + PAGES["full release"][0], wait_until="networkidle")
    assert sum(sizes) < 250_000
    context.close()

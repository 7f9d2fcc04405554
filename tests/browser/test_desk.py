"""The frame of the desk and its shortest ways, counted in taps on a phone and in keys on a keyboard."""

import re

import pytest
from playwright.sync_api import expect

from releases.actions.autosaves import autosave
from releases.actions.preview_links import create_preview_link
from releases.actions.reviews import request_review
from releases.actions.revisions import save_revision
from releases.models import get_versions
from tests.browser import get_axe_violations, get_page_width
from tests.browser.test_admin import tab_to
from tests.factories import PASSWORD, make_draft, make_photo, make_release, make_topic, make_user

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

PHONE = {"width": 360, "height": 740}
# Show all sections of the panel of the release form, which is a sheet on a phone.
OPEN_PANEL = """() => {
    const panel = document.querySelector("#editor-panel");
    if (panel && !panel.checkVisibility()) panel.showPopover();
    for (const section of panel?.querySelectorAll("details") ?? []) section.open = true;
}"""


class Phone:
    """Count the taps on a page. Typing is not counted, but the tap into the field is."""

    def __init__(self, page) -> None:
        self.page, self.taps = page, 0
        page.set_viewport_size(PHONE)

    def tap(self, locator) -> None:
        self.taps += 1
        locator.click()

    def press(self, name: str, role: str = "button") -> None:
        self.tap(self.page.get_by_role(role, name=name, exact=True).first)


@pytest.fixture
def phone(sign_in):
    """Return the dashboard of a publisher on a phone, once the releases of the test exist."""
    return lambda: Phone(sign_in(make_user()))


def test_correction_takes_six_taps(phone, site_url):
    release = make_release(headline="A ruling", summary="Eight families came.")
    phone = phone()
    phone.press("A ruling", "link")
    phone.tap(phone.page.locator("#id_summary"))
    phone.page.fill("#id_summary", "Nine families came.")
    phone.press("Publish change…")
    phone.tap(phone.page.get_by_label("Correction (something was wrong)"))
    phone.tap(phone.page.get_by_label("Sentence for readers"))
    phone.page.keyboard.type("Nine families came.")
    phone.press("Publish the change")
    expect(phone.page.locator("#content")).to_contain_text("Goes live in")
    assert phone.taps <= 6
    phone.page.goto(f"{site_url}/admin/releases/release/{release.pk}/history/")
    expect(phone.page.locator(".history-list")).to_contain_text("Nine families came.")


def test_take_down_takes_three_taps(phone, site_url):
    release = make_release(headline="A ruling")
    phone = phone()
    phone.press("A ruling", "link")
    phone.tap(phone.page.locator(".action-menu summary"))
    phone.press("Take down immediately")
    expect(phone.page.locator(".messagelist")).to_contain_text("Taken down")
    assert phone.taps <= 3
    assert phone.page.request.get(site_url + release.get_absolute_url()).status == 410


def test_approving_a_review_takes_three_taps(phone):
    draft = make_draft(headline="A ruling")
    request_review(draft, user=make_user("walter", "Writers"), text="Please read.")
    phone = phone()
    phone.press("A ruling", "link")
    phone.press("Approve and publish…")
    phone.press("Publish")
    expect(phone.page.locator("#content")).to_contain_text("Goes live in")
    assert phone.taps <= 4
    draft.refresh_from_db()
    assert draft.is_scheduled


def test_correction_by_keyboard_alone(sign_in, site_url):
    release = make_release(headline="A ruling", summary="Eight families came.")
    page = sign_in(make_user())
    page.goto(f"{site_url}/admin/releases/release/{release.pk}/change/")
    tab_to(page, "Eight families came.")
    page.keyboard.press("Control+a")
    page.keyboard.type("Nine families came.")
    tab_to(page, "Publish change…", 90)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/publish-revision/"))
    tab_to(page, "typo")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("Nine families came, not eight.")
    tab_to(page, "Publish the change")
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_contain_text("Goes live in")


def test_take_down_by_keyboard_takes_few_keys(sign_in, site_url):
    release = make_release(headline="A ruling")
    page = sign_in(make_user())
    page.goto(f"{site_url}/admin/releases/release/{release.pk}/change/")
    tab_to(page, "Skip to the actions")
    page.keyboard.press("Enter")
    tab_to(page, "More", 6)
    page.keyboard.press("Enter")
    tab_to(page, "Take down immediately", 12)
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("Taken down")


def test_search_has_a_shortcut_and_menus_close(sign_in, console_errors):
    make_release(headline="A ruling")
    page = sign_in(make_user())
    page.keyboard.press("Control+k")
    page.keyboard.type("ruling")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/admin/search/\?q=ruling"))
    expect(page.get_by_role("link", name="A ruling")).to_be_visible()
    menu = page.locator("#user-tools")
    menu.locator("summary").click()
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    menu.locator("summary").click()
    page.locator("h1").click()
    expect(menu).not_to_have_attribute("open", "")
    assert console_errors == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_header_is_one_line_on_every_width(sign_in, language):
    page = sign_in(make_user(language=language, first_name="María de los Ángeles"))
    for width in (320, 360, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.querySelector('#header').offsetHeight") <= 56
        assert get_page_width(page) == width


@pytest.fixture
def desk_urls(site_url):
    """Return a superuser and the URL of each kind of page of the desk, with something to show on each."""
    user, topic = make_user(is_superuser=True), make_topic()
    photos = [{"photo": make_photo().pk, "alt": "A judge.", "is_lead": True}]
    release, draft = make_release(topics=(topic,)), make_draft(summary="First.", photos=photos)
    draft.summary = "Second."
    draft.save()
    save_revision(release, user=user, content=release.content() | {"summary": "New words."}, topic_ids=[])
    request_review(draft, user=user, text="Please read.")
    create_preview_link(draft, user=user, label="Ana Paz", kind="approver", hours=24)
    autosave(user=user, data={"summary": "Typed."}, sequence=1, edit_token=draft.edit_token, release=draft)
    versions = "&".join(
        f"{name}={version.key}" for name, version in zip(("first", "other"), get_versions(draft), strict=True)
    )
    pages = {
        "": ["", "search/?q=ruling", "account/", "help/"],
        "releases/release/": ["", "add/", "remove-a-name/", "paste/"],
        f"releases/release/{release.pk}/": ["change/", "publish-revision/", "withdraw/", "translation/"],
        f"releases/release/{draft.pk}/": [
            "change/",
            "publish/",
            "history/",
            f"compare/?{versions}",
            "preview-links/",
            "photos/",
            "claim-autosave/",
            "preview/",
        ],
        "releases/topic/": ["", f"{topic.pk}/change/", f"{topic.pk}/merge/"],
        "releases/user/": ["", f"{user.pk}/change/"],
        "releases/": ["photo/", "mediacontact/add/", "coverage/add/", "newsroomsettings/"],
    }
    return user, [f"{site_url}/admin/{folder}{name}" for folder, names in pages.items() for name in names]


def test_desk_has_no_axe_violations_and_never_scrolls_sideways(desk_urls, browser):
    user, urls = desk_urls
    # Colors that fade into those of the other scheme have no contrast for a moment.
    context = browser.new_context(bypass_csp=True, reduced_motion="reduce")
    page = context.new_page()
    page.goto(urls[0])
    page.fill("#id_username", user.username)
    page.fill("#id_password", PASSWORD)
    page.click("input[type=submit]")
    violations = {}
    for url in urls:
        page.goto(url, wait_until="networkidle")
        for width, scheme in ((360, "light"), (1280, "dark")):
            # Tall, because the bar with the actions covers what is at the end of the window.
            page.set_viewport_size({"width": width, "height": 2400})
            page.emulate_media(color_scheme=scheme)
            page.evaluate(OPEN_PANEL)
            if page_violations := get_axe_violations(page):
                violations[url, width, scheme] = page_violations
            if get_page_width(page) > width:
                violations[url, width] = ["scrolls sideways"]
    context.close()
    assert violations == {}

"""The live preview in a browser: it follows what is typed, next to the form and on a phone."""

import pytest
from playwright.sync_api import expect

from tests.browser import get_axe_violations, get_page_width
from tests.factories import make_draft, make_user

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

SHOWN = "#live-preview iframe:not(.is-loading)"


@pytest.fixture
def open_form(sign_in, site_url):
    """Return a function that opens the form of a long draft in a window of this size."""
    draft = make_draft(headline="A ruling", body="<p>Families stay.</p>" * 60)
    page = sign_in(make_user())

    def open_form(width: int, height: int):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{site_url}/admin/releases/release/{draft.pk}/change/")
        return page

    return open_form


def get_scroll_position(page) -> int:
    return page.evaluate(f"document.querySelector('{SHOWN}').contentWindow.scrollY")


def test_typed_text_appears_next_to_the_form_after_an_autosave(open_form, console_errors):
    page = open_form(1280, 800)
    button = page.get_by_role("button", name="Live preview")
    pane, headline = page.locator("#live-preview"), page.frame_locator(SHOWN).locator("h1")
    expect(pane).to_be_hidden()
    button.click()
    expect(headline).to_have_text("A ruling")
    page.evaluate(f"document.querySelector('{SHOWN}').contentWindow.scrollTo(0, 300)")
    page.locator("#id_headline").fill("")
    page.keyboard.type("Another ruling")
    expect(pane.get_by_text("Updating…")).to_be_visible()
    expect(headline).to_have_text("Another ruling", timeout=15_000)
    expect(pane.get_by_text("Updating…")).to_be_hidden()
    assert get_scroll_position(page) == 300
    expect(page.locator("#id_headline")).to_be_focused()
    assert get_page_width(page) == 1280
    assert console_errors == []
    assert get_axe_violations(page) == []

    page.get_by_text("Desktop", exact=True).click()
    expect(page.locator(SHOWN)).to_have_css("width", "1280px")
    page.reload()
    expect(headline).to_have_text("Another ruling")
    expect(page.get_by_role("radio", name="Desktop")).to_be_checked()
    page.context.set_offline(True)
    page.locator("#id_headline").fill("A third ruling")
    expect(pane.get_by_role("status")).to_contain_text("the text that was saved last", timeout=15_000)
    expect(headline).to_have_text("Another ruling")
    page.context.set_offline(False)
    expect(headline).to_have_text("A third ruling", timeout=15_000)
    expect(pane.get_by_role("status")).to_be_empty()

    button.click()
    expect(pane).to_be_hidden()
    page.reload()
    expect(button).to_have_attribute("aria-expanded", "false")


def test_sheet_on_a_phone_is_used_by_keyboard(open_form, console_errors):
    page = open_form(360, 740)
    button = page.get_by_role("button", name="Live preview")
    sheet = page.locator("#live-preview")
    for leave in ("Escape", "Escape in the page", "Close"):
        button.focus()
        page.keyboard.press("Enter")
        expect(page.frame_locator(SHOWN).locator("h1")).to_have_text("A ruling")
        assert sheet.evaluate("sheet => sheet.matches(':modal') && sheet.contains(document.activeElement)")
        if leave == "Escape":
            page.get_by_role("radio", name="Phone").focus()
            page.keyboard.press("ArrowLeft")
            expect(page.get_by_role("radio", name="When shared")).to_be_checked()
            expect(page.frame_locator(SHOWN).locator("h1")).to_have_text("When shared")
            page.keyboard.press("ArrowRight")
            expect(page.frame_locator(SHOWN).locator("h1")).to_have_text("A ruling")
            assert get_page_width(page) == 360
            assert console_errors == []
            assert get_axe_violations(page) == []
        if leave == "Close":
            page.get_by_role("button", name="Close", exact=True).press("Enter")
        else:
            if leave == "Escape in the page":
                page.locator(SHOWN).focus()
            page.keyboard.press("Escape")
        expect(sheet).to_be_hidden()
        expect(button).to_be_focused()
    page.reload()
    expect(button).to_have_attribute("aria-expanded", "false")

"""Blocks, photos and keyboard shortcuts of the release editor."""

import pytest
from playwright.sync_api import Page, expect

from releases.models import Release
from tests.browser import get_axe_violations, get_page_width
from tests.factories import make_draft, make_photo, make_user, photo_entry

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def get_body(page: Page) -> str:
    return page.input_value("textarea[name=body]")


def open_form(page: Page, site_url: str, draft: Release) -> None:
    page.goto(f"{site_url}/admin/releases/release/{draft.pk}/change/")
    expect(page.locator(".shortcuts-button")).to_be_visible()


def test_slash_opens_a_menu_of_blocks_and_is_text_otherwise(sign_in, site_url, console_errors):
    draft = make_draft(body="", photos=[photo_entry(make_photo())])
    page = sign_in(make_user(language="es"))
    open_form(page, site_url, draft)
    editor, menu = page.locator(".tiptap"), page.get_by_role("listbox", name="Insertar")
    editor.click()
    page.keyboard.type("/")
    expect(menu.get_by_role("option")).to_have_count(7)
    expect(editor).to_have_attribute("aria-activedescendant", "block-heading")
    page.keyboard.type("vin")  # of “viñetas”
    expect(menu.get_by_role("option")).to_have_text(["Lista con viñetas"])
    page.keyboard.press("Enter")
    page.keyboard.type("una")
    for text in ("/24 horas", "y/o", "/"):
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        page.keyboard.type(text)
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.type("lis")
    expect(menu).to_be_hidden()
    assert get_body(page) == (
        "<ul><li><p>una</p></li></ul><p>/24 horas</p><p></p><p>y/o</p><p></p><p>/lis</p>"
    )
    assert console_errors == []


def test_photo_is_shown_in_the_text_and_moves_as_one_block(sign_in, site_url, console_errors):
    photo = make_photo()
    placeholder = f"<p>[photo {photo.pk}]</p>"
    body = f"<p>First.</p><p>Second.</p>{placeholder}<p>[foto 999]</p>"
    draft = make_draft(body=body, photos=[photo_entry(photo)])
    page = sign_in(make_user())
    open_form(page, site_url, draft)
    editor = page.locator(".tiptap")
    expect(editor.locator(".photo-description")).to_have_text(
        [f"Photo {photo.pk}: Families hold banners.", "Photo 999 is not in this release."]
    )
    assert editor.locator("img").evaluate("image => image.complete && image.naturalWidth") > 0
    assert get_body(page) == body

    editor.locator("img").click()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#editor-status")).to_have_text("Moved to position 2 of 4.")
    assert get_body(page) == f"<p>First.</p>{placeholder}<p>Second.</p><p>[foto 999]</p>"
    page.keyboard.type("Below.")  # does not replace the photo
    assert get_body(page) == f"<p>First.</p>{placeholder}<p>Below.</p><p>Second.</p><p>[foto 999]</p>"
    for key in ("ArrowUp", "Delete"):
        page.keyboard.press(key)
    assert get_body(page) == "<p>First.</p><p>Below.</p><p>Second.</p><p>[foto 999]</p>"
    page.keyboard.press("Control+z")
    assert placeholder in get_body(page)
    assert console_errors == []


def test_changed_photos_of_the_release_change_the_text_and_the_menu(sign_in, site_url):
    draft = make_draft(body="<p>[photo 999]</p>")
    page = sign_in(make_user())
    open_form(page, site_url, draft)
    page.evaluate(
        """() => {
          const list = Object.assign(document.createElement("ul"), { id: "photo-cards" });
          list.innerHTML = '<li data-photo-id="999"><img src="/static/img/mark.svg" alt=""></li>';
          const field = document.querySelector("#id_photos") ?? document.createElement("input");
          Object.assign(field, { type: "hidden", id: "id_photos" });
          field.value = '[{"photo": 999, "alt": "A march.", "is_decorative": false}]';
          document.querySelector("#release_form").append(list, field);
          field.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
    )
    expect(page.locator(".photo-in-text")).to_contain_text("Photo 999: A march.")
    expect(page.locator("#block-menu [data-photo='999']")).to_have_count(1)


def test_shortcuts_save_link_and_go_on_and_are_listed(sign_in, site_url, console_errors):
    draft = make_draft(body="<p>Clinic</p>")
    page = sign_in(make_user())
    open_form(page, site_url, draft)
    editor = page.locator(".tiptap")
    editor.get_by_text("Clinic").click()
    page.keyboard.type("s")
    page.keyboard.press("Control+k")  # not the search of the desk
    page.locator("dialog[open] [name=href]").fill("https://www.carecen-la.org/")
    page.keyboard.press("Enter")
    expect(editor.locator("a")).to_have_count(1)
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    expect(page.locator(".messagelist")).to_contain_text("Saved.")
    expect(editor).to_be_focused()  # where the user was
    draft.refresh_from_db()
    assert 'href="https://www.carecen-la.org/"' in draft.body

    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    page.keyboard.type("?")
    expect(dialog).to_be_hidden()
    editor.evaluate("editor => editor.blur()")
    page.keyboard.type("?")
    expect(dialog).to_be_visible()
    page.get_by_label("The key ? opens this list").uncheck()
    page.keyboard.press("Escape")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    editor.evaluate("editor => editor.blur()")
    page.keyboard.type("?")
    expect(dialog).to_be_hidden()
    with page.expect_navigation(url="**/publish/"):
        page.keyboard.press("Control+Enter")
    assert console_errors == []


@pytest.mark.browser_context_args(bypass_csp=True, reduced_motion="reduce")  # axe adds styles
def test_menu_photo_and_list_of_shortcuts_have_no_axe_violations(sign_in, site_url):
    photo = make_photo()
    draft = make_draft(body=f"<p>[photo {photo.pk}]</p><p>Text.</p>", photos=[photo_entry(photo)])
    page = sign_in(make_user())
    open_form(page, site_url, draft)
    page.locator(".photo-in-text").click()
    page.keyboard.type("/")
    expect(page.locator("#block-menu")).to_be_visible()
    assert get_axe_violations(page) == []
    page.keyboard.press("Escape")
    page.locator(".photo-in-text").click()
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 360, "height": 740})
    # The bar of buttons at the bottom would cover them.
    page.locator(".photo-tools").evaluate("tools => tools.scrollIntoView({block: 'center'})")
    assert get_axe_violations(page) == []
    assert get_page_width(page) == 360
    page.locator(".shortcuts-button").click()
    assert get_axe_violations(page, "#shortcuts") == []  # it covers parts of the page

"""The content security policy of the desk: no page, and no tool of the editor, needs what it forbids."""

import pytest
from playwright.sync_api import Page, expect

from tests.admin.role_table import OTHER_ADMIN_URLS
from tests.browser.test_pasting import CLIPBOARD_DIR, PASTE_SCRIPT
from tests.factories import make_draft, make_photo, make_release, make_user, photo_entry

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

LISTENER = """document.addEventListener("securitypolicyviolation", (event) => {
  reportViolation(`${location.pathname}: ${event.violatedDirective} ${event.sourceFile}:${event.lineNumber}`);
})"""
RELEASES = "/admin/releases/release"
# These are actions, files or data for scripts, or nobody may open them.
NOT_PAGES = {
    "account_remove_app",
    "releases_document_add",
    "releases_newsroomsettings_add",
    "releases_newsroomsettings_delete",
    "sign_out_everywhere",
    "end_session",
    "jsi18n",
    "autocomplete",
    "releases_release_autosave",
    "releases_release_press_check",
    "releases_release_export",
    "releases_release_print_stylesheet",
}


@pytest.fixture
def violations(page: Page) -> list[str]:
    """Collect the violations of the policy on every page that is opened."""
    reported: list[str] = []
    page.expose_function("reportViolation", lambda violation: reported.append(violation))
    page.add_init_script(LISTENER)
    return reported


def test_inline_style_is_blocked_and_reported(sign_in, violations):
    page = sign_in(make_user())
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    expect(page.locator("body")).not_to_have_css("color", "rgb(255, 0, 0)")
    assert len(violations) == 1
    assert violations[0].startswith("/admin/: style-src")


def test_desk_pages_violate_nothing(sign_in, site_url, violations, console_errors):
    page = sign_in(make_user(is_superuser=True))
    release, draft = make_release(), make_draft()
    urls = [
        url for name, (url, _roles) in OTHER_ADMIN_URLS.items() if "{" not in url and name not in NOT_PAGES
    ]
    urls += [
        f"{RELEASES}/{release.pk}/{name}/"
        for name in ("change", "history", "preview", "share-kit", "withdraw", "pin", "translation")
    ]
    urls += [
        f"{RELEASES}/{draft.pk}/{name}/"
        for name in ("publish", "photos", "preview-links", "request-review", "delete")
    ]
    for url in urls:
        assert page.goto(site_url + url).status == 200, url
    assert violations == console_errors == []


def click_tool(page: Page, name: str) -> None:
    page.locator(f".prose-menubar__button[data-name='{name}']:visible").click()


def submit_dialog(page: Page) -> None:
    page.locator(".prose-editor-dialog [type=submit]").click()


def use_text_tools(page: Page) -> None:
    page.keyboard.type("Clinic")
    page.keyboard.press("Control+a")
    for name in ("bold", "italic", "bulletList", "bulletList", "blockquote", "blockquote", "orderedList"):
        click_tool(page, name)
    click_tool(page, "orderedListProperties")
    page.locator(".prose-editor-dialog select").select_option("a, b, c, ...")
    submit_dialog(page)
    click_tool(page, "orderedList")
    for name in ("heading2", "heading3", "paragraph"):
        page.locator(".prose-menubar__selected").click()
        page.locator(f".prose-menubar__option[data-name={name}]").click()
    click_tool(page, "link")
    page.locator(".prose-editor-dialog [name=href]").fill("https://www.carecen-la.org/")
    submit_dialog(page)
    click_tool(page, "unlink")
    click_tool(page, "history:undo")
    click_tool(page, "history:redo")


def use_table_tools(page: Page) -> None:
    click_tool(page, "table")
    submit_dialog(page)
    page.keyboard.press("Shift+ArrowRight")
    for name in ("mergeCells", "splitCell", "toggleHeaderCell"):
        click_tool(page, f"table:{name}")
    for name in ("addColumnAfter", "deleteColumn", "addRowAfter", "deleteRow", "deleteTable"):
        click_tool(page, f"table:{name}")


def use_blocks(page: Page) -> None:
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.type("/photo")
    page.keyboard.press("Enter")
    page.locator(".photo-in-text").get_by_role("button", name="Move up").click()
    page.locator(".photo-in-text").get_by_role("button", name="Remove from the text").click()
    page.evaluate(PASTE_SCRIPT, (CLIPBOARD_DIR / "word.html").read_text())
    page.get_by_role("button", name="Join broken lines").click()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_label("The key ? opens this list").uncheck()
    page.locator("#shortcuts").get_by_role("button", name="Close").click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_tool_of_the_editor_violates_nothing(sign_in, site_url, violations, console_errors, scheme):
    draft = make_draft(photos=[photo_entry(make_photo())], body="")
    page = sign_in(make_user())
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{site_url}{RELEASES}/{draft.pk}/change/")
    page.evaluate(
        """() => {
          window.unusedTools = new Set([...document.querySelectorAll(".prose-menubar [data-name]")]
            .map((tool) => tool.dataset.name));
          document.addEventListener("click", ({ target }) => (
            unusedTools.delete(target.closest("[data-name]")?.dataset.name)
          ), { capture: true });
        }"""
    )
    page.locator(".tiptap").click()
    use_text_tools(page)
    page.locator(".tiptap").click()
    use_table_tools(page)
    use_blocks(page)
    assert page.evaluate("[...unusedTools]") == []
    assert violations == console_errors == []

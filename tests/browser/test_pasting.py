"""Paste clipboard contents as other programs write them (tests/files/clipboard)."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from releases.models import Release
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

CASES = json.loads((Path(__file__).parents[1] / "files" / "field_cases.json").read_text(encoding="utf-8"))
CLIPBOARD_DIR = Path(__file__).parents[1] / "files" / "clipboard"
PASTE_SCRIPT = """html => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", "plain");
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.querySelector(".tiptap").dispatchEvent(event);
}"""


def paste(page, name: str) -> str:
    """Paste the clipboard file `name` into the empty editor, and return the HTML of the editor."""
    page.locator(".tiptap").click()
    page.evaluate(PASTE_SCRIPT, (CLIPBOARD_DIR / f"{name}.html").read_text())
    return get_body(page)


def get_body(page) -> str:
    return page.locator("textarea[name=body]").evaluate("field => field.value")


@pytest.fixture
def release_form(sign_in, site_url):
    page = sign_in(make_user())
    page.goto(f"{site_url}/admin/releases/release/add/")
    expect(page.locator(".tiptap")).to_be_visible()
    return page


EXPECTED_HTML = {
    "word": """
        <h2>What the ruling means</h2><p>The court <strong>agreed</strong> with the <em>families</em>.</p>
        <ul><li><p>Bring your papers</p><ul><li><p>the passport</p></li></ul></li>
        <li><p>Come early</p></li></ul>
        <ol data-type="decimal"><li><p>First</p></li><li><p>Second</p></li></ol>
        <table><tbody>
        <tr><td><p>Monday</p></td><td><p>9 a.m.</p></td></tr>
        <tr><td><p>Friday</p></td><td><p>noon</p></td></tr>
        </tbody></table>
        <p>See <a href="https://www.carecen-la.org/">our site</a>.</p>
        """,
    "google-docs": """
        <h2>Demands</h2><p><strong>We ask</strong> for <em>three</em> things:</p>
        <ul><li><p>papers</p></li><li><p>work</p></li></ul>
        <p><a href="https://www.carecen-la.org/daca">DACA</a></p>
        """,
    "libreoffice": """
        <h2>What the ruling means</h2>
        <p>The hearing is on <strong>Tuesday</strong>. In 2018[1] the shelter had 40&nbsp;m².</p>
        <ul><li><p>the passport</p></li><li><p>the <em>letter</em></p></li></ul>
        <p>See <a href="https://www.carecen-la.org/daca">our page</a>.</p>
        """,
    "pages": """
        <p>Families <strong>won</strong> on Tuesday.[1]</p>
        <ul><li><p>papers</p></li><li><p>work</p></li></ul>
        <p>CO₂ fell.</p>
        """,
    "outlook": "<p>Dear all,</p><ul><li><p>one thing</p></li><li><p>another</p></li></ul><p>the file</p>",
    "web": """
        <h3>More</h3><p>Plain words in a div</p>
        <blockquote><p>We will not leave.</p></blockquote><p>1. not a list</p>
        <ol data-type="decimal" start="3"><li><p>third</p></li></ol>
        """,
}
EXPECTED_MESSAGES = {
    "word": "Left out: images and other media (1), comments (1).",
    "google-docs": "Left out: tracking in links (1).",
    "libreoffice": (
        "Left out: links that don't work outside your computer (1), deleted text (1), tracking in links (1). "
        "Raised numbers that are now marks of notes, such as [3]: 1. Check them."
    ),
    "pages": (
        "Left out: deleted text (1). Raised numbers that are now marks of notes, such as [3]: 1. Check them."
    ),
    "outlook": "Left out: links that don't work outside your computer (1).",
    "web": "Left out: images and other media (1).",
}


def test_paste_keeps_structure_and_reports_removed_elements(release_form, console_errors):
    for name, expected in EXPECTED_HTML.items():  # in one window, which takes long to open
        release_form.locator(".tiptap").click()
        release_form.keyboard.press("Control+a")
        release_form.keyboard.press("Delete")
        assert paste(release_form, name) == "".join(map(str.strip, expected.splitlines())), name
        expect(release_form.locator(".paste-tools [role=status]")).to_have_text(EXPECTED_MESSAGES[name])
    assert console_errors == []


def test_join_broken_lines_button_merges_hard_wrapped_lines(release_form):
    paste(release_form, "pdf")
    assert get_body(release_form).count("<p>") == 4
    release_form.get_by_role("button", name="Join broken lines").click()
    assert get_body(release_form) == (
        "<p>CARECEN welcomes the decision of the court, which lets forty families stay in the homes that "
        "they have rented for years, and asks the city to pro-tect others like them.</p><p>The next hearing "
        "is in May.</p>"
    )
    expect(release_form.locator(".paste-tools [role=status]")).to_contain_text("joined")


def test_pasted_text_is_saved_as_shown(release_form):
    paste(release_form, "word")
    release_form.fill("#id_headline", "A ruling")
    release_form.get_by_role("button", name="Save draft").click()
    expect(release_form.locator(".messagelist")).to_be_visible()
    assert (
        "<ul><li><p>Bring your papers</p><ul><li><p>the passport</p></li></ul></li>"
        in Release.objects.get().body
    )


def wait_until_active(locator) -> None:
    """Wait until an element has the focus of its page, which counts as focused only in the front window."""
    for _attempt in range(100):
        if locator.evaluate("element => element === document.activeElement"):
            return
        locator.page.wait_for_timeout(50)
    raise AssertionError(f"{locator} is not the active element")


def test_form_errors_are_summarized_at_the_top_and_receive_focus(release_form):
    release_form.fill("#id_dateline", "from LA")
    release_form.get_by_role("button", name="Save draft").click()
    summary = release_form.locator(".error-summary")
    wait_until_active(summary)
    expect(summary).to_contain_text("Write a headline.")
    expect(summary).to_contain_text("Enter only the place")
    summary.get_by_role("link", name="Headline").click()
    wait_until_active(release_form.locator("#id_headline"))


def test_form_fields_have_the_language_of_the_release_for_spellcheck(release_form):
    release_form.locator("#section-language > summary").click()
    release_form.select_option("#id_language", "es")
    for field in ("#id_headline", "#id_summary", ".tiptap"):
        expect(release_form.locator(field)).to_have_attribute("lang", "es")


def test_paste_keeps_link_urls_and_removes_event_handlers(release_form, console_errors):
    """Attributes may contain ">", "on…=" and "style=", and follow each other without a space."""
    page = """<p title="a > b"onclick="x()">See
    <a href="https://example.org/a/one=1" onmouseover='y(">")'>one</a>,
    <a href="https://example.org/style=wide">two</a> and
    <a href=https://example.org/on=2 style=color:red>three</a>.</p>"""
    release_form.locator(".tiptap").click()
    release_form.evaluate(PASTE_SCRIPT, page)
    pasted = get_body(release_form)
    for url in ("https://example.org/a/one=1", "https://example.org/style=wide", "https://example.org/on=2"):
        assert f'href="{url}"' in pasted
    assert console_errors == []


PASTE_TEXT_SCRIPT = """text => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.querySelector(".tiptap").dispatchEvent(event);
}"""


def test_field_cases_are_repaired_in_the_editor(release_form, console_errors):
    """One page for all cases, because a new one for each would take minutes."""
    editor = release_form.locator(".tiptap")
    results = {}
    for kind, script in (
        ("markup", PASTE_SCRIPT),
        ("pasted_lines", PASTE_SCRIPT),
        ("pasted_text", PASTE_TEXT_SCRIPT),
    ):
        for pasted, expected in CASES[kind]:
            editor.click()
            release_form.keyboard.press("Control+a")
            release_form.keyboard.press("Delete")
            release_form.evaluate(script, pasted)
            release_form.evaluate("() => new Promise(resolve => setTimeout(resolve))")
            results[pasted] = (get_body(release_form), expected)
    assert {pasted: body for pasted, (body, _expected) in results.items()} == {
        pasted: expected for pasted, (_body, expected) in results.items()
    }
    for pasted, address in CASES["pasted_links"]:
        editor.click()
        release_form.keyboard.press("Control+a")
        release_form.keyboard.press("Delete")
        release_form.evaluate(PASTE_TEXT_SCRIPT, pasted)
        release_form.evaluate("() => new Promise(resolve => setTimeout(resolve))")
        assert editor.locator("a").evaluate_all("links => links.map(link => link.getAttribute('href'))") == [
            address
        ], pasted
    assert console_errors == []


def test_joined_lines_of_a_pasted_text_can_be_separated_again(release_form):
    editor = release_form.locator(".tiptap")
    editor.click()
    release_form.evaluate(PASTE_TEXT_SCRIPT, "a\nb\n\nc")
    status = release_form.locator(".paste-tools [role=status]")
    expect(status).to_have_text("The lines of each paragraph were joined.")
    release_form.get_by_role("button", name="Keep the line breaks").click()
    assert get_body(release_form) == "<p>a</p><p>b</p><p>c</p>"
    expect(status).to_have_text("")


def test_paste_reports_deleted_and_hidden_text_notes_and_tracking(release_form):
    release_form.locator(".tiptap").click()
    release_form.evaluate(
        PASTE_SCRIPT,
        '<p>A law<sup>1</sup> <del>old</del> <span style="display:none">x</span>'
        '<a href="https://www.carecen-la.org/?utm_source=a">page</a></p>',
    )
    expect(release_form.locator(".paste-tools [role=status]")).to_have_text(
        "Left out: deleted text (1), hidden text (1), tracking in links (1). "
        "Raised numbers that are now marks of notes, such as [3]: 1. Check them."
    )

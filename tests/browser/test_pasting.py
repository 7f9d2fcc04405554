"""What comes out of the clipboards of other programs, in the form each of them puts it there."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from releases.models import Release
from tests.builders import make_user

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

CLIPBOARD = Path(__file__).parents[1] / "files" / "clipboard"
PASTE = """html => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", "plain");
  document.querySelector(".tiptap").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def paste(page, name: str) -> str:
    """Paste into the empty editor what `name` puts into the clipboard; what the editor then holds."""
    page.locator(".tiptap").click()
    page.evaluate(PASTE, (CLIPBOARD / f"{name}.html").read_text())
    return body(page)


def body(page) -> str:
    return page.locator("textarea[name=body]").evaluate("field => field.value")


@pytest.fixture
def form(signed_in, site):
    page = signed_in(make_user())
    page.goto(f"{site}/admin/releases/release/add/")
    expect(page.locator(".tiptap")).to_be_visible()
    return page


KEPT = {
    "word": """
        <h2>What the ruling means</h2><p>The court <strong>agreed</strong> with the <em>families</em>.</p>
        <ul><li><p>Bring your papers</p><ul><li><p>the passport</p></li></ul></li><li><p>Come early</p></li></ul>
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
    "outlook": "<p>Dear all,</p><ul><li><p>one thing</p></li><li><p>another</p></li></ul><p>the file</p>",
    "web": """
        <h3>More</h3><p>Plain words in a div</p><blockquote><p>We will not leave.</p></blockquote><p>1. not a list</p>
        <ol data-type="decimal" start="3"><li><p>third</p></li></ol>
        """,
}
LEFT_OUT = {
    "word": "Left out: pictures and the like (1), comments (1).",
    "google-docs": "",
    "outlook": "Left out: links that lead nowhere outside (1).",
    "web": "Left out: pictures and the like (1).",
}


@pytest.mark.parametrize("name", KEPT)
def test_structure_is_kept_and_what_is_left_out_is_said(form, complaints, name):
    assert paste(form, name) == "".join(line.strip() for line in KEPT[name].splitlines())
    expect(form.locator(".pasting [role=status]")).to_have_text(LEFT_OUT[name])
    assert complaints == []


def test_broken_lines_are_joined_on_request(form):
    paste(form, "pdf")
    assert body(form).count("<p>") == 4
    form.get_by_role("button", name="Join broken lines").click()
    assert body(form) == (
        "<p>CARECEN welcomes the decision of the court, which lets forty families stay in the homes that they have rented for years, "
        "and asks the city to pro-tect others like them.</p><p>The next hearing is in May.</p>"
    )
    expect(form.locator(".pasting [role=status]")).to_contain_text("joined")


def test_a_pasted_text_is_saved_as_it_is_shown(form):
    paste(form, "word")
    form.fill("#id_headline", "A ruling")
    form.get_by_role("button", name="Save draft").click()
    expect(form.locator(".messagelist")).to_be_visible()
    assert "<ul><li><p>Bring your papers</p><ul><li><p>the passport</p></li></ul></li>" in Release.objects.get().body


def test_faults_are_named_at_the_top_and_the_focus_is_there(form):
    form.fill("#id_dateline", "from LA")
    form.get_by_role("button", name="Save draft").click()
    wrong = form.locator(".what-is-wrong")
    form.bring_to_front()  # while another window is in front, nothing in this one has the focus
    expect(wrong).to_be_focused()
    expect(wrong).to_contain_text("Write a headline.")
    expect(wrong).to_contain_text("Write the place alone")
    wrong.get_by_role("link", name="Headline").click()
    expect(form.locator("#id_headline")).to_be_focused()


def test_spelling_is_checked_in_the_language_of_the_release(form):
    form.locator("summary", has_text="Subhead and language").click()
    form.select_option("#id_language", "es")
    for field in ("#id_headline", "#id_summary", ".tiptap"):
        expect(form.locator(field)).to_have_attribute("lang", "es")


def test_an_address_is_pasted_as_it_is_and_no_handler_is_looked_at(form, complaints):
    """Whatever stands in the values of a tag."""
    page = """<p title="a > b"onclick="x()">See <a href="https://example.org/a/one=1" onmouseover='y(">")'>one</a>,
    <a href="https://example.org/style=wide">two</a> and <a href=https://example.org/on=2 style=color:red>three</a>.</p>"""
    form.locator(".tiptap").click()
    form.evaluate(PASTE, page)
    pasted = body(form)
    for address in ("https://example.org/a/one=1", "https://example.org/style=wide", "https://example.org/on=2"):
        assert f'href="{address}"' in pasted
    assert complaints == []

"""From the text of an email to a published statement, on a phone."""

import re

import pytest
from playwright.sync_api import expect

from releases.models import Release
from releases.text.choices import Status
from tests.browser import get_axe_violations, get_page_width
from tests.factories import make_contact, make_user

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

PHONE = {"width": 360, "height": 740}
MAX_TAPS = 6
PLAIN = """STATEMENT

Contact: Ana Ruiz, (213) 555-0100

CARECEN Celebrates the Ruling on TPS

LOS ANGELES — A judge stopped the order that would have ended the permits of thousands of families.

The order is valid until the case is decided.
"""
MARKUP = """<p><b>STATEMENT</b></p><p>Contact: Ana Ruiz, (213) 555-0100</p>
<p>CARECEN Celebrates the Ruling on TPS</p>
<p>LOS ANGELES — A judge stopped the order that would have ended the permits of thousands of families.</p>
<p>The order is <b>valid</b> until the case is decided.</p>"""
COPY_SCRIPT = """([text, html]) => navigator.clipboard.write([new ClipboardItem({
  "text/plain": new Blob([text], { type: "text/plain" }), "text/html": new Blob([html], { type: "text/html" })
})])"""


def copy_and_paste(page, text: str, markup: str) -> None:
    page.get_by_role("link", name="Paste a release").click()
    page.wait_for_url(re.compile("/paste/"))
    page.wait_for_load_state("networkidle")  # the script that reads the formatting
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(COPY_SCRIPT, [text, markup])
    page.get_by_label("Text of the release").focus()
    page.keyboard.press("Control+v")


@pytest.fixture
def desk(sign_in, site_url):
    page = sign_in(make_user())
    page.set_viewport_size(PHONE)
    page.goto(f"{site_url}/admin/")
    return page


def test_email_becomes_a_published_statement_on_a_phone(desk, console_errors):
    taps = []

    def tap(name: str) -> None:
        desk.get_by_role("button", name=name, exact=True).click()
        taps.append(name)

    make_contact(phone="213-555-0100")
    copy_and_paste(desk, PLAIN, MARKUP)
    taps.append("Paste a release")
    tap("Read the text")
    expect(desk.get_by_label("Headline")).to_have_value("CARECEN Celebrates the Ruling on TPS")
    expect(desk.get_by_label("Type")).to_have_value("statement")
    assert get_page_width(desk) == PHONE["width"]
    assert get_axe_violations(desk) == []
    tap("Create the draft")
    desk.wait_for_url(re.compile("/change/"))
    tap("Publish…")
    desk.get_by_label("Now, without waiting").check()
    taps.append("Now, without waiting")
    tap("Publish")
    expect(desk.locator(".messagelist")).to_contain_text("Published:")
    release = Release.objects.get()
    assert (release.status, release.kind, release.dateline) == (Status.PUBLISHED, "statement", "Los Angeles")
    assert release.body == "<p>The order is <strong>valid</strong> until the case is decided.</p>"
    assert len(release.contacts) == 1
    assert len(taps) <= MAX_TAPS


def test_changed_text_is_sent_instead_of_the_clipboard(desk):
    copy_and_paste(desk, PLAIN, MARKUP)
    desk.keyboard.type("Families can call us.")
    desk.get_by_role("button", name="Read the text").click()
    expect(desk.locator(".release-preview")).to_contain_text("Families can call us.")
    expect(desk.locator(".release-preview strong")).to_have_count(0)


def test_quick_statement_leads_to_the_publish_page(desk, console_errors):
    desk.get_by_role("link", name="Quick statement").click()
    desk.get_by_label("Headline").fill("CARECEN Celebrates the Ruling on TPS")
    desk.get_by_label("Text").fill("A judge stopped the order.\n\nFamilies can call us.")
    assert get_page_width(desk) == PHONE["width"]
    assert get_axe_violations(desk) == []
    desk.get_by_role("button", name="Publish…").click()
    desk.wait_for_url(re.compile("/publish/"))
    assert Release.objects.count() == 2

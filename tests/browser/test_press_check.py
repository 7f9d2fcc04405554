"""The press check next to the form: it follows what is typed, and its corrections change the text."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_findings_follow_the_text_and_corrections_can_be_undone(sign_in, site_url, console_errors):
    page = sign_in(make_user())
    page.goto(f"{site_url}/admin/releases/release/add/")
    page.fill("#id_headline", "Daca renewal")
    page.locator(".tiptap").click()
    page.keyboard.type('“Come," she said. Daca holders can call 213-555-0142.')
    panel = page.locator(".press-check")
    panel.locator("summary").first.click()
    expect(panel).to_contain_text("213-555-0142", timeout=15_000)
    expect(panel.locator("summary").first).to_contain_text(re.compile("Press check\\s+warnings: [1-9]"))
    panel.get_by_role("button", name="Change to “DACA”").click()
    expect(page.locator("#id_headline")).to_have_value("DACA renewal")
    expect(page.locator(".tiptap")).to_contain_text("DACA holders")
    panel.locator(".press-check-result summary").click()
    panel.get_by_role("button", name="Change to ““Come,””").click()
    expect(page.locator(".tiptap")).to_contain_text("“Come,” she said.")
    panel.get_by_role("button", name="213-555-0142").click()
    for _attempt in range(50):  # the editor takes the focus in a later frame
        page.wait_for_timeout(100)
        if selection := page.evaluate("String(getSelection())"):
            break
    assert selection == "213-555-0142"
    page.locator("#id_headline").focus()
    page.keyboard.press("Control+z")
    expect(page.locator("#id_headline")).to_have_value("Daca renewal")
    assert console_errors == []

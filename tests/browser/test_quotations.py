"""Quotations with a speaker become block quotations that reporters can copy."""

import pytest
from playwright.sync_api import expect

from tests.factories import make_draft, make_user

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

BODY = (
    "<p>“We <strong>will</strong> appeal,” said Ana Ruiz, director. The hearing is on Monday.</p>"
    "<p>“We will win,” she said.</p>"
    "<p>Rosa Melgar, a mother of two, said: “I will be back.”</p>"
)
TYPED_BODY = BODY.replace("Monday.", "Monday. It is public.")


def test_paragraph_becomes_a_quotation_in_one_step(sign_in, site_url, console_errors):
    page = sign_in(make_user())
    page.goto(f"{site_url}/admin/releases/release/{make_draft(body=BODY).pk}/change/")
    body, tools = page.locator(".tiptap"), page.locator("#quotation-tools")
    quotations, undo = body.locator("blockquote"), page.locator(".prose-menubar").get_by_title("undo")

    body.get_by_text("said Ana Ruiz").click()
    page.keyboard.press("End")
    page.keyboard.type(" It is public.")
    tools.get_by_role("button", name="Make a quotation").click()
    expect(quotations).to_have_text("We will appeal.— Ana Ruiz, director")
    expect(quotations.locator("strong")).to_have_text("will")
    expect(body.locator("> p").first).to_have_text("The hearing is on Monday. It is public.")
    expect(tools.get_by_role("status")).to_contain_text("is now a quotation")
    undo.click()
    expect(quotations).to_have_count(0)
    assert page.locator("#id_body").input_value() == TYPED_BODY

    body.get_by_text("she said").click()
    page.keyboard.press("End")
    page.keyboard.type(" Again.")
    expect(body).to_contain_text("she said. Again.")
    page.keyboard.press("Control+Shift+9")
    expect(tools.get_by_role("status")).to_contain_text("has no quotation with a speaker")
    expect(quotations).to_have_count(0)

    page.locator(".press-check > summary").click()
    page.locator(".press-check").get_by_role("button", name="Make it a quotation").last.click()
    expect(quotations).to_have_text("I will be back.— Rosa Melgar, a mother of two")
    expect(page.locator(".press-check [data-quotation]")).to_have_count(1)
    assert console_errors == []

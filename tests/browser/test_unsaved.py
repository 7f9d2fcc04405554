"""Text that is typed survives signing out, a lost line and another person, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from releases.models import Release, UnsavedText
from tests.builders import PASSWORD, make_draft, make_user

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def form_of(site: str, release: Release) -> str:
    return f"{site}/admin/releases/release/{release.pk}/change/"


def test_signed_out_in_mid_sentence_and_back_with_the_text(signed_in, site, complaints):
    ana = make_user("ana")
    draft = make_draft(body="<p>As it was.</p>")
    page = signed_in(ana)
    page.goto(form_of(site, draft))
    page.locator("#id_summary").fill("Half a sent")
    page.locator(".tiptap").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" And more")
    expect(page.locator(".kept")).to_have_text(re.compile("^Saved "))
    page.context.clear_cookies()
    page.goto(form_of(site, draft))
    page.fill("#id_username", "ana")
    page.fill("#id_password", PASSWORD)
    page.click("input[type=submit]")
    expect(page.locator("#id_summary")).to_have_value("Half a sent")
    expect(page.locator(".tiptap")).to_have_text("As it was. And more")
    expect(page.locator(".unsaved")).to_contain_text("It is not saved yet")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".messagelist")).to_be_visible()
    draft.refresh_from_db()
    assert (draft.summary, draft.body, UnsavedText.objects.count()) == ("Half a sent", "<p>As it was. And more</p>", 0)
    assert complaints == []


def test_typing_goes_on_after_the_session_ended(signed_in, site, browser):
    ana, draft = make_user("ana"), make_draft()
    page = signed_in(ana)
    page.goto(form_of(site, draft))
    page.context.clear_cookies()
    page.locator("#id_summary").fill("Typed after the session ended")
    expect(page.locator(".kept")).to_contain_text("You are signed out")
    other = page.context.new_page()
    other.goto(f"{site}/admin/")
    other.fill("#id_username", "ana")
    other.fill("#id_password", PASSWORD)
    other.click("input[type=submit]")
    other.wait_for_selector("#user-tools")
    expect(page.locator(".kept")).to_have_text(re.compile("^Saved "), timeout=15_000)
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".messagelist")).to_be_visible()
    draft.refresh_from_db()
    assert draft.summary == "Typed after the session ended"


def test_a_lost_line_loses_nothing(signed_in, site):
    draft = make_draft()
    page = signed_in(make_user())
    page.goto(form_of(site, draft))
    page.context.set_offline(True)
    page.locator("#id_summary").fill("Typed without a line")
    expect(page.locator(".kept")).to_contain_text("no connection")
    page.context.set_offline(False)
    expect(page.locator(".kept")).to_have_text(re.compile("^Saved "), timeout=15_000)
    assert UnsavedText.objects.get().contents["summary"] == "Typed without a line"


def test_two_people_in_one_form_end_with_both_texts(signed_in, site, browser, complaints):
    draft = make_draft(headline="A ruling", summary="Eight families came.")
    ana, ben = make_user("ana", first_name="Ana", last_name="Paz"), make_user("ben", first_name="Ben", last_name="Ruiz")
    hers = signed_in(ana)
    hers.goto(form_of(site, draft))
    his = browser.new_context().new_page()
    his.goto(f"{site}/admin/")
    his.fill("#id_username", ben.username)
    his.fill("#id_password", PASSWORD)
    his.click("input[type=submit]")
    his.wait_for_selector("#user-tools")
    his.goto(form_of(site, draft))
    expect(his.locator(".others")).to_contain_text("Ana Paz has this open too.")
    his.fill("#id_headline", "A great ruling")
    his.get_by_role("button", name="Save draft").click()
    expect(his.locator(".messagelist")).to_be_visible()
    hers.fill("#id_summary", "Nine families came.")
    hers.get_by_role("button", name="Save draft").click()
    expect(hers.locator(".conflict")).to_have_count(2)
    expect(hers.locator("input[name=choose_headline][value=theirs]")).to_be_checked()
    expect(hers.locator("input[name=choose_summary][value=mine]")).to_be_checked()
    hers.get_by_role("button", name="Go on with these").click()
    expect(hers.locator("#id_headline")).to_have_value("A great ruling")
    hers.get_by_role("button", name="Save draft").click()
    expect(hers.locator(".messagelist")).to_be_visible()
    draft.refresh_from_db()
    assert (draft.headline, draft.summary) == ("A great ruling", "Nine families came.")
    assert complaints == []
    his.context.close()


def test_unsaved_text_is_taken_over(signed_in, site, browser):
    draft = make_draft()
    ana = make_user("ana", first_name="Ana", last_name="Paz")
    hers = signed_in(ana)
    hers.goto(form_of(site, draft))
    hers.locator("#id_summary").fill("Half a sent")
    expect(hers.locator(".kept")).to_have_text(re.compile("^Saved "))
    make_user("ben")
    his = browser.new_context().new_page()
    his.goto(form_of(site, draft))
    his.fill("#id_username", "ben")
    his.fill("#id_password", PASSWORD)
    his.click("input[type=submit]")
    expect(his.locator(".unsaved")).to_contain_text("Ana Paz has unsaved text here")
    his.get_by_role("link", name="View it, take it over…").click()
    expect(his.locator(".difference")).to_contain_text("Half a sent")
    his.get_by_role("button", name="Take it over").click()
    expect(his.locator("#id_summary")).to_have_value("Half a sent")
    hers.locator("#id_summary").fill("Half a sentence")
    expect(hers.locator(".kept")).to_contain_text("has unsaved text here")
    his.context.close()


def test_a_second_press_of_save_makes_no_second_release(signed_in, site):
    page = signed_in(make_user())
    page.goto(f"{site}/admin/releases/release/add/")
    page.fill("#id_headline", "A ruling")
    page.get_by_role("button", name="Save draft").dblclick()
    expect(page.locator(".messagelist")).to_be_visible()
    assert Release.objects.count() == 1

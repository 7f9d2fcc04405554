"""Autosave in a browser: typed text survives signing out, a lost connection and edits by another user."""

import re

import pytest
from playwright.sync_api import expect

from releases.models import Autosave, Release
from tests.factories import PASSWORD, make_draft, make_user

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def change_form_url(site_url: str, release: Release) -> str:
    return f"{site_url}/admin/releases/release/{release.pk}/change/"


def test_autosave_is_restored_after_signing_in_again(sign_in, site_url, console_errors):
    ana = make_user("ana")
    draft = make_draft(body="<p>As it was.</p>")
    page = sign_in(ana)
    page.goto(change_form_url(site_url, draft))
    page.locator("#id_summary").fill("Half a sent")
    page.locator(".tiptap").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" And more")
    expect(page.locator(".autosave-status")).to_have_text(re.compile("^Saved "))
    page.context.clear_cookies()
    page.goto(change_form_url(site_url, draft))
    page.fill("#id_username", "ana")
    page.fill("#id_password", PASSWORD)
    page.click("input[type=submit]")
    expect(page.locator("#id_summary")).to_have_value("Half a sent")
    expect(page.locator(".tiptap")).to_have_text("As it was. And more")
    expect(page.locator(".unsaved-notice")).to_contain_text("This is your unsaved text")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".messagelist")).to_be_visible()
    draft.refresh_from_db()
    assert (draft.summary, draft.body, Autosave.objects.count()) == (
        "Half a sent",
        "<p>As it was. And more</p>",
        0,
    )
    assert console_errors == []


def test_autosave_resumes_after_signing_in_in_another_tab(sign_in, site_url, browser):
    ana, draft = make_user("ana"), make_draft()
    page = sign_in(ana)
    page.goto(change_form_url(site_url, draft))
    page.context.clear_cookies()
    page.locator("#id_summary").fill("Typed after the session ended")
    expect(page.locator(".autosave-status")).to_contain_text("You're signed out")
    other_tab = page.context.new_page()
    other_tab.goto(f"{site_url}/admin/")
    other_tab.fill("#id_username", "ana")
    other_tab.fill("#id_password", PASSWORD)
    other_tab.click("input[type=submit]")
    other_tab.wait_for_selector("#user-tools")
    expect(page.locator(".autosave-status")).to_have_text(re.compile("^Saved "), timeout=15_000)
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".messagelist")).to_be_visible()
    draft.refresh_from_db()
    assert draft.summary == "Typed after the session ended"


def test_autosave_resumes_after_a_lost_connection(sign_in, site_url):
    draft = make_draft()
    page = sign_in(make_user())
    page.goto(change_form_url(site_url, draft))
    page.context.set_offline(True)
    page.locator("#id_summary").fill("Typed without a line")
    expect(page.locator(".autosave-status")).to_contain_text("no connection")
    page.context.set_offline(False)
    expect(page.locator(".autosave-status")).to_have_text(re.compile("^Saved "), timeout=15_000)
    assert Autosave.objects.get().data["summary"] == "Typed without a line"


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 503, "json": {"error": "The newsroom cannot save right now. Trying again…"}},
        {"status": 502, "body": "<h1>502 Bad Gateway</h1>", "content_type": "text/html"},
        {"status": 504, "body": "", "content_type": "text/plain"},
        {"status": 500, "body": "<h1>Server Error</h1>", "content_type": "text/html"},
    ],
)
def test_autosave_tells_an_outage_from_a_lost_session_and_resumes(sign_in, site_url, answer):
    draft = make_draft()
    page = sign_in(make_user())
    page.goto(change_form_url(site_url, draft))
    status = page.locator(".autosave-status")
    for pattern in ("**/autosave/", "**/ping/"):
        page.route(pattern, lambda route: route.fulfill(**answer))
    page.locator("#id_summary").fill("Typed on a bad day")
    expect(status).to_have_text("The newsroom cannot save right now. Trying again…")
    page.unroute_all()
    page.evaluate("dispatchEvent(new Event('online'))")  # saves at once, instead of after the delay
    expect(status).to_have_text(re.compile("^Saved "))
    assert Autosave.objects.get().data["summary"] == "Typed on a bad day"


def test_conflicting_edits_of_two_users_can_be_merged(sign_in, site_url, browser, console_errors):
    draft = make_draft(headline="A ruling", summary="Eight families came.")
    ana, ben = (
        make_user("ana", first_name="Ana", last_name="Paz"),
        make_user("ben", first_name="Ben", last_name="Ruiz"),
    )
    hers = sign_in(ana)
    hers.goto(change_form_url(site_url, draft))
    his = browser.new_context().new_page()
    his.goto(f"{site_url}/admin/")
    his.fill("#id_username", ben.username)
    his.fill("#id_password", PASSWORD)
    his.click("input[type=submit]")
    his.wait_for_selector("#user-tools")
    his.goto(change_form_url(site_url, draft))
    expect(his.locator(".active-editors")).to_contain_text("Ana Paz also has this release open.")
    his.fill("#id_headline", "A great ruling")
    his.get_by_role("button", name="Save draft").click()
    expect(his.locator(".messagelist")).to_be_visible()
    hers.fill("#id_summary", "Nine families came.")
    hers.get_by_role("button", name="Save draft").click()
    expect(hers.locator(".conflict")).to_have_count(2)
    expect(hers.locator("input[name=choose_headline][value=theirs]")).to_be_checked()
    expect(hers.locator("input[name=choose_summary][value=mine]")).to_be_checked()
    hers.get_by_role("button", name="Continue with these").click()
    expect(hers.locator("#id_headline")).to_have_value("A great ruling")
    hers.get_by_role("button", name="Save draft").click()
    expect(hers.locator(".messagelist")).to_be_visible()
    draft.refresh_from_db()
    assert (draft.headline, draft.summary) == ("A great ruling", "Nine families came.")
    assert console_errors == []
    his.context.close()


def test_autosave_can_be_claimed_by_another_user(sign_in, site_url, browser):
    draft = make_draft()
    ana = make_user("ana", first_name="Ana", last_name="Paz")
    hers = sign_in(ana)
    hers.goto(change_form_url(site_url, draft))
    hers.locator("#id_summary").fill("Half a sent")
    expect(hers.locator(".autosave-status")).to_have_text(re.compile("^Saved "))
    make_user("ben")
    his = browser.new_context().new_page()
    his.goto(change_form_url(site_url, draft))
    his.fill("#id_username", "ben")
    his.fill("#id_password", PASSWORD)
    his.click("input[type=submit]")
    expect(his.locator(".unsaved-notice")).to_contain_text("Ana Paz has unsaved text here")
    his.get_by_role("link", name="View or continue…").click()
    expect(his.locator(".diff")).to_contain_text("Half a sent")
    his.get_by_role("button", name="Continue editing").click()
    expect(his.locator("#id_summary")).to_have_value("Half a sent")
    hers.locator("#id_summary").fill("Half a sentence")
    expect(hers.locator(".autosave-status")).to_contain_text("has unsaved text here")
    his.context.close()


def test_double_click_on_save_creates_one_release(sign_in, site_url):
    page = sign_in(make_user())
    page.goto(f"{site_url}/admin/releases/release/add/")
    page.fill("#id_headline", "A ruling")
    page.get_by_role("button", name="Save draft").dblclick()
    expect(page.locator(".messagelist")).to_be_visible()
    assert Release.objects.count() == 1


def test_saving_again_after_back_compares_instead_of_creating_a_second_release(sign_in, site_url):
    page = sign_in(make_user())
    page.goto(f"{site_url}/admin/releases/release/add/")
    page.fill("#id_headline", "A ruling")
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_url(re.compile("/change/$"))
    page.go_back()
    page.wait_for_url(re.compile("/add/$"))
    page.fill("#id_headline", "Another ruling")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("h1").last).to_have_text("You already saved this release")
    assert list(Release.objects.values_list("headline", flat=True)) == ["A ruling"]

"""Preview links in a browser: opening, revoking, and approving."""

import pytest
from playwright.sync_api import expect

from releases.actions.preview_links import create_preview_link
from tests.factories import make_draft, make_user

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_preview_link_is_not_opened_by_scanners_and_can_be_revoked(sign_in, site_url, browser):
    draft = make_draft(headline="A hidden ruling", summary="Families stay.")
    page = sign_in(make_user())
    page.goto(f"{site_url}/admin/releases/release/{draft.pk}/change/")
    page.locator(".action-menu summary").click()
    page.get_by_role("link", name="Preview links…").click()
    page.get_by_label("Recipient").fill("Ana Paz, La Opinión")
    page.get_by_label("Reporter (embargoed)").check()
    page.get_by_role("button", name="Create link").click()
    preview_url = page.get_by_label("Preview link").input_value()
    assert preview_url.startswith(f"{site_url}/preview/")
    assert "A hidden ruling" not in page.request.get(preview_url).text()  # as a mail scanner does
    page.reload()
    expect(page.locator(".preview-links")).to_contain_text("not opened yet")
    reader = browser.new_context(java_script_enabled=False).new_page()
    reader.goto(preview_url)
    reader.get_by_role("button", name="Open").click()
    expect(reader.locator("h1")).to_have_text("A hidden ruling")
    assert preview_url.rsplit("/", 2)[1] not in reader.url
    page.reload()
    expect(page.locator(".preview-links")).not_to_contain_text("not opened yet")
    page.get_by_role("button", name="Revoke").click()
    expect(page.locator(".preview-links")).to_contain_text("revoked")
    reader.reload()
    expect(reader.locator("h1")).to_have_text("We couldn't find this page")
    reader.context.close()


def test_creator_of_a_preview_link_can_approve_only_after_signing_out(sign_in, site_url):
    """The browser decides which cookies it sends to the address of the form."""
    draft, user = make_draft(), make_user("ana")
    _link, secret = create_preview_link(draft, user=user, label="Rosa", kind="approver", hours=1)
    page = sign_in(user)
    page.goto(f"{site_url}/preview/{secret}/")
    page.get_by_role("button", name="Open").click()
    page.get_by_label("Comment for the press office").fill("Good.")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("main")).to_contain_text("You created this link")
    expect(page.locator("blockquote")).to_have_text("Good.")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("link", name="Back to the release").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("status")).to_contain_text("You approved this release through a link that ana")
    assert draft.notes.get().text == "Approved by Rosa through a link that ana created."

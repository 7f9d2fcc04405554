"""The buttons of the desk that copy a text, in Chromium."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import make_release, make_user

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

REFUSING = "navigator.clipboard.writeText = () => Promise.reject(new DOMException('', 'NotAllowedError'))"
MISSING = "Object.defineProperty(Navigator.prototype, 'clipboard', { get: () => undefined })"


@pytest.fixture
def desk(sign_in, site_url, console_errors):
    """Return a page signed in as a manager that may use the clipboard."""
    page = sign_in(make_user("maria", "", is_superuser=True))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site_url)
    yield page
    assert console_errors == []


@pytest.fixture
def share_kit(desk, site_url):
    """Return the URL of the share kit of a public release."""
    return f"{site_url}/admin/releases/release/{make_release(headline='A ruling').pk}/share-kit/"


def test_each_text_of_the_share_kit_is_copied_and_confirmed(desk, share_kit):
    desk.goto(share_kit)
    for button, field in (
        ("Copy link", "Link"),
        ("Copy message", "WhatsApp message"),
        ("Copy subject", "Email subject"),
        ("Copy email text", "Email text"),
    ):
        desk.get_by_role("button", name=button).press("Enter")
        text = desk.get_by_label(field, exact=True).input_value()
        expect(desk.get_by_role("status").filter(has_text="Copied")).to_be_visible()
        assert desk.evaluate("navigator.clipboard.readText()") == text.strip()


def test_refused_text_is_selected(desk, share_kit):
    desk.add_init_script(REFUSING)
    desk.goto(share_kit)
    desk.get_by_role("button", name="Copy message").click()
    expect(desk.get_by_text("The text is selected. Copy it now.")).to_be_visible()
    text = desk.get_by_label("WhatsApp message").input_value()
    assert desk.evaluate("getSelection().toString()") == text


def test_buttons_are_hidden_without_a_clipboard(desk, share_kit):
    desk.add_init_script(MISSING)
    desk.goto(share_kit)
    expect(desk.get_by_role("link", name="Open in WhatsApp")).to_be_visible()
    expect(desk.get_by_role("button", name=re.compile("^Copy"))).to_have_count(0)


def test_one_time_password_is_copied_or_selected(desk, site_url):
    url = f"{site_url}/admin/releases/user/{make_user('rosa').pk}/password/"
    desk.goto(url)
    desk.locator("#content-main [type=submit]").click()
    password = desk.locator("#one-time-password").inner_text()
    desk.get_by_role("button", name="Copy password").click()
    expect(desk.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    assert desk.evaluate("navigator.clipboard.readText()") == password
    desk.evaluate(f"{REFUSING}; null")
    desk.get_by_role("button", name="Copy password").click()
    expect(desk.get_by_text("The text is selected. Copy it now.")).to_be_visible()
    assert desk.evaluate("getSelection().toString()") == password

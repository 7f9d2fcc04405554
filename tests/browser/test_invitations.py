"""Adding a colleague, accepting the invitation and leaving, in Chromium on a phone."""

import pytest
from playwright.sync_api import expect

from releases.models import User
from tests.browser import get_page_width
from tests.factories import make_draft, make_user

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

NEW_PASSWORD = "seven green umbrellas"


def check_width(page):
    assert get_page_width(page) == 360, page.url


def test_colleague_is_invited_joins_and_leaves(sign_in, site_url, console_errors, browser):
    page = sign_in(make_user("maria", "", is_superuser=True, first_name="María", last_name="Paz"))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site_url)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{site_url}/admin/releases/user/")
    page.get_by_role("link", name="Add a colleague").click()
    check_width(page)
    page.get_by_label("First name").fill("Rosa")
    page.get_by_label("Last name").fill("Melgar")
    page.get_by_label("Email address").fill("rosa@example.org")
    page.get_by_role("button", name="Create invitation link").click()
    check_width(page)
    url = page.get_by_label("Invitation link").input_value()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == url

    joining = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    joining.on("console", lambda message: console_errors.append(message.text))
    joining.goto(url)
    joining.get_by_role("link", name="Español").click()
    expect(joining.get_by_text("María Paz le envía una invitación")).to_be_visible()
    check_width(joining)
    for field in joining.locator("input[type=password]").all():
        field.fill(NEW_PASSWORD)
    joining.get_by_role("button", name="Guardar la contraseña").click()
    expect(joining.get_by_text("Rosa", exact=True).first).to_be_visible()
    rosa = User.objects.get(username="rosa.melgar")
    assert rosa.language == "es"

    make_draft(author=rosa, headline="A draft of Rosa")
    page.goto(f"{site_url}/admin/releases/user/{rosa.pk}/change/")
    page.get_by_role("link", name="Has left…").click()
    check_width(page)
    page.get_by_role("button", name="Close the account").click()
    expect(page.get_by_text("The account of Rosa Melgar is closed.")).to_be_visible()
    check_width(page)
    expect(page.get_by_role("link", name="A draft of Rosa")).to_be_visible()
    joining.goto(f"{site_url}/admin/")
    expect(joining.get_by_role("link", name="Español")).to_be_visible()  # of the sign-in page
    joining.context.close()
    assert console_errors == []

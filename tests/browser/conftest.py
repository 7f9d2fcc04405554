from collections.abc import Iterator

import pytest
from django.db import connection
from playwright.sync_api import Page

from tests.browser import chromium
from tests.builders import PASSWORD

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def pytest_collection_modifyitems(items):
    here = [item for item in items if "tests/browser" in item.nodeid]
    for item in here:
        item.add_marker(pytest.mark.browser)
        if chromium() is None:
            item.add_marker(pytest.mark.skip(reason="LEFT OUT: no Chromium on this machine"))


@pytest.fixture(scope="session")
def first_contents(django_db_setup) -> str:
    """What the migrations put into the database: the roles."""
    return connection._test_serialized_contents


@pytest.fixture(autouse=True)
def contents_at_hand(first_contents, _playwright_started) -> None:
    """The browser's driver keeps a loop in this thread, which gives Django a second connection without these contents."""
    connection._test_serialized_contents = first_contents


@pytest.fixture(scope="session")
def _playwright_started(first_contents, playwright) -> None:
    """After the contents are known, before any test of this folder touches the database."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return browser_type_launch_args | {"executable_path": chromium(), "args": FLAGS}


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    page.set_default_timeout(10_000)
    yield page
    if "/admin/" in page.url:  # a form sends what was typed when it goes: that must arrive before the test's contents are taken away
        page.goto("about:blank")
        page.wait_for_timeout(400)


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the page's console says is wrong: faults of scripts and breaches of the policy."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


@pytest.fixture
def site(live_server, settings) -> str:
    """The address of the running newsroom."""
    settings.SITE_URL = live_server.url
    return live_server.url


@pytest.fixture
def signed_in(page: Page, site: str):
    """Sign in at the desk as the named account."""

    def sign_in(user) -> Page:
        page.goto(f"{site}/admin/")
        page.fill("#id_username", user.username)
        page.fill("#id_password", PASSWORD)
        page.click("input[type=submit]")
        page.wait_for_selector("#user-tools")
        return page

    return sign_in

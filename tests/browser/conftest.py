"""Fixtures of the browser tests: the database, the browser, and signed-in pages."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Page, expect

from tests.browser import find_chromium

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=20_000)  # milliseconds: three runs share the processors


def pytest_collection_modifyitems(items):
    browser_items = [item for item in items if "tests/browser" in item.nodeid]
    for item in browser_items:
        item.add_marker(pytest.mark.browser)
        if find_chromium() is None:
            item.add_marker(pytest.mark.skip(reason="LEFT OUT: no Chromium on this machine"))


@pytest.fixture(scope="session")
def serialized_database(django_db_setup) -> str:
    """Return the data that the migrations create: the groups. Each test restores it."""
    return connection._test_serialized_contents


@pytest.fixture(autouse=True)
def restore_serialized_database(serialized_database, _start_playwright_after_database) -> None:
    """Restore the initial data in the second connection.

    Playwright runs an event loop in this thread, so Django opens another connection, which lacks this data.
    """
    connection._test_serialized_contents = serialized_database


@pytest.fixture(scope="session")
def _start_playwright_after_database(serialized_database, playwright) -> None:
    """Start Playwright after the data is serialized, and before any test in this folder uses the database."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return browser_type_launch_args | {"executable_path": find_chromium(), "args": CHROMIUM_FLAGS}


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    page.set_default_timeout(20_000)
    yield page
    # Closing a form sends an autosave, which must arrive before the database is flushed.
    if "/admin/" in page.url:
        page.goto("about:blank")
        page.wait_for_timeout(400)


@pytest.fixture
def console_errors(page: Page) -> list[str]:
    """Collect errors and warnings from the console of the page: script errors and CSP violations."""
    heard: list[str] = []
    page.on(
        "console",
        lambda message: heard.append(message.text) if message.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


@pytest.fixture
def site_url(live_server, settings) -> str:
    """Return the URL of the live server, which is also SITE_URL."""
    settings.SITE_URL = live_server.url
    return live_server.url


@pytest.fixture
def sign_in(page: Page, site_url: str):
    """Return a function that opens the admin as a user, without the time that the sign-in form takes."""

    def sign_in(user) -> Page:
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies(
            [
                {
                    "name": session.key,
                    "value": session.value,
                    "url": f"{site_url}{settings.SESSION_COOKIE_PATH}",
                }
            ]
        )
        page.goto(f"{site_url}/admin/")
        page.wait_for_selector("#user-tools")
        return page

    return sign_in

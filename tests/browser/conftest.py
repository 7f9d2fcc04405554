"""Fixtures of the browser tests: the database, the browser, and signed-in pages."""

import sqlite3
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

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
def serialized_database(django_db_setup) -> sqlite3.Connection:
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


@pytest.fixture(scope="session")
def shared_context(browser: Browser, browser_context_args: dict) -> BrowserContext:
    return browser.new_context(**browser_context_args)


@pytest.fixture
def context(request, shared_context: BrowserContext, live_server) -> Iterator[BrowserContext]:
    """Return a context without pages, cookies, permissions and stored data that has cached our scripts.

    A new context takes a second of a processor, because it loads and compiles them. Tests of other visitors
    create one, and tests with the mark `browser_context_args` get one.
    """
    if request.node.get_closest_marker("browser_context_args"):
        yield request.getfixturevalue("new_context")()
        return
    yield shared_context
    for page in shared_context.pages:
        shared_context.new_cdp_session(page).send(
            "Storage.clearDataForOrigin", {"origin": live_server.url, "storageTypes": "all"}
        )
        page.close()
    shared_context.clear_cookies()
    shared_context.clear_permissions()
    shared_context.set_offline(False)
    shared_context.unroute_all()


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

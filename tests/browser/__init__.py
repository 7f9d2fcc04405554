"""Tests in a real browser."""

import shutil

from axe_playwright_python.base import AXE_SCRIPT

AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # else axe also describes every element without one
}


def find_chromium() -> str | None:
    """Return the path of Chromium, or None if it is not installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def get_page_width(page) -> int:
    """Return the width of the page in pixels. It is more than the window if the page scrolls sideways."""
    page.wait_for_load_state()  # a page that was just opened with a click has no content at first
    return page.evaluate("document.documentElement.scrollWidth")


def get_axe_violations(page, selector: str | None = None) -> list[str]:
    """Return the violations that axe finds on the page, or only in the element that matches `selector`."""
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    violations = page.evaluate(
        "([selector, options]) => axe.run(selector || document, options).then(results => results.violations)",
        [selector, AXE_OPTIONS],
    )
    return [f"{violation['id']}: {violation['nodes'][0]['html']}" for violation in violations]

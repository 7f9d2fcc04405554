"""Tests in a real browser."""

import shutil

from axe_playwright_python.sync_playwright import Axe


def find_chromium() -> str | None:
    """Return the path of Chromium, or None if it is not installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def get_axe_violations(page) -> list[str]:
    results = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    return [
        f"{violation['id']}: {violation['nodes'][0]['html']}" for violation in results.response["violations"]
    ]

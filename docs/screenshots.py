"""Make the screenshots of the README, and contact sheets of the pages of the desk: `make screenshots`.

The newsroom has the sample releases and those of docs/example_desk.py. There is one contact sheet for each
page, in contact-sheets: a row for each language and color scheme, a column for each width.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser import find_chromium

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
SHEETS = ROOT / "contact-sheets"
SIZE = {"width": 1000, "height": 720}  # in CSS pixels
START_SECONDS = 60
WIDTHS = (360, 768, 1280)
MAX_HEIGHT = 1600  # of a page on a contact sheet
LANGUAGES = {"en": "ines", "es": "luis"}  # the accounts of docs/example_desk.py
DESK_PAGES = {
    "dashboard": "/admin/",
    "releases": "/admin/releases/release/",
    "release": "/admin/releases/release/{public}/change/",
    "publish": "/admin/releases/release/{draft}/publish/",
    "publish-change": "/admin/releases/release/{public}/publish-revision/",
    "withdraw": "/admin/releases/release/{public}/withdraw/",
    "photos": "/admin/releases/photo/",
    "topic": "/admin/releases/topic/{topic}/change/",
    "people": "/admin/releases/user/",
    "colleague": "/admin/releases/user/{colleague}/change/",
    "search": "/admin/search/?q=obama",
}


def main() -> int:
    chromium = find_chromium()
    if chromium is None:
        print("Chromium is missing. Install it (Debian: apt-get install chromium).", file=sys.stderr)
        return 1
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = {"PATH": os.environ["PATH"], "DATA_DIR": folder, "PORT": str(port)}
        log = Path(folder) / "log.txt"
        with log.open("w") as output:
            server = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=output,
            )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(f"{url}/health/")
            output = subprocess.run(
                [sys.executable, "-m", "docs.example_desk"],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            ).stdout
            examples = json.loads(output)
            take_screenshots(url, examples, str(chromium))
            make_contact_sheets(url, examples, str(chromium))
        finally:
            server.terminate()
            server.wait()
    return 0


def wait_for(url: str) -> None:
    for _attempt in range(START_SECONDS * 10):
        try:
            urllib.request.urlopen(url).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(url)


def take_screenshots(url: str, examples: dict[str, Any], chromium: str) -> None:
    """Save the screenshots of the README: the news page, and the form of a release."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        state = sign_in(browser, url, LANGUAGES["en"], examples[LANGUAGES["en"]])
        context = browser.new_context(
            storage_state=state, viewport=SIZE, locale="en-US", color_scheme="light"
        )
        page = context.new_page()
        page.goto(url)
        save(page.screenshot(), "news.png")
        page.goto(url + DESK_PAGES["release"].format(**examples), wait_until="networkidle")
        save(page.screenshot(), "desk.png")
        browser.close()


def make_contact_sheets(url: str, examples: dict[str, Any], chromium: str) -> None:
    """Save a contact sheet of each page of the desk. `examples` has passwords and primary keys."""
    SHEETS.mkdir(parents=True, exist_ok=True)
    shots: dict[str, list[list[Image.Image]]] = {name: [] for name in DESK_PAGES}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for account in LANGUAGES.values():
            state = sign_in(browser, url, account, examples[account])
            for scheme in ("light", "dark"):
                context = browser.new_context(storage_state=state, color_scheme=scheme)
                page = context.new_page()
                for path, rows in zip(DESK_PAGES.values(), shots.values(), strict=True):
                    page.goto(url + path.format(**examples), wait_until="networkidle")
                    rows.append([])
                    for width in WIDTHS:
                        page.set_viewport_size({"width": width, "height": 800})
                        rows[-1].append(Image.open(BytesIO(page.screenshot(full_page=True))))
                context.close()
        browser.close()
    for name, rows in shots.items():
        join_images(rows).save(SHEETS / f"{name}.png", optimize=True)
        print(f"contact-sheets/{name}.png")


def sign_in(browser: Any, url: str, account: str, password: str) -> Any:
    """Return the cookies of a new session of `account`."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{url}/admin/")
    page.fill("#id_username", account)
    page.fill("#id_password", password)
    page.click("input[type=submit]")
    page.wait_for_selector("#user-tools")
    state = context.storage_state()
    context.close()
    return state


def join_images(rows: list[list[Image.Image]]) -> Image.Image:
    """Return one image of all `rows`, at half the size, with the tops of the pages."""
    heights = [min(MAX_HEIGHT, max(image.height for image in row)) for row in rows]
    sheet = Image.new("RGB", (sum(WIDTHS) + 20 * len(WIDTHS), sum(heights) + 20 * len(rows)), "#808080")
    top = 0
    for row, height in zip(rows, heights, strict=True):
        left = 0
        for image in row:
            sheet.paste(image.crop((0, 0, image.width, min(image.height, height))), (left, top))
            left += image.width + 20
        top += height + 20
    return sheet.resize((sheet.width // 2, sheet.height // 2))


def save(data: bytes, name: str) -> None:
    """Save a PNG with few colors, which is a third of the size."""
    image = Image.open(BytesIO(data)).convert("RGB").quantize(colors=48, dither=Image.Dither.NONE)
    image.save(IMAGES / name, optimize=True)
    print(f"docs/images/{name}: {(IMAGES / name).stat().st_size // 1024} KB")


if __name__ == "__main__":
    sys.exit(main())

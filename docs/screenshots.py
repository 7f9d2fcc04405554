"""Make the screenshots of the README, and contact sheets of all pages: `make screenshots`.

For the README and the desk, the newsroom has the sample releases and those of docs/example_desk.py. Each page
of the desk has one contact sheet: a row for each language and color scheme, a column for each width.
docs/public_sheets.py makes those of the public pages. Some of them again:

    python -m docs.screenshots --public --pages news,release --content usual --languages en
"""

import argparse
import json
import sys
from contextlib import nullcontext
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from docs.public_sheets import CONTENTS, HEIGHT, LOCALES, PAGES, SCHEMES, WIDTHS, make_public_sheets
from docs.servers import serve_newsroom
from tests.browser import find_chromium

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
SHEETS = ROOT / "contact-sheets"
SIZE = {"width": 1000, "height": 720}  # in CSS pixels
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
    options = parse_options()
    chromium = find_chromium()
    if chromium is None:
        print("Chromium is missing. Install it (Debian: apt-get install chromium).", file=sys.stderr)
        return 1
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(chromium), args=["--no-sandbox", "--disable-gpu"]
        )
        if not options.public:
            with serve_newsroom("desk") as (url, output):
                examples = json.loads(output)
                take_screenshots(browser, url, examples)
                make_contact_sheets(browser, url, examples)
        for content in options.content:
            running = nullcontext((options.base_url.rstrip("/"), ""))
            with running if options.base_url else serve_newsroom(content) as (url, _output):
                make_public_sheets(browser, url, content, options.pages, options.languages, options.height)
        browser.close()
    return 0


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--public", action="store_true", help="make only the sheets of the public pages")
    for name, choices in (("pages", PAGES), ("content", CONTENTS), ("languages", LOCALES)):
        parser.add_argument(
            f"--{name}",
            type=lambda text: text.split(","),
            default=list(choices),
            help=f"some of the public ones, with commas between them: {','.join(choices)}",
        )
    parser.add_argument("--base-url", default="", help="of a running newsroom that has the one --content")
    parser.add_argument("--height", type=int, default=HEIGHT, help="of a page at most, in pixels")
    options = parser.parse_args()
    for name, choices in (("pages", PAGES), ("content", CONTENTS), ("languages", LOCALES)):
        if unknown := set(getattr(options, name)) - set(choices):
            parser.error(f"--{name}: {', '.join(sorted(unknown))}")
    if options.base_url and not (options.public and len(options.content) == 1):
        parser.error("--base-url needs --public and one --content")
    return options


def take_screenshots(browser: Any, url: str, examples: dict[str, Any]) -> None:
    """Save the screenshots of the README: the news page, and the form of a release."""
    state = sign_in(browser, url, LANGUAGES["en"], examples[LANGUAGES["en"]])
    context = browser.new_context(storage_state=state, viewport=SIZE, locale="en-US", color_scheme="light")
    page = context.new_page()
    page.goto(url)
    save(page.screenshot(), "news.png")
    page.goto(url + DESK_PAGES["release"].format(**examples), wait_until="networkidle")
    save(page.screenshot(), "desk.png")
    context.close()


def make_contact_sheets(browser: Any, url: str, examples: dict[str, Any]) -> None:
    """Save a contact sheet of each page of the desk. `examples` has passwords and primary keys."""
    SHEETS.mkdir(parents=True, exist_ok=True)
    shots: dict[str, list[list[Image.Image]]] = {name: [] for name in DESK_PAGES}
    for account in LANGUAGES.values():
        state = sign_in(browser, url, account, examples[account])
        for scheme in SCHEMES:
            context = browser.new_context(storage_state=state, color_scheme=scheme)
            page = context.new_page()
            for path, rows in zip(DESK_PAGES.values(), shots.values(), strict=True):
                page.goto(url + path.format(**examples), wait_until="networkidle")
                rows.append([])
                for width in WIDTHS:
                    page.set_viewport_size({"width": width, "height": 800})
                    rows[-1].append(Image.open(BytesIO(page.screenshot(full_page=True))))
            context.close()
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

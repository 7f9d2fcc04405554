"""Draw the icons of the site from its mark, static/img/mark.svg: `python -m docs.icons` (needs Chromium).

It writes mark.png, for share images and structured data, and the icons that browsers request at the root.
"""

from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser import find_chromium

STATIC = Path(__file__).resolve().parent.parent / "static"
FAVICON_SIZES = (16, 32, 48)  # pixels


def main() -> None:
    svg = (STATIC / "img" / "mark.svg").read_text()
    mark = Image.open(BytesIO(render(svg, 512)))
    mark.quantize(64).save(STATIC / "img" / "mark.png", optimize=True)
    # iOS rounds the corners itself, and shows transparent ones in black.
    square = Image.open(BytesIO(render(svg.replace(' rx="6"', ""), 180))).convert("RGB").quantize(64)
    for name in ("apple-touch-icon.png", "apple-touch-icon-precomposed.png"):
        square.save(STATIC / "root" / name, optimize=True)
    mark.save(STATIC / "root" / "favicon.ico", sizes=[(size, size) for size in FAVICON_SIZES])


def render(svg: str, size: int) -> bytes:
    """Return `svg` as a square PNG with `size` pixels a side, with a transparent background."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
        page = browser.new_page(viewport={"width": size, "height": size})
        style = f"body {{ margin: 0 }} svg {{ display: block; width: {size}px }}"
        page.set_content(f"<style>{style}</style>{svg}")
        image = page.screenshot(omit_background=True)
        browser.close()
    return image


if __name__ == "__main__":
    main()

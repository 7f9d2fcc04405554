"""Make contact sheets of the public pages, one for each page, content and language.

A sheet shows the page in three widths, each in light and dark.
"""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

SHEETS = Path(__file__).resolve().parent.parent / "contact-sheets" / "public"
WIDTHS = (360, 768, 1280)
SCHEMES = ("light", "dark")
LOCALES = {"en": "en-US", "es": "es-US"}
CONTENTS = ("empty", "usual", "full")
HEIGHT = 2600  # of a page at most, in pixels
MAX_SHEET_WIDTH = 2400
GAP = 24
# The addresses in English and in Spanish. Those of releases get the month by a redirect.
PAGES = {
    "news": ("/", "/es/"),
    "release": ("/2026/01/legal-clinic/", "/es/2026/01/clinica-legal/"),
    "advisory": ("/2026/01/press-conference/", "/es/2026/01/conferencia-de-prensa/"),
    "old-release": (
        "/2014/11/its-time-to-be-bold-mr-president/",
        "/es/2014/11/es-hora-de-ser-audaz-senor-presidente/",
    ),
    "notice": ("/2026/01/tps-deadline/", "/es/2026/01/tps-plazo/"),
    "notices": ("/notices/", "/es/avisos/"),
    "topic": ("/topics/deportation/", "/es/temas/deportacion/"),
    "topics": ("/topics/", "/es/temas/"),
    "archive": ("/archive/", "/es/archivo/"),
    "year": ("/2014/", "/es/2014/"),
    "search": ("/search/?q=families", "/es/buscar/?q=familias"),
    "press": ("/for-the-press/", "/es/para-la-prensa/"),
    "coverage": ("/in-the-news/", "/es/en-los-medios/"),
    "follow": ("/follow/", "/es/seguir/"),
    "privacy": ("/privacy/", "/es/privacidad/"),
    "not-found": ("/no-such-page/", "/es/no-hay-tal-pagina/"),
    "withdrawn": ("/2025/03/hours-of-the-office/", "/es/2025/03/horario-de-la-oficina/"),
}
# Images that load late would be missing on a screenshot.
LOAD_IMAGES = """() => Promise.all([...document.images].map(image => {
    image.loading = "eager";
    return image.decode().catch(() => console.error(`An image is missing: ${image.currentSrc}`));
}))"""


def make_public_sheets(
    browser: Any, url: str, content: str, pages: Iterable[str], languages: Iterable[str], height: int
) -> None:
    """Save the sheets of `pages` of the newsroom at `url`, with the upper `height` pixels of each.

    Print what is wrong on them. Pages that the content doesn't have are left out.
    """
    SHEETS.mkdir(parents=True, exist_ok=True)
    for language in languages:
        contexts = [browser.new_context(locale=LOCALES[language], color_scheme=scheme) for scheme in SCHEMES]
        for name in pages:
            address = url + PAGES[name][list(LOCALES).index(language)]
            shots = [take_shots(context, address, name == "not-found", height) for context in contexts]
            file = SHEETS / f"{name}-{content}-{language}.jpg"
            if all(shots):
                images = [image for width in zip(*shots, strict=True) for image in width]
                join_row(images).save(file, quality=85)
                print(f"contact-sheets/public/{file.name}")
            else:
                file.unlink(missing_ok=True)
        for context in contexts:
            context.close()


def take_shots(context: Any, address: str, is_404: bool, height: int) -> list[Image.Image]:
    """Return images of a page in all widths, or none if there is no such page."""
    page, shots = context.new_page(), []
    page.on("console", lambda message: print(f"{address}: {message.text}") if is_wrong(message) else None)
    response = page.goto(address, wait_until="networkidle")
    if (response.status == 404) == is_404:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate(LOAD_IMAGES)
            size = page.evaluate("[document.documentElement.scrollWidth, document.body.scrollHeight]")
            if size[0] > width:
                print(f"{address}: {size[0]} pixels wide in a window of {width}")
            clip = {"x": 0, "y": 0, "width": width, "height": min(max(size[1], 900), height)}
            shots.append(Image.open(BytesIO(page.screenshot(full_page=True, clip=clip))))
    page.close()
    return shots


def is_wrong(message: Any) -> bool:
    """Return whether a message of the console is an error other than the status of a page."""
    return message.type == "error" and "the server responded with a status of" not in message.text


def join_row(images: list[Image.Image]) -> Image.Image:
    """Return one image of all `images` next to each other, no wider than MAX_SHEET_WIDTH."""
    width = sum(image.width + GAP for image in images) - GAP
    sheet = Image.new("RGB", (width, max(image.height for image in images)), "#808080")
    left = 0
    for image in images:
        sheet.paste(image, (left, 0))
        left += image.width + GAP
    share = min(1, MAX_SHEET_WIDTH / width)
    return sheet.resize((round(width * share), round(sheet.height * share)), Image.Resampling.LANCZOS)

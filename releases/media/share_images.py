"""The image that social networks show for a release: 1200 × 630 pixels with its headline or a photo."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import font_source_serif_pro as serif

if TYPE_CHECKING:
    from PIL import ImageFont

# In pixels. Social networks crop an og:image (https://ogp.me) of this ratio, 1.91:1, least.
WIDTH, HEIGHT = 1200, 630
MARGIN, BAND = 72, 28
PAPER, INK, MUTED, BLUE, CLAY, GOLD = "#fffdf9", "#1c1b22", "#5a5763", "#1d3d9c", "#9c3b16", "#f2b632"
MARK = Path(__file__).resolve().parents[2] / "static" / "img" / "mark.png"
MARK_SIZE = 56  # pixels
FONT_SIZES = range(76, 35, -4)  # pixels; the largest that the headline fits in
MAX_LINES = 6


@lru_cache(maxsize=64)
def render_image(headline: str, subtitle: str) -> bytes:
    """Return a PNG with `headline`, and below it `subtitle`: the kind and the date.

    A headline that is too long gets an ellipsis.
    """
    from PIL import Image, ImageDraw  # takes memory that most pages never need

    card = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(card)
    x = 0
    while x < WIDTH:  # the woven band at the top of the pages
        for color, width in ((BLUE, 72), (GOLD, 12), (CLAY, 36), (GOLD, 12), (BLUE, 72), (PAPER, 12)):
            draw.rectangle((x, 0, x + width - 1, BAND - 1), fill=color)
            x += width
    with Image.open(MARK) as mark:
        resized = mark.convert("RGBA").resize((MARK_SIZE, MARK_SIZE), Image.Resampling.LANCZOS)
    card.paste(resized, (MARGIN, BAND + 40), resized)
    draw.text((MARGIN + MARK_SIZE + 20, BAND + 42), "CARECEN", font=_load_font(40, bold=True), fill=BLUE)
    font, lines = _fit_headline(headline, HEIGHT - BAND - 300)
    top = BAND + 130
    for number, text in enumerate(lines):
        draw.text((MARGIN, top + number * font.size * 1.16), text, font=font, fill=INK)
    draw.line((MARGIN, HEIGHT - 112, WIDTH - MARGIN, HEIGHT - 112), fill=INK, width=4)
    draw.text((MARGIN, HEIGHT - 92), subtitle, font=_load_font(34), fill=MUTED)
    file = BytesIO()
    card.quantize(64).save(file, "PNG", optimize=True)  # 64 colors take a tenth of the bytes
    return file.getvalue()


def crop_photo(photo: bytes, focus: tuple[int, int]) -> bytes:
    """Return `photo`, a JPEG or PNG, as a JPEG that is cropped around `focus`.

    `focus` is in percent from the left and the top. It is in the center of the result, or as near to it as
    the edges of the photo allow.
    """
    from PIL import Image  # takes memory that most pages never need

    with Image.open(BytesIO(photo), formats=("JPEG", "PNG")) as image:
        scale = min(image.width / WIDTH, image.height / HEIGHT)
        width, height = max(int(WIDTH * scale), 1), max(int(HEIGHT * scale), 1)
        left = min(max(image.width * focus[0] // 100 - width // 2, 0), image.width - width)
        top = min(max(image.height * focus[1] // 100 - height // 2, 0), image.height - height)
        box = (left, top, left + width, top + height)
        cropped = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS, box=box)
    if cropped.mode == "RGBA":
        card = Image.new("RGB", cropped.size, PAPER)
        card.paste(cropped, mask=cropped)
        cropped = card
    file = BytesIO()
    cropped.save(file, "JPEG", quality=82, optimize=True, progressive=True)
    return file.getvalue()


def _load_font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(serif.SourceSerifProSemibold if bold else serif.SourceSerifPro, size)


def _fit_headline(headline: str, height: int) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    for size in FONT_SIZES:
        font = _load_font(size, bold=True)
        lines = _wrap_text(headline, font)
        if len(lines) <= MAX_LINES and len(lines) * size * 1.16 <= height:
            return font, lines
    max_lines = int(height // (font.size * 1.16))
    if len(lines) > max_lines:
        lines = [*lines[: max_lines - 1], f"{lines[max_lines - 1].rstrip(' .,;:')}…"]
    return font, lines


def _wrap_text(text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    """Return `text` in lines, broken between words, and inside words that are longer than a line."""
    max_width, lines = WIDTH - 2 * MARGIN, [""]
    for word in text.split():
        candidate = f"{lines[-1]} {word}".strip()
        if font.getlength(candidate) <= max_width:
            lines[-1] = candidate
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if font.getlength(lines[-1] + letter) > max_width:
                lines.append("")
            lines[-1] += letter
    return lines

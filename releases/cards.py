"""The picture that stands for a release where its address is shared: 1200 × 630, the headline on the newsroom's paper."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

import font_source_serif_pro as serif

if TYPE_CHECKING:
    from PIL import ImageFont

WIDTH, HEIGHT = 1200, 630  # pixels, what https://ogp.me readers crop least
MARGIN, BAND = 72, 28
PAPER, INK, QUIET, AZUL, BARRO, MAIZ = "#fffdf9", "#1c1b22", "#5a5763", "#1d3d9c", "#9c3b16", "#f2b632"
SIZES = range(76, 35, -4)  # pixels; the largest at which the headline fits
LINES = 6


@lru_cache(maxsize=64)
def drawn(headline: str, line: str) -> bytes:
    """A PNG with `headline`, and the `line` of kind and date under it. A headline too long for it ends in an ellipsis."""
    from PIL import Image, ImageDraw  # which takes memory that most pages never need

    card = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(card)
    x = 0
    while x < WIDTH:  # the woven band of the pages
        for colour, width in ((AZUL, 72), (MAIZ, 12), (BARRO, 36), (MAIZ, 12), (AZUL, 72), (PAPER, 12)):
            pen.rectangle((x, 0, x + width - 1, BAND - 1), fill=colour)
            x += width
    pen.text((MARGIN, BAND + 44), "CARECEN", font=_letters(40, bold=True), fill=AZUL)
    font, lines = _fitted(headline, HEIGHT - BAND - 300)
    top = BAND + 130
    for number, words in enumerate(lines):
        pen.text((MARGIN, top + number * font.size * 1.16), words, font=font, fill=INK)
    pen.line((MARGIN, HEIGHT - 112, WIDTH - MARGIN, HEIGHT - 112), fill=INK, width=4)
    pen.text((MARGIN, HEIGHT - 92), line, font=_letters(34), fill=QUIET)
    file = BytesIO()
    card.quantize(64).save(file, "PNG", optimize=True)  # a few colours: a tenth of the bytes
    return file.getvalue()


def _letters(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(serif.SourceSerifProSemibold if bold else serif.SourceSerifPro, size)


def _fitted(headline: str, height: int) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    for size in SIZES:
        font = _letters(size, bold=True)
        lines = _lines(headline, font)
        if len(lines) <= LINES and len(lines) * size * 1.16 <= height:
            return font, lines
    most = int(height // (font.size * 1.16))
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1].rstrip(' .,;:')}…"]
    return font, lines


def _lines(text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    """`text` broken between words, and inside a word that is longer than a line."""
    room, lines = WIDTH - 2 * MARGIN, [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= room:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if font.getlength(lines[-1] + letter) > room:
                lines.append("")
            lines[-1] += letter
    return lines

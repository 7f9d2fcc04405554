"""The image of a release that social networks show."""

from io import BytesIO

import pytest
from PIL import Image

from releases.media import share_images

HEADLINES = [
    "Short",
    "Señoras y señores: ¿quién teme a la niñez? – «Nadie», dijo ella…",
    "word " * 60,
    "W" * 300,
    "",
    "😀 中文 headline",
]


@pytest.mark.parametrize("headline", HEADLINES)
def test_social_card_is_a_small_png_of_1200_by_630_pixels(headline):
    drawn = share_images.render_image(headline, "Statement · March 4, 2015")
    with Image.open(BytesIO(drawn)) as image:
        assert (image.format, image.size) == ("PNG", (1200, 630))
    assert len(drawn) < 300_000


def test_different_headlines_give_different_social_cards():
    assert (
        len(
            {
                share_images.render_image(headline, "line")
                for headline in ("One", "Two", "Tres", "Años", "Anos")
            }
        )
        == 5
    )


@pytest.mark.parametrize("headline", HEADLINES)
def test_headline_fits_on_the_social_card(headline):
    height = share_images.HEIGHT - share_images.BAND - 300
    font, lines = share_images._fit_headline(headline, height)
    assert all(font.getlength(line) <= share_images.WIDTH - share_images.MARGIN for line in lines)
    assert len(lines) * font.size * 1.16 <= height

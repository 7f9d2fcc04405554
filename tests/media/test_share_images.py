"""The image of a release that social networks show."""

from io import BytesIO

import pytest
from PIL import Image

from releases.media import share_images
from tests.pictures import COLORS, encode_image, make_image

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


def is_similar(color: tuple[int, ...], expected: tuple[int, ...]) -> bool:
    return all(abs(value - other) < 12 for value, other in zip(color, expected, strict=True))


@pytest.mark.parametrize("size", [(2400, 400), (1600, 160), (90, 11)])
@pytest.mark.parametrize("number", range(6))
def test_photo_is_cropped_around_its_focal_point(size, number):
    """Each of the six colors of the picture becomes the center, except at the edges of the picture."""
    x = round((number + 0.5) / 6 * 100)
    cropped = share_images.crop_photo(encode_image(make_image(*size), "PNG"), (x, 50))
    with Image.open(BytesIO(cropped)) as image:
        assert (image.format, image.size) == ("JPEG", (1200, 630))
        at = {0: 50, 5: 1150}.get(number, 600)
        assert is_similar(image.getpixel((at, 315)), COLORS[number])


@pytest.mark.parametrize(
    ("y", "row", "number"), [(0, 10, 0), (10, 10, 0), (30, 315, 1), (50, 250, 2), (90, 620, 5), (100, 620, 5)]
)
def test_tall_photo_is_cropped_at_the_height_of_its_focal_point(y, row, number):
    picture = make_image(1200, 800).rotate(-90, expand=True)
    with Image.open(BytesIO(share_images.crop_photo(encode_image(picture, "PNG"), (50, y)))) as image:
        assert is_similar(image.getpixel((600, row)), COLORS[number])


def test_transparent_photo_gets_the_color_of_the_paper():
    picture = Image.new("RGBA", (700, 400), (0, 0, 0, 0))
    with Image.open(BytesIO(share_images.crop_photo(encode_image(picture, "PNG"), (50, 50)))) as image:
        assert is_similar(image.getpixel((600, 315)), (255, 253, 249))

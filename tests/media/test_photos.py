"""Validation of photos, and their renditions."""

import threading
import time
from io import BytesIO

import pytest
from PIL import Image

from releases.media import photos as renditions_module
from releases.media.photos import MAX_DECODED_PIXELS, InvalidPhoto, make_renditions
from tests import pictures
from tests.factories import build_all_renditions
from tests.pictures import FORMATS, INVALID_PHOTOS, MARKER

METADATA_MARKERS = [
    MARKER.encode(),
    MARKER.encode("utf-16-be"),
    *b"Exif xmpmeta Photoshop ICC_PROFILE iCCP ICCP tEXt zTXt iTXt".split(),
]
ORIENTATIONS = range(1, 11)  # 9 and 10 are invalid


@pytest.mark.parametrize("image_format", FORMATS)
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_renditions_contain_no_metadata(image_format, orientation):
    original = pictures.image_with_metadata(image_format, orientation)
    assert MARKER.encode() in original
    for name, content in build_all_renditions(original).files.items():
        for marker in (
            MARKER.encode(),
            MARKER.encode("utf-16-be"),
            b"Exif",
            b"xmpmeta",
            b"Photoshop",
            b"ICC_PROFILE",
            b"iCCP",
            b"ICCP",
            b"tEXt",
        ):
            assert marker not in content, (name, marker)
        image = Image.open(BytesIO(content))
        assert not image.getexif(), name
        assert not {"icc_profile", "exif", "xmp", "comment", "photoshop", "Comment"} & set(image.info), name


def srgb_to_lab(colour):
    """Return the CIE L*a*b* values (D65) of an sRGB color."""
    linear = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (value / 255 for value in colour)
    ]
    rows = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    xyz = [
        sum(a * b for a, b in zip(row, linear, strict=True)) / white
        for row, white in zip(rows, (0.9505, 1, 1.089), strict=True)
    ]
    x, y, z = (channel ** (1 / 3) if channel > 0.008856 else 7.787 * channel + 16 / 116 for channel in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def color_difference(color, other_color):
    """Return ΔE (CIE 1994) between two sRGB colors."""
    (light, a, b), (light2, a2, b2) = srgb_to_lab(color), srgb_to_lab(other_color)
    chroma, chroma2 = (a * a + b * b) ** 0.5, (a2 * a2 + b2 * b2) ** 0.5
    hue = max((a - a2) ** 2 + (b - b2) ** 2 - (chroma - chroma2) ** 2, 0)
    return (
        (light - light2) ** 2
        + ((chroma - chroma2) / (1 + 0.045 * chroma)) ** 2
        + hue / (1 + 0.015 * chroma) ** 2
    ) ** 0.5


@pytest.mark.parametrize("image_format", FORMATS)
def test_renditions_preserve_colors(image_format):
    original = pictures.image_with_metadata(image_format, 1)
    original_image = Image.open(BytesIO(original)).convert("RGB")
    renditions = build_all_renditions(original)
    for name in ("full.jpg", "480.webp", "480.avif", "480.jpg"):
        rendition = Image.open(BytesIO(renditions.files[name])).convert("RGB")
        for column in range(6):
            expected, actual = (
                image.getpixel((image.width * (2 * column + 1) // 12, image.height // 2))
                for image in (original_image, rendition)
            )
            assert color_difference(expected, actual) <= 2, (name, expected, actual)


@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (600, 400)), (3, (600, 400)), (6, (400, 600)), (8, (400, 600))]
)
def test_renditions_apply_the_exif_orientation(orientation, size):
    renditions = build_all_renditions(pictures.image_with_metadata("JPEG", orientation))
    assert (
        (renditions.width, renditions.height)
        == size
        == Image.open(BytesIO(renditions.files["full.jpg"])).size
    )


@pytest.mark.parametrize("case", INVALID_PHOTOS)
def test_invalid_photo_is_rejected_with_an_explanation(case):
    with pytest.raises(InvalidPhoto) as excinfo:
        make_renditions(INVALID_PHOTOS[case]())
    assert str(excinfo.value).endswith(".")


def test_fifty_megapixel_photo_is_scaled_down():
    renditions = build_all_renditions(
        pictures.encode_image(Image.new("RGB", (8_660, 5_774), (90, 120, 60)), "JPEG", quality=50)
    )
    assert renditions.width * renditions.height <= MAX_DECODED_PIXELS
    assert renditions.widths == [480, 960, 1600]


def test_renditions_preserve_transparency():
    logo = Image.new("RGBA", (500, 200), (200, 30, 40, 0))
    logo.paste((200, 30, 40, 255), (0, 0, 250, 200))
    renditions = build_all_renditions(pictures.encode_image(logo, "PNG"))
    assert renditions.kind == "png"
    for name in ("full.png", "480.png", "480.webp", "480.avif"):
        assert Image.open(BytesIO(renditions.files[name])).convert("RGBA").getpixel((400, 100))[3] < 10, name


@pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK", "I;16", "LA"])
def test_every_color_mode_is_supported(mode):
    if mode == "I;16":
        picture = Image.new("I;16", (100, 80), 128 * 256)
    else:
        picture = Image.new("RGB", (100, 80), (128, 128, 128)).convert(mode, palette=Image.Palette.ADAPTIVE)
    renditions = build_all_renditions(pictures.encode_image(picture, "JPEG" if mode == "CMYK" else "PNG"))
    if mode != "1":
        pixel = (
            Image.open(BytesIO(renditions.files[f"full.{renditions.kind}"])).convert("RGB").getpixel((50, 40))
        )
        assert all(abs(value - 128) < 4 for value in pixel), pixel


def test_small_photo_is_not_enlarged():
    renditions = build_all_renditions(pictures.encode_image(pictures.make_image(300, 200), "PNG"))
    assert (renditions.width, renditions.widths) == (300, [300])
    assert Image.open(BytesIO(renditions.files["300.webp"])).size == (300, 200)


def test_colors_of_transparent_pixels_are_removed():
    picture = Image.new("RGBA", (500, 200), (200, 30, 40, 255))
    picture.paste((12, 34, 56, 0), (0, 0, 250, 200))
    renditions = build_all_renditions(pictures.encode_image(picture, "PNG"))
    for name in ("full.png", "500.png"):
        assert Image.open(BytesIO(renditions.files[name])).getpixel((100, 100)) == (0, 0, 0, 0), name


@pytest.mark.parametrize("size", [(1_080, 20_000), (70_000, 100)])
def test_photo_with_a_side_that_is_too_long_is_rejected(size):
    with pytest.raises(InvalidPhoto, match="longer than"):
        make_renditions(pictures.encode_image(Image.new("RGB", size), "PNG"))


def test_renditions_are_generated_one_photo_at_a_time(monkeypatch):
    """Several at once would take the memory and the processor that readers need."""
    running, counts = [], []

    def record_call(data):
        running.append(data)
        counts.append(len(running))
        time.sleep(0.05)
        running.pop()

    monkeypatch.setattr(renditions_module, "_make_renditions", record_call)
    threads = [threading.Thread(target=make_renditions, args=(b"",)) for _photo in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [1, 1, 1, 1]

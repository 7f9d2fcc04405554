import threading
import time
from io import BytesIO

import pytest
from PIL import Image

from releases import renditions as renditions_module
from releases.renditions import MOST_DECODED, NotAPhoto, renditions
from tests import pictures
from tests.builders import whole
from tests.pictures import FORMS, MARKER, NO_PHOTOS

TELLING = [MARKER.encode(), MARKER.encode("utf-16-be"), *b"Exif xmpmeta Photoshop ICC_PROFILE iCCP ICCP tEXt zTXt iTXt".split()]
ORIENTATIONS = range(1, 11)  # 9 and 10 are none


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_nothing_of_a_file_is_kept_but_its_pixels(form, orientation):
    given = pictures.telling(form, orientation)
    assert MARKER.encode() in given
    for name, content in whole(given).files.items():
        for words in (
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
            assert words not in content, (name, words)
        kept = Image.open(BytesIO(content))
        assert not kept.getexif(), name
        assert not {"icc_profile", "exif", "xmp", "comment", "photoshop", "Comment"} & set(kept.info), name


def lab(colour):
    """CIE L*a*b* (D65) of an sRGB colour."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (value / 255 for value in colour)]
    rows = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    xyz = [sum(a * b for a, b in zip(row, linear, strict=True)) / white for row, white in zip(rows, (0.9505, 1, 1.089), strict=True)]
    x, y, z = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one, other):
    """ΔE of CIE 1994 between two sRGB colours."""
    (light, a, b), (light2, a2, b2) = lab(one), lab(other)
    chroma, chroma2 = (a * a + b * b) ** 0.5, (a2 * a2 + b2 * b2) ** 0.5
    hue = max((a - a2) ** 2 + (b - b2) ** 2 - (chroma - chroma2) ** 2, 0)
    return ((light - light2) ** 2 + ((chroma - chroma2) / (1 + 0.045 * chroma)) ** 2 + hue / (1 + 0.015 * chroma) ** 2) ** 0.5


@pytest.mark.parametrize("form", FORMS)
def test_colours_stay_what_they_were(form):
    given = pictures.telling(form, 1)
    before = Image.open(BytesIO(given)).convert("RGB")
    made = whole(given)
    for name in ("full.jpg", "480.webp", "480.avif", "480.jpg"):
        picture = Image.open(BytesIO(made.files[name])).convert("RGB")
        for number in range(6):
            there, here = (one.getpixel((one.width * (2 * number + 1) // 12, one.height // 2)) for one in (before, picture))
            assert distance(there, here) <= 2, (name, there, here)


@pytest.mark.parametrize(("orientation", "size"), [(1, (600, 400)), (3, (600, 400)), (6, (400, 600)), (8, (400, 600))])
def test_a_photo_stands_upright(orientation, size):
    made = whole(pictures.telling("JPEG", orientation))
    assert (made.width, made.height) == size == Image.open(BytesIO(made.files["full.jpg"])).size


@pytest.mark.parametrize("what", NO_PHOTOS)
def test_what_is_no_photo_is_refused_in_a_sentence(what):
    with pytest.raises(NotAPhoto) as refused:
        renditions(NO_PHOTOS[what]())
    assert str(refused.value).endswith(".")


def test_a_camera_of_fifty_megapixels_is_taken_at_a_smaller_scale():
    made = whole(pictures.saved(Image.new("RGB", (8_660, 5_774), (90, 120, 60)), "JPEG", quality=50))
    assert made.width * made.height <= MOST_DECODED
    assert made.widths == [480, 960, 1600]


def test_what_is_see_through_stays_so():
    logo = Image.new("RGBA", (500, 200), (200, 30, 40, 0))
    logo.paste((200, 30, 40, 255), (0, 0, 250, 200))
    made = whole(pictures.saved(logo, "PNG"))
    assert made.kind == "png"
    for name in ("full.png", "480.png", "480.webp", "480.avif"):
        assert Image.open(BytesIO(made.files[name])).convert("RGBA").getpixel((400, 100))[3] < 10, name


@pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK", "I;16", "LA"])
def test_every_way_to_keep_colours_is_understood(mode):
    if mode == "I;16":
        picture = Image.new("I;16", (100, 80), 128 * 256)
    else:
        picture = Image.new("RGB", (100, 80), (128, 128, 128)).convert(mode, palette=Image.Palette.ADAPTIVE)
    made = whole(pictures.saved(picture, "JPEG" if mode == "CMYK" else "PNG"))
    if mode != "1":
        here = Image.open(BytesIO(made.files[f"full.{made.kind}"])).convert("RGB").getpixel((50, 40))
        assert all(abs(value - 128) < 4 for value in here), here


def test_a_small_picture_is_not_made_larger():
    made = whole(pictures.saved(pictures.scene(300, 200), "PNG"))
    assert (made.width, made.widths) == (300, [300])
    assert Image.open(BytesIO(made.files["300.webp"])).size == (300, 200)


def test_what_was_cut_out_is_gone_and_not_only_unseen():
    picture = Image.new("RGBA", (500, 200), (200, 30, 40, 255))
    picture.paste((12, 34, 56, 0), (0, 0, 250, 200))
    made = whole(pictures.saved(picture, "PNG"))
    for name in ("full.png", "500.png"):
        assert Image.open(BytesIO(made.files[name])).getpixel((100, 100)) == (0, 0, 0, 0), name


@pytest.mark.parametrize("size", [(1_080, 20_000), (70_000, 100)])
def test_a_picture_too_long_for_any_form_is_refused(size):
    with pytest.raises(NotAPhoto, match="longer than"):
        renditions(pictures.saved(Image.new("RGB", size), "PNG"))


def test_two_photos_are_made_one_after_the_other(monkeypatch):
    """Several at once would take the memory and the processor that readers need."""
    at_once, most = [], []

    def made(data):
        at_once.append(data)
        most.append(len(at_once))
        time.sleep(0.05)
        at_once.pop()

    monkeypatch.setattr(renditions_module, "_made", made)
    threads = [threading.Thread(target=renditions, args=(b"",)) for _photo in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1, 1]

"""What a photo becomes: the same pixels, rebuilt, in a few sizes, and not one byte of what the file said beside them.

A camera writes the place and the hour into its files, a phone who owns it, an editing program the whole picture before it was
cut; for people at risk any of it can do harm. So nothing of a file is kept but its pixels, turned upright and in sRGB. What
is no plain picture is refused before it is decoded: by its first bytes, its size and what hides behind its end.

`renditions` makes at once what a page cannot do without, the full size and one copy; `smaller_copies` makes all others from these
pixels, which takes four times as long and can wait.
"""

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from threading import Lock
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

from releases.models.photos import middle_of

MOST_BYTES = 40 * 2**20
MOST_PIXELS = 60_000_000  # of a JPEG, which is decoded at half its size or less beyond MOST_DECODED
MOST_DECODED = 25_000_000
MOST_SEE_THROUGH = 8_000_000  # what is see-through is held in memory once more
LONGEST = 16_000  # pixels of a side: what all forms can hold
WIDTHS = (480, 960, 1600)
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF")
ENCODED: dict[str, tuple[str, dict[str, Any]]] = {
    "avif": ("AVIF", {"quality": 60, "speed": 8}),
    "webp": ("WEBP", {"quality": 80, "method": 4}),
    "jpg": ("JPEG", {"quality": 82, "optimize": True, "progressive": True}),
    "png": ("PNG", {}),
}

# What a picture never holds, and a file made to be two things does.
OTHER_THINGS = re.compile(rb"<script|<html|<svg|<\?php|<!doctype|%PDF-|MZ\x90\x00|PK\x05\x06", re.IGNORECASE)
ENDS = 66_000  # bytes at either end in which other things are looked for: where a zip has its list, a web page its first words


_one_at_a_time = Lock()


class NotAPhoto(ValueError):
    """Why a file is not taken, as a sentence that says what to do."""


@dataclass(frozen=True)
class Renditions:
    """A photo as it is kept: its size in pixels, its kind ("jpg", or "png" where it is see-through), the widths that its smaller
    copies have or will have, and its first two files under their names: "full.jpg", "960.jpg"."""

    width: int
    height: int
    kind: str
    widths: list[int]
    files: dict[str, bytes]


@cache
def ready_for_phones() -> None:
    """Teach Pillow the pictures of phones (HEIC), with the first photo: the library takes memory that a reader's page never needs."""
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False)


def renditions(data: bytes) -> Renditions:
    """What is kept of the picture in `data`, as far as it is made at once.

    Raises NotAPhoto for what is no picture, too large, moving, cut off, or more than one thing.
    """
    with _one_at_a_time:  # each takes up to 300 MiB and a core: several at once would leave readers neither
        return _made(data)


def _made(data: bytes) -> Renditions:
    ready_for_phones()
    picture = clean(data)
    kind = "png" if picture.mode == "RGBA" else "jpg"
    whole = {"quality": 90, "optimize": False, "progressive": False} if kind == "jpg" else {}  # these two would hold it whole once more
    widths = [width for width in WIDTHS if width < picture.width] or [picture.width]
    if picture.width < WIDTHS[-1] and picture.width not in widths:
        widths.append(picture.width)
    middle = middle_of(widths)
    files = {f"full.{kind}": _encoded(picture, kind, **whole), f"{middle}.{kind}": _encoded(_scaled(picture, middle), kind)}
    return Renditions(picture.width, picture.height, kind, widths, files)


def smaller_copies(full: bytes, kind: str, widths: list[int]) -> Iterator[tuple[str, bytes]]:
    """What `renditions` left to be made from the `full` size of a photo: the name and the bytes of each file, one after the other."""
    with Image.open(BytesIO(full), formats=("JPEG", "PNG")) as picture:
        smaller = _scaled(picture, widths[-1])
    for width in reversed(widths):
        smaller = _scaled(smaller, width)
        for ending in ("avif", "webp", kind):
            if (width, ending) != (middle_of(widths), kind):
                yield f"{width}.{ending}", _encoded(smaller, ending)


def _scaled(picture: Image.Image, width: int) -> Image.Image:
    size = (width, max(1, round(picture.height * width / picture.width)))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)


def clean(data: bytes) -> Image.Image:
    """The pixels of `data`, RGB or RGBA, upright, in sRGB, at most MOST_DECODED of them, and nothing else."""
    if len(data) > MOST_BYTES:
        raise NotAPhoto(_("This file is larger than 40 MB. Export it smaller, then choose it again."))
    if OTHER_THINGS.search(data[:ENDS]) or OTHER_THINGS.search(data[-ENDS:]):
        raise NotAPhoto(_("There is something else than a picture in this file. Export the picture anew as JPEG, then choose that one."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(BytesIO(data), formats=FORMATS) as picture:
                _refuse_before_decoding(picture)
                return _upright(picture)
    except (UnidentifiedImageError, Image.DecompressionBombWarning, Image.DecompressionBombError) as fault:
        raise NotAPhoto(_("This is no picture that can be shown. Choose a JPEG, PNG, WebP, AVIF or HEIC file.")) from fault
    except NotAPhoto:
        raise
    except Exception as fault:  # decoders fail in many ways, and a file that makes one fail is a file not to take
        raise NotAPhoto(_("This picture is damaged or cut off. Copy it from the camera or phone again, then choose it.")) from fault


def _refuse_before_decoding(picture: ImageFile.ImageFile) -> None:
    pixels = picture.width * picture.height
    is_jpeg = picture.format in ("JPEG", "MPO")  # what some phones make: a JPEG with a second one behind it
    # A progressive JPEG is held whole in memory before it gets smaller.
    most = MOST_PIXELS if is_jpeg and not picture.info.get("progressive") else MOST_DECODED
    if pixels > most:
        raise NotAPhoto(
            _("This picture has %(here)s megapixels, and %(most)s are the most of its kind. Export it smaller, as JPEG.")
            % {"here": round(pixels / 1e6), "most": most // 1_000_000}
        )
    if max(picture.size) > LONGEST:
        raise NotAPhoto(_("This picture is longer than %(most)s pixels on one side. Cut it into parts.") % {"most": LONGEST})
    if not is_jpeg and picture.format != "HEIF" and getattr(picture, "n_frames", 1) > 1:
        raise NotAPhoto(_("This picture moves. Choose one that stands still."))
    if pixels > MOST_DECODED:
        picture.draft(None, (picture.width // 2, picture.height // 2))


def _upright(picture: Image.Image) -> Image.Image:
    picture.load()
    profile = picture.info.get("icc_profile")
    ImageOps.exif_transpose(picture, in_place=True)
    see_through = picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info
    if picture.mode.startswith("I") or picture.mode == "F":
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")  # sixteen bits of grey
    if see_through:
        if picture.width * picture.height > MOST_SEE_THROUGH:
            share = (MOST_SEE_THROUGH / (picture.width * picture.height)) ** 0.5
            smaller = picture.resize((int(picture.width * share), int(picture.height * share)), Image.Resampling.LANCZOS, reducing_gap=2)
            picture.close()
            picture = smaller
        picture = picture.convert("RGBA")
        alpha = picture.getchannel("A")
        rgb = _in_srgb(picture.convert("RGB"), profile)
        if alpha.getextrema() != (255, 255):
            rgb.paste((0, 0, 0), mask=alpha.point(lambda opacity: 0 if opacity else 255))  # what was cut out is gone, not only unseen
            rgb.putalpha(alpha)
        return _from_pixels(rgb)
    return _from_pixels(_in_srgb(picture, profile))


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """`picture` with the colours that its `profile` means; one that cannot be read is left aside."""
    if profile:
        try:
            theirs = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, theirs, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _from_pixels(picture: Image.Image) -> Image.Image:
    rebuilt = Image.new(picture.mode, picture.size)
    rebuilt.paste(picture)
    picture.close()  # a picture of 25 megapixels twice in memory is enough
    return rebuilt


def _encoded(picture: Image.Image, ending: str, **changes: Any) -> bytes:
    form, how = ENCODED[ending]
    out = BytesIO()
    picture.save(out, form, **how | changes)
    return out.getvalue()

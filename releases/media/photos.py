"""Re-encode uploaded photos in a few sizes, without any of the metadata in their files.

A camera writes the place and the time into its files, a phone its owner, and an editing program the whole
picture before it was cropped. For people at risk, any of this can do harm. So only the pixels are kept,
upright and in sRGB. Files that are not plain pictures are refused before decoding: by their first bytes,
their size, and data after their end.

`make_renditions` makes what a page needs at once, the original and the fallback. `make_remaining_renditions`
makes all others from these pixels, which takes four times as long and can wait.
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

from releases.media.sizes import get_fallback_width

MAX_BYTES = 40 * 2**20
MAX_PIXELS = 60_000_000  # of a JPEG, which is decoded at half its size or less above MAX_DECODED_PIXELS
MAX_DECODED_PIXELS = 25_000_000
MAX_TRANSPARENT_PIXELS = 8_000_000  # transparency needs a second copy in memory
MAX_SIDE = 16_000  # pixels of a side, which all formats allow
WIDTHS = (480, 960, 1600)
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF")
ENCODER_OPTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "avif": ("AVIF", {"quality": 60, "speed": 8}),
    "webp": ("WEBP", {"quality": 80, "method": 4}),
    "jpg": ("JPEG", {"quality": 82, "optimize": True, "progressive": True}),
    "png": ("PNG", {}),
}

# Bytes that plain pictures never contain, but files with a second type do (a picture that is also a PDF).
FOREIGN_CONTENT = re.compile(
    rb"<script|<html|<svg|<\?php|<!doctype|%PDF-|MZ\x90\x00|PK\x05\x06", re.IGNORECASE
)
# Bytes searched at each end of a file: a zip has its directory there, and a web page its beginning.
SCANNED_BYTES = 66_000


_render_lock = Lock()


class InvalidPhoto(ValueError):
    """Raised for a file that isn't accepted. The message tells the user what to do."""


@dataclass(frozen=True)
class Renditions:
    """The files of a photo: its size in pixels, its kind, and the widths of its renditions.

    `files` has the first two files by name.

    `kind` is "jpg", or "png" if the photo has transparency. `widths` includes renditions that are made later.
    File names are like "full.jpg" and "960.jpg".
    """

    width: int
    height: int
    kind: str
    widths: list[int]
    files: dict[str, bytes]


@cache
def register_heif_opener() -> None:
    """Let Pillow open HEIC, the format of phones.

    It is called with the first photo, because the library takes memory that public pages never need.
    """
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False)


def make_renditions(data: bytes) -> Renditions:
    """Return the files that are made at once for the picture in `data`.

    Raises InvalidPhoto if it isn't a picture, or is too large, animated, truncated, or also something else.
    """
    # Each photo takes up to 300 MiB and a CPU core; several at once would leave neither for readers.
    with _render_lock:
        return _make_renditions(data)


def _make_renditions(data: bytes) -> Renditions:
    register_heif_opener()
    picture = clean_image(data)
    kind = "png" if picture.mode == "RGBA" else "jpg"
    # These options would need another copy in memory.
    options = {"quality": 90, "optimize": False, "progressive": False} if kind == "jpg" else {}
    widths = [width for width in WIDTHS if width < picture.width] or [picture.width]
    if picture.width < WIDTHS[-1] and picture.width not in widths:
        widths.append(picture.width)
    fallback = get_fallback_width(widths)
    files = {
        f"full.{kind}": _encode(picture, kind, **options),
        f"{fallback}.{kind}": _encode(_resize(picture, fallback), kind),
    }
    return Renditions(picture.width, picture.height, kind, widths, files)


def make_remaining_renditions(full: bytes, kind: str, widths: list[int]) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each file that `make_renditions` left out.

    `full` is the full size of the photo.
    """
    with Image.open(BytesIO(full), formats=("JPEG", "PNG")) as picture:
        smaller = _resize(picture, widths[-1])
    for width in reversed(widths):
        smaller = _resize(smaller, width)
        for ending in ("avif", "webp", kind):
            if (width, ending) != (get_fallback_width(widths), kind):
                yield f"{width}.{ending}", _encode(smaller, ending)


def _resize(picture: Image.Image, width: int) -> Image.Image:
    size = (width, max(1, round(picture.height * width / picture.width)))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)


def clean_image(data: bytes) -> Image.Image:
    """Return only the pixels of `data`: RGB or RGBA, upright, in sRGB, at most MAX_DECODED_PIXELS."""
    if len(data) > MAX_BYTES:
        raise InvalidPhoto(_("This file is larger than 40 MB. Export a smaller one, then choose it again."))
    if FOREIGN_CONTENT.search(data[:SCANNED_BYTES]) or FOREIGN_CONTENT.search(data[-SCANNED_BYTES:]):
        raise InvalidPhoto(
            _("This file contains more than an image. Export the image again as JPEG, then choose that file.")
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(BytesIO(data), formats=FORMATS) as picture:
                _check_before_decoding(picture)
                return _normalize_image(picture)
    except (UnidentifiedImageError, Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise InvalidPhoto(
            _("This file isn't a supported image. Choose a JPEG, PNG, WebP, AVIF or HEIC file.")
        ) from error
    except InvalidPhoto:
        raise
    except Exception as error:  # decoders raise many errors, and a file that causes one is unusable
        raise InvalidPhoto(
            _("This image is damaged or incomplete. Copy it from the camera or phone again, then choose it.")
        ) from error


def _check_before_decoding(picture: ImageFile.ImageFile) -> None:
    pixels = picture.width * picture.height
    is_jpeg = picture.format in ("JPEG", "MPO")  # from some phones: a JPEG with a second one after it
    # A progressive JPEG is decoded at full size before it is scaled down.
    maximum = MAX_PIXELS if is_jpeg and not picture.info.get("progressive") else MAX_DECODED_PIXELS
    if pixels > maximum:
        raise InvalidPhoto(
            _(
                "This image has %(here)s megapixels. The maximum for its format is %(most)s. Export a "
                "smaller one as JPEG."
            )
            % {"here": round(pixels / 1e6), "most": maximum // 1_000_000}
        )
    if max(picture.size) > MAX_SIDE:
        raise InvalidPhoto(
            _("This image is longer than %(most)s pixels on one side. Cut it into parts.")
            % {"most": MAX_SIDE}
        )
    if not is_jpeg and picture.format != "HEIF" and getattr(picture, "n_frames", 1) > 1:
        raise InvalidPhoto(_("Animated images aren't supported. Choose a still image."))
    if pixels > MAX_DECODED_PIXELS:
        picture.draft(None, (picture.width // 2, picture.height // 2))


def _normalize_image(picture: Image.Image) -> Image.Image:
    picture.load()
    profile = picture.info.get("icc_profile")
    ImageOps.exif_transpose(picture, in_place=True)
    has_transparency = picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info
    if picture.mode.startswith("I") or picture.mode == "F":
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")  # 16-bit grayscale
    if has_transparency:
        if picture.width * picture.height > MAX_TRANSPARENT_PIXELS:
            scale = (MAX_TRANSPARENT_PIXELS / (picture.width * picture.height)) ** 0.5
            smaller = picture.resize(
                (int(picture.width * scale), int(picture.height * scale)),
                Image.Resampling.LANCZOS,
                reducing_gap=2,
            )
            picture.close()
            picture = smaller
        picture = picture.convert("RGBA")
        alpha = picture.getchannel("A")
        rgb = _convert_to_srgb(picture.convert("RGB"), profile)
        if alpha.getextrema() != (255, 255):
            # Hidden pixels could be made visible again.
            rgb.paste((0, 0, 0), mask=alpha.point(lambda opacity: 0 if opacity else 255))
            rgb.putalpha(alpha)
        return _rebuild_from_pixels(rgb)
    return _rebuild_from_pixels(_convert_to_srgb(picture, profile))


def _convert_to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Return `picture` with the colors that its `profile` means. A profile that cannot be read is ignored."""
    if profile:
        try:
            source_profile = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(
                picture, source_profile, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _rebuild_from_pixels(picture: Image.Image) -> Image.Image:
    rebuilt = Image.new(picture.mode, picture.size)
    rebuilt.paste(picture)
    picture.close()  # a third copy of 25 megapixels would be too much memory
    return rebuilt


def _encode(picture: Image.Image, ending: str, **overrides: Any) -> bytes:
    format_name, options = ENCODER_OPTIONS[ending]
    output = BytesIO()
    picture.save(output, format_name, **options | overrides)
    return output.getvalue()

"""Pictures for tests: some that say too much, and some that are no pictures at all."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageCms, PngImagePlugin

from releases.renditions import ready_for_phones

ready_for_phones()  # which teaches Pillow to write HEIC, too

MARKER = "QUETZALMARKER"
COLOURS = [(200, 30, 40), (20, 120, 60), (30, 60, 160), (240, 200, 60), (250, 250, 250), (20, 20, 20)]


def scene(width: int = 600, height: int = 400) -> Image.Image:
    """Six flat colours beside each other."""
    picture = Image.new("RGB", (width, height))
    for number, colour in enumerate(COLOURS):
        picture.paste(colour, (width * number // 6, 0, width * (number + 1) // 6, height))
    return picture


def exif(orientation: int = 1) -> bytes:
    """EXIF with a place, a maker and a note that are all the marker."""
    data = Image.Exif()
    data[0x0112] = orientation
    for tag in (0x010E, 0x010F, 0x0110, 0x013B, 0x8298):
        data[tag] = MARKER
    data.get_ifd(0x8825).update({1: "N", 2: (34.0, 3.0, 11.0), 3: "W", 4: (118.0, 15.0, 0.0), 27: MARKER.encode()})
    data.get_ifd(0x8769).update({0x9286: b"ASCII\0\0\0" + MARKER.encode(), 0xA430: MARKER})
    return data.tobytes()


def xmp() -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        f'xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="34,3.183333N" exif:UserComment="{MARKER}"/></rdf:RDF></x:xmpmeta>'
    ).encode()


def icc() -> bytes:
    """A profile of sRGB whose description is the marker."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    words = "sRGB built-in".encode("utf-16-be")
    return profile.replace(words, MARKER.encode("utf-16-be")[: len(words)].ljust(len(words), b"\0"))


def with_segment(jpeg: bytes, marker: int, content: bytes) -> bytes:
    """`jpeg` with one more segment at its beginning."""
    return jpeg[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content + jpeg[2:]


def iptc() -> bytes:
    words = b"\x1c\x02\x78" + struct.pack(">H", len(MARKER)) + MARKER.encode()
    return b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(words)) + words


def saved(picture: Image.Image, form: str, **how: object) -> bytes:
    out = BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()


def telling(form: str, orientation: int) -> bytes:
    """A picture of `form` in which every place that can hold words holds the marker."""
    picture = scene()
    if form in ("JPEG", "progressive JPEG"):
        small = saved(scene(160, 106), "JPEG", comment=MARKER.encode())
        how = {"quality": 95, "exif": exif(orientation), "icc_profile": icc(), "comment": MARKER.encode(), "xmp": xmp()}
        return with_segment(with_segment(saved(picture, "JPEG", progressive=form != "JPEG", **how), 0xED, iptc()), 0xEF, small)
    if form == "PNG":
        words = PngImagePlugin.PngInfo()
        words.add_text("Comment", MARKER)
        words.add_text("Author", MARKER, zip=True)
        words.add_itxt("XML:com.adobe.xmp", xmp().decode())
        return saved(picture, "PNG", pnginfo=words, exif=exif(orientation), icc_profile=icc())
    how = {"exif": exif(orientation), "icc_profile": icc(), "xmp": xmp(), "quality": 95}
    return saved(picture, form, **how)


FORMS = ["JPEG", "progressive JPEG", "PNG", "WEBP", "AVIF", "HEIF"]


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_of(width: int, height: int, data: bytes = b"", before: bytes = b"") -> bytes:
    """A PNG that says it is this large, with whatever data."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + chunk(b"IDAT", data or zlib.compress(b"")) + chunk(b"IEND", b"")


def jpeg_of(width: int, height: int) -> bytes:
    """A small JPEG that says it is this large."""
    jpeg = bytearray(saved(scene(64, 64), "JPEG"))
    at = jpeg.index(b"\xff\xc0")
    jpeg[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(jpeg)


def moving(form: str) -> bytes:
    frames = [scene(60, 40), scene(60, 40).rotate(180), scene(60, 40)]
    return saved(frames[0], form, save_all=True, append_images=frames[1:])


ZIP = b"PK\x03\x04" + bytes(26) + b"PK\x05\x06" + bytes(18)
PICTURE = lambda form="JPEG": saved(scene(300, 200), form)  # noqa: E731
# What must not be taken, each made when it is asked for.
NO_PHOTOS: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "words": lambda: b"Hello, this is a text. " * 100,
    "a drawing": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "a drawing with a declaration": lambda: b'<?xml version="1.0"?><!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg"/>',
    "a web page": lambda: b"<!DOCTYPE html><html><body>hello</body></html>",
    "a PDF": lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n",
    "a GIF": lambda: saved(scene(60, 40), "GIF"),
    "a TIFF": lambda: saved(scene(60, 40), "TIFF"),
    "a BMP": lambda: saved(scene(60, 40), "BMP"),
    "an icon": lambda: saved(scene(64, 64), "ICO"),
    "a moving PNG": lambda: moving("PNG"),
    "a moving WebP": lambda: moving("WEBP"),
    "a moving AVIF": lambda: moving("AVIF"),
    "a PNG of 2.5 billion pixels": lambda: png_of(50_000, 50_000),
    "a PNG of 36 million pixels": lambda: png_of(6_000, 6_000, zlib.compress(bytes(6_000 * 18_001), 9)),
    "a JPEG of four billion pixels": lambda: jpeg_of(65_500, 65_500),
    "a JPEG of 61 million pixels": lambda: jpeg_of(8_000, 7_700),
    "a WebP of 36 million pixels": lambda: saved(Image.new("RGB", (6_000, 6_000)), "WEBP", method=0),
    "words that unpack to a gigabyte": lambda: png_of(300, 200, before=chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(2**26)))),
    "a profile that unpacks to 64 megabytes": lambda: png_of(300, 200, before=chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(2**26)))),
    "a JPEG with a zip behind it": lambda: PICTURE() + ZIP,
    "a PNG with a zip behind it": lambda: PICTURE("PNG") + ZIP,
    "a JPEG with a web page in it": lambda: with_segment(PICTURE(), 0xFE, b"<html><script>alert(1)</script></html>"),
    "a JPEG with a program in it": lambda: with_segment(PICTURE(), 0xFE, b"<?php system($_GET['c']); ?>"),
    "a JPEG with a PDF in it": lambda: with_segment(PICTURE(), 0xFE, b"%PDF-1.7 1 0 obj"),
    "a JPEG that is cut off": lambda: PICTURE()[:-900],
    "a PNG that is cut off": lambda: PICTURE("PNG")[:-60],
    "a WebP that is cut off": lambda: PICTURE("WEBP")[:-100],
    "an AVIF that is cut off": lambda: PICTURE("AVIF")[:-200],
    "a HEIC that is cut off": lambda: PICTURE("HEIF")[:-200],
    "a PNG with wrong sums": lambda: PICTURE("PNG").replace(b"IDAT", b"IDAX", 1),
    "a file of 41 megabytes": lambda: PICTURE() + bytes(41 * 2**20),
}

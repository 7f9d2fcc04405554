"""Images for tests: some full of metadata, and some that must be refused."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageCms, PngImagePlugin

from releases.media.photos import register_heif_opener

register_heif_opener()  # lets Pillow write HEIC, too

MARKER = "QUETZALMARKER"
COLORS = [(200, 30, 40), (20, 120, 60), (30, 60, 160), (240, 200, 60), (250, 250, 250), (20, 20, 20)]


def make_image(width: int = 600, height: int = 400) -> Image.Image:
    """Return an image of six flat colors next to each other."""
    picture = Image.new("RGB", (width, height))
    for number, color in enumerate(COLORS):
        picture.paste(color, (width * number // 6, 0, width * (number + 1) // 6, height))
    return picture


def build_exif(orientation: int = 1) -> bytes:
    """Return EXIF data with a place, and with the marker as maker, note and so on."""
    data = Image.Exif()
    data[0x0112] = orientation
    for tag in (0x010E, 0x010F, 0x0110, 0x013B, 0x8298):
        data[tag] = MARKER
    data.get_ifd(0x8825).update(
        {1: "N", 2: (34.0, 3.0, 11.0), 3: "W", 4: (118.0, 15.0, 0.0), 27: MARKER.encode()}
    )
    data.get_ifd(0x8769).update({0x9286: b"ASCII\0\0\0" + MARKER.encode(), 0xA430: MARKER})
    return data.tobytes()


def build_xmp() -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        'xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="34,3.183333N" '
        f'exif:UserComment="{MARKER}"/></rdf:RDF></x:xmpmeta>'
    ).encode()


def build_icc_profile() -> bytes:
    """Return an sRGB profile whose description is the marker."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    description = "sRGB built-in".encode("utf-16-be")
    return profile.replace(
        description, MARKER.encode("utf-16-be")[: len(description)].ljust(len(description), b"\0")
    )


def insert_jpeg_segment(jpeg: bytes, marker: int, content: bytes) -> bytes:
    """Return `jpeg` with one more segment at its beginning."""
    return jpeg[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content + jpeg[2:]


def build_iptc() -> bytes:
    record = b"\x1c\x02\x78" + struct.pack(">H", len(MARKER)) + MARKER.encode()
    return b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(record)) + record


def encode_image(picture: Image.Image, image_format: str, **options: object) -> bytes:
    out = BytesIO()
    picture.save(out, image_format, **options)
    return out.getvalue()


def image_with_metadata(image_format: str, orientation: int) -> bytes:
    """Return an image of `image_format` with the marker in every field that can contain text."""
    picture = make_image()
    if image_format in ("JPEG", "progressive JPEG"):
        thumbnail = encode_image(make_image(160, 106), "JPEG", comment=MARKER.encode())
        options = {
            "quality": 95,
            "exif": build_exif(orientation),
            "icc_profile": build_icc_profile(),
            "comment": MARKER.encode(),
            "xmp": build_xmp(),
        }
        return insert_jpeg_segment(
            insert_jpeg_segment(
                encode_image(picture, "JPEG", progressive=image_format != "JPEG", **options),
                0xED,
                build_iptc(),
            ),
            0xEF,
            thumbnail,
        )
    if image_format == "PNG":
        text_chunks = PngImagePlugin.PngInfo()
        text_chunks.add_text("Comment", MARKER)
        text_chunks.add_text("Author", MARKER, zip=True)
        text_chunks.add_itxt("XML:com.adobe.xmp", build_xmp().decode())
        return encode_image(
            picture, "PNG", pnginfo=text_chunks, exif=build_exif(orientation), icc_profile=build_icc_profile()
        )
    options = {
        "exif": build_exif(orientation),
        "icc_profile": build_icc_profile(),
        "xmp": build_xmp(),
        "quality": 95,
    }
    return encode_image(picture, image_format, **options)


FORMATS = ["JPEG", "progressive JPEG", "PNG", "WEBP", "AVIF", "HEIF"]


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_with_size(width: int, height: int, data: bytes = b"", prefix: bytes = b"") -> bytes:
    """Return a PNG whose header claims this size, with any data."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + prefix
        + png_chunk(b"IDAT", data or zlib.compress(b""))
        + png_chunk(b"IEND", b"")
    )


def jpeg_with_size(width: int, height: int) -> bytes:
    """Return a small JPEG whose header claims this size."""
    jpeg = bytearray(encode_image(make_image(64, 64), "JPEG"))
    index = jpeg.index(b"\xff\xc0")
    jpeg[index + 5 : index + 9] = struct.pack(">HH", height, width)
    return bytes(jpeg)


def animated_image(image_format: str) -> bytes:
    frames = [make_image(60, 40), make_image(60, 40).rotate(180), make_image(60, 40)]
    return encode_image(frames[0], image_format, save_all=True, append_images=frames[1:])


ZIP_BYTES = b"PK\x03\x04" + bytes(26) + b"PK\x05\x06" + bytes(18)
small_image = lambda form="JPEG": encode_image(make_image(300, 200), form)  # noqa: E731
# Files that must be refused, each made when it is needed.
INVALID_PHOTOS: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "words": lambda: b"Hello, this is a text. " * 100,
    "a drawing": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "a drawing with a declaration": lambda: (
        b'<?xml version="1.0"?><!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg"/>'
    ),
    "a web page": lambda: b"<!DOCTYPE html><html><body>hello</body></html>",
    "a PDF": lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n",
    "a GIF": lambda: encode_image(make_image(60, 40), "GIF"),
    "a TIFF": lambda: encode_image(make_image(60, 40), "TIFF"),
    "a BMP": lambda: encode_image(make_image(60, 40), "BMP"),
    "an icon": lambda: encode_image(make_image(64, 64), "ICO"),
    "a moving PNG": lambda: animated_image("PNG"),
    "a moving WebP": lambda: animated_image("WEBP"),
    "a moving AVIF": lambda: animated_image("AVIF"),
    "a PNG of 2.5 billion pixels": lambda: png_with_size(50_000, 50_000),
    "a PNG of 36 million pixels": lambda: png_with_size(
        6_000, 6_000, zlib.compress(bytes(6_000 * 18_001), 9)
    ),
    "a JPEG of four billion pixels": lambda: jpeg_with_size(65_500, 65_500),
    "a JPEG of 61 million pixels": lambda: jpeg_with_size(8_000, 7_700),
    "a WebP of 36 million pixels": lambda: encode_image(Image.new("RGB", (6_000, 6_000)), "WEBP", method=0),
    "words that unpack to a gigabyte": lambda: png_with_size(
        300, 200, prefix=png_chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(2**26)))
    ),
    "a profile that unpacks to 64 megabytes": lambda: png_with_size(
        300, 200, prefix=png_chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(2**26)))
    ),
    "a JPEG with a zip behind it": lambda: small_image() + ZIP_BYTES,
    "a PNG with a zip behind it": lambda: small_image("PNG") + ZIP_BYTES,
    "a JPEG with a web page in it": lambda: insert_jpeg_segment(
        small_image(), 0xFE, b"<html><script>alert(1)</script></html>"
    ),
    "a JPEG with a program in it": lambda: insert_jpeg_segment(
        small_image(), 0xFE, b"<?php system($_GET['c']); ?>"
    ),
    "a JPEG with a PDF in it": lambda: insert_jpeg_segment(small_image(), 0xFE, b"%PDF-1.7 1 0 obj"),
    "a JPEG that is cut off": lambda: small_image()[:-900],
    "a PNG that is cut off": lambda: small_image("PNG")[:-60],
    "a WebP that is cut off": lambda: small_image("WEBP")[:-100],
    "an AVIF that is cut off": lambda: small_image("AVIF")[:-200],
    "a HEIC that is cut off": lambda: small_image("HEIF")[:-200],
    "a PNG with wrong sums": lambda: small_image("PNG").replace(b"IDAT", b"IDAX", 1),
    "a file of 41 megabytes": lambda: small_image() + bytes(41 * 2**20),
}

JPEG_BYTES = encode_image(make_image(1000, 600), "JPEG")
PNG_BYTES = encode_image(make_image(100, 60), "PNG")

"""The process that cleans one PDF. It reads the PDF, and writes a line of JSON and the cleaned PDF.

The newsroom itself imports none of this.
"""

import contextlib
import json
import resource
import sys
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream, String

from releases.media.documents import MAX_MEMORY, MAX_PAGES, MAX_SECONDS

ALLOWED_PAGE_KEYS = set(
    "/Type /Parent /Resources /MediaBox /CropBox /BleedBox /TrimBox /ArtBox /Rotate /Contents /Group "
    "/UserUnit".split()
)
# Metadata keys that any object in a PDF may have.
METADATA_KEYS = set(
    "/Metadata /PieceInfo /LastModified /AF /AA /Thumb /OPI /B /Usage /Creator /I /Alternates /Ref /Measure "
    "/PtData /OC /StructParent /StructParents /Info /Author".split()
)
LINK_SCHEMES = ("http://", "https://", "mailto:", "tel:")
MAX_DEPTH = 60


class _Rejected(Exception):
    pass


def main() -> None:
    for limit, maximum in ((resource.RLIMIT_AS, MAX_MEMORY), (resource.RLIMIT_CPU, MAX_SECONDS)):
        with contextlib.suppress(ValueError, OSError):  # not every system has all limits
            resource.setrlimit(limit, (maximum, maximum))
    try:
        cleaned, pages = _clean_pdf(sys.stdin.buffer.read())
        report: dict[str, Any] = {"pages": pages}
    except _Rejected as error:
        cleaned, report = b"", {"refused": str(error)}
    except pikepdf.PasswordError:
        cleaned, report = b"", {"refused": "locked"}
    except Exception:  # damaged in some way, or over the limits
        cleaned, report = b"", {"refused": "damaged"}
    sys.stdout.buffer.write(json.dumps(report).encode() + b"\n" + cleaned)


def _clean_pdf(data: bytes) -> tuple[bytes, int]:
    with pikepdf.open(BytesIO(data)) as source, pikepdf.new() as cleaned:
        if source.is_encrypted:
            raise _Rejected("locked")
        pages = len(source.pages)
        if not 0 < pages <= MAX_PAGES:
            raise _Rejected("pages")
        layers = source.Root.get(Name.OCProperties)
        if layers is not None and (
            len(layers.get(Name.D, Dictionary()).get(Name.OFF, Array())) or Name.Configs in layers
        ):
            raise _Rejected("layers")
        links = [_extract_links(page) for page in source.pages]
        for page in source.pages:
            for key in set(page.obj.keys()) - ALLOWED_PAGE_KEYS:
                del page.obj[key]
        cleaned.pages.extend(source.pages)
        for page, page_links in zip(cleaned.pages, links, strict=True):
            if page_links:
                page.obj[Name.Annots] = Array(
                    [cleaned.make_indirect(Dictionary(**link)) for link in page_links]
                )
        for part in cleaned.objects:
            _remove_metadata(part, 0)
        output = BytesIO()
        cleaned.save(output, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return output.getvalue(), pages


def _extract_links(page: Any) -> list[dict[str, Any]]:
    """Return the links of `page` that lead to a URL, rebuilt from their position and their target."""
    links = []
    for annotation in page.obj.get(Name.Annots, Array()):
        action = (
            annotation.get(Name.A)
            if isinstance(annotation, Dictionary) and annotation.get(Name.Subtype) == Name.Link
            else None
        )
        address = (
            str(action.get(Name.URI, ""))
            if isinstance(action, Dictionary) and action.get(Name.S) == Name.URI
            else ""
        )
        if address.startswith(LINK_SCHEMES) and Name.Rect in annotation:
            target = Dictionary(S=Name.URI, URI=String(address))
            corners = Array([float(corner) for corner in annotation.Rect])
            links.append(
                {
                    "Type": Name.Annot,
                    "Subtype": Name.Link,
                    "Rect": corners,
                    "Border": Array([0, 0, 0]),
                    "A": target,
                }
            )
    return links


def _remove_metadata(part: Object, depth: int) -> None:
    """Remove the metadata of `part` and of all objects directly inside it."""
    if depth > MAX_DEPTH:
        raise _Rejected("damaged")
    if isinstance(part, Array):
        for item in part:
            _remove_nested_metadata(item, depth)
        return
    if not isinstance(part, Dictionary | Stream):
        return
    for key in list(part.keys()):
        if key in METADATA_KEYS and not (key == "/I" and part.get(Name.Type) == Name.Group):
            del part[key]
        else:
            _remove_nested_metadata(part[key], depth)
    if isinstance(part, Stream):
        _clean_image(part)


def _remove_nested_metadata(value: Any, depth: int) -> None:
    if isinstance(value, Object) and not value.is_indirect:  # `_clean_pdf` visits all indirect objects
        _remove_metadata(value, depth + 1)


def _clean_image(stream: Stream) -> None:
    filters_value = stream.get(Name.Filter)
    filters = list(filters_value) if isinstance(filters_value, Array) else [filters_value]
    if Name.JPXDecode in filters:
        raise _Rejected("jpeg 2000")
    if Name.DCTDecode not in filters:
        return
    if len(filters) == 1:
        parameters = stream.get(Name.DecodeParms)
        decode_parms: Any = parameters[0] if isinstance(parameters, Array) and len(parameters) else parameters
        stream.write(
            strip_jpeg_metadata(stream.read_raw_bytes()), filter=Name.DCTDecode, decode_parms=decode_parms
        )
        return
    # The stream is compressed twice: store the decoded pixels.
    stream.write(stream.read_bytes(pikepdf.StreamDecodeLevel.all))


def strip_jpeg_metadata(jpeg: bytes) -> bytes:
    """Return `jpeg` without comments and metadata. Everything that decoding needs stays (ITU-T T.81, B.1)."""
    if not jpeg.startswith(b"\xff\xd8"):
        raise _Rejected("damaged")
    segments, at = [jpeg[:2]], 2
    while at + 2 <= len(jpeg):
        if jpeg[at] != 0xFF:
            raise _Rejected("damaged")
        marker = jpeg[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker == 0xD9:  # the end; anything after it is dropped
            segments.append(b"\xff\xd9")
            return b"".join(segments)
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        # APP1-13, APP15, COM; decoding needs APP0 and Adobe's APP14.
        if not (0xE1 <= marker <= 0xED or marker in (0xEF, 0xFE)):
            segments.append(jpeg[at:end])
        at = end
        if marker == 0xDA:  # a scan: ends at the next marker that is neither a restart nor a stuffed byte
            start = at
            while at + 1 < len(jpeg) and not (
                jpeg[at] == 0xFF and jpeg[at + 1] != 0 and not 0xD0 <= jpeg[at + 1] <= 0xD7
            ):
                following = jpeg.find(b"\xff", at + 1)
                at = following if following >= 0 else len(jpeg)
            segments.append(jpeg[start:at])
    return b"".join([*segments, b"\xff\xd9"])


if __name__ == "__main__":
    main()

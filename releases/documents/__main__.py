"""The process that cleans one PDF: bytes in, a line of JSON and the cleaned bytes out. The newsroom itself loads none of this."""

import contextlib
import json
import resource
import sys
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream, String

from releases.documents import MOST_MEMORY, MOST_PAGES, MOST_SECONDS

KEPT_OF_A_PAGE = set("/Type /Parent /Resources /MediaBox /CropBox /BleedBox /TrimBox /ArtBox /Rotate /Contents /Group /UserUnit".split())
# What any part of it may carry beside its content.
TELLING = set(
    "/Metadata /PieceInfo /LastModified /AF /AA /Thumb /OPI /B /Usage /Creator /I /Alternates /Ref /Measure /PtData /OC /StructParent "
    "/StructParents /Info /Author".split()
)
LINKS = ("http://", "https://", "mailto:", "tel:")
DEEPEST = 60


class _Refused(Exception):
    pass


def main() -> None:
    for what, most in ((resource.RLIMIT_AS, MOST_MEMORY), (resource.RLIMIT_CPU, MOST_SECONDS)):
        with contextlib.suppress(ValueError, OSError):  # not every system bounds everything
            resource.setrlimit(what, (most, most))
    try:
        cleaned, pages = _cleaned(sys.stdin.buffer.read())
        told: dict[str, Any] = {"pages": pages}
    except _Refused as refused:
        cleaned, told = b"", {"refused": str(refused)}
    except pikepdf.PasswordError:
        cleaned, told = b"", {"refused": "locked"}
    except Exception:  # damaged in one of many ways, or too much for the bounds
        cleaned, told = b"", {"refused": "damaged"}
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + cleaned)


def _cleaned(data: bytes) -> tuple[bytes, int]:
    with pikepdf.open(BytesIO(data)) as given, pikepdf.new() as kept:
        if given.is_encrypted:
            raise _Refused("locked")
        pages = len(given.pages)
        if not 0 < pages <= MOST_PAGES:
            raise _Refused("pages")
        layers = given.Root.get(Name.OCProperties)
        if layers is not None and (len(layers.get(Name.D, Dictionary()).get(Name.OFF, Array())) or Name.Configs in layers):
            raise _Refused("layers")
        links = [_links(page) for page in given.pages]
        for page in given.pages:
            for key in set(page.obj.keys()) - KEPT_OF_A_PAGE:
                del page.obj[key]
        kept.pages.extend(given.pages)
        for page, here in zip(kept.pages, links, strict=True):
            if here:
                page.obj[Name.Annots] = Array([kept.make_indirect(Dictionary(**link)) for link in here])
        for part in kept.objects:
            _clean(part, 0)
        out = BytesIO()
        kept.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return out.getvalue(), pages


def _links(page: Any) -> list[dict[str, Any]]:
    """The links of `page` that lead to an address, made anew: where they are and where they lead."""
    links = []
    for note in page.obj.get(Name.Annots, Array()):
        action = note.get(Name.A) if isinstance(note, Dictionary) and note.get(Name.Subtype) == Name.Link else None
        address = str(action.get(Name.URI, "")) if isinstance(action, Dictionary) and action.get(Name.S) == Name.URI else ""
        if address.startswith(LINKS) and Name.Rect in note:
            leads = Dictionary(S=Name.URI, URI=String(address))
            corners = Array([float(corner) for corner in note.Rect])
            links.append({"Type": Name.Annot, "Subtype": Name.Link, "Rect": corners, "Border": Array([0, 0, 0]), "A": leads})
    return links


def _clean(part: Object, depth: int) -> None:
    """Take what tells out of `part` and of all that stands directly in it."""
    if depth > DEEPEST:
        raise _Refused("damaged")
    if isinstance(part, Array):
        for one in part:
            _inside(one, depth)
        return
    if not isinstance(part, Dictionary | Stream):
        return
    for key in list(part.keys()):
        if key in TELLING and not (key == "/I" and part.get(Name.Type) == Name.Group):
            del part[key]
        else:
            _inside(part[key], depth)
    if isinstance(part, Stream):
        _clean_picture(part)


def _inside(value: Any, depth: int) -> None:
    if isinstance(value, Object) and not value.is_indirect:  # the others come by themselves
        _clean(value, depth + 1)


def _clean_picture(stream: Stream) -> None:
    given = stream.get(Name.Filter)
    filters = list(given) if isinstance(given, Array) else [given]
    if Name.JPXDecode in filters:
        raise _Refused("jpeg 2000")
    if Name.DCTDecode not in filters:
        return
    if len(filters) == 1:
        parameters = stream.get(Name.DecodeParms)
        how: Any = parameters[0] if isinstance(parameters, Array) and len(parameters) else parameters
        stream.write(without_segments(stream.read_raw_bytes()), filter=Name.DCTDecode, decode_parms=how)
        return
    stream.write(stream.read_bytes(pikepdf.StreamDecodeLevel.all))  # packed twice: kept as the pixels it means


def without_segments(jpeg: bytes) -> bytes:
    """`jpeg` to its end without comments and what cameras and programs write into it: what decoding needs stays (ITU-T T.81, B.1)."""
    if not jpeg.startswith(b"\xff\xd8"):
        raise _Refused("damaged")
    kept, at = [jpeg[:2]], 2
    while at + 2 <= len(jpeg):
        if jpeg[at] != 0xFF:
            raise _Refused("damaged")
        marker = jpeg[at + 1]
        if marker == 0xFF:  # a byte that fills
            at += 1
            continue
        if marker == 0xD9:  # the end; what comes behind it is another picture, or something else
            kept.append(b"\xff\xd9")
            return b"".join(kept)
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if not (0xE1 <= marker <= 0xED or marker in (0xEF, 0xFE)):  # APP1-13, APP15, COM; APP0 and Adobe's APP14 say how to decode
            kept.append(jpeg[at:end])
        at = end
        if marker == 0xDA:  # a scan: to the next marker that is neither a restart nor a stuffed byte
            start = at
            while at + 1 < len(jpeg) and not (jpeg[at] == 0xFF and jpeg[at + 1] != 0 and not 0xD0 <= jpeg[at + 1] <= 0xD7):
                following = jpeg.find(b"\xff", at + 1)
                at = following if following >= 0 else len(jpeg)
            kept.append(jpeg[start:at])
    return b"".join([*kept, b"\xff\xd9"])


if __name__ == "__main__":
    main()

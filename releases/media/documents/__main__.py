"""The process that cleans one PDF, or extracts the text of one file.

It reads the file, and writes a line of JSON and the result. Its argument is "pdf" or "docx" to extract text.

The newsroom itself imports none of this.
"""

import contextlib
import json
import re
import resource
import sys
from decimal import Decimal
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
LANGUAGE_TAG = re.compile("[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
LINK_SCHEMES = ("http://", "https://", "mailto:", "tel:")
PASSWORD_FLAG = 1 << 13  # of a text field (ISO 32000-1, table 228)
MAX_DEPTH = 60
FILE_NAME = re.compile(r"\.(?:docx?|pdf|pages|indd|odt|rtf|txt|pptx?|xlsx?)$|^Microsoft |_", re.IGNORECASE)


class _Rejected(Exception):
    pass


def main() -> None:
    for limit, maximum in ((resource.RLIMIT_AS, MAX_MEMORY), (resource.RLIMIT_CPU, MAX_SECONDS)):
        with contextlib.suppress(ValueError, OSError):  # not every system has all limits
            resource.setrlimit(limit, (maximum, maximum))
    try:
        data = sys.stdin.buffer.read()
        cleaned, report = (_extract(sys.argv[1], data), {}) if len(sys.argv) > 1 else _clean_pdf(data)
    except _Rejected as error:
        cleaned, report = b"", {"refused": str(error)}
    except pikepdf.PasswordError:
        cleaned, report = b"", {"refused": "locked"}
    except Exception:  # damaged in some way, or over the limits
        cleaned, report = b"", {"refused": "damaged"}
    sys.stdout.buffer.write(json.dumps(report).encode() + b"\n" + cleaned)


def _extract(kind: str, data: bytes) -> bytes:
    # Imported here, because importing these takes as long as cleaning a short PDF.
    from pypdf.errors import FileNotDecryptedError

    from releases.media.documents.extraction import extract

    try:
        return extract(kind, data).encode()
    except FileNotDecryptedError as error:
        raise _Rejected("locked") from error


def _clean_pdf(data: bytes) -> tuple[bytes, dict[str, Any]]:
    """Return the cleaned PDF, and a report with its number of `pages` and what was `removed`.

    A PDF that only restricts printing or copying opens with the empty password, and is stored without any.
    """
    with pikepdf.open(BytesIO(data)) as source, pikepdf.new() as cleaned:
        pages = len(source.pages)
        if not 0 < pages <= MAX_PAGES:
            raise _Rejected("pages")
        layers = source.Root.get(Name.OCProperties)
        if layers is not None and (
            len(layers.get(Name.D, Dictionary()).get(Name.OFF, Array())) or Name.Configs in layers
        ):
            raise _Rejected("layers")
        removed = _list_removed_parts(source)
        title, language = _get_title(source), source.Root.get(Name.Lang)
        page_numbers = {page.obj.objgen: number for number, page in enumerate(source.pages)}
        links = [_extract_links(page, source, page_numbers) for page in source.pages]
        _flatten_forms(source)
        for page in source.pages:
            for key in set(page.obj.keys()) - ALLOWED_PAGE_KEYS:
                del page.obj[key]
        cleaned.pages.extend(source.pages)
        for page, page_links in zip(cleaned.pages, links, strict=True):
            if page_links:
                page.obj[Name.Annots] = Array([_build_link(link, cleaned) for link in page_links])
        for part in cleaned.objects:
            _remove_metadata(part, 0)
        if title:
            cleaned.docinfo[Name.Title] = title
            cleaned.Root[Name.ViewerPreferences] = Dictionary(DisplayDocTitle=True)
        language_tag = str(language).strip().replace("_", "-") if isinstance(language, String) else ""
        if LANGUAGE_TAG.fullmatch(language_tag):
            cleaned.Root[Name.Lang] = String(language_tag)
        output = BytesIO()
        cleaned.save(output, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return output.getvalue(), {"pages": pages, "removed": removed}


def _list_removed_parts(source: Any) -> list[str]:
    """Return the names of the parts that `_clean_pdf` removes or flattens, for the message to staff."""
    annotations = [
        annotation
        for page in source.pages
        for annotation in page.obj.get(Name.Annots, Array())
        if isinstance(annotation, Dictionary)
    ]
    subtypes = {annotation.get(Name.Subtype) for annotation in annotations}
    names = source.Root.get(Name.Names, Dictionary())
    has_scripts = (
        Name.JavaScript in names
        or Name.AA in source.Root
        or any(_get_action_type(annotation) == Name.JavaScript for annotation in [*annotations, source.Root])
    )
    found = {
        "forms": Name.Widget in subtypes,
        "comments": bool(subtypes - {Name.Link, Name.Widget, None}),
        "scripts": has_scripts,
        "files": Name.EmbeddedFiles in names,
        "tags": Name.StructTreeRoot in source.Root,
    }
    return [name for name, is_found in found.items() if is_found]


def _get_action_type(part: Any) -> Any:
    action = part.get(Name.A, part.get(Name.OpenAction))
    return action.get(Name.S) if isinstance(action, Dictionary) else None


def _get_title(source: Any) -> str:
    """Return the title of the document, or "" if it is only a file name, which may contain names of staff."""
    title = " ".join(str(source.docinfo.get(Name.Title, "")).split())[:300]
    return "" if " " not in title or FILE_NAME.search(title) else title


def _flatten_forms(source: Any) -> None:
    """Draw the filled form fields into the pages, and remove all other annotations.

    Passwords are not drawn. Programs that merge PDFs leave fields that the document does not list.
    """
    widgets = []
    for page in source.pages:
        page_widgets = [
            annotation
            for annotation in page.obj.get(Name.Annots, Array())
            if isinstance(annotation, Dictionary)
            and annotation.get(Name.Subtype) == Name.Widget
            and not _is_password(annotation)
        ]
        page_widgets = [source.make_indirect(widget) for widget in page_widgets]
        page.obj[Name.Annots] = Array(page_widgets)
        widgets += page_widgets
    if not widgets:
        return
    form = source.Root.get(Name.AcroForm)
    form = form if isinstance(form, Dictionary) else Dictionary()
    listed = list(form.get(Name.Fields, Array()))
    known = {field.objgen for field in listed}
    form[Name.Fields] = Array(
        [*listed, *(widget for widget in widgets if Name.Parent not in widget and widget.objgen not in known)]
    )
    _add_default_font(form, source)
    if any(Name.AP not in widget for widget in widgets):
        form[Name.NeedAppearances] = True
    source.Root[Name.AcroForm] = form
    source.generate_appearance_streams()
    source.flatten_annotations("screen")


def _is_password(widget: Any) -> bool:
    flags = widget.get(Name.Ff, widget.get(Name.Parent, Dictionary()).get(Name.Ff, 0))
    return bool(int(flags) & PASSWORD_FLAG)


def _add_default_font(form: Any, source: Any) -> None:
    """Add the Helvetica that the appearance of a text field refers to, if `form` lacks it."""
    if Name.DR not in form:
        form[Name.DR] = Dictionary()
    if Name.Font not in form.DR:
        form.DR[Name.Font] = Dictionary()
    if Name.Helv not in form.DR.Font:
        form.DR.Font[Name.Helv] = source.make_indirect(
            Dictionary(
                Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding
            )
        )
    if Name.DA not in form:
        form[Name.DA] = String("/Helv 0 Tf 0 g")


def _extract_links(page: Any, source: Any, page_numbers: dict[Any, int]) -> list[tuple[list[float], Any]]:
    """Return position and target of each link of `page`: a URL, or a page number and its view."""
    links: list[tuple[list[float], Any]] = []
    for annotation in page.obj.get(Name.Annots, Array()):
        if not (isinstance(annotation, Dictionary) and annotation.get(Name.Subtype) == Name.Link):
            continue
        action = annotation.get(Name.A)
        action = action if isinstance(action, Dictionary) else Dictionary()
        address = str(action.get(Name.URI, "")) if action.get(Name.S) == Name.URI else ""
        address = f"https://{address}" if address.lower().startswith("www.") else address
        target: Any = address if address.lower().startswith(LINK_SCHEMES) else None
        if target is None:
            destination = action.get(Name.D) if action.get(Name.S) == Name.GoTo else annotation.get(Name.Dest)
            target = _resolve_destination(destination, source, page_numbers)
        if target is not None and Name.Rect in annotation:
            links.append(([float(corner) for corner in annotation.Rect], target))
    return links


def _resolve_destination(
    destination: Any, source: Any, page_numbers: dict[Any, int]
) -> tuple[int, list[Any]] | None:
    """Return the number of the page that an internal link leads to, and its view: the way it is displayed."""
    if isinstance(destination, String | Name):
        name = str(destination)
        named = source.Root.get(Name.Dests, Dictionary()).get(name if name.startswith("/") else f"/{name}")
        tree = source.Root.get(Name.Names, Dictionary()).get(Name.Dests)
        destination = named if named is not None or tree is None else pikepdf.NameTree(tree).get(name)
        destination = destination.get(Name.D) if isinstance(destination, Dictionary) else destination
    if not isinstance(destination, Array) or not len(destination) or not isinstance(destination[0], Object):
        return None
    number = page_numbers.get(destination[0].objgen)
    view = [value if isinstance(value, Name) else _to_number(value) for value in list(destination)[1:6]]
    return None if number is None else (number, view or [Name.Fit])


def _to_number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float | Decimal) else None


def _build_link(link: tuple[list[float], Any], cleaned: Any) -> Object:
    rectangle, target = link
    annotation = Dictionary(
        Type=Name.Annot, Subtype=Name.Link, Rect=Array(rectangle), Border=Array([0, 0, 0])
    )
    if isinstance(target, str):
        annotation[Name.A] = Dictionary(S=Name.URI, URI=String(target))
    else:
        number, view = target
        annotation[Name.Dest] = Array([cleaned.pages[number].obj, *view])
    made: Object = cleaned.make_indirect(annotation)
    return made


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

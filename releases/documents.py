"""What an attached PDF becomes: the same pages, without who wrote it, when and with what, and without what was noted on them."""

import contextlib
from io import BytesIO
from typing import Any

import pikepdf
from django.utils.translation import gettext as _
from pikepdf import Name

MOST_BYTES = 20 * 2**20
MOST_PAGES = 300
# What the whole document may say; what opens, runs, is filled in or is packed into it goes.
KEPT_OF_ROOT = set("/Type /Pages /Outlines /PageLabels /Lang /MarkInfo /StructTreeRoot /Dests /OCProperties /Version".split())
# What any part of it may carry beside its content.
TELLING = ("/Metadata", "/PieceInfo", "/LastModified", "/AF", "/AA", "/Thumb")
LINKS = ("http://", "https://", "mailto:", "tel:")


class NotADocument(ValueError):
    """Why a file is not taken, as a sentence that says what to do."""


def clean_document(data: bytes) -> tuple[bytes, int]:
    """The PDF in `data` with nothing but its pages and the links on them, and how many pages it has. Raises NotADocument."""
    if len(data) > MOST_BYTES:
        raise NotADocument(_("This file is larger than 20 MB. Export it smaller, then choose it again."))
    if not data.startswith(b"%PDF-"):
        raise NotADocument(_("This is no PDF. Export the document as PDF, then choose that file."))
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            if pdf.is_encrypted:
                raise NotADocument(_("This PDF is locked. Export it without a password, then choose it again."))
            pages = len(pdf.pages)
            if not 0 < pages <= MOST_PAGES:
                raise NotADocument(_("A document has one page at least and %(most)s at most.") % {"most": MOST_PAGES})
            _clean(pdf)
            out = BytesIO()
            pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    except pikepdf.PasswordError as fault:
        raise NotADocument(_("This PDF is locked. Export it without a password, then choose it again.")) from fault
    except NotADocument:
        raise
    except Exception as fault:  # damaged in one of many ways
        raise NotADocument(_("This PDF is damaged. Export it anew, then choose it again.")) from fault
    return out.getvalue(), pages


def _clean(pdf: pikepdf.Pdf) -> None:
    for key in list(pdf.Root.keys()):
        if key not in KEPT_OF_ROOT:
            del pdf.Root[key]
    if Name.Info in pdf.trailer:
        del pdf.trailer[Name.Info]
    for page in pdf.pages:
        if Name.Annots in page:
            page.Annots = pdf.make_indirect(pikepdf.Array([one for one in page.Annots if _is_link(one)]))
    for part in pdf.objects:
        if not isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
            continue
        for key in TELLING:
            if key in part:
                del part[key]
        if isinstance(part, pikepdf.Stream) and part.get(Name.Filter) == Name.DCTDecode:
            part.write(without_segments(part.read_raw_bytes()), filter=Name.DCTDecode)


def _is_link(note: Any) -> bool:
    """Whether an annotation is a link to a page of the document or to an address, and not a remark, a form, a file or a program."""
    with contextlib.suppress(AttributeError, KeyError, TypeError, ValueError):
        if note.get(Name.Subtype) != Name.Link:
            return False
        for key in ("/Contents", "/T", "/M", "/NM"):
            if key in note:
                del note[key]
        action = note.get(Name.A)
        if action is None:
            return Name.Dest in note
        if action.get(Name.S) == Name.GoTo:
            return True
        return action.get(Name.S) == Name.URI and str(action.get(Name.URI)).startswith(LINKS)
    return False


def without_segments(jpeg: bytes) -> bytes:
    """`jpeg` without comments and what cameras and programs write into it: only what decoding needs stays (ITU-T T.81, B.2)."""
    if not jpeg.startswith(b"\xff\xd8"):
        return jpeg
    kept, at = [jpeg[:2]], 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF:
        marker, end = jpeg[at + 1], at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker == 0xDA:  # what follows is the picture itself
            break
        if not (0xE1 <= marker <= 0xED or marker in (0xEF, 0xFE)):  # APP1–13, APP15, COM; APP0 and Adobe's APP14 say how to decode
            kept.append(jpeg[at:end])
        at = end
    return b"".join([*kept, jpeg[at:]])

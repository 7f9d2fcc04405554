"""Read the text of an uploaded file: Word (.docx), PDF, HTML or plain text."""

import re
from pathlib import PurePath

from django.utils.translation import gettext_lazy as _

from releases.importers.plaintext import UnreadableFile, decode
from releases.media.documents import InvalidDocument, extract_text

DAMAGED = _("This file can't be read. Open it, copy its text, and paste it in the box.")
HTML = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body|meta|div|p)\b", re.IGNORECASE)
CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{1,40})", re.IGNORECASE)
# How the other formats begin that people save releases in.
OLD_WORD, RTF = b"\xd0\xcf\x11\xe0", b"{\\rtf"
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*")


def read_file(name: str, data: bytes) -> tuple[str, str]:
    """Return the plain text of a file and "", or "" and its markup, which is not sanitized.

    Raises UnreadableFile with a sentence that says what to do.
    """
    if data.startswith((OLD_WORD, RTF)):
        raise UnreadableFile(
            _("This is an old Word or RTF file. Save it as .docx in your word processor, or paste its text.")
        )
    if data.startswith(PICTURES) or data[4:8] == b"ftyp":  # HEIC and videos
        raise UnreadableFile(
            _("This is a picture or a video. Create the draft first, then add it there under Photos.")
        )
    if data.startswith((b"%PDF-", b"PK\x03\x04")):
        try:
            return extract_text(data)
        except InvalidDocument as error:
            raise UnreadableFile(str(error)) from error
    if PurePath(name).suffix.lower() in (".docx", ".pdf"):
        raise UnreadableFile(str(DAMAGED))
    if HTML.match(data) or PurePath(name).suffix.lower() in (".html", ".htm"):
        return "", _decode_html(data)
    return decode(data), ""


def _decode_html(data: bytes) -> str:
    """Return the text of an HTML file in the encoding that it names, or else UTF-8 or Windows-1252."""
    charset = match[1].decode("ascii") if (match := CHARSET.search(data[:2000])) else "utf-8"
    for encoding in (charset, "utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            continue
    raise UnreadableFile(str(DAMAGED))

"""The bytes of a file as lines of text, in whichever encoding it was saved."""

import codecs
import io
import re
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO, TextIO

from django.utils.translation import gettext as _

UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
PIECE = 1 << 18  # bytes that are looked at together


class Unreadable(Exception):
    """Why a file is no text, as a sentence that says what to do."""


def decode(content: BinaryIO) -> TextIO:
    """The text in `content`: UTF-8 or UTF-16 with or without its mark, else Windows-1252. Raises Unreadable for anything else.

    All of `content`, which must be seekable, is looked through before the first line is given.
    """
    encoding = _encoding(content)
    content.seek(0)
    return io.TextIOWrapper(content, "utf-8-sig" if encoding == "utf-8" else encoding)


def _encoding(content: BinaryIO) -> str:
    content.seek(0)
    beginning = content.read(2000)
    if beginning.startswith((b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf")):
        raise Unreadable(_("This is a PDF or word-processor file. Save it as plain text (.txt) and import that."))
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif b"\x00" in beginning:
        encodings = ["utf-16-le" if beginning[1::2].count(0) >= beginning[0::2].count(0) else "utf-16-be"]
    else:
        encodings = ["utf-8", "cp1252"]
    for encoding in encodings:
        line, nulls = 1, 0
        try:
            for text in codecs.iterdecode(_pieces(content), encoding):
                line += text.count("\n")
                nulls += text.count("\x00")
        except UnicodeDecodeError as fault:
            if encoding == "utf-8" and _has_utf8_letter(content):
                line += fault.object.count(b"\n", 0, fault.start)
                raise Unreadable(
                    _("This file is UTF-8 with a broken letter on line %(line)s. Mend it and save the file again.") % {"line": line}
                ) from fault
            continue
        if not nulls:
            return encoding
    raise Unreadable(_("This file is not text in UTF-8, UTF-16 or Windows-1252. Save it as plain text in UTF-8 and import that."))


def _pieces(content: BinaryIO) -> Iterator[bytes]:
    content.seek(0)
    return iter(partial(content.read, PIECE), b"")


def _has_utf8_letter(content: BinaryIO) -> bool:
    end = b""
    for piece in _pieces(content):
        if UTF8_LETTER.search(end + piece):
            return True
        end = (end + piece)[-2:]  # the letter may go on in the next piece
    return False

"""Decode the bytes of a file, in whichever encoding it was saved."""

import codecs
import re

from django.utils.translation import gettext as _

MAX_BYTES = 50_000_000  # some 13,000 releases; parsing them takes about 300 MB of memory
UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")


class UnreadableFile(Exception):
    """Raised if a file isn't readable text. The message tells the user what to do."""


def decode(content: bytes) -> str:
    """Return the text of `content`: UTF-8 or UTF-16 with or without a byte order mark, else Windows-1252.

    Raises UnreadableFile for anything else, and for more than MAX_BYTES.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableFile(
            _(
                "This file is larger than 50 MB. Split it between two releases, and import the parts one "
                "after the other."
            )
        )
    if content.startswith((b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf")):
        raise UnreadableFile(
            _("This is a PDF or word-processor file. Save it as plain text (.txt), then use that file.")
        )
    for encoding in _possible_encodings(content[:2000]):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            if encoding == "utf-8-sig" and UTF8_LETTER.search(content):
                line = 1 + error.object.count(b"\n", 0, error.start)
                raise UnreadableFile(
                    _(
                        "This UTF-8 file has an invalid character on line %(line)s. Correct it and save the "
                        "file again."
                    )
                    % {"line": line}
                ) from error
            continue
        if "\x00" not in text:
            _refuse_export(text[:5000])
            return text
    raise UnreadableFile(
        _(
            "This file is not text in UTF-8, UTF-16 or Windows-1252. Save it as plain text in UTF-8, then "
            "import that file."
        )
    )


def _refuse_export(start: str) -> None:
    """Refuse a file in a format that looks like text but has the releases inside markup."""
    start = start.lstrip().lower()
    if "wp:wxr_version" in start or "wordpress.org/export" in start:
        kind = _("This is a WordPress export.")
    elif start.startswith(("<?xml", "<rss", "<feed")):
        kind = _("This is an XML file, such as a feed or an export.")
    elif start.startswith(("<!doctype html", "<html")):
        kind = _("This is the code of a web page (HTML).")
    elif re.match(r"\s*[\[{]\s*[\"\[{]", start):
        kind = _("This is a JSON file.")
    else:
        return
    advice = _(
        "Open the press page in a browser, select and copy its text, and save it as plain text (.txt). Then "
        "use that file."
    )
    raise UnreadableFile(f"{kind} {advice}")


def _possible_encodings(start: bytes) -> list[str]:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    if b"\x00" in start:
        return ["utf-16-le" if start[1::2].count(0) >= start[0::2].count(0) else "utf-16-be"]
    return ["utf-8-sig", "cp1252"]

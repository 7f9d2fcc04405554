"""Clean an attached PDF: keep its pages, links, title and language, and remove everything else.

The pages are copied into a new document, so everything that no page needs is left out: author, dates,
outlines, tags, scripts, files and comments. Form fields become part of the pages. This runs in a separate
process (`__main__`) with limits, because a small file can unpack to gigabytes.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MAX_BYTES = 20 * 2**20
MAX_PAGES = 300
MAX_MEMORY, MAX_SECONDS = 2**30, 20  # bytes and seconds, for the cleaning process
COMMAND = [sys.executable, "-m", "releases.media.documents"]


# What the cleaning process reports as removed.
PARTS = {
    "forms": gettext_lazy("form fields, which are now part of the page"),
    "comments": gettext_lazy("comments"),
    "scripts": gettext_lazy("scripts"),
    "files": gettext_lazy("attached files"),
    "tags": gettext_lazy("tags for screen readers"),
}


class CleanedDocument(NamedTuple):
    """A cleaned PDF: its content, its number of pages, and descriptions of what was removed."""

    content: bytes
    pages: int
    removed: list[Any]


class InvalidDocument(ValueError):
    """Raised for a file that isn't accepted. The message tells the user what to do."""


def clean_pdf(data: bytes) -> CleanedDocument:
    """Return the PDF in `data` with only its pages, their links, its title and its language.

    Raises InvalidDocument.
    """
    if len(data) > MAX_BYTES:
        raise InvalidDocument(
            _("This file is larger than 20 MB. Export a smaller one, then choose it again.")
        )
    if not data.startswith(b"%PDF-"):
        raise InvalidDocument(_("This isn't a PDF. Export the document as a PDF, then choose that file."))
    try:
        root = Path(__file__).resolve().parents[3]
        process = subprocess.run(  # noqa: S603
            COMMAND, input=data, capture_output=True, timeout=2 * MAX_SECONDS, check=False, cwd=root
        )
        report, _line, cleaned = process.stdout.partition(b"\n")
        result: dict[str, Any] = json.loads(report) if process.returncode == 0 else {"refused": "damaged"}
    except (subprocess.TimeoutExpired, ValueError):
        result, cleaned = {"refused": "damaged"}, b""
    sentences = {
        "locked": _("This PDF is locked. Export it without a password, then choose it again."),
        "pages": _("A document must have between 1 and %(most)s pages.") % {"most": MAX_PAGES},
        "layers": _("This PDF has hidden layers. Export it again without them, then choose it again."),
        "jpeg 2000": _(
            "This PDF contains images in a format that can't be cleaned. Print it to a new PDF, then choose "
            "that one."
        ),
        "damaged": _("This PDF is damaged. Export it again, then choose it again."),
    }
    if "refused" in result:
        raise InvalidDocument(sentences[result["refused"]])
    return CleanedDocument(cleaned, int(result["pages"]), [PARTS[name] for name in result["removed"]])

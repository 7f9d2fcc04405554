"""Clean an attached PDF, and extract the text of PDF and Word files.

A cleaned PDF keeps its pages, links, title and language. The pages are copied into a new document, so
everything that no page needs is left out: author, dates, outlines, tags, scripts, files and comments. Form
fields become part of the pages. All of this runs in a separate process (`__main__`) with limits, because a
small file can unpack to gigabytes.
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
    result, cleaned = _run_process(data)
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


def extract_text(data: bytes) -> tuple[str, str]:
    """Return the text of a PDF and "", or "" and the markup of a Word file (.docx). Neither is sanitized.

    Raises InvalidDocument.
    """
    if len(data) > MAX_BYTES:
        raise InvalidDocument(_("This file is larger than 20 MB. Copy its text, then paste it."))
    is_pdf = data.startswith(b"%PDF-")
    result, extracted = _run_process(data, "pdf" if is_pdf else "docx")
    if result.get("refused") == "locked":
        raise InvalidDocument(_("This PDF is locked. Export it without a password, then choose it again."))
    if "refused" in result:
        raise InvalidDocument(_("This file can't be read. Open it, copy its text, and paste it in the box."))
    text = extracted.decode()
    if not text.strip():
        raise InvalidDocument(
            _("This file has no text, only pictures of it. Type the text, or copy it from its source.")
        )
    return (text, "") if is_pdf else ("", text)


def _run_process(data: bytes, *arguments: str) -> tuple[dict[str, Any], bytes]:
    """Return the report and the output of the process. Whatever goes wrong in it is a damaged file."""
    root = Path(__file__).resolve().parents[3]
    try:
        process = subprocess.run(  # noqa: S603
            [*COMMAND, *arguments],
            input=data,
            capture_output=True,
            timeout=2 * MAX_SECONDS,
            check=False,
            cwd=root,
        )
        report, _line, output = process.stdout.partition(b"\n")
        return (json.loads(report) if process.returncode == 0 else {"refused": "damaged"}), output
    except (subprocess.TimeoutExpired, ValueError):
        return {"refused": "damaged"}, b""

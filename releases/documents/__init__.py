"""What an attached PDF becomes: its pages and the links on them, without who wrote it, when and with what, and what was noted on it.

The pages are taken into a new document, so nothing comes along that no page needs: outlines, tags, forms, programs, files and
remarks stay behind. It is done in a process of its own (`__main__`) with bounds, because a small file can unpack to gigabytes.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

MOST_BYTES = 20 * 2**20
MOST_PAGES = 300
MOST_MEMORY, MOST_SECONDS = 2**30, 20  # of the process that cleans
COMMAND = [sys.executable, "-m", "releases.documents"]


class NotADocument(ValueError):
    """Why a file is not taken, as a sentence that says what to do."""


def clean_document(data: bytes) -> tuple[bytes, int]:
    """The PDF in `data` with nothing but its pages and the links on them, and how many pages it has. Raises NotADocument."""
    if len(data) > MOST_BYTES:
        raise NotADocument(_("This file is larger than 20 MB. Export it smaller, then choose it again."))
    if not data.startswith(b"%PDF-"):
        raise NotADocument(_("This is no PDF. Export the document as PDF, then choose that file."))
    try:
        here = Path(__file__).resolve().parent.parent.parent
        run = subprocess.run(COMMAND, input=data, capture_output=True, timeout=2 * MOST_SECONDS, check=False, cwd=here)  # noqa: S603
        told, _line, cleaned = run.stdout.partition(b"\n")
        became: dict[str, Any] = json.loads(told) if run.returncode == 0 else {"refused": "damaged"}
    except (subprocess.TimeoutExpired, ValueError):
        became, cleaned = {"refused": "damaged"}, b""
    sentences = {
        "locked": _("This PDF is locked. Export it without a password, then choose it again."),
        "pages": _("A document has one page at least and %(most)s at most.") % {"most": MOST_PAGES},
        "layers": _("This PDF has hidden layers. Export it anew without them, then choose it again."),
        "jpeg 2000": _("This PDF holds pictures in a form that cannot be cleaned. Print it into a new PDF, then choose that one."),
        "damaged": _("This PDF is damaged. Export it anew, then choose it again."),
    }
    if "refused" in became:
        raise NotADocument(sentences[became["refused"]])
    return cleaned, int(became["pages"])

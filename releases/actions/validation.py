"""Checks of photos and documents before a release is published."""

import re
from typing import Any

from django.utils.translation import gettext

from releases.actions.errors import ActionNotAllowed
from releases.models import Photo

# File names of cameras and phones, which do not say what a photo shows.
CAMERA_FILE_NAME = re.compile(
    r"\S+\.(?:jpe?g|png|webp|avif|hei[cf]|gif|tiff?)|"
    r"(?:img|dsc[nf]?|pxl|dcim|image|photo|foto|screenshot|whatsapp image)[-_ .0-9]*(?:at "
    r"[0-9.]+)?(?:jpe?g|png)?",
    re.IGNORECASE,
)


def validate_alt_texts(photos: list[dict[str, Any]]) -> None:
    """Raise ActionNotAllowed if a photo has no alt text or only a file name. Deleted photos are ignored."""
    existing_ids = (
        set(Photo.objects.filter(pk__in=[entry["photo"] for entry in photos]).values_list("pk", flat=True))
        if photos
        else set()
    )
    for position, photo in enumerate((entry for entry in photos if entry["photo"] in existing_ids), 1):
        if photo.get("is_decorative"):
            continue
        if not photo.get("alt"):
            raise ActionNotAllowed(
                gettext(
                    "Photo %(number)s has no alt text. Describe it for people who can't see it, or mark it "
                    "as decorative."
                )
                % {"number": position}
            )
        if CAMERA_FILE_NAME.fullmatch(photo["alt"]):
            raise ActionNotAllowed(
                gettext("“%(alt)s” is a file name. Describe photo %(number)s for people who can't see it.")
                % {"alt": photo["alt"], "number": position}
            )


def validate_document_titles(attachments: list[dict[str, Any]]) -> None:
    """Raise ActionNotAllowed if a document has no title or only a file name."""
    for document in attachments:
        title = document.get("title", "")
        if not title or re.fullmatch(r"\S+\.(?:pdf|docx?)|\S*_\S*", title, re.IGNORECASE):
            raise ActionNotAllowed(
                gettext(
                    "Give each document a title, like “Fact sheet on TPS”. Readers see it, and the file's "
                    "web address comes from it."
                )
            )

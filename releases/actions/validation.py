"""Checks of photos and documents before a release is published."""

import re
from typing import Any

from django.utils.translation import gettext

from releases.actions.errors import ActionNotAllowed
from releases.models import Photo

# File names of cameras and phones, which do not say what a photo shows.
CAMERA_FILE_NAME = re.compile(
    r"\S+\.(?:jpe?g|png|webp|avif|hei[cf]|gif|tiff?)|"
    r"(?:img|dsc[nf]?|pxl|dcim|image|photo|foto|screenshot|whatsapp image)[-_ .0-9]*(?:at [0-9.]+)?(?:jpe?g|png)?",
    re.IGNORECASE,
)


def validate_alt_texts(photos: list[dict[str, Any]]) -> None:
    """Raise ActionNotAllowed if a photo has no alt text or only a file name. Deleted photos are ignored."""
    existing_ids = set(Photo.objects.filter(pk__in=[entry["photo"] for entry in photos]).values_list("pk", flat=True)) if photos else set()
    for position, photo in enumerate((entry for entry in photos if entry["photo"] in existing_ids), 1):
        if photo.get("is_decorative"):
            continue
        if not photo.get("alt"):
            raise ActionNotAllowed(
                gettext("Photo %(number)s has no description for people who cannot see it. Write one, or mark it as decoration.")
                % {"number": position}
            )
        if CAMERA_FILE_NAME.fullmatch(photo["alt"]):
            raise ActionNotAllowed(
                gettext("“%(alt)s” is the name of a file. Write what photo %(number)s shows, for people who cannot see it.")
                % {"alt": photo["alt"], "number": position}
            )


def validate_document_titles(attachments: list[dict[str, Any]]) -> None:
    """Raise ActionNotAllowed if a document has no title or only a file name."""
    for document in attachments:
        title = document.get("title", "")
        if not title or re.fullmatch(r"\S+\.(?:pdf|docx?)|\S*_\S*", title, re.IGNORECASE):
            raise ActionNotAllowed(
                gettext("Write what each document is: “Fact sheet on TPS”. Readers see that, and its address is made from it.")
            )

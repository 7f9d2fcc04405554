"""Upload photos and documents, and attach them to releases."""

import logging
from hashlib import sha256
from threading import Lock
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from releases.actions.errors import ActionNotAllowed
from releases.actions.locking import (
    ensure_newsroom_unlocked,
    ensure_unchanged,
    lock_release,
    set_history_metadata,
)
from releases.actions.permissions import PERMISSION_ERRORS, may_write
from releases.actions.rendition_jobs import generate_photo_renditions
from releases.actions.revisions import get_topic_ids, save_revision
from releases.actions.unfinished_files import forget_files, record_files
from releases.actions.validation import validate_alt_texts, validate_document_titles
from releases.database import is_outage
from releases.media import documents
from releases.media.documents import InvalidDocument, clean_pdf
from releases.models import Document, PendingRevision, Photo, Release, User, deserialize_content
from releases.text.choices import Language
from releases.text.cleaning import clean_line

logger = logging.getLogger(__name__)

MAX_ATTACHMENTS = 40  # photos, and as many documents, of one release
# Each file takes a processor core, which readers need, and up to 300 MiB. So a second upload waits.
_processing = Lock()
MAX_LENGTHS = {"alt": 300, "caption": 1000, "credit": 200}
CENTER = [50, 50]  # the focal point of a photo without one


def add_photo(file: Any, *, user: User) -> Photo:
    """Store the photo in `file` (an uploaded file), re-encoded from its pixels.

    Smaller renditions are created later.

    Raises ActionNotAllowed if the file isn't a photo or can't be stored now.
    """
    if not user.has_perm("releases.add_photo"):
        raise ActionNotAllowed(str(PERMISSION_ERRORS["change_release"]))
    ensure_newsroom_unlocked(user)
    from releases.media import photos  # imports Pillow, whose memory public pages never need

    with _processing:
        try:
            # An empty file is refused there.
            renditions = photos.make_renditions(file.read(photos.MAX_BYTES + 1))
        except photos.InvalidPhoto as error:
            raise ActionNotAllowed(str(error)) from error
    photo = Photo(
        kind=renditions.kind,
        width=renditions.width,
        height=renditions.height,
        widths=renditions.widths,
        digests={name: sha256(content).hexdigest() for name, content in renditions.files.items()},
        added_by=user,
    )
    record_files(photo)
    message = _(
        "The photo could not be stored, because the file storage doesn't answer. Try again in a few minutes."
    )
    files = {f"{photo.storage_folder}/{name}": content for name, content in renditions.files.items()}
    store_files(files, message)
    with transaction.atomic():  # with its history
        photo.save()
        generate_photo_renditions.enqueue(photo_id=photo.pk)
    transaction.on_commit(lambda: forget_files(photo))
    return photo


def add_document(file: Any, *, user: User) -> Document:
    """Store the PDF in `file` (an uploaded file) without its metadata.

    `removed_parts` of the result describes what was removed besides, for a message.

    Raises ActionNotAllowed if it isn't a PDF or can't be stored now.
    """
    if not user.has_perm("releases.add_photo"):
        raise ActionNotAllowed(str(PERMISSION_ERRORS["change_release"]))
    ensure_newsroom_unlocked(user)
    with _processing:
        try:
            cleaned = clean_pdf(file.read(documents.MAX_BYTES + 1))
        except InvalidDocument as error:
            raise ActionNotAllowed(str(error)) from error
    document = Document(
        size=len(cleaned.content),
        pages=cleaned.pages,
        digest=sha256(cleaned.content).hexdigest(),
        added_by=user,
    )
    record_files(document)
    message = _(
        "The document could not be stored, because the file storage doesn't answer. Try again in a few "
        "minutes."
    )
    store_files({document.storage_path: cleaned.content}, message)
    document.save()
    transaction.on_commit(lambda: forget_files(document))
    document.removed_parts = cleaned.removed
    return document


def store_files(files: dict[str, bytes], message: str) -> None:
    """Store files by path. If one fails, `upkeep` deletes the others.

    Raises ActionNotAllowed with `message`, and OSError if the disk of the newsroom is full or read-only.
    """
    try:
        for path, content in files.items():
            default_storage.save(path, ContentFile(content))
    except OSError as error:
        if is_outage(error):  # which the page for outages describes
            raise
        logger.error("A file could not be stored: %s", error)
        raise ActionNotAllowed(message) from error


@transaction.atomic
def set_photos(
    release: Release,
    *,
    user: User,
    photos: list[dict[str, Any]] | None = None,
    attachments: list[dict[str, Any]] | None = None,
    more_photos: list[dict[str, Any]] | None = None,
    more_attachments: list[dict[str, Any]] | None = None,
    replacements: dict[int, int] | None = None,
    edit_token: str | None = None,
) -> None:
    """Set the photos and attachments of `release`, or of its pending revision if it is public.

    `photos` and `attachments` replace the current lists; None keeps a list. `more_photos` and
    `more_attachments` are appended to the lists as they are once the row is locked. `replacements` maps ids
    of documents to those of newer documents.

    Raises ActionNotAllowed if `user` may not write the release, and if a scheduled release gets a photo
    without alt text or a document without a title, because nobody reviews it before it goes public.
    """
    lock_release(release, user, "photos", permission="change_release")
    if not may_write(release, user):
        raise ActionNotAllowed(_("You can no longer change this release. Open it again to see its status."))
    ensure_unchanged(release, edit_token)
    photos = (get_current_photos(release) if photos is None else photos) + (more_photos or [])
    attachments = (get_current_photos(release, "attachments") if attachments is None else attachments) + (
        more_attachments or []
    )
    attachments = [
        entry | {"document": (replacements or {}).get(entry["document"], entry["document"])}
        for entry in attachments
    ]
    changes = {"photos": clean_photos(photos), "attachments": clean_attachments(attachments)}
    if release.is_scheduled:
        validate_alt_texts(changes["photos"])
        validate_document_titles(changes["attachments"])
    if not release.is_public():
        release.apply_content(changes)
        release.changed_by = user
        release.bump_text_version()
        release.save()
        return
    revision = PendingRevision.for_release(release)
    content, tags = (
        (revision.content, revision.topic_ids)
        if revision
        else (release.content(), sorted(get_topic_ids(release)))
    )
    save_revision(
        release, user=user, content=release.content() | deserialize_content(content) | changes, topic_ids=tags
    )


def clean_photos(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the photos of a release as they are stored, without deleted ones.

    Only the first lead photo stays one. `is_lead` and `focus` are left out where they have the default, so
    that entries from before these keys existed stay equal.

    Raises ActionNotAllowed if there are more than MAX_ATTACHMENTS, and KeyError, TypeError or ValueError for
    values of another form.
    """
    if len(entries) > MAX_ATTACHMENTS:
        message = _("A release can have at most %(most)s photos. Remove some first.")
        raise ActionNotAllowed(message % {"most": MAX_ATTACHMENTS})
    cleaned = _without_deleted(Photo, {entry["photo"]: entry for entry in map(_clean_photo, entries)})
    for photo in [photo for photo in cleaned if "is_lead" in photo][1:]:
        del photo["is_lead"]
    return cleaned


def clean_attachments(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the documents of a release as they are stored, without deleted ones.

    Raises like `clean_photos`.
    """
    if len(entries) > MAX_ATTACHMENTS:
        message = _("A release can have at most %(most)s documents. Remove some first.")
        raise ActionNotAllowed(message % {"most": MAX_ATTACHMENTS})
    return _without_deleted(Document, {entry["document"]: entry for entry in map(_clean_document, entries)})


def _without_deleted(
    model: type[Photo] | type[Document], entries: dict[int, dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return those of `entries`, by primary key, whose row exists."""
    possible = [pk for pk in entries if 0 < pk < 2**63]
    existing = set(model._default_manager.filter(pk__in=possible).values_list("pk", flat=True))
    return [entry for pk, entry in entries.items() if pk in existing]


def get_current_photos(release: Release, field: str = "photos") -> list[dict[str, Any]]:
    """Return the photos (or `attachments`) of the pending revision, or else of the release."""
    revision = PendingRevision.for_release(release)
    return list(revision.content.get(field, getattr(release, field)) if revision else getattr(release, field))


def _clean_photo(photo: dict[str, Any]) -> dict[str, Any]:
    texts = {
        name: clean_line(str(photo.get(name, "")))[:max_length] for name, max_length in MAX_LENGTHS.items()
    }
    cleaned = {"photo": int(photo["photo"]), "is_decorative": bool(photo.get("is_decorative")), **texts}
    if photo.get("is_lead"):
        cleaned["is_lead"] = True
    if (focus := clean_focus(photo.get("focus"))) != CENTER:
        cleaned["focus"] = focus
    return cleaned


def clean_focus(focus: Any) -> list[int]:
    """Return `focus` with both numbers between 0 and 100, or the center if it isn't a focal point."""
    try:
        x, y = (min(max(round(number), 0), 100) for number in focus)
    except (TypeError, ValueError, OverflowError):
        return CENTER
    return [x, y]


def _clean_document(document: dict[str, Any]) -> dict[str, Any]:
    title = clean_line(str(document.get("title", "")))[: MAX_LENGTHS["alt"]]
    return {
        "document": int(document["document"]),
        "title": title,
        "language": Language(document["language"]).value,
    }


def save_consent(photo: Photo, *, text: str, previous: str, user: User) -> bool:
    """Save the consent note of `photo`, unless someone changed it from `previous`.

    Return whether it is `text` now.
    """
    saved, previous, text = (value.replace("\r\n", "\n") for value in (photo.consent, previous, text))
    if saved not in (previous, text):
        return False
    if saved != text:
        photo.consent = text
        set_history_metadata(photo, user, "write")
        with transaction.atomic():  # with its history
            photo.save()
    return True

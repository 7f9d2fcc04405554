"""Photos and documents come in, are described, and go."""

from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from releases import documents
from releases.documents import NotADocument, clean_document
from releases.models import Document, Photo, Release, User, WorkingCopy, as_printed
from releases.prose import without_control_characters
from releases.publishing import finishing
from releases.publishing.changes import tags_of, write_change
from releases.publishing.holding import LACKING, Refusal, described, hold, may_write, not_since, titled
from releases.vocabulary import Language

MOST = 40  # photos of one release
LENGTHS = {"alt": 300, "caption": 1000, "credit": 200}


def add_photo(file: Any, *, by: User) -> Photo:
    """Keep the picture in `file` (an uploaded file), rebuilt from its pixels; its smaller copies follow. Raises Refusal for what is no
    photo."""
    if not by.has_perm("releases.add_photo"):
        raise Refusal(str(LACKING["change_release"]))
    from releases import renditions  # with Pillow, which takes memory that readers' pages never need

    try:
        made = renditions.renditions(file.read(renditions.MOST_BYTES + 1))  # an empty one too: it says why
    except renditions.NotAPhoto as fault:
        raise Refusal(str(fault)) from fault
    photo = Photo(kind=made.kind, width=made.width, height=made.height, widths=made.widths, added_by=by)
    for name, content in made.files.items():
        default_storage.save(f"{photo.folder}/{name}", ContentFile(content))
    photo.save()
    transaction.on_commit(finishing.finish_soon)
    return photo


def add_document(file: Any, *, by: User) -> Document:
    """Keep the PDF in `file` (an uploaded file) without what it says of its makers. Raises Refusal for what is none."""
    if not by.has_perm("releases.add_photo"):
        raise Refusal(str(LACKING["change_release"]))
    try:
        content, pages = clean_document(file.read(documents.MOST_BYTES + 1))
    except NotADocument as fault:
        raise Refusal(str(fault)) from fault
    document = Document(size=len(content), pages=pages, added_by=by)
    default_storage.save(document.file, ContentFile(content))
    document.save()
    return document


@transaction.atomic
def set_photos(
    release: Release,
    *,
    by: User,
    photos: list[dict[str, Any]] | None = None,
    attachments: list[dict[str, Any]] | None = None,
    more_photos: list[dict[str, Any]] | None = None,
    more_attachments: list[dict[str, Any]] | None = None,
    replaced: dict[int, int] | None = None,
    seen: str | None = None,
) -> None:
    """Let `release` show `photos` and `attachments`, in this order, those that are given, `more_` behind what it shows when its
    row is held, and newer documents, by the ids of those they are `replaced` by; of a public release its next text.

    Raises Refusal as writing it does, and for what says nothing of itself in a release that is scheduled: the clock asks nobody.
    """
    hold(release, by, "photos", right="change_release")
    if not may_write(release, by):
        raise Refusal(_("This release can no longer be changed by you. Open it again to see how it stands."))
    not_since(release, seen)
    photos = (photos_at_hand(release) if photos is None else photos) + (more_photos or [])
    attachments = (photos_at_hand(release, "attachments") if attachments is None else attachments) + (more_attachments or [])
    attachments = [one | {"document": (replaced or {}).get(one["document"], one["document"])} for one in attachments]
    if len(photos) > MOST or len(attachments) > MOST:
        raise Refusal(_("A release shows %(most)s photos at most. Take some out first.") % {"most": MOST})
    there = set(Photo.objects.filter(pk__in=[one["photo"] for one in photos]).values_list("pk", flat=True))
    changes = {
        "photos": [_written(photo) for photo in photos if photo["photo"] in there],
        "attachments": [_titled(document) for document in attachments],
    }
    if release.is_scheduled:
        described(changes["photos"])
        titled(changes["attachments"])
    if not release.is_public():
        release.take_over(changes)
        release.changed_by = by
        release.words_changed()
        release.save()
        return
    copy = WorkingCopy.of(release)
    printed, tags = (copy.printed, copy.tags) if copy else (release.printed(), sorted(tags_of(release)))
    write_change(release, by=by, printed=release.printed() | as_printed(printed) | changes, tags=tags)


def photos_at_hand(release: Release, field: str = "photos") -> list[dict[str, Any]]:
    """The photos (or the `attachments`) that the desk works on: those of the working copy, else of the release itself."""
    copy = WorkingCopy.of(release)
    return list(copy.printed.get(field, getattr(release, field)) if copy else getattr(release, field))


def _written(photo: dict[str, Any]) -> dict[str, Any]:
    words = {name: " ".join(without_control_characters(str(photo.get(name, ""))).split())[:most] for name, most in LENGTHS.items()}
    return {"photo": int(photo["photo"]), "is_decorative": bool(photo.get("is_decorative")), **words}


def _titled(document: dict[str, Any]) -> dict[str, Any]:
    title = " ".join(without_control_characters(str(document.get("title", ""))).split())[: LENGTHS["alt"]]
    return {"document": int(document["document"]), "title": title, "language": Language(document["language"]).value}

"""What tests are made of: one builder for each thing, every word of it said where it matters."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from releases.models import Document, Photo, Release, Topic, User
from releases.renditions import Renditions, renditions, smaller_copies
from releases.vocabulary import DEFAULT_PLACE, Status
from tests import pictures

PASSWORD = "a password of one's own"
NOON = datetime(2026, 6, 1, 19, 0, tzinfo=UTC)  # noon in Los Angeles
_numbers = count(1)


def make_release(*, topics: tuple[Topic, ...] = (), **changes: Any) -> Release:
    """A public release of March 4, 2015, unless `changes` says otherwise; saved as it is, without asking whether it may be."""
    number = next(_numbers)
    words: dict[str, Any] = {
        "headline": f"CARECEN welcomes ruling {number}",
        "slug": f"carecen-welcomes-ruling-{number}",
        "date": date(2015, 3, 4),
        "dateline": DEFAULT_PLACE[changes.get("language", "en")],
        "summary": "Families can stay together.",
        "body": "<p>The court agreed.</p>",
        "status": Status.PUBLISHED,
        "public_at": datetime(2015, 3, 4, 8, tzinfo=UTC),
    }
    release = Release(**words | changes)
    release.save()
    release.tags.add(*topics)
    return release


def make_draft(**changes: Any) -> Release:
    return make_release(**{"status": Status.DRAFT, "public_at": None, "slug": "", "date": None} | changes)


def make_scheduled(**changes: Any) -> Release:
    return make_release(**{"public_at": timezone.now() + timedelta(days=1)} | changes)


def make_withdrawn(**changes: Any) -> Release:
    withdrawn = {"status": Status.WITHDRAWN, "withdrawn_at": timezone.now(), "withdrawal_reason": "A name was wrong."}
    return make_release(**withdrawn | changes)


def whole(data: bytes) -> Renditions:
    """The photo in `data` with all its files."""
    made = renditions(data)
    return replace(made, files=made.files | dict(smaller_copies(made.files[f"full.{made.kind}"], made.kind, made.widths)))


@cache
def small_files() -> Renditions:
    return whole(pictures.saved(pictures.scene(), "PNG"))


def make_photo(**changes: Any) -> Photo:
    """A photo of six colours, with its files."""
    made = small_files()
    photo = Photo(**{"kind": made.kind, "width": made.width, "height": made.height, "widths": made.widths, "is_ready": True} | changes)
    for name, content in made.files.items():
        default_storage.save(f"{photo.folder}/{name}", ContentFile(content))
    photo.save()
    return photo


def make_document() -> Document:
    """A PDF, as far as it matters who may have it."""
    document = Document(size=9, pages=1)
    default_storage.save(document.file, ContentFile(b"%PDF-1.7\n"))
    document.save()
    return document


def shown(photo: Photo, **words: Any) -> dict[str, Any]:
    """What a release says of `photo`."""
    return {"photo": photo.pk, "alt": "Families hold banners.", "is_decorative": False, "caption": "", "credit": ""} | words


def make_topic(name: str = "DACA", name_es: str = "", **changes: Any) -> Topic:
    topic = Topic(name=name, name_es=name_es or name, **changes)
    topic.full_clean(exclude=["slug", "slug_es", "key", "key_es"])
    topic.save()
    return topic


def make_user(name: str = "ana", group: str = "Publishers", **changes: Any) -> User:
    user = User.objects.create_user(name, password=PASSWORD, is_staff=True, **changes)
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user

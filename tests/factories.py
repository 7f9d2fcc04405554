"""Factories for test data."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from releases.media.photos import Renditions, make_remaining_renditions, make_renditions
from releases.models import (
    Alert,
    Coverage,
    Document,
    MediaContact,
    Organization,
    Photo,
    Release,
    ReleaseTemplate,
    Topic,
    User,
)
from releases.text.choices import DEFAULT_PLACE, Severity, Status
from tests import pictures

PASSWORD = "a password of one's own"
NOON = datetime(2026, 6, 1, 19, 0, tzinfo=UTC)  # noon in Los Angeles
_sequence = count(1)

EVENT_FIELDS = {
    "event_at": datetime(2090, 5, 1, 17, tzinfo=UTC),
    "event_until": datetime(2090, 5, 1, 18, 30, tzinfo=UTC),
    "event_place": "City Hall, 200 N. Spring St.",
    "event_who": "Ana Ruiz, director\nLuis Paz, lawyer",
    "event_languages": "English, Spanish",
    "event_visuals": "Families with banners",
}

CANARY = "Quetzalcanary"


def make_release(*, topics: tuple[Topic, ...] = (), **changes: Any) -> Release:
    """Create a public release of March 4, 2015, with `changes`. It is saved without validation."""
    number = next(_sequence)
    values: dict[str, Any] = {
        "headline": f"CARECEN welcomes ruling {number}",
        "slug": f"carecen-welcomes-ruling-{number}",
        "date": date(2015, 3, 4),
        "dateline": DEFAULT_PLACE[changes.get("language", "en")],
        "summary": "Families can stay together.",
        "body": "<p>The court agreed.</p>",
        "status": Status.PUBLISHED,
        "public_at": datetime(2015, 3, 4, 8, tzinfo=UTC),
    }
    release = Release(**values | changes)
    release.save()
    release.tags.add(*topics)
    return release


def make_draft(**changes: Any) -> Release:
    return make_release(**{"status": Status.DRAFT, "public_at": None, "slug": "", "date": None} | changes)


def make_scheduled(**changes: Any) -> Release:
    return make_release(**{"public_at": timezone.now() + timedelta(days=1)} | changes)


def make_withdrawn(**changes: Any) -> Release:
    withdrawn = {
        "status": Status.WITHDRAWN,
        "withdrawn_at": timezone.now(),
        "withdrawal_reason": "A name was wrong.",
    }
    return make_release(**withdrawn | changes)


def build_all_renditions(data: bytes) -> Renditions:
    """Return the photo in `data` with all its files."""
    renditions = make_renditions(data)
    return replace(
        renditions,
        files=renditions.files
        | dict(
            make_remaining_renditions(
                renditions.files[f"full.{renditions.kind}"], renditions.kind, renditions.widths
            )
        ),
    )


@cache
def build_small_renditions() -> Renditions:
    return build_all_renditions(pictures.encode_image(pictures.make_image(), "PNG"))


def make_photo(**changes: Any) -> Photo:
    """Create a photo of six colors, with its files."""
    renditions = build_small_renditions()
    photo = Photo(
        **{
            "kind": renditions.kind,
            "width": renditions.width,
            "height": renditions.height,
            "widths": renditions.widths,
            "renditions_ready": True,
        }
        | changes
    )
    for name, content in renditions.files.items():
        default_storage.save(f"{photo.storage_folder}/{name}", ContentFile(content))
    photo.save()
    return photo


def make_document(**changes: Any) -> Document:
    """Create a document whose file only begins like a PDF."""
    document = Document(size=9, pages=1, **changes)
    default_storage.save(document.storage_path, ContentFile(b"%PDF-1.7\n"))
    document.save()
    return document


def photo_entry(photo: Photo, **changes: Any) -> dict[str, Any]:
    """Return the entry of `photo` in `Release.photos`."""
    return {
        "photo": photo.pk,
        "alt": "Families hold banners.",
        "is_decorative": False,
        "caption": "",
        "credit": "",
    } | changes


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


def make_invited_user(name: str = "rosa.melgar", group: str = "Writers", **changes: Any) -> User:
    """Create an account without a password, as for someone who has not accepted an invitation."""
    user = make_user(name, group, **changes)
    user.set_unusable_password()
    user.save()
    return user


def make_contact(**changes):
    fields = {
        "name": "Ana Ruiz",
        "role": "Director",
        "role_es": "Directora",
        "phone": "213-555-0100",
        "email": "ana@example.org",
    }
    contact = MediaContact(**fields | changes)
    contact.full_clean()
    contact.save()
    return contact


def make_template(**changes):
    fields = {"name": "Letter", "headline": "[Who] asks", "summary": "[Who] asked.", "body": "<p>[Why]</p>"}
    return ReleaseTemplate.objects.create(**fields | changes)


def make_organization(name="CHIRLA", **changes):
    organization = Organization(name=name, **changes)
    organization.full_clean()
    organization.save()
    return organization


def make_coverage(**changes):
    fields = {
        "outlet": "La Opinión",
        "headline": "Familias celebran",
        "language": "es",
        "url": "https://example.org/a",
        "date": timezone.localdate(),
    }
    return Coverage.objects.create(**fields | changes)


def attachment_data(document, title="Fact sheet on TPS", language="en"):
    return {"document": document.pk, "title": title, "language": language}


def make_alert(**changes: Any) -> Alert:
    """Create an active alert. It is saved without validation."""
    fields = {
        "text": "Agents are in Westlake.",
        "text_es": "Hay agentes en Westlake.",
        "severity": Severity.URGENT,
        "ends_at": timezone.now() + timedelta(hours=1),
    }
    return Alert.objects.create(**fields | changes)

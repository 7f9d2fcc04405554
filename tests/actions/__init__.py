"""What the tests of several actions do first: write a change, publish it, make a pair of translations."""

from django.test import Client

from releases.actions.rendition_jobs import generate_renditions
from releases.actions.revisions import publish_revision, save_revision
from releases.models import PendingRevision, Photo, Release
from tests.factories import make_draft

PAGES = ["/", "/2015/", "/2015/03/", "/topics/daca/", "/topics/", "/archive/", "/2015/03/a-ruling/"]
SPANISH_IS_NEWER = "The Spanish version was updated on"


def get_pages() -> dict[str, bytes]:
    return {url: Client().get(url).content for url in PAGES}


def write_revision(release: Release, user, **changes) -> PendingRevision | None:
    tags = changes.pop("tags", sorted(release.tags.values_list("pk", flat=True)))
    return save_revision(release, user=user, content=release.content() | changes, topic_ids=tags)


def process_photos() -> list[Photo]:
    return [photo for photo, error in generate_renditions() if error is None]


def save_and_publish(release, user, summary, kind="correction", **changes):
    save_revision(release, user=user, content=release.content() | {"summary": summary}, topic_ids=[])
    publish_revision(
        release, user=user, kind=kind, note="" if kind == "typo" else "Una fecha cambió.", **changes
    )


def get_out_of_date():
    return list(Release.objects.out_of_date())


def make_translated_drafts():
    english = make_draft(summary="Families can stay.")
    return english, make_draft(
        language="es", translation_key=english.translation_key, summary="Las familias se quedan."
    )

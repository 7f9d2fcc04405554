"""What is derived and follows every change in the same transaction: the search index, the stamp of the public edition, what ties
to topics say of a release, who shows which photo.

Topics are written after the release, so their ties are listened to as well. `update()` and `bulk_create()` send no word:
who uses them calls `search.index` or `search.rebuild`, writes what ties say (`ReleaseTag.said_of`), and calls `caching.turn`.
"""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_migrate, post_save
from django.dispatch import receiver

from releases import caching, publishing, search
from releases.models import (
    Agreement,
    Boilerplate,
    Correction,
    Coverage,
    Document,
    FormerAddress,
    MediaContact,
    Newsroom,
    Photo,
    PhotoUse,
    Release,
    ReleaseTag,
    Topic,
    TopicAlias,
    WorkingCopy,
)

# Whose rows public pages are made of. A change that waits for its moment counts, as one that ends an edition.
PUBLIC = {
    Agreement,
    Boilerplate,
    Correction,
    Coverage,
    Document,
    FormerAddress,
    MediaContact,
    Newsroom,
    Photo,
    Release,
    ReleaseTag,
    Topic,
    TopicAlias,
}


@receiver(post_save, sender=Release)
def index_release(instance: Release, raw: bool = False, **_words: Any) -> None:
    if not raw:
        search.index(instance)


@receiver(post_save, sender=Release)
def keep_ties(instance: Release, raw: bool = False, created: bool = False, **_words: Any) -> None:
    """What the ties to its topics say of it."""
    if not (raw or created):
        instance.tagging.update(**ReleaseTag.said_of(instance))


@receiver(post_save, sender=Release)
def keep_photo_uses(instance: Release, raw: bool = False, created: bool = False, **_words: Any) -> None:
    """The photos of the release as rows."""
    if created and not instance.photos:
        return
    shown = {one["photo"] for one in instance.photos}
    known = set(instance.photo_uses.values_list("photo", flat=True)) if instance.pk else set()
    if raw or shown == known:
        return
    instance.photo_uses.exclude(photo__in=shown).delete()
    there = Photo.objects.filter(pk__in=shown - known)
    PhotoUse.objects.bulk_create([PhotoUse(release=instance, photo=photo) for photo in there], ignore_conflicts=True)


@receiver(post_delete, sender=Photo)
@receiver(post_delete, sender=Document)
def remove_files(instance: Photo | Document, **_words: Any) -> None:
    """With its row a picture or a document goes, once that is certain."""
    transaction.on_commit(lambda: publishing.remove_files(instance))


@receiver(post_delete, sender=Release)
def forget_release(instance: Release, **_words: Any) -> None:
    search.forget(instance.pk)


@receiver([post_save, post_delete], sender=ReleaseTag)
def index_tagged(instance: ReleaseTag, raw: bool = False, **_words: Any) -> None:
    if not raw:
        _index_as_they_are(Release.objects.filter(pk=instance.content_object_id))


@receiver(post_save, sender=Topic)
def index_topic(instance: Topic, raw: bool = False, created: bool = False, **_words: Any) -> None:
    if not (raw or created):
        _index_as_they_are(Release.objects.filter(pk__in=Release.objects.tagged(instance).values("pk")))


@receiver([post_save, post_delete])
def turn_the_edition(sender: type, instance: Any, **_words: Any) -> None:
    if sender in PUBLIC or (sender is WorkingCopy and instance.public_at):
        caching.turn()


def _index_as_they_are(releases: Any) -> None:
    """Under their locks, so that what someone else is about to save is not indexed over by what it was."""
    with transaction.atomic():
        search.index(*releases.select_for_update().order_by("pk"))


@receiver(post_migrate)
def fill_the_index(app_config: Any, **_words: Any) -> None:
    """After the migration that made the table, and after an upgrade that tells words apart in another way."""
    if app_config.label == "releases" and search.is_out_of_date():
        search.rebuild()

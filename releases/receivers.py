"""What is derived from releases and follows every change of them in the same transaction: the search index, nothing else.

Topics are written after the release, so their ties are listened to as well. `update()` and `bulk_create()` send no word:
who uses them calls `search.index` or `search.rebuild`.
"""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_migrate, post_save
from django.dispatch import receiver

from releases import search
from releases.models import Release, ReleaseTag, Topic


@receiver(post_save, sender=Release)
def index_release(instance: Release, raw: bool = False, **_words: Any) -> None:
    if not raw:
        search.index(instance)


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


def _index_as_they_are(releases: Any) -> None:
    """Under their locks, so that what someone else is about to save is not indexed over by what it was."""
    with transaction.atomic():
        search.index(*releases.select_for_update().order_by("pk"))


@receiver(post_migrate)
def fill_the_index(app_config: Any, **_words: Any) -> None:
    """After the migration that made the table, and after an upgrade that tells words apart in another way."""
    if app_config.label == "releases" and search.is_out_of_date():
        search.rebuild()

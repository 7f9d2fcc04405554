"""Update derived data in the transaction of every change.

Derived data are the search index, the cache version, the release fields that topic assignments copy, and the
photos of a release as rows. Topics are written after the release, so ReleaseTag has receivers too. `update()`
and `bulk_create()` send no signals: call `search.update` or `search.rebuild` after them, write
`ReleaseTag.denormalized_values`, and call `caching.invalidate_public_cache`. `loaddata` (`raw`) updates
nothing: run `rebuild_search` after it.
"""

from typing import Any

from django.db import models, transaction
from django.db.models.signals import m2m_changed, post_delete, post_migrate, post_save, pre_delete, pre_save
from django.dispatch import receiver

from releases import caching, search
from releases.actions import rendition_jobs
from releases.actions.unfinished_files import record_files
from releases.models import (
    Alert,
    Boilerplate,
    Correction,
    Coverage,
    Document,
    MediaContact,
    NewsroomSettings,
    Organization,
    PendingRevision,
    Photo,
    PhotoUse,
    Release,
    ReleaseTag,
    SlugRedirect,
    Topic,
    TopicAlias,
    TranslationStatus,
    User,
    end_sessions,
)
from releases.text.choices import Status
from releases.text.cleaning import clean_text

# The models that public pages show. A scheduled PendingRevision counts too, because it ends a cache
# generation.
PUBLIC_MODELS = {
    Alert,
    TranslationStatus,
    Boilerplate,
    Correction,
    Coverage,
    Document,
    SlugRedirect,
    MediaContact,
    NewsroomSettings,
    Organization,
    PendingRevision,
    Photo,
    Release,
    ReleaseTag,
    Topic,
    TopicAlias,
}


@receiver(pre_save)
def clean_text_fields(sender: type[models.Model], instance: Any, raw: bool = False, **_kwargs: Any) -> None:
    """Clean every text field of our models with `clean_text`."""
    if raw or sender._meta.app_label != "releases":
        return
    for field in sender._meta.concrete_fields:
        if isinstance(field, models.CharField | models.TextField) and not field.choices:
            value = getattr(instance, field.attname)
            if isinstance(value, str):
                setattr(instance, field.attname, clean_text(value))


@receiver(pre_save, sender=Release)
def remember_draft(instance: Release, raw: bool = False, **_kwargs: Any) -> None:
    """Note whether the row is a draft before the change and after it: `instance` may be out of date."""
    instance.stays_draft = instance.status == Status.DRAFT and (
        instance._state.adding or raw or Release.objects.filter(pk=instance.pk, status=Status.DRAFT).exists()
    )


@receiver(post_save, sender=Release)
def index_release(instance: Release, raw: bool = False, **_kwargs: Any) -> None:
    if not raw:
        search.update(instance)


@receiver(post_save, sender=Release)
def update_denormalized_fields(
    instance: Release, raw: bool = False, created: bool = False, **_kwargs: Any
) -> None:
    """Copy `ReleaseTag.denormalized_values` to the topic assignments of the release."""
    if not (raw or created):
        instance.release_tags.update(**ReleaseTag.denormalized_values(instance))


@receiver(post_save, sender=Release)
def sync_photo_uses(instance: Release, raw: bool = False, created: bool = False, **_kwargs: Any) -> None:
    """Update the PhotoUse rows from `Release.photos`."""
    if created and not instance.photos:
        return
    photo_ids = {entry["photo"] for entry in instance.photos}
    existing_ids = set(instance.photo_uses.values_list("photo", flat=True)) if instance.pk else set()
    if raw or photo_ids == existing_ids:
        return
    instance.photo_uses.exclude(photo__in=photo_ids).delete()
    new_photos = Photo.objects.filter(pk__in=photo_ids - existing_ids)
    PhotoUse.objects.bulk_create(
        [PhotoUse(release=instance, photo=photo) for photo in new_photos], ignore_conflicts=True
    )


@receiver(pre_delete, sender=Photo)
def clear_portraits(instance: Photo, **_kwargs: Any) -> None:
    """Remove a photo from its contacts. Unlike the SET_NULL of the database, this is in their history."""
    for contact in instance.portrait_of.all():
        contact.portrait = None
        contact.save()


@receiver(post_delete, sender=Photo)
@receiver(post_delete, sender=Document)
def delete_files(instance: Photo | Document, **_kwargs: Any) -> None:
    """Delete the files of a photo or document when the deletion of its row is committed."""
    record_files(instance)
    transaction.on_commit(lambda: rendition_jobs.delete_files(instance))


@receiver(post_delete, sender=Release)
def remove_from_index(instance: Release, **_kwargs: Any) -> None:
    search.remove(instance.pk)


@receiver([post_save, post_delete], sender=ReleaseTag)
def reindex_release_of_tag(instance: ReleaseTag, raw: bool = False, **_kwargs: Any) -> None:
    if not raw:
        _lock_and_index(Release.objects.filter(pk=instance.content_object_id))


@receiver(post_save, sender=Topic)
def reindex_releases_of_topic(
    instance: Topic, raw: bool = False, created: bool = False, **_kwargs: Any
) -> None:
    if not (raw or created):
        _lock_and_index(Release.objects.filter(pk__in=Release.objects.tagged(instance).values("pk")))


@receiver([post_save, post_delete], sender=Organization)
def reindex_releases_of_organization(instance: Organization, raw: bool = False, **_kwargs: Any) -> None:
    if not raw:
        _lock_and_index(Release.objects.signed_by([instance.pk]))


@receiver([post_save, post_delete])
def invalidate_cache(
    sender: type, instance: Any, raw: bool = False, created: bool | None = None, **_kwargs: Any
) -> None:
    """Invalidate the cache after a change of PUBLIC_MODELS. `created` is None after a deletion."""
    if raw:  # loaddata: a full dump has the rows of CacheInvalidation; `rebuild_search` adds one otherwise
        return
    if sender in PUBLIC_MODELS and not is_hidden(instance, created):
        caching.invalidate_public_cache()


def is_hidden(instance: Any, created: bool | None) -> bool:
    """Return whether the public can see `instance` neither before nor after the change.

    A scheduled release that returns to draft may have become public meanwhile. New photos and documents are
    in no public release.
    """
    if isinstance(instance, Release):
        return created is not None and instance.stays_draft
    if isinstance(instance, ReleaseTag):
        return created is not None and instance.public_at is None
    if isinstance(instance, Photo | Document):
        return bool(created) and not getattr(instance, "press_kit_category", "")
    return isinstance(instance, PendingRevision) and instance.public_at is None


def _lock_and_index(releases: Any) -> None:
    """Index `releases` under a lock, so that a concurrent save is not overwritten with the older text."""
    with transaction.atomic():
        search.update(*releases.select_for_update().order_by("pk"))


@receiver(post_migrate)
def rebuild_outdated_index(app_config: Any, **_kwargs: Any) -> None:
    """Rebuild the index after the migration that creates it, and after an upgrade with another analyzer."""
    if app_config.label == "releases" and search.is_outdated():
        search.rebuild()


@receiver(m2m_changed, sender=User.groups.through)
@receiver(m2m_changed, sender=User.user_permissions.through)
def end_sessions_of_changed_role(
    action: str, instance: Any, pk_set: set[int] | None, reverse: bool, **_kwargs: Any
) -> None:
    """Sign out an account whose groups or permissions changed. User.save does the same for its fields."""
    if action in ("post_add", "post_remove", "post_clear") and (pk_set or action == "post_clear"):
        for user_id in (pk_set or ()) if reverse else [instance.pk]:
            end_sessions(user_id)

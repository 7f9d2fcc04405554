"""Restore the whole newsroom to its state at an earlier time."""

from collections.abc import Container, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from releases import caching
from releases.actions.errors import ActionNotAllowed
from releases.actions.locking import set_history_metadata
from releases.actions.revisions import clear_schedule
from releases.actions.withdrawal import default_withdrawal_reason
from releases.models import (
    Alert,
    Boilerplate,
    Correction,
    Coverage,
    MediaContact,
    NewsroomSettings,
    Organization,
    PendingRevision,
    Photo,
    Release,
    ReleaseTag,
    ReleaseTemplate,
    SlugRedirect,
    Topic,
    TopicAlias,
    TranslationStatus,
    User,
    WordListEntry,
)
from releases.text.choices import Status
from releases.text.slugs import numbered_slug

# Releases and topics are restored one by one; these, like the settings, as whole tables.
DEPENDENT_MODELS: tuple[Any, ...] = (
    TopicAlias,
    SlugRedirect,
    Correction,
    TranslationStatus,
    MediaContact,
    Organization,
    Boilerplate,
    Coverage,
)
# Rows of these that were created later stay.
KEPT_MODELS: tuple[Any, ...] = (NewsroomSettings, ReleaseTemplate, WordListEntry)
RESTORED_MODELS = (Release, Topic, *DEPENDENT_MODELS, *KEPT_MODELS)


class RestoreResult(NamedTuple):
    """A release that `restore_everything` changed, and the outcome.

    `outcome` is the new status if it changed, "content_restored" if the status is the same, or
    "revision_unscheduled" if only the scheduled revision was unscheduled.
    """

    release: Release
    outcome: str


@transaction.atomic
def restore_everything(at: datetime) -> list[RestoreResult]:
    """Restore releases, topics, slugs, corrections, templates and settings to their state at `at` (aware).

    Returns the changed releases.

    - Releases published after `at` are withdrawn, never deleted.
    - An alert published after `at` ends.
    - Drafts and templates created after `at` are kept.
    - Releases and revisions scheduled after `at` are unscheduled.
    - Releases that were scheduled at `at`, but have been returned to draft, remain drafts.

    The history records each change as a new version, so a restoration can be undone by another one. Raises
    ActionNotAllowed if the history begins after `at`.
    """
    history_start = Release.history.order_by("history_date").values_list("history_date", flat=True).first()
    if history_start is None or at < history_start:
        raise ActionNotAllowed(
            _("The history of this newsroom starts later. There is nothing to restore from before that time.")
        )
    current = {release.pk: release for release in Release.objects.select_for_update().order_by("pk")}
    unscheduled = _unschedule_recent_revisions(at)
    earlier_rows = _load_all_rows_at(at)
    earlier_releases = earlier_rows[Release]
    earlier_topics, current_topics = (
        _topics_by_release(_load_history_records_at(ReleaseTag, at)),
        _topics_by_release(ReleaseTag.objects.all()),
    )
    for model in DEPENDENT_MODELS:
        _delete_newer_rows(model, earlier_rows[model])
    _restore_topics(earlier_rows[Topic])
    _free_slugs(earlier_releases, current)
    results = []
    for pk, release in earlier_releases.items():
        topics_differ = earlier_topics.get(pk, set()) != current_topics.get(pk, set())
        if outcome := _restore_release(release, current.get(pk), at, topics_differ):
            results.append(RestoreResult(release, outcome))
    for pk, release in current.items():
        if pk not in earlier_releases and (outcome := _withdraw_or_unschedule(release)):
            results.append(RestoreResult(release, outcome))
    _restore_tags(earlier_releases, earlier_topics)
    _restore_organizations(earlier_rows[Organization])
    for model in (*DEPENDENT_MODELS, *KEPT_MODELS):
        _restore_rows(model, earlier_rows[model])
    now = timezone.now()
    Alert.objects.active(now).filter(created_at__gt=at).update(ended_at=now)
    caching.invalidate_public_cache()
    changed = {result.release.pk for result in results}
    return results + [
        RestoreResult(release, "revision_unscheduled") for release in unscheduled if release.pk not in changed
    ]


# --- Reading the history ------------------------------------------------------------------------------------


def _load_all_rows_at(at: datetime) -> dict[Any, dict[Any, Any]]:
    """Return the rows of each of RESTORED_MODELS at `at`, by id.

    References to deleted users, photos and releases become None.
    """
    user_ids = set(User.objects.values_list("pk", flat=True))
    release_ids = set(Release.objects.values_list("pk", flat=True)) | set(
        Release.history.values_list("id", flat=True)
    )
    photo_ids = set(Photo.objects.values_list("pk", flat=True))  # deleted photos don't return
    existing_ids: dict[Any, set[int]] = {User: user_ids, Release: release_ids, Photo: photo_ids}
    return {model: dict(_load_rows_at(model, at, existing_ids)) for model in RESTORED_MODELS}


def _load_rows_at(model: Any, at: datetime, existing_ids: dict[Any, set[int]]) -> Iterator[tuple[Any, Any]]:
    for record in _load_history_records_at(model, at):
        row = record.instance
        for field in model._meta.concrete_fields:
            if (
                field.related_model in existing_ids
                and field.null
                and getattr(row, field.attname) not in existing_ids[field.related_model]
            ):
                setattr(row, field.attname, None)
        yield record.id, row


def _load_history_records_at(model: Any, at: datetime) -> Iterator[Any]:
    """Return the history record of each row of `model` that existed at `at`."""
    records = (
        model.history.filter(history_date__lte=at).latest_of_each().order_by("history_date", "history_id")
    )
    return (
        record for record in {record.id: record for record in records}.values() if record.history_type != "-"
    )


def _topics_by_release(release_tags: Iterable[Any]) -> dict[int, set[int]]:
    """Return the ids of the topics of each release, by its id. `release_tags` can be history records."""
    tags: dict[int, set[int]] = {}
    for release_tag in release_tags:
        tags.setdefault(release_tag.content_object_id, set()).add(release_tag.tag_id)
    return tags


# --- Restoring ----------------------------------------------------------------------------------------------


def _unschedule_recent_revisions(at: datetime) -> list[Release]:
    """Unschedule the revisions that were scheduled after `at`, and return their releases."""
    releases = []
    for revision in (
        PendingRevision.objects.select_for_update().exclude(public_at=None).filter(changed_at__gt=at)
    ):
        clear_schedule(revision)
        releases.append(revision.release)
    return releases


def _delete_newer_rows(model: Any, earlier_rows: dict[Any, Any]) -> None:
    for row in model.objects.all():
        if row.pk not in earlier_rows:
            row.delete()


def _restore_topics(earlier_topics: dict[Any, Topic]) -> None:
    current_topics = {topic.pk: topic for topic in Topic.objects.select_for_update().order_by("pk")}
    changed = [
        pk
        for pk, topic in earlier_topics.items()
        if pk not in current_topics or _differs(topic, current_topics[pk])
    ]
    for pk in changed:
        _move_aside(pk)  # two topics may have exchanged names or slugs, which are unique
    for pk in changed:
        topic = earlier_topics[pk]
        keys = {topic.key, topic.key_es}
        conflicting = list(
            Topic.objects.exclude(pk=pk).filter(models.Q(key__in=keys) | models.Q(key_es__in=keys))
        )
        newer = [other for other in conflicting if other.pk not in earlier_topics]
        for other in newer:
            _move_aside(other.pk)
        for slug_field in ("slug", "slug_es"):
            for other in Topic.objects.exclude(pk=pk).filter(**{slug_field: getattr(topic, slug_field)}):
                topic_to_renumber = topic if other.pk in earlier_topics else other
                setattr(
                    topic_to_renumber,
                    slug_field,
                    numbered_slug(getattr(topic, slug_field), topic_to_renumber.pk),
                )
                if topic_to_renumber is other:
                    other.save()
        if len(conflicting) > len(newer):  # redaction gave two topics the same name
            topic.name, topic.name_es = f"{topic.name[:90]} {pk}", f"{topic.name_es[:90]} {pk}"
        _save(topic, inserting=pk not in current_topics)
        # Releases of a topic created after `at` with the same name get this topic instead.
        for other in newer:
            for release_tag in ReleaseTag.objects.filter(tag=other):
                release_tag.delete()
                ReleaseTag.objects.get_or_create(tag=topic, content_object=release_tag.content_object)
            other.delete()


def _move_aside(pk: int) -> None:
    """Give a topic placeholder names and slugs that conflict with no others."""
    placeholders = {
        "name": f"topic {pk}",
        "name_es": f"topic {pk}",
        "slug": f"parked-{pk}",
        "slug_es": f"parked-{pk}",
    }
    Topic.objects.filter(pk=pk).update(**placeholders, key=f"parked topic {pk}", key_es=f"parked topic {pk}")


def _free_slugs(earlier_releases: dict[Any, Release], current_releases: dict[Any, Release]) -> None:
    """Free the slugs and import keys that other releases use now.

    After that, releases can be restored one by one.
    """
    owner_ids: dict[tuple[str, str], int] = {}
    for pk, release in earlier_releases.items():
        if release.slug and owner_ids.setdefault((release.language, release.slug), pk) != pk:
            release.slug = numbered_slug(release.slug, pk)  # redaction gave two releases the same slug
    keys = {release.source_key: pk for pk, release in earlier_releases.items() if release.source_key}
    for pk, release in current_releases.items():
        has_taken_slug = owner_ids.get((release.language, release.slug), pk) != pk
        has_taken_key = keys.get(release.source_key or "", pk) != pk
        if has_taken_slug:
            release.slug = f"release-{pk}"
        if has_taken_key:
            release.source_key = None
        if has_taken_slug or has_taken_key:
            _save(release)


def _restore_release(
    earlier_release: Release, current_release: Release | None, at: datetime, topics_differ: bool
) -> str:
    """Save `earlier_release` in place of `current_release`. Return the outcome, or "" if nothing differs."""
    if (
        current_release
        and (current_release.is_public() or current_release.status == Status.WITHDRAWN)
        and not (earlier_release.is_public() or earlier_release.status == Status.WITHDRAWN)
    ):
        earlier_release.status, earlier_release.public_at = Status.WITHDRAWN, current_release.public_at
        earlier_release.withdrawn_at = current_release.withdrawn_at or timezone.now()
        earlier_release.withdrawal_reason, earlier_release.is_embargoed = (
            default_withdrawal_reason(earlier_release.language),
            False,
        )
        earlier_release.slug, earlier_release.date = (
            earlier_release.slug or current_release.slug,
            earlier_release.date or current_release.date,
        )
    if (
        earlier_release.status == Status.PUBLISHED
        and not earlier_release.is_public(at)
        and (current_release is None or current_release.status == Status.DRAFT)
    ):
        # Someone returned it to draft after `at`, so it must not be published automatically.
        earlier_release.status, earlier_release.public_at, earlier_release.is_embargoed = (
            Status.DRAFT,
            None,
            False,
        )
    if current_release and not topics_differ and not _differs(earlier_release, current_release):
        return ""
    earlier_release.version = current_release.version if current_release else earlier_release.version
    _save(earlier_release, inserting=current_release is None)
    return (
        str(earlier_release.status)
        if current_release is None or current_release.status != earlier_release.status
        else "content_restored"
    )


def _withdraw_or_unschedule(release: Release) -> str:
    """Withdraw `release` if it is public, or unschedule it if it is scheduled.

    Return the new status, or "" for drafts and others.
    """
    if release.is_public():
        release.status, release.withdrawn_at = Status.WITHDRAWN, timezone.now()
        release.withdrawal_reason = default_withdrawal_reason(release.language)
    elif release.is_scheduled:
        release.status, release.public_at, release.is_embargoed = Status.DRAFT, None, False
    else:
        return ""
    _save(release)
    return str(release.status)


def _restore_tags(release_ids: Container[int], earlier_topic_ids: dict[int, set[int]]) -> None:
    existing: set[tuple[int, int]] = set()
    for release_tag in ReleaseTag.objects.all():
        if release_tag.content_object_id in release_ids and release_tag.tag_id not in earlier_topic_ids.get(
            release_tag.content_object_id, set()
        ):
            release_tag.delete()
        else:
            existing.add((release_tag.content_object_id, release_tag.tag_id))
    for release_id, topic_ids in earlier_topic_ids.items():
        for topic_id in sorted(topic_ids):
            if (release_id, topic_id) not in existing:
                ReleaseTag.objects.create(content_object_id=release_id, tag_id=topic_id)


def _restore_organizations(earlier_rows: dict[Any, Organization]) -> None:
    current = Organization.objects.in_bulk()
    changed = {pk: row for pk, row in earlier_rows.items() if pk not in current or _differs(row, current[pk])}
    for pk in changed:  # two organizations may have exchanged names, which are unique
        Organization.objects.filter(pk=pk).update(name=f"organization {pk}", key=f"parked organization {pk}")
    for pk, row in changed.items():
        if Organization.objects.filter(key=row.key).exists():  # redaction gave two the same name
            row.name = f"{row.name[:90]} {pk}"
        _save(row, inserting=pk not in current)


def _restore_rows(model: Any, earlier_rows: dict[Any, Any]) -> None:
    existing_rows = {row.pk: row for row in model.objects.all()}
    for pk, row in earlier_rows.items():
        if pk not in existing_rows or _differs(row, existing_rows[pk]):
            _save(row, inserting=pk not in existing_rows)


IGNORED_FIELDS = {"version", "updated_at", "changed_by", "created_at", "checked_at"}


def _differs(row: models.Model, other: models.Model) -> bool:
    fields = [field.attname for field in row._meta.concrete_fields if field.name not in IGNORED_FIELDS]
    return any(getattr(row, name) != getattr(other, name) for name in fields)


def _save(row: models.Model, inserting: bool = False) -> None:
    """Save `row`. If `inserting`, keep its original creation time, which `auto_now_add` would replace."""
    original_dates = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if getattr(field, "auto_now_add", False)
    }
    row._state.adding = inserting
    set_history_metadata(row, None, "restore_everything")
    row.save(force_insert=inserting)
    if inserting and original_dates:
        type(row)._base_manager.filter(pk=row.pk).update(**original_dates)

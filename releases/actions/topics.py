"""Merge topics, undo a merge, and lock the topics that a save assigns."""

from typing import Any, NamedTuple

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from releases import caching, search
from releases.actions.bulk_history import record_history
from releases.actions.errors import ActionNotAllowed
from releases.actions.locking import ensure_newsroom_unlocked, set_history_metadata
from releases.models import (
    PendingRevision,
    Release,
    ReleaseTag,
    Topic,
    TopicAlias,
    TopicMerge,
    User,
)
from releases.text.choices import Language

MAX_KEYWORDS_LENGTH = Topic._meta.get_field("keywords").max_length or 0


class MergePreview(NamedTuple):
    """What a merge changes."""

    counts: dict[str, int]  # the number of releases that get the other topic, by their language
    both: int  # the number of releases that have both topics
    revisions: int  # the number of pending revisions that get the other topic

    @property
    def is_empty(self) -> bool:
        return not (any(self.counts.values()) or self.both or self.revisions)


def preview_merge(topic: Topic, into: Topic) -> MergePreview:
    """Count what `merge_topics` would change now."""
    both_ids = _tagged_ids(topic) & _tagged_ids(into)
    moved = ReleaseTag.objects.filter(tag=topic).exclude(content_object__in=both_ids)
    return MergePreview(
        {language: moved.in_language(language).count() for language in Language.values},
        len(both_ids),
        len(_revised_ids(topic)),
    )


@transaction.atomic
def merge_topics(topic: Topic, *, into: Topic, user: User) -> TopicMerge:
    """Replace `topic` with `into` on every release, and return what `undo_merge` needs.

    The old names and slugs become an alias of `into`, and it gets the keywords, as far as they fit. Raises
    ActionNotAllowed if both are the same, if either was deleted, and if `user` may not change and delete
    topics.
    """
    _ensure_may_merge(user)
    if topic.pk == into.pk:
        raise ActionNotAllowed(_("A topic can't be merged with itself. Choose another."))
    _lock_releases_and_topics(topic, into)
    topic.refresh_from_db()
    into.refresh_from_db()
    data = _collect_undo_data(topic, into)
    releases = _bump_versions(data, user, "merge_topics")
    _move_release_tags(topic, into, user)
    _write_revisions(
        {int(pk): _replace(tags, topic.pk, into.pk) for pk, tags in data["revisions"].items()},
        user,
        "merge_topics",
    )
    _move_aliases(data["aliases"], into, user, "merge_topics")
    _set_keywords(into, _add_keywords(into.keywords, topic.keywords), user, "merge_topics")
    names = {
        field: getattr(topic, field) for field in ("name", "name_es", "slug", "slug_es", "key", "key_es")
    }
    topic_id = topic.pk
    topic.delete()
    alias = TopicAlias.objects.create(topic=into, **names)
    search.update(*releases.with_topics().order_by("pk"))
    caching.invalidate_public_cache()
    return TopicMerge.objects.create(topic_id=topic_id, into=into, alias=alias, data=data)


@transaction.atomic
def undo_merge(merge_id: int, *, user: User) -> Topic:
    """Restore the topic that a merge replaced, with everything that the merge took from it, and return it.

    Raises ActionNotAllowed, and changes nothing, after UNDO_PERIOD, if the topics of the releases or the
    restored names were changed since, and if `user` may not change and delete topics.
    """
    _ensure_may_merge(user)
    merge = TopicMerge.objects.undoable().select_related("into").filter(pk=merge_id).first()
    if merge is None:
        raise ActionNotAllowed(_undo_is_over())
    data, into = merge.data, merge.into
    # The same order of locks as in `_lock_releases_and_topics`.
    release_ids = {*data["moved"], *data["both"], *data["revised"]}
    list(Release.objects.select_for_update().filter(pk__in=release_ids).order_by("pk").values_list("pk"))
    list(Topic.objects.select_for_update().filter(pk=into.pk))
    merge = TopicMerge.objects.select_for_update().select_related("into", "alias").filter(pk=merge_id).first()
    if merge is None:
        raise ActionNotAllowed(_undo_is_over())
    topic: Topic = Topic.history.filter(id=merge.topic_id, history_type="-").latest().instance
    _ensure_undoable(merge, topic)
    releases = _bump_versions(data, user, "undo_merge")
    merge.alias.delete()  # its names and slugs are those of the topic again; the merge is deleted with it
    set_history_metadata(topic, user, "undo_merge")
    topic.save(force_insert=True)
    _return_release_tags(data, topic, merge.into, user)
    _write_revisions({int(pk): tags for pk, tags in data["revisions"].items()}, user, "undo_merge")
    _move_aliases(data["aliases"], topic, user, "undo_merge")
    _set_keywords(merge.into, data["keywords"], user, "undo_merge")
    search.update(*releases.with_topics().order_by("pk"))
    caching.invalidate_public_cache()
    return topic


def _ensure_may_merge(user: User) -> None:
    if not user.has_perms(["releases.change_topic", "releases.delete_topic"]):
        raise ActionNotAllowed(_("Only publishers can merge topics. Ask a publisher."))
    ensure_newsroom_unlocked(user)


def _undo_is_over() -> str:
    return _(
        "This merge can't be undone any more: that is possible for one minute, and only once. To separate "
        "the topics, create a new one and select it in its releases."
    )


def _collect_undo_data(topic: Topic, into: Topic) -> dict[str, Any]:
    """Return the data of TopicMerge."""
    tagged_ids, both_ids = _tagged_ids(topic), _tagged_ids(topic) & _tagged_ids(into)
    revised_ids = _revised_ids(topic)
    revisions = PendingRevision.objects.filter(release__in=tagged_ids | revised_ids)
    return {
        "moved": sorted(tagged_ids - both_ids),
        "both": sorted(both_ids),
        "revised": sorted(revised_ids),
        "revisions": {revision.pk: revision.topic_ids for revision in revisions},
        "aliases": list(topic.aliases.values_list("pk", flat=True)),
        "keywords": into.keywords,
    }


def _ensure_undoable(merge: TopicMerge, topic: Topic) -> None:
    """Raise ActionNotAllowed if restoring `topic` would lose or duplicate what was changed since `merge`."""
    data, into = merge.data, merge.into
    if TopicMerge.objects.filter(into=into, pk__gt=merge.pk).exists():
        # It may rely on an assignment that this undo would remove.
        raise ActionNotAllowed(
            _(
                "Another topic was merged into the same one after it. Undo that merge first. Nothing was "
                "changed."
            )
        )
    releases = Release.objects.filter(pk__in=[*data["moved"], *data["both"], *data["revised"]])
    revisions = {
        row.pk: sorted(row.topic_ids) for row in PendingRevision.objects.filter(release__in=releases)
    }
    expected = {int(pk): _replace(tags, merge.topic_id, into.pk) for pk, tags in data["revisions"].items()}
    if revisions != expected or not {*data["moved"], *data["both"]} <= _tagged_ids(into):
        raise ActionNotAllowed(
            _(
                "The merge wasn't undone, because somebody has changed or deleted one of the releases since. "
                "Nothing was changed."
            )
        )
    names = models.Q(pk=topic.pk)
    for field in ("name", "name_es", "slug", "slug_es"):
        names |= models.Q(**{field: getattr(topic, field)})
    keys = [topic.key, topic.key_es]
    if (
        Topic.objects.filter(names | models.Q(key__in=keys) | models.Q(key_es__in=keys)).exists()
        or into.keywords != _add_keywords(data["keywords"], topic.keywords)
        or set(data["aliases"]) - set(into.aliases.values_list("pk", flat=True))
    ):
        raise ActionNotAllowed(
            _(
                "The merge wasn't undone, because somebody has changed a name or the keywords of the topic "
                "since. Nothing was changed."
            )
        )


def _lock_releases_and_topics(topic: Topic, into: Topic) -> None:
    """Lock the releases that have `topic`, or a pending revision with it, and then both topics.

    Saves lock a release before its topics, so the reverse order could deadlock. Raises ActionNotAllowed if a
    topic was deleted, and if another release got `topic` before both were locked.
    """
    release_ids = _tagged_ids(topic) | _revised_ids(topic)
    list(Release.objects.select_for_update().filter(pk__in=release_ids).order_by("pk").values_list("pk"))
    if len(Topic.objects.select_for_update().filter(pk__in=[topic.pk, into.pk]).order_by("pk")) != 2:
        raise ActionNotAllowed(_("One of the topics was deleted in the meantime."))
    if not _tagged_ids(topic) | _revised_ids(topic) <= release_ids:
        raise ActionNotAllowed(_("Someone just added this topic to a release. Try again."))


def _tagged_ids(topic: Topic) -> set[int]:
    """Return the ids of the releases that have `topic`."""
    return set(ReleaseTag.objects.filter(tag=topic).values_list("content_object", flat=True))


def _revised_ids(topic: Topic) -> set[int]:
    """Return the ids of the releases with a pending revision that has `topic`."""
    return {row.release_id for row in PendingRevision.objects.all() if topic.pk in row.topic_ids}


def lock_topics(topics: list[Topic]) -> list[Topic]:
    """Lock `topics` until the end of the transaction, so that none is merged before it is assigned.

    If a topic was merged into another one in the meantime, return the other one. Leave out deleted topics.
    """
    aliases = TopicAlias.objects.filter(key__in=[topic.key for topic in topics]).values_list(
        "topic", flat=True
    )
    ids = {topic.pk for topic in topics}
    found = list(Topic.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    if len(found) == len(ids):
        return found
    replacements = Topic.objects.select_for_update(no_key=True).filter(pk__in=list(aliases)).order_by("pk")
    return [*found, *(topic for topic in replacements if topic not in found)]


def _move_release_tags(topic: Topic, into: Topic, user: User) -> None:
    """Assign `into` instead of `topic`, once to each release."""
    tags = ReleaseTag.objects.filter(tag=topic)
    both = tags.filter(content_object__in=ReleaseTag.objects.filter(tag=into).values("content_object"))
    record_history(both, user=user, action="merge_topics", history_type="-")
    both_ids = list(both.values_list("pk", flat=True))
    with connection.cursor() as cursor:  # delete() would load the rows and index each release again
        cursor.executemany("DELETE FROM releases_releasetag WHERE id = %s", [(pk,) for pk in both_ids])
    moved_ids = list(tags.values_list("pk", flat=True))
    tags.update(tag=into)
    record_history(ReleaseTag.objects.filter(pk__in=moved_ids), user=user, action="merge_topics")


def _return_release_tags(data: dict[str, Any], topic: Topic, into: Topic, user: User) -> None:
    """Assign `topic` again, instead of `into` or, to releases that had both, in addition to it."""
    moved = ReleaseTag.objects.filter(tag=into, content_object__in=data["moved"])
    moved_ids = list(moved.values_list("pk", flat=True))
    moved.update(tag=topic)
    ReleaseTag.objects.bulk_create(
        ReleaseTag(tag=topic, content_object=release, **ReleaseTag.denormalized_values(release))
        for release in Release.objects.filter(pk__in=data["both"])
    )
    tags = ReleaseTag.objects.filter(tag=topic)
    record_history(tags.filter(pk__in=moved_ids), user=user, action="undo_merge")
    record_history(tags.exclude(pk__in=moved_ids), user=user, action="undo_merge", history_type="+")


def _bump_versions(data: dict[str, Any], user: User, action: str) -> Any:
    """Give the releases a new version, so that forms that are open can't be saved, and return them."""
    releases = Release.objects.filter(pk__in=[*data["moved"], *data["both"]])
    releases.update(version=models.F("version") + 1, updated_at=timezone.now())
    record_history(releases, user=user, action=action)
    return releases


def _replace(topic_ids: list[int], old: int, new: int) -> list[int]:
    return sorted({new if pk == old else pk for pk in topic_ids})


def _write_revisions(topic_ids: dict[int, list[int]], user: User, action: str) -> None:
    """Save the topics of pending revisions, by the id of the revision, if they differ."""
    changed = []
    for revision in PendingRevision.objects.filter(pk__in=topic_ids):
        if revision.topic_ids != topic_ids[revision.pk]:
            revision.data["tags"] = topic_ids[revision.pk]
            changed.append(revision)
    PendingRevision.objects.bulk_update(changed, ["data"])
    rows = PendingRevision.objects.filter(pk__in=[revision.pk for revision in changed])
    record_history(rows, user=user, action=action)


def _move_aliases(alias_ids: list[int], topic: Topic, user: User, action: str) -> None:
    aliases = TopicAlias.objects.filter(pk__in=alias_ids)
    aliases.update(topic=topic)
    record_history(aliases, user=user, action=action)


def _add_keywords(keywords: str, more: str) -> str:
    """Return `keywords` with those of `more` that are new and fit into the field."""
    words = [word for word in map(str.strip, keywords.split(",")) if word]
    for word in filter(None, map(str.strip, more.split(","))):
        if word not in words and len(", ".join([*words, word])) <= MAX_KEYWORDS_LENGTH:
            words.append(word)
    return ", ".join(words) if more.strip() else keywords


def _set_keywords(topic: Topic, keywords: str, user: User, action: str) -> None:
    """Save the keywords without indexing the releases again: they aren't in the search index."""
    if keywords != topic.keywords:
        rows = Topic.objects.filter(pk=topic.pk)
        rows.update(keywords=keywords)
        record_history(rows, user=user, action=action)
        topic.keywords = keywords

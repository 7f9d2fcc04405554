"""Merge topics, and lock those that a save assigns."""

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from releases import caching, search
from releases.actions.bulk_history import record_history
from releases.actions.errors import ActionNotAllowed
from releases.actions.locking import ensure_newsroom_unlocked
from releases.models import PendingRevision, Release, ReleaseTag, Topic, TopicAlias, User


@transaction.atomic
def merge_topics(topic: Topic, *, into: Topic, user: User) -> None:
    """Replace `topic` with `into` on every release. The old names and slugs become an alias of `into`.

    Raises ActionNotAllowed if both are the same, if either was deleted, and if `user` may not change and
    delete topics.
    """
    if not user.has_perms(["releases.change_topic", "releases.delete_topic"]):
        raise ActionNotAllowed(_("Only publishers can merge topics. Ask a publisher."))
    ensure_newsroom_unlocked(user)
    if topic.pk == into.pk:
        raise ActionNotAllowed(_("A topic can't be merged with itself. Choose another."))
    _lock_releases_and_topics(topic, into)
    releases = Release.objects.filter(pk__in=list(_tagged_ids(topic)))
    releases.update(version=models.F("version") + 1, updated_at=timezone.now())
    record_history(releases, user=user, action="merge_topics")
    _move_release_tags(topic, into, user)
    _replace_in_revisions(topic, into, user)
    alias_ids = list(topic.aliases.values_list("pk", flat=True))
    topic.aliases.update(topic=into)
    record_history(TopicAlias.objects.filter(pk__in=alias_ids), user=user, action="merge_topics")
    names = {
        field: getattr(topic, field) for field in ("name", "name_es", "slug", "slug_es", "key", "key_es")
    }
    topic.delete()
    TopicAlias.objects.create(topic=into, **names)
    search.update(*releases.with_topics().order_by("pk"))
    caching.invalidate_public_cache()


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


def _replace_in_revisions(topic: Topic, into: Topic, user: User) -> None:
    changed = []
    for revision in PendingRevision.objects.filter(release__in=_revised_ids(topic)):
        tags = {into.pk if tag == topic.pk else tag for tag in revision.topic_ids}
        revision.data["tags"] = sorted(tags)
        changed.append(revision)
    PendingRevision.objects.bulk_update(changed, ["data"])
    rows = PendingRevision.objects.filter(pk__in=[revision.pk for revision in changed])
    record_history(rows, user=user, action="merge_topics")

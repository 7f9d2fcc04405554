"""Merge topics."""

from django.db import transaction
from django.utils.translation import gettext as _

from releases.actions.errors import ActionNotAllowed
from releases.actions.locking import set_history_metadata
from releases.models import PendingRevision, Release, ReleaseTag, Topic, TopicAlias, User


@transaction.atomic
def merge_topics(topic: Topic, *, into: Topic, user: User) -> None:
    """Replace `topic` with `into` on every release. The old names and slugs become an alias of `into`.

    Raises ActionNotAllowed if both are the same, if either was deleted, and if `user` may not change and
    delete topics.
    """
    if not user.has_perms(["releases.change_topic", "releases.delete_topic"]):
        raise ActionNotAllowed(_("Only publishers can merge topics. Ask a publisher."))
    if topic.pk == into.pk:
        raise ActionNotAllowed(_("A topic can't be merged with itself. Choose another."))
    if len(Topic.objects.select_for_update().filter(pk__in=[topic.pk, into.pk]).order_by("pk")) != 2:
        raise ActionNotAllowed(_("One of the topics was deleted in the meantime."))
    tagged_ids = set(ReleaseTag.objects.filter(tag=into).values_list("content_object", flat=True))
    release_ids = Release.objects.filter(release_tags__tag=topic).values("pk")
    for release in Release.objects.select_for_update().filter(pk__in=release_ids).order_by("pk"):
        set_history_metadata(release, user, "merge_topics")
        release.save()  # adds a history record to each release
    for release_tag in ReleaseTag.objects.filter(tag=topic):
        if release_tag.content_object_id in tagged_ids:
            release_tag.delete()
        else:
            release_tag.tag = into
            release_tag.save()
    for revision in PendingRevision.objects.select_for_update():
        if topic.pk in revision.topic_ids:
            revision.data["tags"] = sorted(
                {into.pk if tag == topic.pk else tag for tag in revision.topic_ids}
            )
            revision.save(update_fields=["data"])
    for alias in topic.aliases.all():
        alias.topic = into
        alias.save()
    names = {
        field: getattr(topic, field) for field in ("name", "name_es", "slug", "slug_es", "key", "key_es")
    }
    topic.delete()
    TopicAlias.objects.create(topic=into, **names)

"""What happens to topics beside being named."""

from django.db import transaction
from django.utils.translation import gettext as _

from releases.models import Release, ReleaseTag, Topic, TopicAlias, User, WorkingCopy
from releases.publishing.holding import Refusal, sign


@transaction.atomic
def merge_topics(topic: Topic, *, into: Topic, by: User) -> None:
    """Make every release about `topic` one about `into`; the old names and addresses lead there from now on.

    Raises Refusal when both are one, when either is gone, or when `by` may not change and delete topics.
    """
    if not by.has_perms(["releases.change_topic", "releases.delete_topic"]):
        raise Refusal(_("Merging topics is for publishers. Ask one of them."))
    if topic.pk == into.pk:
        raise Refusal(_("A topic cannot be merged into itself. Choose another."))
    if len(Topic.objects.select_for_update().filter(pk__in=[topic.pk, into.pk]).order_by("pk")) != 2:
        raise Refusal(_("One of the topics was deleted in the meantime."))
    there = set(ReleaseTag.objects.filter(tag=into).values_list("content_object", flat=True))
    about_it = Release.objects.filter(tagging__tag=topic).values("pk")
    for release in Release.objects.select_for_update().filter(pk__in=about_it).order_by("pk"):
        sign(release, by, "merge_topics")
        release.save()  # a change in the history of each release
    for tagging in ReleaseTag.objects.filter(tag=topic):
        if tagging.content_object_id in there:
            tagging.delete()
        else:
            tagging.tag = into
            tagging.save()
    for copy in WorkingCopy.objects.select_for_update():
        if topic.pk in copy.tags:
            copy.contents["tags"] = sorted({into.pk if tag == topic.pk else tag for tag in copy.tags})
            copy.save(update_fields=["contents"])
    for alias in topic.aliases.all():
        alias.topic = into
        alias.save()
    names = {field: getattr(topic, field) for field in ("name", "name_es", "slug", "slug_es", "key", "key_es")}
    topic.delete()
    TopicAlias.objects.create(topic=into, **names)

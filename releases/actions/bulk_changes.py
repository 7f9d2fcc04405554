"""Change many releases at once: add or remove a topic, or request reviews.

A release that can't be changed is left as it is, and the others are changed. The same checks decide what the
desk announces beforehand.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from releases.actions.errors import ActionNotAllowed
from releases.actions.locking import ensure_newsroom_unlocked, set_history_metadata
from releases.actions.permissions import PERMISSION_ERRORS, may_write
from releases.actions.reviews import create_review_request, find_review_obstacle, mail_review_requests
from releases.actions.revisions import save_revision
from releases.actions.topics import lock_topics
from releases.models import Note, PendingRevision, Release, Topic, User, deserialize_content
from releases.text.choices import Status

MAX_RELEASES = 200  # at once


@dataclass(frozen=True)
class Outcome:
    """What a change does to `release`.

    With a `reason`, nothing. With `is_revision`, readers see the change after someone publishes it.
    """

    release: Release
    reason: str = ""
    is_revision: bool = False


def plan_topic_change(releases: Iterable[Release], topic: Topic, *, user: User, adds: bool) -> list[Outcome]:
    """Return what `change_topic` would do to each of `releases`."""
    return [_plan_topic_change(release, topic, user, adds) for release in releases]


@transaction.atomic
def change_topic(release_ids: Collection[int], topic: Topic, *, user: User, adds: bool) -> list[Outcome]:
    """Add `topic` to releases, or remove it, and return what happened to each.

    A public release gets a pending revision. Raises ActionNotAllowed without the permission, while the
    newsroom is locked, and if the topic was deleted.
    """
    releases = _lock_releases(release_ids, user)
    topics = lock_topics([topic])  # after the releases, as in a save
    if not topics:
        raise ActionNotAllowed(_("This topic was deleted in the meantime. Choose another one."))
    outcomes = plan_topic_change(releases, topics[0], user=user, adds=adds)
    return [
        outcome if outcome.reason else _change_topic(outcome.release, topics[0], user, adds)
        for outcome in outcomes
    ]


def plan_review_requests(releases: Collection[Release], *, user: User) -> list[Outcome]:
    """Return what `request_reviews` would do to each of `releases`."""
    requests = Note.objects.open_review_requests().filter(release__in=releases)
    in_review = set(requests.values_list("release", flat=True))
    return [
        Outcome(
            release,
            _("A review is already requested.") if release.pk in in_review else find_review_obstacle(release),
        )
        for release in releases
    ]


@transaction.atomic
def request_reviews(release_ids: Collection[int], *, user: User, text: str = "") -> list[Outcome]:
    """Ask for a review of releases, also in one mail about all, and return what happened to each.

    Raises ActionNotAllowed without the permission, and while the newsroom is locked.
    """
    outcomes = plan_review_requests(_lock_releases(release_ids, user), user=user)
    requests = [
        create_review_request(outcome.release, user=user, text=text)
        for outcome in outcomes
        if not outcome.reason
    ]
    mail_review_requests([request for request in requests if request], user)
    return outcomes


def _lock_releases(release_ids: Collection[int], user: User) -> list[Release]:
    """Lock releases until the end of the transaction, always in the same order, and return them."""
    if not user.has_perm("releases.change_release"):
        raise ActionNotAllowed(str(PERMISSION_ERRORS["change_release"]))
    ensure_newsroom_unlocked(user)
    ids = list(release_ids)[:MAX_RELEASES]
    return list(Release.objects.select_for_update().filter(pk__in=ids).order_by("pk"))


def _plan_topic_change(release: Release, topic: Topic, user: User, adds: bool) -> Outcome:
    revision = PendingRevision.for_release(release)
    if not may_write(release, user):
        return Outcome(release, _explain_lock(release))
    has_topic = topic.pk in (revision.topic_ids if revision else {tag.pk for tag in release.tags.all()})
    if adds and has_topic:
        return Outcome(release, _("It already has this topic."))
    if not adds and not has_topic:
        return Outcome(release, _("It doesn't have this topic."))
    return Outcome(release, is_revision=release.is_public())


def _explain_lock(release: Release) -> str:
    """Return why a user who may change releases can't change this one now."""
    if release.status == Status.WITHDRAWN:
        return _("It is withdrawn, so its text is locked. Publish it again first.")
    if release.is_public():
        return _("It has a scheduled change. Unschedule that change first.")
    return _("It is scheduled, so its text is locked. Return it to draft first.")


def _change_topic(release: Release, topic: Topic, user: User, adds: bool) -> Outcome:
    if release.is_public():
        revision = PendingRevision.for_release(release)
        topic_ids = set(revision.topic_ids) if revision else {tag.pk for tag in release.tags.all()}
        content = release.content() | (deserialize_content(revision.content) if revision else {})
        topic_ids = topic_ids | {topic.pk} if adds else topic_ids - {topic.pk}
        saved = save_revision(release, user=user, content=content, topic_ids=sorted(topic_ids))
        return Outcome(release, is_revision=saved is not None)
    # A topic isn't text, so the version in the other language stays up to date.
    set_history_metadata(release, user, "write")
    release.changed_by = user
    release.save()
    if adds:
        release.tags.add(topic)
    else:
        release.tags.remove(topic)
    return Outcome(release)

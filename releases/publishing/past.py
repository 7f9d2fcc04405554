"""Back to how it was: one release, or everything."""

from collections.abc import Container, Iterable
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from releases.models import (
    Correction,
    FormerAddress,
    Newsroom,
    Release,
    ReleaseTag,
    Topic,
    TopicAlias,
    User,
    WorkingCopy,
    versions_of,
)
from releases.publishing.changes import unschedule, write_change
from releases.publishing.holding import Refusal, hold, may_write, sign
from releases.publishing.verbs import neutral_sentence
from releases.vocabulary import Status

Row = TypeVar("Row", bound=models.Model)


@transaction.atomic
def restore(release: Release, *, by: User, key: str, seen: str | None = None) -> None:
    """Bring back the text and the topics of the version with that `key`, as a new change.

    The public reads nothing of it yet: of a public release it becomes the working copy. Raises Refusal for a withdrawn
    release, for a version that is not of this release, and for whoever may not change it now.
    """
    hold(release, by, "restore", right="change_release")
    if seen and seen != release.opened_as:
        raise Refusal(_("Someone changed this release while you were looking at it. Look again, then restore."))
    if release.status == Status.WITHDRAWN:
        raise Refusal(_("This release is withdrawn. Publish it again first, then bring back an earlier text."))
    if release.is_scheduled and not may_write(release, by):
        raise Refusal(_("This release is scheduled, so its text was decided. It can be changed when a publisher puts it back to draft."))
    then = next((version for version in versions_of(release) if version.key == key), None)
    if then is None:
        raise Refusal(_("This version is not one of this release."))
    printed = then.release.printed()
    if release.status != Status.DRAFT:
        printed["date"] = printed["date"] or release.date  # a draft may have had none yet
    if release.is_public():
        write_change(release, by=by, printed=printed, tags=_topics_still_there(then.tags))
        return
    release.take_over(printed)
    release.changed_by = by
    try:
        release.full_clean()
    except ValidationError as fault:
        raise Refusal(" ".join(fault.messages)) from fault
    release.save()
    release.tags.set(Topic.objects.filter(pk__in=then.tags))


class Restored(NamedTuple):
    """A release that `restore_everything` changed, and what became of it: a Status, or "text" when it stays where it is."""

    release: Release
    became: str


@transaction.atomic
def restore_everything(before: datetime) -> list[Restored]:
    """Put releases, their topics, addresses and corrections, and the newsroom's decisions back to how they stood at `before`.

    What went public since is withdrawn, never deleted; drafts written since stay. Changes and releases that wait for their
    moment, decided on since, wait for a person. Everything is a new change in the history, so it can be undone the same way.
    """
    for copy in WorkingCopy.objects.select_for_update().exclude(public_at=None):
        unschedule(copy)
    now = {release.pk: release for release in Release.objects.select_for_update()}
    then = _as_of(Release, before)
    _free_unique_columns(then, now)
    _without_what_came_since([Correction, FormerAddress, TopicAlias], before)
    _restore_topics(before)
    changed = [restored for pk, release in then.items() if (restored := _restore_release(release, now.get(pk)))]
    changed += [restored for pk, release in now.items() if pk not in then and (restored := _take_back(release))]
    _restore_ties(before, then)
    for model in (TopicAlias, FormerAddress, Correction):
        _put_back(model, before)
    _put_back(Newsroom, before)
    return changed


def _as_of(model: type[Row], moment: datetime) -> dict[Any, Row]:
    records = model.history.filter(history_date__lte=moment).latest_of_each().order_by("history_date", "history_id")  # type: ignore[attr-defined]
    last = {record.id: record for record in records}
    return {pk: record.instance for pk, record in last.items() if record.history_type != "-"}


def _restore_release(then: Release, now: Release | None) -> Restored | None:
    if now and (now.is_public() or now.status == Status.WITHDRAWN) and not (then.is_public() or then.status == Status.WITHDRAWN):
        then.status, then.public_at = Status.WITHDRAWN, now.public_at
        then.withdrawn_at = now.withdrawn_at or timezone.now()
        then.withdrawal_reason, then.is_embargoed = neutral_sentence(then.language), False
        then.slug, then.date = then.slug or now.slug, then.date or now.date
    if now and not _differ(then, now):
        return None
    became = str(then.status) if now is None or now.status != then.status else "text"
    then.version = now.version if now else then.version
    _save(then, inserting=now is None)
    return Restored(then, became)


def _take_back(release: Release) -> Restored | None:
    """What is new since then and the public can read, or would soon, does not stay so."""
    if release.is_public():
        release.status, release.withdrawn_at = Status.WITHDRAWN, timezone.now()
        release.withdrawal_reason = neutral_sentence(release.language)
    elif release.is_scheduled:
        release.status, release.public_at, release.is_embargoed = Status.DRAFT, None, False
    else:
        return None
    _save(release)
    return Restored(release, str(release.status))


def _restore_topics(before: datetime) -> None:
    then = _as_of(Topic, before)
    now = {topic.pk: topic for topic in Topic.objects.select_for_update()}
    for pk, topic in then.items():
        if pk in now and not _differ(topic, now[pk]):
            continue
        names = {topic.key, topic.key_es}
        for other in Topic.objects.filter(models.Q(key__in=names) | models.Q(key_es__in=names)):
            if other.pk in then:
                continue
            if pk not in now:
                _save(topic, inserting=True)
                now[pk] = topic
            for tie in ReleaseTag.objects.filter(tag=other):
                tie.delete()
                ReleaseTag.objects.get_or_create(tag=topic, content_object=tie.content_object)
            other.delete()
        _save(topic, inserting=pk not in now)


def _restore_ties(before: datetime, releases: Container[int]) -> None:
    then = {(tie.content_object_id, tie.tag_id) for tie in _as_of(ReleaseTag, before).values()}
    here = set()
    for tie in ReleaseTag.objects.all():
        pair = (tie.content_object_id, tie.tag_id)
        if pair in then or tie.content_object_id not in releases:
            here.add(pair)
        else:
            tie.delete()
    for release, topic in sorted(then - here):
        ReleaseTag.objects.create(content_object_id=release, tag_id=topic)


def _without_what_came_since(kinds: list[Any], before: datetime) -> None:
    for model in kinds:
        then = _as_of(model, before)
        for row in model.objects.all():
            if row.pk not in then:
                row.delete()


def _put_back(model: Any, before: datetime) -> None:
    here = {row.pk: row for row in model.objects.all()}
    for pk, row in _as_of(model, before).items():
        if pk not in here or _differ(row, here[pk]):
            _save(row, inserting=pk not in here)


def _free_unique_columns(then: dict[Any, Release], now: dict[Any, Release]) -> None:
    """Addresses that changed hands since would be in each other's way while they go back one by one."""
    owners = {(release.language, release.slug): release.pk for release in then.values() if release.slug}
    for pk, release in now.items():
        if owners.get((release.language, release.slug), pk) != pk:
            release.slug = f"release-{pk}"
            Release.objects.filter(pk=pk).update(slug=release.slug)


def _topics_still_there(tags: Iterable[int]) -> list[int]:
    return list(Topic.objects.filter(pk__in=tags).values_list("pk", flat=True))


UNTOLD = {"version", "updated_at", "changed_by", "left_at"}


def _differ(one: models.Model, other: models.Model) -> bool:
    fields = [field.attname for field in one._meta.concrete_fields if field.name not in UNTOLD]
    return any(getattr(one, name) != getattr(other, name) for name in fields)


def _save(row: models.Model, inserting: bool = False) -> None:
    if isinstance(row, Release):
        sign(row, None, "restore_everything")
    row.save(force_insert=inserting)

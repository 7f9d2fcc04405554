"""Back to how it was: one release, or everything."""

from collections.abc import Container, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from releases import caching
from releases.models import (
    Agreement,
    Boilerplate,
    Correction,
    Coverage,
    FormerAddress,
    MediaContact,
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
from releases.publishing.holding import Refusal, described, hold, may_write, sign, titled
from releases.publishing.verbs import neutral_sentence
from releases.slugs import with_number
from releases.vocabulary import Status


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
    release.words_changed()
    release.changed_by = by
    if release.is_scheduled:
        described(release.photos)
        titled(release.attachments)
    try:
        release.full_clean()
    except ValidationError as fault:
        raise Refusal(" ".join(fault.messages)) from fault
    release.save()
    release.tags.set(Topic.objects.filter(pk__in=then.tags))


class Restored(NamedTuple):
    """A release that `restore_everything` changed, and what became of it.

    `became` is a Status; "text" when it stays where it is; "change" when only its scheduled change was held back.
    """

    release: Release
    became: str


@transaction.atomic
def restore_everything(before: datetime) -> list[Restored]:
    """Put releases, their topics, addresses and corrections, and the newsroom's decisions back to how they stood at `before`.

    What went public since is withdrawn, never deleted; drafts written since stay. Changes and releases that wait for their
    moment, decided on since, wait for a person, and so does what was scheduled then and taken back since. Everything is a new
    change in the history, so it can be undone the same way. Raises Refusal when the history begins later than `before`.
    """
    first = Release.history.order_by("history_date").values_list("history_date", flat=True).first()
    if first is None or before < first:
        raise Refusal(_("The history of this newsroom begins later: there is nothing to go back to before that."))
    now = {release.pk: release for release in Release.objects.select_for_update().order_by("pk")}
    held_back = _hold_back_changes(before)
    stood = _as_of(before)
    then = stood[Release]
    tags_then, tags_now = _tags(_records_at(ReleaseTag, before)), _tags(ReleaseTag.objects.all())
    for model in (Agreement, Coverage, Correction, FormerAddress, TopicAlias, MediaContact, Boilerplate):
        _remove_what_came_since(model, stood[model])
    _restore_topics(stood[Topic])
    _free_addresses(then, now)
    restored = []
    for pk, release in then.items():
        retagged = tags_then.get(pk, set()) != tags_now.get(pk, set())
        if became := _restore_release(release, now.get(pk), before, retagged):
            restored.append(Restored(release, became))
    for pk, release in now.items():
        if pk not in then and (became := _take_back(release)):
            restored.append(Restored(release, became))
    _restore_tags(then, tags_then)
    for kept in (TopicAlias, FormerAddress, Correction, Agreement, MediaContact, Boilerplate, Coverage, Newsroom):
        _put_back(kept, stood[kept])
    caching.turn()
    changed = {one.release.pk for one in restored}
    return restored + [Restored(release, "change") for release in held_back if release.pk not in changed]


# --- How it stood -------------------------------------------------------------------------------------------------------


KEPT: list[Any] = [
    Release,
    Topic,
    TopicAlias,
    FormerAddress,
    Correction,
    Agreement,
    MediaContact,
    Boilerplate,
    Coverage,
    Newsroom,
]


def _as_of(moment: datetime) -> dict[Any, dict[Any, Any]]:
    """The rows of each of KEPT at `moment` by their ids. People and releases that are gone for good are left out of them."""
    people = set(User.objects.values_list("pk", flat=True))
    releases = set(Release.objects.values_list("pk", flat=True)) | set(Release.history.values_list("id", flat=True))
    return {model: dict(_rows_at(model, moment, {User: people, Release: releases})) for model in KEPT}


def _rows_at(model: Any, moment: datetime, there: dict[Any, set[int]]) -> Iterator[tuple[Any, Any]]:
    for record in _records_at(model, moment):
        row = record.instance
        for field in model._meta.concrete_fields:
            if field.related_model in there and field.null and getattr(row, field.attname) not in there[field.related_model]:
                setattr(row, field.attname, None)
        yield record.id, row


def _records_at(model: Any, moment: datetime) -> Iterator[Any]:
    """What the history of `model` has of each row that stood at `moment`."""
    records = model.history.filter(history_date__lte=moment).latest_of_each().order_by("history_date", "history_id")
    return (record for record in {record.id: record for record in records}.values() if record.history_type != "-")


def _tags(ties: Iterable[Any]) -> dict[int, set[int]]:
    """The topics of each release, both by their ids; `ties` may be those of the history."""
    tags: dict[int, set[int]] = {}
    for tie in ties:
        tags.setdefault(tie.content_object_id, set()).add(tie.tag_id)
    return tags


# --- Putting it back ----------------------------------------------------------------------------------------------------


def _hold_back_changes(before: datetime) -> list[Release]:
    """Changes that were scheduled since wait for a person; the releases they are of."""
    held_back = []
    for copy in WorkingCopy.objects.select_for_update().exclude(public_at=None).filter(changed_at__gt=before):
        unschedule(copy)
        held_back.append(copy.release)
    return held_back


def _remove_what_came_since(model: Any, then: dict[Any, Any]) -> None:
    for row in model.objects.all():
        if row.pk not in then:
            row.delete()


def _restore_topics(then: dict[Any, Topic]) -> None:
    now = {topic.pk: topic for topic in Topic.objects.select_for_update().order_by("pk")}
    changed = [pk for pk, topic in then.items() if pk not in now or _differ(topic, now[pk])]
    for pk in changed:
        _park(pk)  # names and addresses that changed hands would be in each other's way
    for pk in changed:
        topic = then[pk]
        names = {topic.key, topic.key_es}
        in_the_way = list(Topic.objects.exclude(pk=pk).filter(models.Q(key__in=names) | models.Q(key_es__in=names)))
        new = [other for other in in_the_way if other.pk not in then]
        for other in new:
            _park(other.pk)
        for slug in ("slug", "slug_es"):
            for other in Topic.objects.exclude(pk=pk).filter(**{slug: getattr(topic, slug)}):
                gives_way = topic if other.pk in then else other
                setattr(gives_way, slug, with_number(getattr(topic, slug), gives_way.pk))
                if gives_way is other:
                    other.save()
        if len(in_the_way) > len(new):  # two that were made alike, by the removal of a name
            topic.name, topic.name_es = f"{topic.name[:90]} {pk}", f"{topic.name_es[:90]} {pk}"
        _save(topic, inserting=pk not in now)
        for other in new:  # made in its place since: what it was ticked for is about this one
            for tie in ReleaseTag.objects.filter(tag=other):
                tie.delete()
                ReleaseTag.objects.get_or_create(tag=topic, content_object=tie.content_object)
            other.delete()


def _park(pk: int) -> None:
    """Give a topic names and addresses that are in nobody's way."""
    words = {"name": f"topic {pk}", "name_es": f"topic {pk}", "slug": f"parked-{pk}", "slug_es": f"parked-{pk}"}
    Topic.objects.filter(pk=pk).update(**words, key=f"parked topic {pk}", key_es=f"parked topic {pk}")


def _free_addresses(then: dict[Any, Release], now: dict[Any, Release]) -> None:
    """Addresses and import keys that changed hands since would be in each other's way while they go back one by one."""
    owners: dict[tuple[str, str], int] = {}
    for pk, release in then.items():
        if release.slug and owners.setdefault((release.language, release.slug), pk) != pk:
            release.slug = with_number(release.slug, pk)  # made alike by the removal of a name
    keys = {release.source_key: pk for pk, release in then.items() if release.source_key}
    for pk, release in now.items():
        if owners.get((release.language, release.slug), pk) != pk:
            release.slug = f"release-{pk}"
            Release.objects.filter(pk=pk).update(slug=release.slug)
        if keys.get(release.source_key or "", pk) != pk:
            release.source_key = None
            Release.objects.filter(pk=pk).update(source_key=None)


def _restore_release(then: Release, now: Release | None, before: datetime, retagged: bool) -> str:
    """Save `then` in the place of `now`; what became of it, or "" when nothing is to be done."""
    if now and (now.is_public() or now.status == Status.WITHDRAWN) and not (then.is_public() or then.status == Status.WITHDRAWN):
        then.status, then.public_at = Status.WITHDRAWN, now.public_at
        then.withdrawn_at = now.withdrawn_at or timezone.now()
        then.withdrawal_reason, then.is_embargoed = neutral_sentence(then.language), False
        then.slug, then.date = then.slug or now.slug, then.date or now.date
    if then.status == Status.PUBLISHED and not then.is_public(before) and (now is None or now.status == Status.DRAFT):
        then.status, then.public_at, then.is_embargoed = Status.DRAFT, None, False  # who took it back may have had reasons
    if now and not retagged and not _differ(then, now):
        return ""
    then.version = now.version if now else then.version
    _save(then, inserting=now is None)
    return str(then.status) if now is None or now.status != then.status else "text"


def _take_back(release: Release) -> str:
    """What is new since then and the public can read, or would soon, does not stay so."""
    if release.is_public():
        release.status, release.withdrawn_at = Status.WITHDRAWN, timezone.now()
        release.withdrawal_reason = neutral_sentence(release.language)
    elif release.is_scheduled:
        release.status, release.public_at, release.is_embargoed = Status.DRAFT, None, False
    else:
        return ""
    _save(release)
    return str(release.status)


def _restore_tags(releases: Container[int], then: dict[int, set[int]]) -> None:
    here: set[tuple[int, int]] = set()
    for tie in ReleaseTag.objects.all():
        if tie.content_object_id in releases and tie.tag_id not in then.get(tie.content_object_id, set()):
            tie.delete()
        else:
            here.add((tie.content_object_id, tie.tag_id))
    for release, tags in then.items():
        for tag in sorted(tags):
            if (release, tag) not in here:
                ReleaseTag.objects.create(content_object_id=release, tag_id=tag)


def _put_back(model: Any, then: dict[Any, Any]) -> None:
    here = {row.pk: row for row in model.objects.all()}
    for pk, row in then.items():
        if pk not in here or _differ(row, here[pk]):
            _save(row, inserting=pk not in here)


def _topics_still_there(tags: Iterable[int]) -> list[int]:
    return list(Topic.objects.filter(pk__in=tags).values_list("pk", flat=True))


UNTOLD = {"version", "updated_at", "changed_by", "left_at", "created_at", "at"}


def _differ(one: models.Model, other: models.Model) -> bool:
    fields = [field.attname for field in one._meta.concrete_fields if field.name not in UNTOLD]
    return any(getattr(one, name) != getattr(other, name) for name in fields)


def _save(row: models.Model, inserting: bool = False) -> None:
    """Save `row` as it was, with the moment it was made at, which inserting would set anew."""
    made = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if getattr(field, "auto_now_add", False)}
    sign(row, None, "restore_everything")
    row.save(force_insert=inserting)
    if inserting and made:
        type(row)._base_manager.filter(pk=row.pk).update(**made)

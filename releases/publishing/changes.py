"""How a text the public can read becomes another: written apart, then published as a typo, a correction or an update."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from releases import caching
from releases.models import Correction, Release, Topic, User, WorkingCopy, as_printed
from releases.prose import without_control_characters
from releases.publishing.agreeing import note_change
from releases.publishing.holding import (
    Refusal,
    described,
    hold,
    hold_pair,
    in_the_future,
    not_since,
    second_person,
    settle_reviews,
    sign,
    titled,
)
from releases.vocabulary import ChangeKind

RETRY_SECONDS = 1.0

logger = logging.getLogger(__name__)
_one_attempt = threading.Lock()
_retry_at = 0.0  # time.monotonic()
_is_failing = False


@transaction.atomic
def write_change(release: Release, *, by: User, printed: dict[str, Any], tags: list[int]) -> WorkingCopy | None:
    """Keep `printed` and the topics `tags` as the next text of a public release; answer the working copy.

    What the public reads stays as it is. A text that is the public one again needs no copy: None; one that is the copy's
    already changes nothing. Raises Refusal when the public cannot read the release, and while a change of it is scheduled.
    """
    hold(release, by, "write", right="change_release")
    copy = WorkingCopy.of(release)
    if not release.is_public():
        raise Refusal(_("The public cannot read this release, so it is changed directly. Open it again."))
    if copy and copy.public_at:
        raise Refusal(_("A change of this release is scheduled. Hold it back before you change the text again."))
    if printed == release.printed() and set(tags) == tags_of(release):
        if copy:
            sign(copy, by, "discard")
            copy.delete()
        return None
    if copy and printed == as_printed(copy.printed) and set(tags) == set(copy.tags):
        return copy
    copy = copy or WorkingCopy(release=release, version=0)
    copy.contents, copy.changed_by = {**printed, "tags": sorted(tags)}, by
    copy.version += 1
    sign(copy, by, "write")
    copy.save()
    return copy


@transaction.atomic
def discard_change(release: Release, *, by: User, seen: str | None = None) -> None:
    """Throw the next text of `release` away; the history keeps it. Raises Refusal when there is none, or when it is not what was `seen`."""
    hold(release, by, "discard", right="change_release")
    copy = _copy_of(release)
    not_since(release, seen)
    if copy.public_at and not by.has_perm("releases.publish_release"):
        raise Refusal(_("This change is scheduled. Ask a publisher to hold it back."))
    sign(copy, by, "discard")
    copy.delete()
    settle_reviews(release)


@transaction.atomic
def publish_change(
    release: Release,
    *,
    by: User,
    kind: str,
    note: str = "",
    at: datetime | None = None,
    wait: timedelta = timedelta(0),
    seen: str | None = None,
    alone_because: str = "",
    agrees_with: int | None = None,
) -> None:
    """Put the next text of a public release in the place of the one the public reads: now, after `wait`, or at `at` (aware).

    `kind` is of ChangeKind; all but a typo take a `note`, the one sentence readers find, in the language of the release.
    `agrees_with` is the version of the counterpart that the change brings the release level with, if it does.
    Raises Refusal when there is no change, when the public cannot read the release, when the sentence is missing, when `at`
    has passed, and when the text is not what was `seen`.
    """
    hold_pair(release.pk)
    hold(release, by, "change")
    copy = _copy_of(release)
    if not release.is_public():
        raise Refusal(_("The public cannot read this release, so there is nothing to correct."))
    if copy.public_at:
        raise Refusal(_("This change is scheduled already. Hold it back first."))
    not_since(release, seen)
    copy.kind, copy.note, copy.agrees_with = ChangeKind(kind), without_control_characters(note).strip(), agrees_with
    if copy.kind == ChangeKind.TYPO:
        copy.note = ""
    elif not copy.note:
        raise Refusal(_("Write one sentence that tells readers what changed. It is only a typo that needs none."))
    second_person(release, by=by, writer=copy.changed_by, alone_because=alone_because)
    settle_reviews(release)
    if not at and not wait:
        _take_place(release, copy, by, timezone.now())
        return
    _fit(release, copy)
    copy.public_at = in_the_future(at) if at else timezone.now() + wait
    copy.scheduled_by = by
    copy.save()


@transaction.atomic
def put_off_change(release: Release, *, by: User) -> None:
    """Take back a scheduled change before anyone could read it. Raises Refusal when none is scheduled, any more or yet."""
    hold(release, by, "put_off")
    copy = WorkingCopy.of(release)
    if copy is None or copy.public_at is None:
        raise Refusal(_("No change of this release is scheduled. If it is public already, change the text again."))
    unschedule(copy)


def publish_due_changes(at: datetime) -> bool:
    """Publish every scheduled change that is due by `at`, each in a transaction of its own; return whether any was published.

    Pages call this before they read anything, so that no change is late. It never delays a reader: it takes no lock that it would have to
    wait for, one thread tries at a time, and after a failure nobody tries again for RETRY_SECONDS. Until it succeeds readers get the
    earlier text, and the log has one line. A change that cannot be published, because the release was withdrawn or its text is no
    longer valid, stays a working copy.
    """
    global _retry_at, _is_failing
    if time.monotonic() < _retry_at or not _one_attempt.acquire(blocking=False):
        return False
    try:
        due = list(WorkingCopy.objects.due(at).order_by("public_at", "pk").values_list("release", flat=True))
        if not due:
            _is_failing = False
            return False
        with without_waiting_for_locks():
            for pk in due:
                with transaction.atomic():
                    wait_for_readers()
                    hold_pair(pk)
                    if release := Release.objects.select_for_update().filter(pk=pk).first():
                        _publish_if_due(release, at)
    except DatabaseError:
        if not _is_failing:
            logger.exception("A scheduled change could not be published; it is tried again every second.")
        _retry_at, _is_failing = time.monotonic() + RETRY_SECONDS, True
        return False
    finally:
        _one_attempt.release()
    _is_failing = False
    return True


def _publish_if_due(release: Release, at: datetime) -> None:
    copy = WorkingCopy.of(release)
    if copy is None or copy.public_at is None or copy.public_at > at:
        return  # another process was quicker
    try:
        if not release.is_public(at):
            raise Refusal
        with transaction.atomic():
            _take_place(release, copy, copy.scheduled_by, copy.public_at)
    except DatabaseError:
        raise
    except Exception as fault:
        if not isinstance(fault, Refusal):
            logger.exception("A change of a public text does not fit.")
        unschedule(copy)


@contextmanager
def without_waiting_for_locks() -> Iterator[None]:
    """Let statements on the connection fail at once where they would wait for another writer."""
    is_sqlite = connection.vendor == "sqlite"
    usual = connection.settings_dict["OPTIONS"].get("timeout", 5) if is_sqlite else 0
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 0" if is_sqlite else "SET lock_timeout = '1ms'")  # 0 would mean no limit on PostgreSQL
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {usual * 1000}" if is_sqlite else "RESET lock_timeout")


def wait_for_readers() -> None:
    """On SQLite, let the commit wait a quarter of a second: it needs the moment in which nobody reads, and the write lock is held."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 250")


def unschedule(copy: WorkingCopy) -> None:
    copy.public_at, copy.scheduled_by, copy.agrees_with = None, None, None
    copy.version += 1
    copy.save()
    caching.turn()  # the cached edition knows which changes are scheduled


def tags_of(release: Release) -> set[int]:
    return set(release.tags.values_list("pk", flat=True))


def _copy_of(release: Release) -> WorkingCopy:
    copy = WorkingCopy.of(release)
    if copy is None:
        raise Refusal(_("There is no change that is not public yet. Open the release and change its text first."))
    return copy


def _fit(release: Release, copy: WorkingCopy) -> None:
    """Set `release` to the text of `copy`, in memory, or refuse with what is wrong with it."""
    try:
        release.take_over(copy.printed)
        described(release.photos)
        titled(release.attachments)
        release.full_clean()
    except ValidationError as fault:
        raise Refusal(" ".join(fault.messages)) from fault


def _take_place(release: Release, copy: WorkingCopy, by: User | None, moment: datetime) -> None:
    _fit(release, copy)
    sign(release, by, str(copy.kind))
    release.changed_by = copy.changed_by
    before = release.version
    if copy.kind != ChangeKind.TYPO:
        release.words_changed()
        release.corrected_at = moment
        Correction.objects.create(release=release, kind=copy.kind, note=copy.note, made_at=moment)
    release.save()
    release.tags.set(Topic.objects.filter(pk__in=copy.tags))
    note_change(release, str(copy.kind), before, copy.agrees_with, by)
    copy.delete()

"""The public edition: everything the public can see follows from one stamp and the clock.

The stamp moves in the transaction of every change (releases/receivers.py), so every process sees a withdrawal with its next
question. The clock ends an edition by itself: at the next scheduled moment, and at midnight in Los Angeles. What is worked out
once for an edition (the newsroom's decisions, topics with their counts, months) is kept in this process until it ends.
"""

import secrets
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Any, TypeVar

from cachetools import LRUCache
from django.db import connection, transaction

from releases import clock
from releases.models import EditionTurn, Newsroom, Release, WorkingCopy

SWEPT_EVERY = 64  # turns, on average
RECENT, BRIDGED = 0.1, 1.0  # seconds
MAX_VALUES = 2000  # cached for one edition, least recently used out first
MISSING: Any = object()
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Edition:
    """What the public may see from `since` until before `until` while the stamp is `stamp`."""

    stamp: str
    since: datetime
    until: datetime
    newsroom: Newsroom
    has_due_changes: bool
    _values: LRUCache[Hashable, Any] = field(default_factory=lambda: LRUCache(MAX_VALUES), repr=False, compare=False)
    _lock: Any = field(default_factory=Lock, repr=False, compare=False)  # cachetools leaves locking to its users

    @property
    def key(self) -> str:
        """What tells it from every other edition, in every process."""
        return f"{self.stamp}/{self.until.isoformat()}"

    def once(self, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """What `make` answers, made once for this edition. Only for what is the same for everybody."""
        thing: Thing = self._get(key)
        if thing is MISSING:
            thing = make()
            self._put(key, thing)
        return thing

    def each(self, name: str, keys: Iterable[Hashable], make: Callable[[list[Any]], dict[Any, Thing]]) -> list[Thing]:
        """What `make` answers for those of `keys` that it was not asked for yet, and what it answered before for the others; once for a
        key that comes twice."""
        found = {key: self._get((name, key)) for key in keys}
        if missing := [key for key, thing in found.items() if thing is MISSING]:
            made = make(missing)
            for key in missing:
                found[key] = made.get(key, MISSING)
                if key in made:
                    self._put((name, key), made[key])
        return [thing for thing in found.values() if thing is not MISSING]

    def _get(self, key: Hashable) -> Any:
        with self._lock:
            return self._values.get(key, MISSING)

    def _put(self, key: Hashable, value: Any) -> None:
        with self._lock:
            self._values[key] = value


_latest: Edition | None = None
_asked = 0.0  # when the question was sent that `_latest` came of
_checked = 0.0  # when the question was sent that found it last to stand
_turned = 0.0  # when this process last changed something: what was asked before says nothing
_one_at_a_time = Lock()


def edition(at: datetime) -> Edition:
    """The edition of the moment `at` (aware), by one question when it is the one this process saw last."""
    global _latest, _asked, _checked
    asked = monotonic()
    stamp, known = _stamp(), _latest
    if not (known and known.stamp == stamp and known.since <= at < known.until):
        newsroom = Newsroom.for_the_public(at)
        known = Edition(stamp, at, _end_of(at), newsroom, newsroom.has_due_changes)  # type: ignore[attr-defined]
    with _one_at_a_time:  # of two answers the one to the later question counts
        if asked >= _asked:
            _latest, _asked = known, asked
            if asked > _turned:
                _checked = asked
    return known


def fresh_edition(at: datetime) -> Edition | None:
    """The edition, when the database was asked less than a tenth of a second ago: a thousand readers may ask in a second. In the
    process that makes a change it is seen at once; one with changes that are due is for nobody."""
    known = known_edition(at) if monotonic() < _checked + RECENT else None
    return known if known and not known.has_due_changes else None


def known_edition(at: datetime) -> Edition | None:
    """The edition this process saw last, while that is less than a second ago and the clock has not ended it by `at`: it bridges
    a database that cannot be asked for a moment. For longer nothing is shown: it may have been withdrawn."""
    is_recent = monotonic() < _checked + BRIDGED
    return _latest if _latest and is_recent and _latest.since <= at < _latest.until else None


def turn() -> None:
    """End the edition, with the transaction in hand. For what sends no signal: `update()`, `bulk_create()`, raw SQL."""
    _begin_anew()
    transaction.on_commit(_begin_anew)  # another thread may have asked meanwhile, and found the old stamp
    number = secrets.randbelow(2**40)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO releases_editionturn (number) VALUES (%s)", [number])
    if number % SWEPT_EVERY == 0:
        _sweep()


def _begin_anew() -> None:
    """Let nothing that was asked before now be taken for fresh."""
    global _checked, _turned
    with _one_at_a_time:
        _checked, _turned = 0.0, monotonic()


def _stamp() -> str:
    """All turns in a word; another one after each that is added or swept, whatever the order they were committed in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), sum(number) FROM releases_editionturn")
        return "{}-{}".format(*cursor.fetchone())


def _sweep() -> None:
    """Take old turns away, but for those that another transaction is taking away."""
    with transaction.atomic():
        newest = EditionTurn.objects.order_by("-pk").values_list("pk", flat=True)[:SWEPT_EVERY]
        old = EditionTurn.objects.filter(pk__lt=min(newest)).select_for_update(skip_locked=True).values_list("pk", flat=True)
        EditionTurn.objects.filter(pk__in=list(old[:1000])).delete()


def _end_of(at: datetime) -> datetime:
    """When the clock alone changes what the public sees: the next scheduled moment, the next end of an event, or midnight in Los
    Angeles."""
    release = Release.objects.scheduled(at).values_list("public_at", flat=True).first()
    change = WorkingCopy.objects.filter(public_at__gt=at).order_by("public_at").values_list("public_at", flat=True).first()
    event = Release.objects.filter(event_until__gt=at).order_by("event_until").values_list("event_until", flat=True).first()
    return min(filter(None, (clock.midnight(clock.day_of(at) + timedelta(days=1)), release, change, event)))

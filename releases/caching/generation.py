"""Cache generations: what the public can see depends on the cache version and the time alone.

The version changes in the transaction of every change (releases/signals.py), so every process sees a
withdrawal with its next query. A generation also ends at a set time: at the next scheduled publication, when
an event ends, and at midnight in Los Angeles. Values that are computed once per generation (settings, topic
counts, months) are cached in this process until it ends.
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

from releases.models import CacheInvalidation, NewsroomSettings, PendingRevision, Release
from releases.text import localtime

CLEANUP_INTERVAL = 64  # invalidations, on average
RECENT_SECONDS, FALLBACK_SECONDS = 0.1, 1.0  # seconds
MAX_VALUES = 2000  # per generation; the least recently used are evicted first
MISSING: Any = object()
Value = TypeVar("Value")


@dataclass(frozen=True)
class CacheGeneration:
    """What the public may see between two points in time at one cache version.

    `valid_until` itself is excluded.
    """

    version: str
    valid_from: datetime
    valid_until: datetime
    newsroom: NewsroomSettings
    has_due_revisions: bool
    _values: LRUCache[Hashable, Any] = field(
        default_factory=lambda: LRUCache(MAX_VALUES), repr=False, compare=False
    )
    _lock: Any = field(default_factory=Lock, repr=False, compare=False)  # cachetools is not thread-safe

    @property
    def key(self) -> str:
        """Return an identifier of the generation that is the same in every process."""
        return f"{self.version}/{self.valid_until.isoformat()}"

    def get_or_set(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        """Return the value of `key`, computed once per generation.

        Use it only for values that are the same for everybody.
        """
        value: Value = self._get(key)
        if value is MISSING:
            value = compute()
            self._put(key, value)
        return value

    def get_many_or_set(
        self, name: str, keys: Iterable[Hashable], compute: Callable[[list[Any]], dict[Any, Value]]
    ) -> list[Value]:
        """Return the values of `keys`, without duplicates.

        `compute` gets the missing keys and returns their values.
        """
        values = {key: self._get((name, key)) for key in keys}
        if missing := [key for key, value in values.items() if value is MISSING]:
            computed = compute(missing)
            for key in missing:
                values[key] = computed.get(key, MISSING)
                if key in computed:
                    self._put((name, key), computed[key])
        return [value for value in values.values() if value is not MISSING]

    def _get(self, key: Hashable) -> Any:
        with self._lock:
            return self._values.get(key, MISSING)

    def _put(self, key: Hashable, value: Any) -> None:
        with self._lock:
            self._values[key] = value


_last_generation: CacheGeneration | None = None
_last_queried_at = 0.0  # when the query for `_last_generation` was sent
_last_confirmed_at = 0.0  # when the last query was sent that found it current
_last_invalidated_at = 0.0  # when this process last changed something; earlier queries are out of date
_state_lock = Lock()


def get_current_generation(at: datetime) -> CacheGeneration:
    """Return the generation at `at` (aware), with one query if it is the one this process saw last."""
    global _last_generation, _last_queried_at, _last_confirmed_at
    queried_at = monotonic()
    version, generation = _read_version(), _last_generation
    if not (
        generation and generation.version == version and generation.valid_from <= at < generation.valid_until
    ):
        newsroom = NewsroomSettings.load_for_public(at)
        generation = CacheGeneration(version, at, _next_change(at), newsroom, newsroom.has_due_revisions)  # type: ignore[attr-defined]
    with _state_lock:  # of two results, that of the later query counts
        if queried_at >= _last_queried_at:
            _last_generation, _last_queried_at = generation, queried_at
            if queried_at > _last_invalidated_at:
                _last_confirmed_at = queried_at
    return generation


def get_recent_generation(at: datetime) -> CacheGeneration | None:
    """Return the generation if this process found it current within RECENT_SECONDS, else None.

    It saves the query when there are many readers. A process sees its own changes at once. A generation with
    due revisions is never returned.
    """
    generation = get_last_known_generation(at) if monotonic() < _last_confirmed_at + RECENT_SECONDS else None
    return generation if generation and not generation.has_due_revisions else None


def get_last_known_generation(at: datetime) -> CacheGeneration | None:
    """Return the generation this process saw last, if it is recent and has not ended by `at`.

    Recent means within FALLBACK_SECONDS.

    It bridges a short failure of the database. After that nothing is shown, because it may have been
    withdrawn.
    """
    is_recent = monotonic() < _last_confirmed_at + FALLBACK_SECONDS
    return (
        _last_generation
        if _last_generation and is_recent and _last_generation.valid_from <= at < _last_generation.valid_until
        else None
    )


def invalidate_public_cache() -> None:
    """Invalidate cached public content when the transaction commits.

    Call it after `update()`, `bulk_create()` and raw SQL, which send no signals.
    """
    _expire_local()
    transaction.on_commit(_expire_local)  # another thread may have read the old version meanwhile
    value = secrets.randbelow(2**40)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO releases_cacheinvalidation (value) VALUES (%s)", [value])
    if value % CLEANUP_INTERVAL == 0:
        _delete_old_rows()


def _expire_local() -> None:
    """Stop treating the results of earlier queries as current."""
    global _last_confirmed_at, _last_invalidated_at
    with _state_lock:
        _last_confirmed_at, _last_invalidated_at = 0.0, monotonic()


def _read_version() -> str:
    """Return the cache version.

    It changes with every added or deleted row, in whatever order they are committed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), sum(value) FROM releases_cacheinvalidation")
        return "{}-{}".format(*cursor.fetchone())


def _delete_old_rows() -> None:
    """Delete old rows, except those that another transaction is deleting."""
    with transaction.atomic():
        newest = CacheInvalidation.objects.order_by("-pk").values_list("pk", flat=True)[:CLEANUP_INTERVAL]
        old = (
            CacheInvalidation.objects.filter(pk__lt=min(newest))
            .select_for_update(skip_locked=True)
            .values_list("pk", flat=True)
        )
        CacheInvalidation.objects.filter(pk__in=list(old[:1000])).delete()


def _next_change(at: datetime) -> datetime:
    """Return when the time alone next changes what the public sees.

    That is the next scheduled release or revision, the next end of an event, or midnight in Los Angeles.
    """
    release = Release.objects.scheduled(at).values_list("public_at", flat=True).first()
    change = (
        PendingRevision.objects.filter(public_at__gt=at)
        .order_by("public_at")
        .values_list("public_at", flat=True)
        .first()
    )
    event = (
        Release.objects.filter(event_until__gt=at)
        .order_by("event_until")
        .values_list("event_until", flat=True)
        .first()
    )
    return min(
        filter(
            None,
            (localtime.start_of_day(localtime.local_date(at) + timedelta(days=1)), release, change, event),
        )
    )

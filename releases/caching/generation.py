"""Cache generations: what the public can see depends on the cache version and the time alone.

The version changes in the transaction of every change (releases/signals.py), so every process sees a
withdrawal with its next query. A generation also ends at a set time: at the next scheduled publication, when
an event or the alert ends, and at midnight in Los Angeles. Values that are computed once per generation
(settings, topic counts, months) are cached in this process until it ends.
"""

import logging
import secrets
from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
from pathlib import Path
from threading import Lock, Thread
from time import monotonic, sleep
from typing import Any, TypeVar

from cachetools import LRUCache
from django.conf import settings
from django.db import Error, OperationalError, close_old_connections, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from releases.database import PUBLIC_SECONDS, limit_waiting
from releases.models import Alert, CacheInvalidation, NewsroomSettings, PendingRevision, Release
from releases.text import localtime

CLEANUP_INTERVAL = 64  # invalidations, on average
RECENT_SECONDS = 0.1
# A reader waits so long for another one's query, and after so long without an answer the database is down.
MAX_WAIT_SECONDS, DOWN_SECONDS = 0.1, 1.0
PROBE_SECONDS = 0.1  # pause between two queries of the thread that waits for the end of an outage
# A generation that was not confirmed so shortly before an outage may show what was withdrawn meanwhile.
MAX_UNCONFIRMED_SECONDS = 3.0
HEARTBEAT_SECONDS = 1.0
MAX_VALUES = 2000  # per generation; the least recently used are evicted first
MISSING: Any = object()

logger = logging.getLogger(__name__)

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
    alert: Alert | None = None  # as long as it is active: the generation ends with it
    queried_at: float = field(default=0.0, repr=False, compare=False)  # time.monotonic(), of its first query
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
_last_queried_at = -inf  # when the query for `_last_generation` was sent
_last_confirmed_at = -inf  # when the last query was sent that found it current
_last_confirmed_mark = b""  # the mark of the last change that this query came after
_last_invalidated_at = -inf  # when this process last changed something; earlier queries are out of date
_state_lock = Lock()
_query_lock = Lock()  # held by the reader whose query the others wait for
_query_started_at = -inf
_failing_since: float | None = None  # when the first query without an answer was sent
_probe: Thread | None = None


def find_generation(at: datetime) -> CacheGeneration:
    """Return the current generation at `at`, or the last known one while the database doesn't answer.

    Readers of cached pages don't wait for a database that doesn't answer: one of them queries, and the others
    get the last known generation. Nobody can withdraw anything meanwhile. If the query had to be given up, a
    thread repeats it until the database answers.

    Raises the database's error if `get_last_known_generation` allows no generation.
    """
    last = get_last_known_generation()
    is_first = _query_lock.acquire(blocking=False)
    timeout = max(_query_started_at + MAX_WAIT_SECONDS - monotonic(), 0) if last else PUBLIC_SECONDS
    if not is_first and not _query_lock.acquire(timeout=timeout):
        return _require(last)
    try:
        if _is_probing():
            return _require(last)
        recent = None if is_first else get_recent_generation(at)
        return recent or _query(at, last)
    finally:
        _query_lock.release()


def _require(last: CacheGeneration | None) -> CacheGeneration:
    if last is None:
        raise OperationalError("The database does not answer.")
    return last


def _query(at: datetime, last: CacheGeneration | None) -> CacheGeneration:
    """Return the current generation, or `last` if the database doesn't answer."""
    global _query_started_at, _failing_since, _probe
    _query_started_at = monotonic()
    try:
        # SQLite refuses at once while another process commits. PostgreSQL may not answer at all.
        with limit_waiting(0 if last and connection.vendor == "sqlite" else PUBLIC_SECONDS):
            return get_current_generation(at)
    except Error as error:
        _failing_since = _failing_since or _query_started_at
        if connection.vendor != "sqlite" and monotonic() > _query_started_at + MAX_WAIT_SECONDS:
            _probe = Thread(target=_query_until_answered, daemon=True)
            _probe.start()
        if last is None:
            raise
        logger.warning("Cached pages are served without the database: %s", error)
        return last


def is_database_down() -> bool:
    """Return whether `find_generation` found that waiting for the database is useless."""
    is_locked = (
        connection.vendor == "sqlite"
        and _failing_since is not None
        and monotonic() > _failing_since + DOWN_SECONDS
    )
    return _is_probing() or is_locked


def _is_probing() -> bool:
    return _probe is not None and _probe.is_alive()


def _query_until_answered() -> None:
    while True:
        try:
            with limit_waiting(PUBLIC_SECONDS):
                get_current_generation(timezone.now())
        except Error:
            sleep(PROBE_SECONDS)
        else:
            return
        finally:
            connection.close()


def get_current_generation(at: datetime) -> CacheGeneration:
    """Return the generation at `at` (aware), with one query if it is the one this process saw last."""
    global _last_generation, _last_queried_at, _last_confirmed_at, _last_confirmed_mark, _failing_since
    queried_at, mark = monotonic(), _read_change_mark()
    version, generation = _read_version(), _last_generation
    if not (
        generation and generation.version == version and generation.valid_from <= at < generation.valid_until
    ):
        newsroom: Any = NewsroomSettings.load_for_public(at)
        has_due, alert = newsroom.has_due_revisions, Alert.objects.active(at).first()
        until = _next_change(at, alert)
        generation = CacheGeneration(version, at, until, newsroom, has_due, alert, queried_at)
    with _state_lock:  # of two results, that of the later query counts
        if queried_at >= _last_queried_at:
            _last_generation, _last_queried_at, _failing_since = generation, queried_at, None
            if queried_at > _last_invalidated_at:
                _last_confirmed_at, _last_confirmed_mark = queried_at, mark
    return generation


def get_recent_generation(at: datetime) -> CacheGeneration | None:
    """Return the generation if this process found it current within RECENT_SECONDS, else None.

    It saves the query when there are many readers. A process sees its own changes at once. A generation with
    due revisions is never returned.
    """
    generation = _last_generation if monotonic() < _last_confirmed_at + RECENT_SECONDS else None
    is_valid = generation and generation.valid_from <= at < generation.valid_until
    return generation if generation and is_valid and not generation.has_due_revisions else None


def get_last_known_generation() -> CacheGeneration | None:
    """Return the generation that the last query before an outage found, or None if it may not be used.

    It may have ended since. Nothing that was scheduled for the time since then is in its pages. It is not
    used for longer than OUTAGE_CACHE_SECONDS, nor if its alert has ended, nor if something may have been
    withdrawn since it was confirmed: after a change on this machine, and after a time without a query.
    """
    now, last = monotonic(), _last_generation
    is_recent = (_failing_since or now) - _last_confirmed_at <= MAX_UNCONFIRMED_SECONDS
    is_allowed = is_recent and now < _last_confirmed_at + settings.OUTAGE_CACHE_SECONDS
    if last and last.alert and not last.alert.is_active(timezone.now()):
        return None
    return last if is_allowed and _read_change_mark() == _last_confirmed_mark else None


def confirm_regularly() -> None:
    """Start a thread that queries the version every second, so that an outage never begins unprepared."""

    def confirm() -> None:
        while True:
            sleep(HEARTBEAT_SECONDS)
            confirm_generation()

    Thread(target=confirm, daemon=True).start()


def confirm_generation() -> None:
    """Query the version in a thread without requests, whose lost connections Django doesn't replace."""
    close_old_connections()
    with suppress(Error):
        find_generation(timezone.now())


def invalidate_public_cache() -> None:
    """Invalidate cached public content when the transaction commits.

    Call it after `update()`, `bulk_create()` and raw SQL, which send no signals.
    """
    value = secrets.randbelow(2**40)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO releases_cacheinvalidation (value) VALUES (%s)", [value])
    _expire()
    transaction.on_commit(_expire)  # another thread may have read the old version meanwhile
    if value % CLEANUP_INTERVAL == 0:
        delete_old_rows()


def _expire() -> None:
    """Stop treating earlier results as current, here and in the other processes on this machine."""
    with suppress(OSError):  # a full disk must not prevent a withdrawal
        _get_mark_path().write_bytes(secrets.token_bytes(8))
    _expire_local()


def _get_mark_path() -> Path:
    return Path(settings.DATA_DIR, "last-change")


def _read_change_mark() -> bytes:
    """Return random bytes that every change of public content on this machine replaces."""
    try:
        return _get_mark_path().read_bytes()
    except OSError:
        return b""


def _expire_local() -> None:
    """Stop treating the results of earlier queries of this process as current."""
    global _last_confirmed_at, _last_invalidated_at
    with _state_lock:
        _last_confirmed_at, _last_invalidated_at = -inf, monotonic()


def _read_version() -> str:
    """Return the cache version.

    It changes with every added or deleted row, in whatever order they are committed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), sum(value) FROM releases_cacheinvalidation")
        return "{}-{}".format(*cursor.fetchone())


def delete_old_rows() -> int:
    """Delete up to 1,000 old rows, except those that another transaction is deleting. Return their number."""
    with transaction.atomic():
        old = find_old_rows().select_for_update(skip_locked=True).values_list("pk", flat=True)
        return CacheInvalidation.objects.filter(pk__in=list(old[:1000])).delete()[0]


def find_old_rows() -> QuerySet[CacheInvalidation]:
    """Return all rows but the newest."""
    newest = list(CacheInvalidation.objects.order_by("-pk").values_list("pk", flat=True)[:CLEANUP_INTERVAL])
    return CacheInvalidation.objects.filter(pk__lt=min(newest, default=0))


def _next_change(at: datetime, alert: Alert | None) -> datetime:
    """Return when the time alone next changes what the public sees.

    That is the next scheduled release or revision, the next end of an event, the end of `alert`, or midnight
    in Los Angeles.
    """
    alert_end = alert.ends_at if alert else None
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
            (
                localtime.start_of_day(localtime.local_date(at) + timedelta(days=1)),
                release,
                change,
                event,
                alert_end,
            ),
        )
    )

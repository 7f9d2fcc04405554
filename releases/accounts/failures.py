"""Count failed attempts to sign in, for managers.

Refused attempts can be many per second, so they are added up in memory and written every few seconds.
"""

import logging
import threading
import time
from collections import Counter
from datetime import timedelta
from typing import Any

from django.db import Error, transaction
from django.db.models import F, Sum
from django.utils import timezone

from releases.models import FailedSignIns, User
from releases.text import localtime

WRITE_SECONDS = 5.0
MAX_NAMES = 1000  # in memory; further ones are counted as unknown
KEPT_DAYS = 30
SHOWN_DAYS = 7

logger = logging.getLogger(__name__)

_lock = threading.Lock()
_counts: Counter[str] = Counter()  # by the name that was entered; not written yet
_written_at = 0.0


def count_failure(username: str, is_refused: bool = False) -> None:
    """Count a failed attempt for the account `username`, if there is one, or else for unknown names."""
    with _lock:
        _counts[username[:150] if len(_counts) < MAX_NAMES else ""] += 1
        is_due = not is_refused or time.monotonic() >= _written_at + WRITE_SECONDS
    if is_due:
        write_counts()


def write_counts() -> None:
    """Write what this process has counted. Counting must never prevent a sign-in, so errors are logged."""
    global _written_at
    with _lock:
        counts, _written_at = dict(_counts), time.monotonic()
        _counts.clear()
    if not counts:
        return
    today = localtime.local_date(timezone.now())
    try:
        with transaction.atomic():
            ids = dict(User.objects.filter(username__in=counts).values_list("username", "pk"))
            totals: Counter[int | None] = Counter()
            for username, count in counts.items():
                totals[ids.get(username)] += count
            for user_id, count in totals.items():
                user = User(pk=user_id) if user_id else None
                row, _created = FailedSignIns.objects.get_or_create(user=user, date=today)
                FailedSignIns.objects.filter(pk=row.pk).update(count=F("count") + count)
            FailedSignIns.objects.filter(date__lt=today - timedelta(days=KEPT_DAYS)).delete()
    except Error as error:
        logger.warning("Failed sign-ins could not be counted: %s", error)


def get_recent_counts() -> list[dict[str, Any]]:
    """Return the failed attempts of the last SHOWN_DAYS days: `user` (None for unknown names) and `count`."""
    write_counts()
    since = localtime.local_date(timezone.now()) - timedelta(days=SHOWN_DAYS - 1)
    rows = FailedSignIns.objects.filter(date__gte=since).values("user").annotate(total=Sum("count"))
    totals = {row["user"]: row["total"] for row in rows}
    users = User.objects.in_bulk([user_id for user_id in totals if user_id])
    counts = [{"user": users.get(user_id), "count": total} for user_id, total in totals.items()]
    return sorted(counts, key=lambda row: (row["user"] is None, -row["count"]))


def count_since(user: User, at: Any) -> int:
    """Return the failed attempts for `user` since the start of the day of `at` (aware)."""
    rows = FailedSignIns.objects.filter(user=user, date__gte=localtime.local_date(at))
    return rows.aggregate(total=Sum("count"))["total"] or 0

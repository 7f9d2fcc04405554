"""Publish scheduled revisions when they are due."""

import logging
import threading
import time
from datetime import datetime

from django.db import Error, transaction

from releases.actions.errors import ActionNotAllowed
from releases.actions.locking import lock_translations
from releases.actions.revisions import apply_revision, clear_schedule
from releases.database import limit_waiting, without_waiting_for_locks
from releases.models import PendingRevision, Release

RETRY_SECONDS = 1.0
COMMIT_SECONDS = 0.25  # on SQLite, a commit waits so long for readers


logger = logging.getLogger(__name__)


_attempt_lock = threading.Lock()


_retry_at = 0.0  # time.monotonic()


_is_failing = False


def publish_due_revisions(at: datetime) -> bool:
    """Publish all scheduled revisions that are due by `at` (aware). Return whether there were any.

    Each is published in its own transaction.

    Pages call this before they read anything, so that no revision is published late. It never delays a
    reader: it does not wait for another writer, only one thread tries at a time, and after a database error
    nobody tries again for RETRY_SECONDS. Until a retry succeeds, readers get the earlier text, False is
    returned, and the error is logged once.

    A revision that cannot be published, because the release was withdrawn or its text is no longer valid,
    stays pending without a schedule.
    """
    global _retry_at, _is_failing
    if time.monotonic() < _retry_at or not _attempt_lock.acquire(blocking=False):
        return False
    try:
        due = list(
            PendingRevision.objects.due(at).order_by("public_at", "pk").values_list("release", flat=True)
        )
        if not due:
            _is_failing = False
            return False
        with without_waiting_for_locks():
            for pk in due:
                with transaction.atomic(), limit_waiting(COMMIT_SECONDS):  # the write lock of SQLite is held
                    lock_translations(pk)
                    if release := Release.objects.select_for_update().filter(pk=pk).first():
                        _publish_if_due(release, at)
    except Error:
        if not _is_failing:
            logger.exception("A scheduled change could not be published; it is tried again every second.")
        _retry_at, _is_failing = time.monotonic() + RETRY_SECONDS, True
        return False
    finally:
        _attempt_lock.release()
    _is_failing = False
    return True


def _publish_if_due(release: Release, at: datetime) -> None:
    revision = PendingRevision.for_release(release)
    if revision is None or revision.public_at is None or revision.public_at > at:
        return  # another process published it first
    try:
        if not release.is_public(at):
            raise ActionNotAllowed
        with transaction.atomic():
            apply_revision(release, revision, revision.scheduled_by, revision.public_at)
    except Error:
        raise
    except Exception as error:
        if not isinstance(error, ActionNotAllowed):
            logger.exception("A change of a public text does not fit.")
        clear_schedule(revision)

"""What the dashboard of the admin lists."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language

from releases.accounts import failures
from releases.actions.autosaves import MAX_AGE
from releases.diagnosis import find_problems
from releases.models import (
    Autosave,
    NewsroomSettings,
    Note,
    PendingRevision,
    Release,
    ReleaseTemplate,
    User,
)
from releases.models.second_factors import find_due_at, has_second_factor
from releases.text import localtime

MAX_ITEMS = 10  # of each list
WEEK = timedelta(days=7)
QUARTER = timedelta(days=91)
MONTH = timedelta(days=30)


def get_dashboard_context(request: HttpRequest) -> dict[str, Any]:
    """Return the lists of the dashboard, most of them limited to MAX_ITEMS.

    Return {} if the user may not view releases.
    """
    user, now = request.user, timezone.now()
    if not (isinstance(user, User) and user.has_perm("releases.view_release")):
        return {}
    today = localtime.local_date(now)
    last_sign_in = parse_datetime(request.session.get("last_sign_in", ""))
    autosaves = Autosave.objects.filter(models.Q(user=user) | ~models.Q(release=None))
    revisions = PendingRevision.objects.select_related("release", "changed_by")
    return {
        "can_view_releases": True,
        "can_publish": user.has_perm("releases.publish_release"),
        "release_templates": ReleaseTemplate.objects.to_choose_from(user, get_language()),
        "due_at": find_due_at(user),
        "has_second_factor": has_second_factor(user),
        "last_sign_in": last_sign_in,
        "own_failures": failures.count_since(user, last_sign_in) if last_sign_in else 0,
        "failed_sign_ins": failures.get_recent_counts() if user.is_superuser else [],
        "failed_sign_in_days": failures.SHOWN_DAYS,
        "is_missing_legal_help_phone": user.has_perm("releases.change_newsroomsettings")
        and not NewsroomSettings.current().legal_help_phone,
        "problems": find_problems() if user.is_superuser else None,
        "autosaves": get_autosaves(autosaves, now),
        "autosave_count": autosaves.count(),
        "autosave_days": MAX_AGE.days,
        "open_reviews": Note.objects.open_review_requests().select_related("release", "author")[:MAX_ITEMS],
        "scheduled": Release.objects.scheduled(now)[:MAX_ITEMS],
        "scheduled_revisions": revisions.exclude(public_at=None).order_by("public_at")[:MAX_ITEMS],
        "pending_revisions": revisions.filter(public_at=None).order_by("-changed_at")[:MAX_ITEMS],
        "drafts": Release.objects.drafts_of(user).prefetch_related(
            models.Prefetch("notes", Note.objects.select_related("author"))
        )[:MAX_ITEMS],
        "out_of_date": Release.objects.out_of_date().order_by("-public_at", "-pk")[:MAX_ITEMS],
        "without_translation": Release.objects.published(now)
        .filter(public_at__gt=now - QUARTER)
        .without_public_translation(now)
        .order_by("-public_at", "-pk")[:MAX_ITEMS],
        "recent": Release.objects.published(now).order_by("-public_at", "-pk")[:5],
        "expiring_notices": Release.objects.published(now).expiring_between(today - WEEK, today + 2 * WEEK)[
            :MAX_ITEMS
        ],
        "today": today,
        "notes": Note.objects.select_related("release", "author")[:5],
    }


def get_autosaves(autosaves: models.QuerySet[Autosave], now: datetime) -> list[Autosave]:
    """Return the newest autosaves. `deleted_at` is set if upkeep will delete one within a month."""
    newest: list[Any] = list(autosaves.select_related("release", "user")[:MAX_ITEMS])
    oldest: list[Any] = list(
        autosaves.select_related("release", "user")
        .filter(changed_at__lt=now - MAX_AGE + MONTH)
        .exclude(pk__in=[autosave.pk for autosave in newest])
        .order_by("changed_at")[:MAX_ITEMS]
    )
    for autosave in (*newest, *oldest):
        deleted_at = autosave.changed_at + MAX_AGE
        autosave.deleted_at = deleted_at if deleted_at < now + MONTH else None
    return [*newest, *oldest]

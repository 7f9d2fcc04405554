"""“Coming up”: what happens on which day, as one list."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from releases.dashboard.viewer import WEEK, Viewer
from releases.models import PendingRevision, Release
from releases.text import localtime
from releases.text.choices import Status

MAX_ENTRIES = 10
COLUMNS = (
    *("headline", "language", "translation_key", "status", "public_at", "is_embargoed"),
    *("event_at", "event_until", "event_place", "valid_until"),
)
MAX_ROWS = 2 * MAX_ENTRIES + 1  # of each kind: two versions are one entry


@dataclass(frozen=True)
class Entry:
    """Something that happens at `at`, or on `day` without a time."""

    what: str
    release: Any
    day: date
    at: datetime | None = None
    state: str = ""
    facts: str = ""
    action_label: str = ""
    action_url: str = ""
    is_bilingual: bool = False

    @property
    def time(self) -> str:
        return localtime.format_time(self.at) if self.at else ""


class Day(NamedTuple):
    name: str
    entries: list[Entry]


class ComingUp(NamedTuple):
    days: list[Day]
    has_more: bool


def get_coming_up(viewer: Viewer) -> ComingUp:
    """Return the next MAX_ENTRIES entries by day, earliest first. The versions of a release are one entry."""
    sources = (get_releases, get_revisions, get_events, get_notices)
    entries = merge_versions([entry for source in sources for entry in source(viewer)])
    entries.sort(key=lambda entry: (entry.day, entry.at is None, entry.at or viewer.now, entry.release.pk))
    days = [
        Day(viewer.format_weekday(day), list(group))
        for day, group in groupby(entries[:MAX_ENTRIES], key=lambda entry: entry.day)
    ]
    return ComingUp(days, len(entries) > MAX_ENTRIES)


def merge_versions(entries: list[Entry]) -> list[Entry]:
    """Keep one entry for the two versions of a release, in the language of the desk."""
    merged: dict[tuple[Any, ...], Entry] = {}
    for entry in entries:
        key = (entry.release.translation_key, entry.what, entry.at, entry.day)
        if other := merged.get(key):
            shown = entry if entry.release.language == get_language() else other
            merged[key] = replace(shown, is_bilingual=True)
        else:
            merged[key] = entry
    return list(merged.values())


def get_releases(viewer: Viewer) -> Iterator[Entry]:
    """Yield the scheduled releases, among them those whose embargo ends."""
    release: Any
    for release in Release.objects.scheduled(viewer.now).only(*COLUMNS)[:MAX_ROWS]:
        yield Entry(
            _("Embargo ends") if release.is_embargoed else _("Goes public"),
            release,
            localtime.local_date(release.public_at),
            release.public_at,
            "scheduled",
            action_label=_("Reschedule…") if viewer.can_publish else "",
            action_url=reverse("admin:releases_release_reschedule", args=[release.pk]),
        )


def get_revisions(viewer: Viewer) -> Iterator[Entry]:
    revisions = PendingRevision.objects.filter(public_at__gt=viewer.now).select_related("release")
    for revision in revisions.only("public_at", *(f"release__{name}" for name in COLUMNS)).order_by(
        "public_at", "pk"
    )[:MAX_ROWS]:
        at: Any = revision.public_at
        yield Entry(
            _("Change goes public"),
            revision.release,
            localtime.local_date(at),
            at,
            "scheduled",
            action_label=_("Unschedule…") if viewer.can_publish else "",
            action_url=reverse("admin:releases_release_unschedule_revision", args=[revision.release_id]),
        )


def get_events(viewer: Viewer) -> Iterator[Entry]:
    """Yield the events of drafts and of releases that aren't withdrawn, until they are over.

    An event without an end isn't found if its release is older than QUARTER: it has no index.
    """
    with_end = Release.objects.filter(status=Status.PUBLISHED, event_until__gte=viewer.now)
    is_searched = viewer.is_current_release | Q(pk__in=with_end.order_by().values("pk"))
    start = localtime.start_of_day(viewer.today)
    releases = Release.objects.filter(is_searched, event_at__gte=start).order_by("event_at", "pk")
    release: Any
    for release in releases.only(*COLUMNS)[:MAX_ROWS]:
        if not release.event_is_over(viewer.now):
            state = _("Draft") if release.status == Status.DRAFT else ""
            yield Entry(
                _("Event"),
                release,
                localtime.local_date(release.event_at),
                release.event_at,
                "public",
                facts=" · ".join(filter(None, (state, release.event_place))),
            )


def get_notices(viewer: Viewer) -> Iterator[Entry]:
    notices = Release.objects.published(viewer.now).expiring_between(viewer.today, viewer.today + 2 * WEEK)
    notice: Any
    for notice in notices.only(*COLUMNS)[:MAX_ROWS]:
        yield Entry(
            _("Notice expires"),
            notice,
            notice.valid_until,
            state="scheduled",
            facts=_("at the end of the day"),
        )

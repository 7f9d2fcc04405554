"""What changed in the newsroom since a given time, for the manager who decides whether to unlock it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from releases.admin.history import get_release_label, get_revision_label
from releases.models import (
    Alert,
    NewsroomSettings,
    PendingRevision,
    PreviewLink,
    Release,
    User,
    display_name,
)
from releases.text import localtime
from releases.text.choices import Status

PERIOD = timedelta(hours=24)  # before the lock
MAX_CHANGES = 200


@dataclass(frozen=True)
class Change:
    """One change: when, by which user, what happened, and to what. Without a URL, it no longer exists."""

    date: datetime
    user: str
    label: str
    subject: str
    url: str = ""
    language: str = ""  # of the subject, if it is a headline


@dataclass(frozen=True)
class Unscheduled:
    """A release that the lock returned to draft, or whose change it unscheduled."""

    release: Release
    was_at: datetime
    is_embargoed: bool = False
    is_revision: bool = False

    @property
    def url(self) -> str:
        """Return the URL of the page that schedules it again, with the former time and embargo."""
        action = "publish_revision" if self.is_revision else "publish"
        url = reverse(f"admin:releases_release_{action}", args=[self.release.pk])
        query = {"at": self.was_at.isoformat()} | ({"embargoed": "1"} if self.is_embargoed else {})
        return f"{url}?{urlencode(query)}"


def get_recent_changes(since: datetime) -> tuple[list[Change], bool]:
    """Return the newest changes since `since`, at most MAX_CHANGES, and whether there are more."""
    sources = (
        _get_release_changes,
        _get_revision_changes,
        _get_pin_changes,
        _get_alert_changes,
        _get_preview_links,
        _get_admin_changes,
        _get_accounts,
    )
    changes = chain.from_iterable(get_changes(since) for get_changes in sources)
    newest = sorted(changes, key=lambda change: change.date, reverse=True)
    return newest[:MAX_CHANGES], len(newest) > MAX_CHANGES


def get_unscheduled(locked_at: datetime) -> list[Unscheduled]:
    """Return what the lock unscheduled and nobody has changed since, by the former time.

    While the newsroom is locked, nobody else can unschedule anything.
    """
    records = _with_previous(
        Release.history.filter(history_date__gte=locked_at, history_change_reason="return_to_draft"),
        "public_at",
        "is_embargoed",
    )
    drafts = Release.objects.filter(status=Status.DRAFT).in_bulk([record.id for record in records])
    found = [
        Unscheduled(drafts[record.id], record.previous_public_at, bool(record.previous_is_embargoed))
        for record in records
        if record.id in drafts
    ]
    revision_records = _with_previous(
        PendingRevision.history.filter(history_date__gte=locked_at, history_type="~", public_at=None),
        "public_at",
    ).exclude(previous_public_at=None)
    revisions = PendingRevision.objects.select_related("release").in_bulk(
        [record.id for record in revision_records]
    )
    found += [
        Unscheduled(revisions[record.id].release, record.previous_public_at, is_revision=True)
        for record in revision_records
        if record.id in revisions
    ]
    return sorted(found, key=lambda item: item.was_at)


def _with_previous(records: Any, *fields: str) -> Any:
    """Annotate history records with the values of `fields` in the previous record, as `previous_…`."""
    earlier = records.model.objects.filter(
        id=models.OuterRef("id"), history_id__lt=models.OuterRef("history_id")
    ).order_by("-history_id")
    return records.annotate(
        **{f"previous_{field}": models.Subquery(earlier.values(field)[:1]) for field in fields}
    )


def _newest(records: Any, field: str) -> Any:
    return records.order_by(f"-{field}", "-pk")[: MAX_CHANGES + 1]


def _make_release_change(
    release: Release | None, date: datetime, user: User | None, label: Any, fallback: str = ""
) -> Change:
    """Return a change of `release`. None means that it was deleted; `fallback` is its headline, if known."""
    if release is None:
        return Change(date, display_name(user), str(label), fallback or _("Deleted release"))
    url = reverse("admin:releases_release_history", args=[release.pk])
    return Change(date, display_name(user), str(label), release.title, url, release.language)


def _get_releases(ids: Any) -> dict[int, Release]:
    return Release.objects.only("headline", "language").in_bulk(set(ids))


def _get_release_changes(since: datetime) -> Iterator[Change]:
    records = list(
        _newest(Release.history.filter(history_date__gte=since), "history_date")
        .select_related("history_user")
        .defer("body", "summary", "photos", "attachments", "boilerplate")
    )
    releases = _get_releases(record.id for record in records)
    for record in records:
        label, user = get_release_label(record), record.history_user
        yield _make_release_change(
            releases.get(record.id), record.history_date, user, label, fallback=record.headline
        )


def _get_revision_changes(since: datetime) -> Iterator[Change]:
    """Yield changes of pending revisions. Their publication is a change of the release."""
    is_published = models.Q(history_type="-") & ~models.Q(history_change_reason="discard")
    is_published |= models.Q(history_type="-", history_change_reason=None)
    history = PendingRevision.history.filter(history_date__gte=since).exclude(is_published)
    records = list(
        _newest(_with_previous(history, "public_at"), "history_date")
        .select_related("history_user")
        .defer("data")
    )
    releases = _get_releases(record.release_id for record in records)
    for record in records:
        label = get_revision_label(record)
        if record.history_type != "-" and record.public_at:
            moment = localtime.format_datetime(record.public_at)
            label = _("Change scheduled for %(moment)s") % {"moment": moment}
        elif record.history_type != "-" and record.previous_public_at:
            label = _("Change unscheduled")
        yield _make_release_change(
            releases.get(record.release_id), record.history_date, record.history_user, label
        )


def _get_pin_changes(since: datetime) -> Iterator[Change]:
    """Yield what was pinned to the top of the news page, and unpinned."""
    history = NewsroomSettings.history.filter(history_date__gte=since).select_related("history_user")
    records = list(_newest(_with_previous(history, "pinned", "pinned_es"), "history_date"))
    pins = [
        (record, getattr(record, f"{field}_id"), getattr(record, f"previous_{field}"))
        for record in records
        for field in ("pinned", "pinned_es")
    ]
    changed = [(record, new, old) for record, new, old in pins if new != old]
    releases = _get_releases(new or old for _record, new, old in changed)
    for record, new, old in changed:
        label = _("Pinned") if new else _("Unpinned")
        yield _make_release_change(releases.get(new or old), record.history_date, record.history_user, label)


def _get_alert_changes(since: datetime) -> Iterator[Change]:
    """Yield the alerts that were published, and those that were ended early."""
    recent = models.Q(created_at__gte=since) | models.Q(ended_at__gte=since)
    for alert in Alert.objects.filter(recent).select_related("created_by", "ended_by")[:MAX_CHANGES]:
        if alert.created_at >= since:
            yield Change(alert.created_at, display_name(alert.created_by), _("Alert published"), alert.text)
        if alert.ended_at:
            yield Change(alert.ended_at, display_name(alert.ended_by), _("Alert ended early"), alert.text)


def _get_preview_links(since: datetime) -> Iterator[Change]:
    links = PreviewLink.objects.filter(created_at__gte=since).select_related("created_by", "release")
    for link in _newest(links, "created_at"):
        label = _("Preview link created for %(name)s") % {"name": link.label}
        yield _make_release_change(link.release, link.created_at, link.created_by, label)


def translate(message: str) -> str:
    """Return a message of a log entry in the active language. `_("")` would be the header of the catalog."""
    return _(message) if message else ""


def _get_admin_changes(since: datetime) -> Iterator[Change]:
    """Yield changes in the admin of everything except releases, which have a history of their own."""
    entries = LogEntry.objects.filter(action_time__gte=since).select_related("user", "content_type")
    entries = entries.exclude(content_type=ContentType.objects.get_for_model(Release))
    newest = list(_newest(entries, "action_time"))
    user_type = ContentType.objects.get_for_model(User)
    ids = {entry.object_id for entry in newest if entry.content_type == user_type}
    users = User.objects.filter(pk__in=ids).prefetch_related("groups")
    accounts = {str(user.pk): user for user in users}
    for entry in newest:
        model = entry.content_type.model_class() if entry.content_type else None
        name = str(model._meta.verbose_name) if model else ""
        # Our own messages are stored in English (`gettext_noop`), Django's in a form of their own.
        message = _("Deleted.") if entry.is_deletion() else translate(entry.get_change_message())
        if entry.content_type == user_type and entry.object_id in accounts:
            account = accounts[entry.object_id]
            role = account.role.label if account.role else _("No role")
            state = _("now open, role: %(role)s") if account.is_active else _("now closed, role: %(role)s")
            message = f"{message} ({state % {'role': role}})"
        yield Change(
            entry.action_time,
            display_name(entry.user),
            f"{name[:1].upper()}{name[1:]}: {message}",
            entry.object_repr,
            "" if entry.is_deletion() else entry.get_admin_url() or "",
        )


def _get_accounts(since: datetime) -> Iterator[Change]:
    """Yield the accounts that were created outside the admin, with `staff_login`."""
    additions = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), action_flag=1, action_time__gte=since
    )
    logged_ids = set(additions.values_list("object_id", flat=True))
    for user in _newest(User.objects.filter(date_joined__gte=since), "date_joined"):
        if str(user.pk) not in logged_ids:
            url = reverse("admin:releases_user_change", args=[user.pk])
            yield Change(user.date_joined, display_name(None), _("Account created"), str(user), url)

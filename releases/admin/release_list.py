"""The list of releases: its filters, its order, its saved views, and what each row shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from releases.admin.base import current_user, get_photo_base_url
from releases.admin.filters import (
    AuthorFilter,
    OtherLanguageFilter,
    StateFilter,
    TopicFilter,
    WaitingFilter,
    YearFilter,
    get_own_condition,
    get_state_condition,
    get_waiting_condition,
)
from releases.models import Note, PendingRevision, Photo, Release, ReleaseTag, Topic, User, display_name
from releases.models.states import describe_state, get_state_name
from releases.text.choices import Language

FILTERS = (
    StateFilter,
    "language",
    OtherLanguageFilter,
    "kind",
    YearFilter,
    TopicFilter,
    AuthorFilter,
    WaitingFilter,
)
SORT_VAR = "sort"
# Drafts without a date come first, the last changed one before the others.
ORDERINGS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "date": (gettext_lazy("Date"), (F("date").desc(nulls_first=True), "-updated_at", "-id")),
    "changed": (gettext_lazy("Last changed"), ("-updated_at", "-id")),
    "headline": (gettext_lazy("Headline"), (Lower("headline"), "-id")),
}
# What no row needs, and is long.
DEFERRED_FIELDS = ("body", "boilerplate", "summary", "attachments")


@dataclass(frozen=True)
class Link:
    """A saved view or an order of the list. `count` is None if the list isn't counted."""

    label: Any
    url: str
    is_current: bool
    count: int | None = None


@dataclass(frozen=True)
class LanguageVersion:
    """One of the two versions of a release: its short state `mark`, and `label` for screen readers.

    Without a URL, there is no such version and the user may not create one.
    """

    language: str
    state: str
    mark: str
    label: str
    url: str = ""


@dataclass(frozen=True)
class Row:
    release: Release
    title: str
    thumbnail_url: str
    versions: list[LanguageVersion]
    topics: list[str]
    changed_at: datetime
    changed_by: str
    is_in_review: bool


class ReleaseChangeList(ChangeList):
    """Django's list with an order in the address, and with rows that are loaded without the bodies."""

    request: HttpRequest

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        lookups: dict[str, Any] = super().get_filters_params(params)
        lookups.pop(SORT_VAR, None)
        return lookups

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Release]) -> list[Any]:
        return list(ORDERINGS[self.sort][1])

    def get_results(self, request: HttpRequest) -> None:
        """Find the ids of the page before the rows, because a database sorts ids faster than texts."""
        super().get_results(request)
        self.request = request
        ids = list(self.result_list.values_list("pk", flat=True))
        # `changed_by` is who wrote the text last. The row also says who published or withdrew it.
        latest = Release.history.filter(id=OuterRef("pk")).order_by("-history_date", "-history_id")
        releases = (
            Release.objects.defer(*DEFERRED_FIELDS)
            .select_related("pending_revision__changed_by")
            .annotate(last_user=Subquery(latest.values("history_user")[:1]))
            .in_bulk(ids)
        )
        self.result_list: Any = [releases[pk] for pk in ids if pk in releases]
        load_topics(self.result_list)

    @property
    def sort(self) -> str:
        name = self.params.get(SORT_VAR)
        return name if name in ORDERINGS else "date"

    @property
    def sort_links(self) -> list[Link]:
        return [
            Link(label, self.get_query_string({SORT_VAR: name}), name == self.sort)
            for name, (label, _ordering) in ORDERINGS.items()
        ]

    @property
    def views(self) -> list[Link]:
        """Return the tabs: filters that are often used together."""
        user = current_user(self.request)
        views: list[tuple[Any, dict[str, str], Q | None]] = [
            (pgettext("view of the list", "All"), {}, None),
            (
                _("My drafts"),
                {"author": "me", "state": "draft"},
                get_state_condition("draft") & get_own_condition(user),
            ),
            (_("Waiting for me"), {"waiting": "me"}, get_waiting_condition(user)),
            (
                pgettext("view of the list", "Scheduled"),
                {"state": "scheduled"},
                get_state_condition("scheduled"),
            ),
            (_("Changes not public"), {"state": "changed"}, get_state_condition("changed")),
        ]
        current = {name: self.params[name] for name in self.get_filters_params()} if not self.query else None
        return [
            Link(
                label,
                "?" + "&".join(f"{name}={value}" for name, value in params.items()),
                params == current,
                None if condition is None else Release.objects.filter(condition).order_by().count(),
            )
            for label, params, condition in views
        ]

    @cached_property
    def rows(self) -> list[Row]:
        return build_rows(self.result_list, current_user(self.request))


def load_topics(releases: list[Release]) -> None:
    """Load the topics of `releases` with one query. `prefetch_related` would build one for each release."""
    topics: dict[int, list[Topic]] = {release.pk: [] for release in releases}
    for assignment in ReleaseTag.objects.filter(content_object__in=topics).select_related("tag"):
        topics[assignment.content_object_id].append(assignment.tag)
    for release in releases:
        release.cached_topics = topics[release.pk]


def build_rows(releases: list[Release], user: User) -> list[Row]:
    """Return a row for each of `releases`, with the same number of queries for any number of them."""
    shown = {release.pk: release for release in releases}
    keys = {release.translation_key for release in releases}
    others = (
        Release.objects.filter(translation_key__in=keys)
        .exclude(pk__in=shown)
        .order_by()
        .defer(*DEFERRED_FIELDS)
        .select_related("pending_revision")
    )
    pairs: dict[Any, dict[str, Release]] = {}
    for release in [*shown.values(), *others]:
        pairs.setdefault(release.translation_key, {})[release.language] = release
    pks = [release.pk for pair in pairs.values() for release in pair.values()]
    outdated = set(Release.objects.out_of_date().filter(pk__in=pks).order_by().values_list("pk", flat=True))
    editors = User.objects.in_bulk({release.last_user for release in releases})  # type: ignore[attr-defined]
    in_review = set(
        Note.objects.open_review_requests().filter(release__in=shown).values_list("release", flat=True)
    )
    photos = Photo.objects.in_bulk([release.photos[0]["photo"] for release in releases if release.photos])
    return [
        _build_row(
            release,
            pairs[release.translation_key],
            outdated,
            photos.get(release.photos[0]["photo"]) if release.photos else None,
            editors.get(release.last_user),  # type: ignore[attr-defined]
            release.pk in in_review,
            user,
        )
        for release in releases
    ]


def _build_row(
    release: Release,
    pair: dict[str, Release],
    outdated: set[int],
    photo: Photo | None,
    editor: User | None,
    is_in_review: bool,
    user: User,
) -> Row:
    revision = PendingRevision.for_release(release)
    changed_at, changed_by = (
        (revision.changed_at, revision.changed_by) if revision else (release.updated_at, editor)
    )
    other = next((version for version in pair.values() if version.pk != release.pk), None)
    return Row(
        release,
        release.headline or Release.describe_missing_headline(other),
        f"{get_photo_base_url()}{photo.name}/{photo.thumbnail}" if photo else "",
        [
            _describe_version(pair[language], language in pair and pair[language].pk in outdated)
            if language in pair
            else _describe_missing_version(release, language, user)
            for language in Language.values
        ],
        sorted(topic.name_in(get_language() or "") for topic in release.topics),
        changed_at,
        display_name(changed_by) if changed_by else "",
        is_in_review,
    )


def _describe_version(version: Release, is_outdated: bool) -> LanguageVersion:
    name = get_state_name(version)
    marks = {
        "draft": _("draft"),
        "scheduled": _("scheduled"),
        "withdrawn": _("withdrawn"),
    }
    is_english = version.language == Language.ENGLISH
    label = _("English version: %(state)s") if is_english else _("Spanish version: %(state)s")
    label %= {"state": describe_state(version)}
    if is_outdated:
        label = _("%(version)s. Out of date: the other version changed.") % {"version": label}
    return LanguageVersion(
        version.language,
        "behind" if is_outdated else name,
        _("behind") if is_outdated else marks.get(name, "✓"),
        label,
        reverse("admin:releases_release_change", args=[version.pk]),
    )


def _describe_missing_version(release: Release, language: str, user: User) -> LanguageVersion:
    can_create = user.has_perm("releases.add_release")
    is_english = language == Language.ENGLISH
    label = _("No English version") if is_english else _("No Spanish version")
    if can_create:
        label = _("No English version: create one") if is_english else _("No Spanish version: create one")
    url = reverse("admin:releases_release_translation", args=[release.pk]) if can_create else ""
    return LanguageVersion(language, "missing", "–", label, url)

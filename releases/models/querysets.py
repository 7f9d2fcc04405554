"""Queryset methods for releases. Only `published` decides what the public may read."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime
from functools import cache
from itertools import chain
from itertools import count as count_up
from typing import Any, NamedTuple, Self, TypeVar

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, models
from django.utils import timezone

from releases.text.choices import Kind, Language, Status
from releases.text.slugs import MAX_SLUG_LENGTH, make_slug, numbered_slug

_Release = TypeVar("_Release", bound=models.Model)


# The fields that lists show.
CARD_FIELDS = (
    "kind",
    "language",
    "headline",
    "slug",
    "date",
    "dateline",
    "summary",
    "public_at",
    "status",
    "valid_until",
    "corrected_at",
    "translation_key",
    "photos",
)


class MonthCount(NamedTuple):
    """The number of releases in a month, in total and by kind."""

    year: int
    month: int
    total: int
    kinds: dict[str, int]


class ReleaseQuerySet(models.QuerySet[_Release]):
    def _unfiltered(self) -> Self:
        """Return a queryset of all releases."""
        return self.__class__(self.model)

    def published(self, at: datetime | None = None) -> Self:
        """Return the releases the public may read at `at` (aware; default now)."""
        return self.filter(status=Status.PUBLISHED, public_at__lte=at or timezone.now())

    def hidden(self, at: datetime | None = None) -> Self:
        """Return all other releases: those the public may not read at `at` (aware; default now).

        The condition is phrased positively, so that the database finds these few rows by an index on the
        status.
        """
        statuses = [status for status in Status.values if status != Status.PUBLISHED]
        unpublished = models.Q(language__in=Language.values, status__in=statuses)
        return self.filter(
            unpublished | models.Q(status=Status.PUBLISHED, public_at__gt=at or timezone.now())
        )

    def scheduled(self, at: datetime | None = None) -> Self:
        """Return the releases that go public after `at` (aware; default now), the next one first."""
        return self.filter(status=Status.PUBLISHED, public_at__gt=at or timezone.now()).order_by(
            "public_at", "pk"
        )

    def drafts_of(self, user: AbstractBaseUser) -> Self:
        """Return the drafts that `user` began or changed last, the most recently changed first."""
        is_theirs = models.Q(author=user) | models.Q(changed_by=user)
        return self.filter(is_theirs, status=Status.DRAFT).order_by("-updated_at", "-pk")

    def expiring_between(self, first: date, last: date) -> Self:
        """Return the releases whose last valid day is from `first` to `last`, the nearest first."""
        return self.filter(valid_until__range=(first, last)).order_by("valid_until", "pk")

    def withdrawn(self) -> Self:
        """Return the releases that were public and then withdrawn. Only their own URL mentions it."""
        return self.filter(status=Status.WITHDRAWN)

    def in_language(self, language: str) -> Self:
        return self.filter(language=language)

    def newest_first(self) -> Self:
        """Order by date, then publication time, then id, newest first."""
        return self.order_by("-date", "-public_at", "-id")

    def ids_newest_first(self) -> models.QuerySet[Any]:
        """Return the ids, newest first."""
        return self.newest_first().values_list("pk", flat=True)

    def ids_by_publication(self) -> models.QuerySet[Any]:
        """Return the ids, the most recently published first."""
        return self.order_by("-public_at", "-pk").values_list("pk", flat=True)

    def dated_in(self, year: int, month: int | None = None) -> Self:
        """Return the releases whose date is in `year`, or in that month of it."""
        first = date(year, month or 1, 1)
        last = date(year, month or 12, monthrange(year, month or 12)[1])
        return self.filter(date__range=(first, last))

    def find_years(self) -> list[int]:
        """Return the years in which any release is dated, newest first.

        It looks up each year in the index of dates, because a list of the distinct years reads all dates.
        """
        table = self.model._meta.db_table
        dates = self._unfiltered().exclude(date=None).order_by("date").values_list("date", flat=True)
        first, last = dates.first(), dates.last()
        if first is None or last is None:
            return []
        years = range(last.year, first.year - 1, -1)
        has_year = [
            f"EXISTS (SELECT 1 FROM {table} WHERE date BETWEEN '{year}-01-01' AND '{year}-12-31')"  # noqa: S608
            for year in years
        ]
        with connections[self.db].cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(has_year)}")
            return [year for year, is_found in zip(years, cursor.fetchone(), strict=True) if is_found]

    def with_former_slug(self, slug: str) -> Self:
        """Return the releases that had `slug` before, in their language."""
        return self.filter(slug_redirects__slug=slug, slug_redirects__language=models.F("language"))

    def published_at_slug(self, slug: str, at: datetime) -> list[_Release]:
        """Return the public releases with this slug at `at` (aware): at most one per language."""
        return list(self._unfiltered().raw(_published_at_slug_sql(self.model), [at, Status.PUBLISHED, slug]))

    def find_at_slug(self, slug: str, language: str, at: datetime) -> _Release | None:
        """Return the release in `language` with `slug`, in any case, if it is public at `at` (aware)."""
        found: list[Any] = self.published_at_slug(slug.lower(), at)
        return next((release for release in found if release.language == language), None)

    def tagged(self, topic: models.Model) -> Self:
        return self.filter(release_tags__tag=topic)

    def signed_by(self, organization_ids: Collection[int]) -> Self:
        """Return the releases that any of these organizations signs, with one more query."""
        signed = self.exclude(signers=[]).values_list("pk", "signers")
        return self.filter(pk__in=[pk for pk, ids in signed if not set(ids).isdisjoint(organization_ids)])

    def service_notices(self) -> Self:
        return self.filter(kind=Kind.SERVICE_NOTICE)

    def current_notices(self, today: date, old_before: date) -> Self:
        """Return the notices that are valid on `today`, the nearest deadline first.

        Notices without a deadline are valid unless they are dated before `old_before`.
        """
        is_valid = models.Q(valid_until__gte=today) | models.Q(valid_until=None, date__gte=old_before)
        return self.filter(is_valid).order_by(models.F("valid_until").asc(nulls_last=True), "-date", "-pk")

    def expired_notices(self, today: date, old_before: date) -> Self:
        """Return the notices that are no longer valid."""
        return self.filter(models.Q(valid_until__lt=today) | models.Q(valid_until=None, date__lt=old_before))

    def translations_of_outer(self, outer_pk: str = "pk") -> Self:
        """Return those of these releases that are the translation of a release in the outer query."""
        return (
            self.order_by()
            .filter(translation_key=models.OuterRef("translation_key"))
            .exclude(pk=models.OuterRef(outer_pk))
        )

    def out_of_date(self) -> Self:
        """Return the releases whose translation changed since the two were last compared."""
        statuses = apps.get_model("releases", "TranslationStatus").objects
        later = (
            self._unfiltered()
            .order_by()
            .filter(
                translation_key=models.OuterRef("release__translation_key"),
                text_version__gt=models.OuterRef("synced_version"),
            )
        )
        # Few releases have a translation status, so the query starts there.
        outdated = statuses.filter(models.Exists(later.exclude(pk=models.OuterRef("release"))))
        return self.exclude(status=Status.WITHDRAWN).filter(pk__in=outdated.values("release"))

    def without_public_translation(self, at: datetime | None = None) -> Self:
        """Return the releases without a translation that the public can read at `at` (aware; default now)."""
        return self.filter(~models.Exists(self._unfiltered().published(at).translations_of_outer()))

    def with_topics(self) -> Self:
        return self.prefetch_related("tags")

    def for_cards(self) -> Self:
        """Load only the fields that lists show, and not the body. Topics are separate."""
        return self.only(*CARD_FIELDS)

    def adjacent_to(self, release: Any, extra: models.Q) -> Self:
        """Return the previous, next and replacing releases of `release`, and `extra`, in one query.

        The replacing release is the current notice.
        """

        def beyond(lookup: str) -> models.Q:
            date, public_at, pk = release.list_sort_key
            return (
                models.Q(**{f"date__{lookup}": date})
                | models.Q(date=date, **{f"public_at__{lookup}": public_at})
                | models.Q(date=date, public_at=public_at, **{f"pk__{lookup}": pk})
            )

        older = self.filter(beyond("lt"), date__lte=release.date).newest_first().values("pk")[:1]
        newer = self.filter(beyond("gt"), date__gte=release.date).newest_first().reverse().values("pk")[:1]
        condition = models.Q(pk__in=older) | models.Q(pk__in=newer) | extra
        if release.current_notice_id:
            condition |= models.Q(pk=release.current_notice_id)
        return self.restricted_to(condition)

    def restricted_to(self, condition: models.Q) -> Self:
        """Return those of these releases that match `condition`, a condition on ids or a slug.

        The query looks them up by `condition` alone, because otherwise a database may scan all of these
        releases for them.
        """
        in_queryset = models.Exists(self.order_by().filter(pk=models.OuterRef("pk")))
        return self._unfiltered().order_by().filter(condition).filter(in_queryset)

    def counts_by_month(self) -> list[MonthCount]:
        """Return the number of releases in each month, newest month first."""
        # Each kind is counted along an index that has it in date order. Counting all kinds at once would need
        # a sort.
        counts = [
            self.order_by().filter(kind=kind).values_list("kind", "date").annotate(count=models.Count("pk"))
            for kind in Kind.values
        ]
        months: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
        for kind, day, count in counts[0].union(*counts[1:], all=True):
            months[day.year, day.month][kind] += count
        return [
            MonthCount(year, month, kinds.total(), dict(kinds))
            for (year, month), kinds in sorted(months.items(), reverse=True)
        ]

    def unique_slug(self, text: str, language: str) -> str:
        """Return a slug from `text` that no release in `language` has or had.

        Return "" if `text` has no characters for a slug.
        """
        slug = make_slug(text)
        return next(self.iter_unique_slugs(slug, language)) if slug else ""

    def iter_unique_slugs(self, slug: str, language: str) -> Iterator[str]:
        """Yield `slug` and its numbered forms, except those that a release in `language` has or had."""
        root = make_slug(slug, MAX_SLUG_LENGTH - 5)  # the beginning of all numbered forms, up to -9999
        in_language = self.filter(language=language)
        taken = set(in_language.filter(slug__startswith=root).values_list("slug", flat=True))
        taken |= set(
            in_language.filter(slug_redirects__slug__startswith=root).values_list(
                "slug_redirects__slug", flat=True
            )
        )
        candidates = chain([slug], (numbered_slug(slug, number) for number in count_up(2)))
        return (candidate for candidate in candidates if candidate not in taken)


@cache
def _published_at_slug_sql(model: Any) -> str:
    """Return the SQL of `published` for one slug, with placeholders for the time, the status and the slug.

    It is compiled once: compiling it for each request slows the release page from 10 to 12.4 times a
    hello-world view (the target is 10). The language is not in the WHERE clause, because SQLite would then
    use an index of the lists instead of the one on slugs.
    """
    queryset = model.objects.published(EXAMPLE_TIME).filter(slug=EXAMPLE_SLUG).order_by()
    sql: str
    sql, params = queryset.query.sql_with_params()
    if len(params) != 3 or params[1:] != (Status.PUBLISHED, EXAMPLE_SLUG):
        raise ImproperlyConfigured("`published` has other parameters now: adapt published_at_slug.")
    return sql


EXAMPLE_TIME, EXAMPLE_SLUG = datetime(1983, 1, 1, tzinfo=UTC), "a-slug"

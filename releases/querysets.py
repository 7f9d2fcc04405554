"""What can be asked for, in words that chain. Only `published` decides what the public may read."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils import timezone

from releases.slugs import LONGEST, slug_of, with_number
from releases.vocabulary import Kind, Language, Status

if TYPE_CHECKING:
    from releases.models import Boilerplate, Coverage, Note, Photo, Release, ReleaseTag, Topic, User, WorkingCopy  # noqa: F401  (named in strings below)


# What a list shows of a release.
ON_A_CARD = (
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
    "pair",
)


class Shelf(NamedTuple):
    """How many releases a month holds, and how many of each kind."""

    year: int
    month: int
    releases: int
    kinds: dict[str, int]


class ReleaseQuerySet(models.QuerySet["Release"]):
    def published(self, at: datetime | None = None) -> Self:
        """Releases the public may read at `at` (aware; default now). Scheduled, embargoed and withdrawn ones are out."""
        return self.filter(status=Status.PUBLISHED, public_at__lte=at or timezone.now())

    def hidden(self, at: datetime | None = None) -> Self:
        """All others: what the public may not read at `at` (aware; default now), for whatever reason. It is said by what they are, and
        not by what they are not, so that a database finds these few without looking at all that is public."""
        states = [status for status in Status.values if status != Status.PUBLISHED]
        never = models.Q(language__in=Language.values, status__in=states)
        return self.filter(never | models.Q(status=Status.PUBLISHED, public_at__gt=at or timezone.now()))

    def scheduled(self, at: datetime | None = None) -> Self:
        """Releases that go public by themselves after `at` (aware; default now), the next one first."""
        return self.filter(status=Status.PUBLISHED, public_at__gt=at or timezone.now()).order_by("public_at", "pk")

    def drafts_of(self, user: User) -> Self:
        """Drafts that `user` began or changed last, last touched first."""
        theirs = models.Q(author=user) | models.Q(changed_by=user)
        return self.filter(theirs, status=Status.DRAFT).order_by("-updated_at", "-pk")

    def running_out(self, first: date, last: date) -> Self:
        """Releases whose last valid day is from `first` to `last`, the nearest first."""
        return self.filter(valid_until__range=(first, last)).order_by("valid_until", "pk")

    def withdrawn(self) -> Self:
        """Releases that were public and were taken back; their own address says so, nothing else does."""
        return self.filter(status=Status.WITHDRAWN)

    def in_language(self, language: str) -> Self:
        return self.filter(language=language)

    def in_order(self) -> Self:
        """Newest first by the printed date, then by the moment of publication, then by id."""
        return self.order_by("-date", "-public_at", "-id")

    def ids_in_order(self) -> models.QuerySet[Any]:
        """Their ids alone, newest first."""
        return self.in_order().values_list("pk", flat=True)

    def ids_by_moment(self) -> models.QuerySet[Any]:
        """Their ids alone, what went public last first."""
        return self.order_by("-public_at", "-pk").values_list("pk", flat=True)

    def dated(self, year: int, month: int | None = None) -> Self:
        """Releases whose printed date is in `year`, or in that month of it."""
        first = date(year, month or 1, 1)
        last = date(year, month or 12, monthrange(year, month or 12)[1])
        return self.filter(date__range=(first, last))

    def once_at(self, slug: str) -> Self:
        """Releases in their language that had the address `slug` before."""
        return self.filter(former_addresses__slug=slug, former_addresses__language=models.F("language"))

    def published_at_slug(self, slug: str, at: datetime) -> list[Release]:
        """Return the releases with this slug that the public may read at `at` (aware): one in each language at most."""
        return list(self.model.objects.raw(_sql_at_slug(self.model), [at, Status.PUBLISHED, slug]))

    def tagged(self, topic: Topic) -> Self:
        return self.filter(tagging__tag=topic)

    def service_notices(self) -> Self:
        return self.filter(kind=Kind.SERVICE_NOTICE)

    def holding(self, today: date, old_before: date) -> Self:
        """Notices that hold `today`, the nearest deadline first; those without one hold while they are not from before `old_before`."""
        holds = models.Q(valid_until__gte=today) | models.Q(valid_until=None, date__gte=old_before)
        return self.filter(holds).order_by(models.F("valid_until").asc(nulls_last=True), "-date", "-pk")

    def past(self, today: date, old_before: date) -> Self:
        """Notices that no longer hold."""
        return self.filter(models.Q(valid_until__lt=today) | models.Q(valid_until=None, date__lt=old_before))

    def counterparts(self, other: str = "pk") -> Self:
        """Of these releases, inside a question about others: the version of the asked one in the other language."""
        return self.order_by().filter(pair=models.OuterRef("pair")).exclude(pk=models.OuterRef(other))

    def out_of_date(self) -> Self:
        """Releases that say less than their counterpart, which changed since they were made from it or compared with it."""
        agreements = apps.get_model("releases", "Agreement").objects
        later = self.model.objects.order_by().filter(pair=models.OuterRef("release__pair"), words_version__gt=models.OuterRef("version"))
        behind = agreements.filter(models.Exists(later.exclude(pk=models.OuterRef("release"))))  # few releases have one
        return self.exclude(status=Status.WITHDRAWN).filter(pk__in=behind.values("release"))

    def alone(self, at: datetime | None = None) -> Self:
        """Releases whose counterpart the public cannot read at `at` (aware; default now), or that have none."""
        return self.filter(~models.Exists(self.model.objects.published(at).counterparts()))

    def with_topics(self) -> Self:
        return self.prefetch_related("tags")

    def for_cards(self) -> Self:
        """Only what a list shows of a release, beside its topics: its body not at all."""
        return self.only(*ON_A_CARD)

    def around(self, release: Release, also: models.Q) -> Self:
        """The one release before and the one after `release` in the order of the list, its current notice, and `also`, in one query."""

        def beyond(lookup: str) -> models.Q:
            date, public_at, pk = release.place
            return (
                models.Q(**{f"date__{lookup}": date})
                | models.Q(date=date, **{f"public_at__{lookup}": public_at})
                | models.Q(date=date, public_at=public_at, **{f"pk__{lookup}": pk})
            )

        older = self.filter(beyond("lt"), date__lte=release.date).in_order().values("pk")[:1]
        newer = self.filter(beyond("gt"), date__gte=release.date).in_order().reverse().values("pk")[:1]
        these = models.Q(pk__in=older) | models.Q(pk__in=newer) | also
        if release.current_notice_id:
            these |= models.Q(pk=release.current_notice_id)
        return self.among(these)

    def among(self, few: models.Q) -> Self:
        """Those of these releases that `few`, a condition on ids or an address, names. They are looked up by that alone: left to
        itself, a database may walk through all of these releases for them."""
        these = models.Exists(self.order_by().filter(pk=models.OuterRef("pk")))
        return self.model.objects.order_by().filter(few).filter(these)  # type: ignore[return-value]

    def shelves(self) -> list[Shelf]:
        """How many of these releases each month holds, newest month first."""
        # Each kind is counted day by day along the index that has it in order; all of them at once would have to be sorted first.
        of_kinds = [
            self.order_by().filter(kind=kind).values_list("kind", "date").annotate(count=models.Count("pk")) for kind in Kind.values
        ]
        months: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
        for kind, day, count in of_kinds[0].union(*of_kinds[1:], all=True):
            months[day.year, day.month][kind] += count
        return [Shelf(year, month, kinds.total(), dict(kinds)) for (year, month), kinds in sorted(months.items(), reverse=True)]

    def free_slug(self, words: str, language: str, beside: Collection[str] = ()) -> str:
        """An address made from `words` that none of these releases in `language` has or had, and that is not among those `beside`
        them; "" when the words leave none."""
        slug = slug_of(words)
        if not slug:
            return ""
        root = slug_of(slug, LONGEST - 5)  # what all numbered forms of it begin with, up to -9999
        here = self.filter(language=language)
        taken = set(here.filter(slug__startswith=root).values_list("slug", flat=True))
        taken |= set(here.filter(former_addresses__slug__startswith=root).values_list("former_addresses__slug", flat=True))
        taken |= set(beside)
        number = 1
        while (candidate := slug if number == 1 else with_number(slug, number)) in taken:
            number += 1
        return candidate


@cache
def _sql_at_slug(model: type[Release]) -> str:
    """Return the SQL of `published` for one slug, with placeholders for the time, the status and the slug.

    It is compiled once: compiling it for each request takes the page of a release from 10 to 12.4 times hello (the target is 10). The
    language is not in the WHERE clause, because SQLite would then use an index of the lists instead of the one on slugs.
    """
    queryset = model.objects.published(EXAMPLE_TIME).filter(slug=EXAMPLE_SLUG).order_by()
    sql, params = queryset.query.sql_with_params()
    if len(params) != 3 or params[1:] != (Status.PUBLISHED, EXAMPLE_SLUG):
        raise ImproperlyConfigured("`published` has other parameters now: adapt published_at_slug.")
    return sql


EXAMPLE_TIME, EXAMPLE_SLUG = datetime(1983, 1, 1, tzinfo=UTC), "a-slug"


class ReleaseTagQuerySet(models.QuerySet["ReleaseTag"]):
    """Ties to topics, asked by what they say of their releases (`ReleaseTag.said_of`), in the words for releases."""

    def published(self, at: datetime | None = None) -> Self:
        """Ties of the releases that `ReleaseQuerySet.published` answers: a tie has a moment only while its release is published."""
        return self.filter(public_at__lte=at or timezone.now())

    def in_language(self, language: str) -> Self:
        return self.filter(language=language)

    def ids_in_order(self) -> models.QuerySet[Any]:
        """The ids of their releases, newest first."""
        return self.order_by("-date", "-public_at", "-content_object").values_list("content_object", flat=True)

    def ids_by_moment(self) -> models.QuerySet[Any]:
        """The ids of their releases, what went public last first."""
        return self.order_by("-public_at", "-content_object").values_list("content_object", flat=True)

    def by_topic(self) -> dict[int, int]:
        """How many of these ties each topic has that has any, by its id."""
        return dict(self.order_by().values_list("tag").annotate(count=models.Count("*")))


class PhotoQuerySet(models.QuerySet["Photo"]):
    def public(self, releases: ReleaseQuerySet) -> Self:
        """Photos the public may see: those that one of `releases`, the public ones, shows, and those on a shelf for the press."""
        return self.filter(~models.Q(shelf="") | models.Exists(releases.filter(photo_uses__photo=models.OuterRef("pk"))))


class BoilerplateQuerySet(models.QuerySet["Boilerplate"]):
    def in_force(self, day: date) -> Self:
        """What holds on `day`, the latest first."""
        return self.filter(since__lte=day).order_by("-since", "-pk")


class CoverageQuerySet(models.QuerySet["Coverage"]):
    def public(self, releases: ReleaseQuerySet) -> Self:
        """What may be shown: stories of their own, and those that one of `releases`, the public ones, led to."""
        led_to_it = models.Exists(releases.order_by().filter(pk=models.OuterRef("release")))
        return self.filter(models.Q(release=None) | led_to_it).select_related("release")


class WorkingCopyQuerySet(models.QuerySet["WorkingCopy"]):
    def due(self, at: datetime | None = None) -> Self:
        """Changes whose moment has come by `at` (aware; default now) and that the public does not read yet."""
        return self.filter(public_at__lte=at or timezone.now())


class NoteQuerySet(models.QuerySet["Note"]):
    def open_reviews(self) -> Self:
        """Requests for review that nobody has answered."""
        return self.filter(asks_for_review=True, settled_at=None)

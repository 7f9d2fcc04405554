"""What can be asked for, in words that chain. Only `published` decides what the public may read."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple, Self

from django.db import models
from django.db.models.functions import Cast, Substr
from django.utils import timezone

from releases.slugs import LONGEST, slug_of, with_number
from releases.vocabulary import Status

if TYPE_CHECKING:
    from releases.models import Release, Topic


class Shelf(NamedTuple):
    """How many public releases a month holds in one language."""

    language: str
    year: int
    month: int
    releases: int


class ReleaseQuerySet(models.QuerySet["Release"]):
    def published(self, at: datetime | None = None) -> Self:
        """Releases the public may read at `at` (aware; default now). Scheduled, embargoed and withdrawn ones are out."""
        return self.filter(status=Status.PUBLISHED, public_at__lte=at or timezone.now())

    def withdrawn(self) -> Self:
        """Releases that were public and were taken back; their own address says so, nothing else does."""
        return self.filter(status=Status.WITHDRAWN)

    def in_language(self, language: str) -> Self:
        return self.filter(language=language)

    def in_order(self) -> Self:
        """Newest first by the printed date, then by the moment of publication, then by id."""
        return self.order_by("-date", "-public_at", "-id")

    def dated(self, year: int, month: int | None = None) -> Self:
        """Releases whose printed date is in `year`, or in that month of it."""
        first = date(year, month or 1, 1)
        last = date(year, month or 12, monthrange(year, month or 12)[1])
        return self.filter(date__range=(first, last))

    def once_at(self, slug: str) -> Self:
        """Releases in their language that had the address `slug` before."""
        return self.filter(former_addresses__slug=slug, former_addresses__language=models.F("language"))

    def tagged(self, topic: Topic) -> Self:
        return self.filter(tagging__tag=topic)

    def with_topics(self) -> Self:
        return self.prefetch_related("tags")

    def for_cards(self) -> Self:
        """Only what a list shows of a release: its topics with one more query, its body not at all."""
        return self.only("kind", "language", "headline", "slug", "date", "dateline", "summary", "public_at", "status").with_topics()

    def neighbours_of(self, release: Release) -> Self:
        """The one release before and the one after `release` in the order of the list, in one query."""
        place = (release.date, release.public_at, release.pk)

        def beyond(lookup: str) -> models.Q:
            date, public_at, pk = place
            return (
                models.Q(**{f"date__{lookup}": date})
                | models.Q(date=date, **{f"public_at__{lookup}": public_at})
                | models.Q(date=date, public_at=public_at, **{f"pk__{lookup}": pk})
            )

        older = self.filter(beyond("lt")).in_order().values("pk")[:1]
        newer = self.filter(beyond("gt")).in_order().reverse().values("pk")[:1]
        return self.filter(models.Q(pk__in=older) | models.Q(pk__in=newer))

    def shelves(self) -> list[Shelf]:
        """How many of these releases each month holds in each language, newest month first."""
        # The first seven characters of the date: both databases write it as 2014-12-19, and neither calls Python for it.
        months = (
            self.order_by()
            .annotate(month=Substr(Cast("date", models.CharField()), 1, 7))
            .values_list("language", "month")
            .annotate(count=models.Count("pk"))
        )
        rows = [Shelf(language, int(month[:4]), int(month[5:]), count) for language, month, count in months]
        return sorted(rows, key=lambda shelf: (shelf.year, shelf.month), reverse=True)

    def free_slug(self, words: str, language: str) -> str:
        """An address made from `words` that none of these releases in `language` has or had; "" when the words leave none."""
        slug = slug_of(words)
        if not slug:
            return ""
        root = slug_of(slug, LONGEST - 5)  # what all numbered forms of it begin with, up to -9999
        here = self.filter(language=language)
        taken = set(here.filter(slug__startswith=root).values_list("slug", flat=True))
        taken |= set(here.filter(former_addresses__slug__startswith=root).values_list("former_addresses__slug", flat=True))
        number = 1
        while (candidate := slug if number == 1 else with_number(slug, number)) in taken:
            number += 1
        return candidate


class TopicQuerySet(models.QuerySet["Topic"]):
    def with_counts(self, language: str, at: datetime | None = None) -> Self:
        """Topics that the public can read something of in `language`, each with its `count` of releases, by name."""
        public = models.Q(
            tagging__content_object__status=Status.PUBLISHED,
            tagging__content_object__public_at__lte=at or timezone.now(),
            tagging__content_object__language=language,
        )
        return self.filter(public).annotate(count=models.Count("tagging")).order_by("key_es" if language == "es" else "key")

"""Querysets of releases: what is public, in which order, and with which index."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from releases.models import Coverage, Release, ReleaseTag
from releases.models.querysets import MonthCount
from tests.factories import make_draft, make_release, make_scheduled, make_topic, make_withdrawn

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("minutes", "expected"), [(-1, False), (0, True), (1, True)])
def test_scheduled_release_is_published_from_its_publication_time(minutes, expected):
    release = make_scheduled()
    assert (release in Release.objects.published(release.public_at + timedelta(minutes=minutes))) is expected


def test_drafts_and_withdrawn_releases_are_not_published():
    make_draft()
    make_withdrawn()
    assert not Release.objects.published().exists()


def test_releases_are_ordered_by_date_publication_time_and_id_descending():
    public_at = datetime(2015, 3, 4, 8, tzinfo=UTC)
    old = make_release(date=date(2014, 1, 1), public_at=timezone.now())
    first, second = make_release(public_at=public_at), make_release(public_at=public_at)
    later = make_release(public_at=public_at + timedelta(hours=1))
    assert list(Release.objects.newest_first()) == [later, second, first, old]


@pytest.mark.parametrize(
    ("year", "month", "expected"), [(2015, None, 2), (2015, 12, 1), (2015, 2, 0), (2016, None, 1)]
)
def test_releases_are_filtered_by_year_and_month(year, month, expected):
    for day in (date(2015, 1, 1), date(2015, 12, 31), date(2016, 1, 1)):
        make_release(date=day)
    assert Release.objects.dated_in(year, month).count() == expected


def test_adjacent_releases_are_the_previous_and_the_next():
    day = date(2015, 3, 4)
    releases = [make_release(date=day + timedelta(days=days)) for days in (0, 0, 1, 2, 3)]
    assert set(Release.objects.adjacent_to(releases[2], extra=Q(pk__in=[]))) == {releases[1], releases[3]}
    assert set(Release.objects.adjacent_to(releases[1], extra=Q(pk__in=[]))) == {releases[0], releases[2]}
    assert set(Release.objects.adjacent_to(releases[0], extra=Q(pk__in=[]))) == {releases[1]}


def test_releases_are_counted_by_month_and_kind():
    make_release(date=date(2015, 3, 4))
    make_release(date=date(2015, 3, 5), kind="statement")
    make_release(date=date(2014, 12, 5))
    make_release(date=date(2015, 3, 5), language="es")
    assert Release.objects.published().in_language("en").counts_by_month() == [
        MonthCount(2015, 3, 2, {"press_release": 1, "statement": 1}),
        MonthCount(2014, 12, 1, {"press_release": 1}),
    ]


def test_duplicate_slug_gets_a_number():
    assert [make_release(slug=Release.objects.unique_slug("A ruling", "en")).slug for _time in range(3)] == [
        "a-ruling",
        "a-ruling-2",
        "a-ruling-3",
    ]
    assert Release.objects.unique_slug("A ruling", "es") == "a-ruling"


def test_numbered_slug_stays_within_the_length_limit():
    headline = "immigrant " * 7 + "family " * 1 + "abc"
    slugs = [make_release(slug=Release.objects.unique_slug(headline, "en")).slug for _time in range(12)]
    assert len(set(slugs)) == 12
    assert max(map(len, slugs)) <= 80


def test_topic_counts_include_only_public_releases_in_the_language():
    daca, courts, empty = make_topic("DACA"), make_topic("Courts", "Tribunales"), make_topic("Empty", "Vacío")
    make_release(topics=(daca, courts))
    make_release(topics=(daca,))
    make_release(topics=(daca,), language="es")
    for make in (make_draft, make_scheduled, make_withdrawn):
        make(topics=(daca, empty))
    assert ReleaseTag.objects.published().in_language("en").counts_by_topic() == {courts.pk: 1, daca.pk: 2}
    assert ReleaseTag.objects.published().in_language("es").counts_by_topic() == {daca.pk: 1}


@pytest.mark.parametrize("minutes", [-1, 0, 1])
def test_hidden_releases_are_all_that_are_not_published(minutes):
    releases = [
        make(language=language)
        for make in (make_release, make_draft, make_scheduled, make_withdrawn)
        for language in ("en", "es")
    ]
    at = next(release for release in releases if release.is_scheduled).public_at + timedelta(minutes=minutes)
    hidden, public = set(Release.objects.hidden(at)), set(Release.objects.published(at))
    assert hidden | public == set(releases)
    assert not hidden & public


def test_slug_lookup_returns_only_published_releases():
    english = make_release(slug="a-ruling")
    spanish = make_release(slug="a-ruling", language="es")
    make_draft(slug="a-draft")
    scheduled = make_scheduled(slug="later")
    now = timezone.now()
    assert set(Release.objects.published_at_slug("a-ruling", now)) == {english, spanish}
    assert (
        Release.objects.published_at_slug("a-draft", now)
        == Release.objects.published_at_slug("later", now)
        == []
    )
    assert Release.objects.published_at_slug("later", scheduled.public_at) == [scheduled]
    assert Release.objects.published_at_slug("a' OR '1'='1", now) == []


NOW = datetime(2026, 1, 1, tzinfo=UTC)
DAY = NOW.date()
PUBLISHED = Release.objects.published(NOW)
# Queries for a few releases, and the index that finds them.
INDEXED_QUERIES = {
    "release_list (": Release.objects.hidden(NOW).order_by(),
    "release_public_at (": Release.objects.hidden(NOW).order_by(),
    "release_list_by_kind (": PUBLISHED.in_language("en").service_notices().current_notices(DAY, DAY),
    "release_valid_until (": PUBLISHED.expiring_between(DAY, DAY),
    "(translation_key=?": PUBLISHED.order_by().filter(
        translation_key__in=["8b0d3a4e-92c6-4d57-8f41-5f0c3f1f6c11"]
    ),
    "(slug=?": PUBLISHED.order_by().filter(slug="a-ruling"),  # the SQL of published_at_slug
    "releases_release USING INTEGER PRIMARY KEY": Release.objects.out_of_date(),
    "releases_release USING INTEGER PRIMARY KEY (rowid=?)": Coverage.objects.public(PUBLISHED),
}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's plans, which go by the indexes alone")
@pytest.mark.parametrize("found_by", INDEXED_QUERIES)
def test_lookups_use_an_index_and_do_not_scan_the_release_table(found_by):
    plan = INDEXED_QUERIES[found_by].explain()
    assert found_by in plan
    assert "SCAN releases_release" not in plan


TOPIC_ASSIGNMENTS = ReleaseTag.objects.published(NOW).in_language("en")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's plans, which go by the indexes alone")
@pytest.mark.parametrize(
    "asked",
    [
        TOPIC_ASSIGNMENTS.filter(tag=1).ids_newest_first()[:10],
        TOPIC_ASSIGNMENTS.order_by().values_list("tag").annotate(count=Count("*")),
    ],
)
def test_topic_list_and_counts_use_a_covering_index_without_sorting(asked):
    plan = asked.explain()
    assert "COVERING INDEX release_tag_list" in plan
    assert "TEMP B-TREE" not in plan

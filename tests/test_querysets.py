from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from releases.models import Coverage, Release, ReleaseTag
from releases.querysets import Shelf
from tests.builders import make_draft, make_release, make_scheduled, make_topic, make_withdrawn

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("minutes", "seen"), [(-1, False), (0, True), (1, True)])
def test_a_scheduled_release_appears_on_the_minute(minutes, seen):
    release = make_scheduled()
    assert (release in Release.objects.published(release.public_at + timedelta(minutes=minutes))) is seen


def test_drafts_and_withdrawn_releases_are_not_published():
    make_draft()
    make_withdrawn()
    assert not Release.objects.published().exists()


def test_the_newest_date_comes_first_then_the_later_moment_then_the_later_id():
    moment = datetime(2015, 3, 4, 8, tzinfo=UTC)
    old = make_release(date=date(2014, 1, 1), public_at=timezone.now())
    first, second = make_release(public_at=moment), make_release(public_at=moment)
    later = make_release(public_at=moment + timedelta(hours=1))
    assert list(Release.objects.in_order()) == [later, second, first, old]


@pytest.mark.parametrize(("year", "month", "found"), [(2015, None, 2), (2015, 12, 1), (2015, 2, 0), (2016, None, 1)])
def test_a_year_and_a_month_hold_their_dates(year, month, found):
    for day in (date(2015, 1, 1), date(2015, 12, 31), date(2016, 1, 1)):
        make_release(date=day)
    assert Release.objects.dated(year, month).count() == found


def test_neighbours_are_the_next_on_either_side():
    day = date(2015, 3, 4)
    releases = [make_release(date=day + timedelta(days=days)) for days in (0, 0, 1, 2, 3)]
    assert set(Release.objects.around(releases[2], also=Q(pk__in=[]))) == {releases[1], releases[3]}
    assert set(Release.objects.around(releases[1], also=Q(pk__in=[]))) == {releases[0], releases[2]}
    assert set(Release.objects.around(releases[0], also=Q(pk__in=[]))) == {releases[1]}


def test_shelves_count_each_month():
    make_release(date=date(2015, 3, 4))
    make_release(date=date(2015, 3, 5), kind="statement")
    make_release(date=date(2014, 12, 5))
    make_release(date=date(2015, 3, 5), language="es")
    assert Release.objects.published().in_language("en").shelves() == [
        Shelf(2015, 3, 2, {"press_release": 1, "statement": 1}),
        Shelf(2014, 12, 1, {"press_release": 1}),
    ]


def test_a_taken_address_gets_a_number():
    assert [make_release(slug=Release.objects.free_slug("A ruling", "en")).slug for _time in range(3)] == [
        "a-ruling",
        "a-ruling-2",
        "a-ruling-3",
    ]
    assert Release.objects.free_slug("A ruling", "es") == "a-ruling"


def test_a_numbered_address_is_not_too_long():
    words = "immigrant " * 7 + "family " * 1 + "abc"
    slugs = [make_release(slug=Release.objects.free_slug(words, "en")).slug for _time in range(12)]
    assert len(set(slugs)) == 12
    assert max(map(len, slugs)) <= 80


def test_topics_are_counted_by_what_is_public_in_the_language():
    daca, courts, empty = make_topic("DACA"), make_topic("Courts", "Tribunales"), make_topic("Empty", "Vacío")
    make_release(topics=(daca, courts))
    make_release(topics=(daca,))
    make_release(topics=(daca,), language="es")
    for make in (make_draft, make_scheduled, make_withdrawn):
        make(topics=(daca, empty))
    assert ReleaseTag.objects.published().in_language("en").by_topic() == {courts.pk: 1, daca.pk: 2}
    assert ReleaseTag.objects.published().in_language("es").by_topic() == {daca.pk: 1}


@pytest.mark.parametrize("minutes", [-1, 0, 1])
def test_what_is_hidden_is_all_that_is_not_published(minutes):
    releases = [make(language=language) for make in (make_release, make_draft, make_scheduled, make_withdrawn) for language in ("en", "es")]
    at = next(release for release in releases if release.is_scheduled).public_at + timedelta(minutes=minutes)
    hidden, public = set(Release.objects.hidden(at)), set(Release.objects.published(at))
    assert hidden | public == set(releases)
    assert not hidden & public


def test_what_is_at_an_address_is_what_is_published_there():
    here = make_release(slug="a-ruling")
    there = make_release(slug="a-ruling", language="es")
    make_draft(slug="a-draft")
    scheduled = make_scheduled(slug="later")
    now = timezone.now()
    assert set(Release.objects.published_at_slug("a-ruling", now)) == {here, there}
    assert Release.objects.published_at_slug("a-draft", now) == Release.objects.published_at_slug("later", now) == []
    assert Release.objects.published_at_slug("later", scheduled.public_at) == [scheduled]
    assert Release.objects.published_at_slug("a' OR '1'='1", now) == []


NOW = datetime(2026, 1, 1, tzinfo=UTC)
DAY = NOW.date()
PUBLIC = Release.objects.published(NOW)
# What is asked about few releases, and by what these are found.
FEW = {
    "release_in_order (": Release.objects.hidden(NOW).order_by(),
    "release_by_moment (": Release.objects.hidden(NOW).order_by(),
    "release_in_order_of_kind (": PUBLIC.in_language("en").service_notices().holding(DAY, DAY),
    "release_by_last_day (": PUBLIC.running_out(DAY, DAY),
    "(pair=?": PUBLIC.order_by().filter(pair__in=["8b0d3a4e-92c6-4d57-8f41-5f0c3f1f6c11"]),
    "(slug=?": PUBLIC.order_by().filter(slug="a-ruling"),  # the SQL of published_at_slug
    "releases_release USING INTEGER PRIMARY KEY": Release.objects.out_of_date(),
    "releases_release USING INTEGER PRIMARY KEY (rowid=?)": Coverage.objects.public(PUBLIC),
}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's plans, which go by the indexes alone")
@pytest.mark.parametrize("found_by", FEW)
def test_few_releases_are_looked_up_whatever_there_is_beside_them(found_by):
    plan = FEW[found_by].explain()
    assert found_by in plan
    assert "SCAN releases_release" not in plan


TIES = ReleaseTag.objects.published(NOW).in_language("en")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's plans, which go by the indexes alone")
@pytest.mark.parametrize("asked", [TIES.filter(tag=1).ids_in_order()[:10], TIES.order_by().values_list("tag").annotate(count=Count("*"))])
def test_a_topic_is_listed_and_counted_from_one_index_without_sorting(asked):
    plan = asked.explain()
    assert "COVERING INDEX topic_in_order" in plan
    assert "TEMP B-TREE" not in plan

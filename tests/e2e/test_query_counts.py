"""Queries per page: at most five, and at most 18 for the first page of a cache generation."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from releases import caching, search
from releases.models import Correction, NewsroomSettings, Release, ReleaseTag, Topic
from releases.text.choices import Kind, Status
from tests.factories import make_organization, make_topic

pytestmark = pytest.mark.django_db


def create_releases(count: int, topics_each: int) -> None:
    """Create `count` public releases in each language, and twenty scheduled ones with later dates."""
    topics = [make_topic(f"Topic {chr(65 + number)}", f"Tema {chr(65 + number)}") for number in range(5)]
    releases = []
    for language in ("en", "es"):
        for number in range(count + 20):
            scheduled = number >= count
            day = date(2030, 1, 1) if scheduled else date(2014, 1, 1) + timedelta(days=number // 3)
            releases.append(
                Release(
                    headline=f"Headline {number}",
                    slug=f"headline-{number}",
                    date=day,
                    dateline="Los Angeles",
                    summary="Words.",
                    language=language,
                    status=Status.PUBLISHED,
                    public_at=timezone.now() + timedelta(days=9)
                    if scheduled
                    else datetime(day.year, day.month, day.day, 8, tzinfo=UTC),
                )
            )
    releases = Release.objects.bulk_create(releases, batch_size=500)
    assignments = [
        ReleaseTag(tag=topic, content_object=release, **ReleaseTag.denormalized_values(release))
        for release in releases
        for topic in topics[:topics_each]
    ]
    ReleaseTag.objects.bulk_create(assignments, batch_size=2000)
    search.rebuild()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # In production, autovacuum does this. It can't within the transaction of a test.
            cursor.execute("ANALYZE")
    notice, current = Release.objects.filter(
        language="en", headline__in=["Headline 5", "Headline 6"]
    ).order_by("headline")
    Release.objects.filter(pk=notice.pk).update(
        kind=Kind.SERVICE_NOTICE,
        valid_until=date(2015, 1, 1),
        current_notice=current,
        corrected_at=timezone.now(),
        signers=[make_organization().pk],
    )
    for note in ("one", "two"):
        Correction.objects.create(release=notice, kind="update", note=note, created_at=timezone.now())
    NewsroomSettings(pinned=notice, pinned_until=date(2090, 1, 1)).save()


PAGES = [
    ("/", "/es/"),
    ("/?page=2", "/es/?page=2"),
    ("/2014/", "/es/2014/"),
    ("/2014/01/", "/es/2014/01/"),
    ("/topics/topic-a/", "/es/temas/tema-a/"),
    ("/2014/01/headline-5/", "/es/2014/01/headline-5/"),
    ("/topics/", "/es/temas/"),
    ("/archive/", "/es/archivo/"),
    ("/notices/", "/es/avisos/"),
    ("/?kind=press_release", "/es/?kind=press_release"),
    ("/feed/", "/es/feed/"),
    ("/topics/topic-a/feed/", "/es/temas/tema-a/feed/"),
    ("/follow/", "/es/seguir/"),
    ("/search/?q=headline", "/es/buscar/?q=headline"),
    ("/search/?q=words+2014&page=2", "/es/buscar/?q=words+2014&page=2"),
]


@pytest.mark.one_database  # the same queries are sent to both
@pytest.mark.parametrize(("count", "topics_each"), [(12, 1), (12, 5), (2_000, 5)])
def test_page_query_count_is_at_most_five_at_any_database_size(
    client, django_assert_max_num_queries, monkeypatch, count, topics_each
):
    monkeypatch.setattr(caching, "get_page_cache", lambda: None)  # count the queries that render a page
    create_releases(count, topics_each)
    for urls in PAGES:
        for url in urls:
            caching.invalidate_public_cache()
            # Fills the cache generation too; PostgreSQL searches in two steps.
            with django_assert_max_num_queries(18):
                assert client.get(url).status_code == 200, url
            with django_assert_max_num_queries(5):
                assert client.get(url).status_code == 200, url
    # Fills the cache generation, not the page cache.
    assert client.get("/").status_code == client.get("/es/").status_code == 200
    for page in (2, 3) if count > 40 else ():
        with django_assert_max_num_queries(5):
            assert client.get(f"/?page={page * 50}").status_code == 200
    assert Topic.objects.count() == 5

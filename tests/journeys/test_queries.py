"""How many questions a page asks the database: five at most, some more when it is the first of an edition, at any size."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from releases import caching, search
from releases.models import Correction, Newsroom, Release, ReleaseTag, Topic
from releases.vocabulary import Kind, Status
from tests.builders import make_topic

pytestmark = pytest.mark.django_db


def fill(many: int, topics_each: int) -> None:
    """`many` public releases in each language, and twenty scheduled ones whose dates stand on top."""
    topics = [make_topic(f"Topic {chr(65 + number)}", f"Tema {chr(65 + number)}") for number in range(5)]
    releases = []
    for language in ("en", "es"):
        for number in range(many + 20):
            scheduled = number >= many
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
                    public_at=timezone.now() + timedelta(days=9) if scheduled else datetime(day.year, day.month, day.day, 8, tzinfo=UTC),
                )
            )
    releases = Release.objects.bulk_create(releases, batch_size=500)
    ties = [
        ReleaseTag(tag=topic, content_object=release, **ReleaseTag.said_of(release))
        for release in releases
        for topic in topics[:topics_each]
    ]
    ReleaseTag.objects.bulk_create(ties, batch_size=2000)
    search.rebuild()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as it does by itself where rows are not written and read in one transaction
    notice, current = Release.objects.filter(language="en", headline__in=["Headline 5", "Headline 6"]).order_by("headline")
    Release.objects.filter(pk=notice.pk).update(
        kind=Kind.SERVICE_NOTICE, valid_until=date(2015, 1, 1), current_notice=current, corrected_at=timezone.now()
    )
    for word in ("one", "two"):
        Correction.objects.create(release=notice, kind="update", note=word, made_at=timezone.now())
    Newsroom(pinned=notice, pinned_until=date(2090, 1, 1)).save()


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


@pytest.mark.parametrize(("many", "topics_each"), [(12, 1), (12, 5), (2_000, 5)])
def test_a_page_asks_five_questions_at_most_at_any_size(client, django_assert_max_num_queries, monkeypatch, many, topics_each):
    monkeypatch.setattr(caching, "store", lambda: None)  # what it takes to make it, not to send it
    fill(many, topics_each)
    for pair in PAGES:
        for url in pair:
            caching.turn()
            with django_assert_max_num_queries(18):  # with the values that are cached for an edition; PostgreSQL searches in two steps
                assert client.get(url).status_code == 200, url
            with django_assert_max_num_queries(5):
                assert client.get(url).status_code == 200, url
    assert client.get("/").status_code == client.get("/es/").status_code == 200  # all of an edition, but no page itself
    for number in (2, 3) if many > 40 else ():
        with django_assert_max_num_queries(5):
            assert client.get(f"/?page={number * 50}").status_code == 200
    assert Topic.objects.count() == 5

"""The list of releases: its order, rows, filters and views. Both databases find a page by their indexes."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.utils import timezone

from releases.actions.photos import set_photos
from releases.actions.publication import publish
from releases.actions.reviews import request_review, return_for_changes
from releases.actions.translations import create_translation
from releases.admin.release_list import ORDERINGS
from releases.models import PendingRevision, Release, display_name
from tests.admin import RELEASE_LIST_URL
from tests.factories import (
    make_draft,
    make_photo,
    make_release,
    make_scheduled,
    make_topic,
    make_user,
    make_withdrawn,
    photo_entry,
)

pytestmark = pytest.mark.django_db


def get_headlines(client, query="") -> list[str]:
    response = client.get(f"{RELEASE_LIST_URL}{query}")
    return [row.release.headline for row in response.context["cl"].rows]


def make_releases_in_order() -> None:
    """Create releases whose ids, dates, headlines and changes have different orders."""
    for headline, day in (("b", date(2016, 1, 1)), ("C", date(2014, 1, 1)), ("a", date(2015, 1, 1))):
        make_release(headline=headline, date=day)
    make_draft(headline="E"), make_draft(headline="d")
    changes = {"C": 1, "a": 2, "E": 3, "b": 4, "d": 5}  # hours ago
    for headline, hours in changes.items():
        changed_at = timezone.now() - timedelta(hours=hours)
        Release.objects.filter(headline=headline).update(updated_at=changed_at)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "E d b a C"),
        ("?sort=date", "E d b a C"),
        ("?sort=changed", "C a E b d"),
        ("?sort=headline", "a b C d E"),
        ("?sort=x&o=1", "E d b a C"),
    ],
)
def test_list_is_sorted_by_date_unless_the_address_says_otherwise(writer_client, query, expected):
    make_releases_in_order()
    assert get_headlines(writer_client, query) == expected.split()


def test_sort_is_kept_by_filters_and_pages_and_marked(writer_client):
    make_releases_in_order()
    page = writer_client.get(f"{RELEASE_LIST_URL}?sort=headline&state=public").content.decode()
    assert re.search(r'href="\?sort=headline&amp;state=public"\s+aria-current="true"', page)
    assert 'href="?language__exact=es&amp;sort=headline&amp;state=public"' in page
    assert '<input type="hidden" name="sort" value="headline">' in page


# The index by which each database finds the newest releases without sorting all of them.
@pytest.mark.parametrize(("order", "index"), [("date", "release_date"), ("changed", "release_updated_at")])
def test_first_page_reads_an_index_and_does_not_sort_all_releases(order, index):
    days = [date(2014, 1, 1) + timedelta(days=number) for number in range(2_000)]
    Release.objects.bulk_create(
        Release(
            headline="A ruling", slug=f"ruling-{day}", date=day, status="published", public_at=timezone.now()
        )
        for day in days
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE releases_release")
    plan = Release.objects.order_by(*ORDERINGS[order][1]).values_list("pk")[:50].explain()
    assert index in plan
    if connection.vendor == "sqlite":
        assert "USE TEMP B-TREE FOR ORDER BY" not in plan  # only for the releases of one day
    else:
        assert "Incremental Sort" in plan or "Sort" not in plan


@pytest.mark.one_database  # the same queries are sent to both
def test_query_count_does_not_depend_on_the_number_of_rows(publisher_client, publisher):
    def count_queries() -> int:
        queries = []

        def record_query(execute, sql, *args):
            queries.append(sql)
            return execute(sql, *args)

        with connection.execute_wrapper(record_query):
            publisher_client.get(RELEASE_LIST_URL)
        return len(queries)

    def make_rows() -> None:
        for year in (2014, 2015, 2016):
            release = make_release(
                date=date(year, 1, 1), topics=(make_topic(f"T{year}{Release.objects.count()}"),)
            )
            create_translation(release, user=publisher)
            release.photos = [photo_entry(make_photo())]
            release.save()
            PendingRevision.objects.create(release=release, data=release.content(), changed_by=publisher)

    make_rows()
    count_queries()
    before = count_queries()
    make_rows()
    assert count_queries() == before <= 25


def test_row_shows_photo_topics_and_who_changed_it(publisher_client, publisher, writer):
    photo = make_photo()
    release = make_release(topics=(make_topic("Courts", "Tribunales"),), changed_by=writer)
    set_photos(release, user=publisher, photos=[photo_entry(photo)], edit_token=release.edit_token)
    publisher.language = "es"
    publisher.save()
    Release.objects.filter(pk=release.pk).update(photos=[photo_entry(photo)])
    (row,) = publisher_client.get(RELEASE_LIST_URL).context["cl"].rows
    assert (row.topics, row.thumbnail_url.split("/")[-2]) == (["Tribunales"], photo.name)
    assert row.changed_by == publisher.username  # who saved the pending revision, not the public text


@pytest.mark.parametrize(
    ("make_translation", "mark", "label"),
    [
        (None, "–", "No Spanish version: create one"),
        (make_draft, "draft", "Spanish version: Draft"),
        (make_release, "✓", "Spanish version: Public"),
        (make_withdrawn, "withdrawn", "Spanish version: Withdrawn"),
        (make_scheduled, "scheduled", "Spanish version: Scheduled for"),
    ],
)
def test_row_shows_the_state_of_both_language_versions(writer_client, make_translation, mark, label):
    release = make_release(headline="A ruling")
    other = make_translation and make_translation(language="es", translation_key=release.translation_key)
    rows = writer_client.get(RELEASE_LIST_URL).context["cl"].rows
    row = next(row for row in rows if row.release == release)
    english, spanish = row.versions
    assert (english.mark, english.url) == ("✓", f"{RELEASE_LIST_URL}{release.pk}/change/")
    assert spanish.mark == mark
    assert spanish.label.startswith(label)
    page_name = f"{other.pk}/change/" if other else f"{release.pk}/translation/"
    assert spanish.url == f"{RELEASE_LIST_URL}{page_name}"


def test_outdated_version_is_marked_as_behind(writer_client, writer):
    release = make_release()
    draft = create_translation(release, user=writer)
    release.bump_text_version()
    release.save()
    row = next(row for row in writer_client.get(RELEASE_LIST_URL).context["cl"].rows if row.release == draft)
    assert [version.mark for version in row.versions] == ["✓", "behind"]
    assert "Out of date: the other version changed." in row.versions[1].label


def test_active_filters_are_links_that_remove_them(writer_client):
    make_release(date=date(2014, 5, 1), topics=(make_topic("Courts", "Tribunales"),))
    page = writer_client.get(f"{RELEASE_LIST_URL}?topic=courts&year=2014&sort=changed").content.decode()
    chips = re.findall(r'href="([^"]+)"><span class="visually-hidden">Remove filter: </span>([^<]+) <', page)
    assert [(url.replace("&amp;", "&"), label) for url, label in chips] == [
        ("?sort=changed&topic=courts", "Year: 2014"),
        ("?sort=changed&year=2014", "Topic: Courts · Tribunales"),
    ]


def test_years_without_releases_are_not_found():
    assert Release.objects.find_years() == []
    make_draft(), make_release(date=date(2016, 12, 31)), make_release(date=date(1999, 1, 1))
    assert Release.objects.find_years() == [2016, 1999]


def test_views_of_a_writer_and_of_a_publisher(client, writer, publisher):
    own = make_draft(headline="own", author=writer)
    returned = make_draft(headline="returned", changed_by=writer)
    request_review(own, user=writer)
    request_review(returned, user=writer)
    return_for_changes(returned, user=publisher, text="Shorter.")
    make_draft(headline="another's", author=publisher), make_scheduled(headline="scheduled")
    changed = make_release(headline="changed", public_at=datetime(2015, 3, 4, 8, tzinfo=UTC))
    PendingRevision.objects.create(release=changed, data=changed.content(), changed_by=writer)

    expected = {
        "My drafts": (["own", "returned"], ["another's"]),
        "Waiting for me": (["returned"], ["own"]),
        "Scheduled": (["scheduled"],) * 2,
        "Changes not public": (["changed"],) * 2,
    }
    for number, user in enumerate((writer, publisher)):
        client.force_login(user)
        views = client.get(RELEASE_LIST_URL).context["cl"].views
        assert [view.label for view in views if view.is_current] == ["All"]
        for view in views[1:]:
            response = client.get(f"{RELEASE_LIST_URL}{view.url}")
            headlines = sorted(row.release.headline for row in response.context["cl"].rows)
            assert (headlines, view.count) == (expected[view.label][number], len(headlines)), view.label
            assert [each.label for each in response.context["cl"].views if each.is_current] == [view.label]


def test_returned_change_of_a_public_release_waits_for_its_writer(writer_client, writer, publisher):
    release = make_release()
    PendingRevision.objects.create(release=release, data=release.content(), changed_by=writer)
    request_review(release, user=writer)
    assert get_headlines(writer_client, "?waiting=me") == []
    return_for_changes(release, user=publisher, text="Shorter.")
    assert get_headlines(writer_client, "?waiting=me") == [release.headline]
    Release.objects.update(public_at=timezone.now())  # the request was about an earlier text
    assert get_headlines(writer_client, "?waiting=me") == []


def test_rows_can_be_selected_only_to_export_without_the_permission_to_change(client):
    make_release()
    viewer = make_user("vera", "")
    viewer.user_permissions.add(Permission.objects.get(codename="view_release"))
    client.force_login(viewer)
    page = client.get(RELEASE_LIST_URL).content.decode()
    assert ["Add topic…" in page, "Export</button>" in page] == [False, True]
    assert "No Spanish version<" in page


def test_row_names_who_published_and_that_a_review_is_requested(publisher_client, publisher, writer):
    draft, public = make_draft(headline="A draft"), make_draft(headline="Public", changed_by=writer)
    request_review(draft, user=writer, text="Read it.")
    publish(public, user=publisher)
    rows = {row.title: row for row in publisher_client.get(RELEASE_LIST_URL).context["cl"].rows}
    assert (rows["A draft"].is_in_review, rows["Public"].is_in_review) == (True, False)
    assert rows["Public"].changed_by == display_name(publisher)
    assert "Awaiting review" in publisher_client.get(f"{RELEASE_LIST_URL}?state=review").content.decode()

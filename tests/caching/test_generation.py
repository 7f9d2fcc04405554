"""The cache generation: when it changes, and how long it is valid."""

import itertools
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from releases import caching
from releases.actions.withdrawal import withdraw
from releases.caching import generation
from releases.models import (
    CacheInvalidation,
    Correction,
    NewsroomSettings,
    PendingRevision,
    Release,
    ReleaseTag,
    SlugRedirect,
    TopicAlias,
)
from releases.text import localtime
from tests.factories import make_draft, make_release, make_scheduled, make_topic

pytestmark = pytest.mark.django_db


def get_cache_version():
    return caching.get_current_generation(timezone.now()).version


def save_correction():
    Correction.objects.create(release=make_release(), kind="update", note="new", created_at=timezone.now())


def schedule_revision():
    PendingRevision.objects.create(
        release=make_release(), data={}, public_at=timezone.now() + timedelta(hours=1)
    )


@pytest.mark.parametrize(
    "change",
    [
        make_release,
        make_topic,
        save_correction,
        schedule_revision,
        lambda: NewsroomSettings.current().save(),
        lambda: Release.objects.all().delete(),
        lambda: ReleaseTag.objects.create(tag=make_topic(), content_object=make_release()),
        lambda: SlugRedirect.objects.create(release=make_release(), language="en", slug="once"),
        lambda: TopicAlias.objects.create(
            topic=make_topic(), name="Old", name_es="Viejo", slug="old", slug_es="viejo"
        ),
    ],
)
def test_public_change_invalidates_the_cache(change):
    make_release()
    version = get_cache_version()
    change()
    assert get_cache_version() != version


def test_saving_a_pending_revision_does_not_invalidate_the_cache():
    release = make_release()
    version = get_cache_version()
    PendingRevision.objects.create(release=release, data={"headline": "Next"})
    assert get_cache_version() == version


def test_cache_generation_and_its_values_are_reused_until_content_changes(django_assert_num_queries):
    make_release()
    first = caching.get_current_generation(timezone.now())
    with django_assert_num_queries(1):
        assert caching.get_current_generation(timezone.now()) is first
    assert first.get_or_set("a", lambda: 1) == first.get_or_set("a", lambda: 2) == 1


def test_cache_generation_expires_when_the_next_scheduled_release_is_due():
    now = timezone.now()
    public_at = now + timedelta(seconds=30)
    make_scheduled(public_at=public_at)
    make_scheduled(public_at=public_at + timedelta(seconds=30))
    first = caching.get_current_generation(now)
    assert first.valid_until == public_at
    assert caching.get_current_generation(public_at - timedelta(microseconds=1)) is first
    second = caching.get_current_generation(public_at)
    assert second is not first
    assert second.valid_until == public_at + timedelta(seconds=30)


def test_cache_generation_expires_when_a_scheduled_revision_is_due(publisher):
    release, public_at = make_release(), timezone.now() + timedelta(seconds=30)
    PendingRevision.objects.create(release=release, data={}, public_at=public_at)
    first = caching.get_current_generation(timezone.now())
    assert (first.valid_until, first.has_due_revisions) == (public_at, False)
    assert caching.get_current_generation(public_at).has_due_revisions


def test_cache_generation_expires_at_midnight_in_los_angeles():
    assert caching.get_current_generation(datetime(2026, 7, 1, 6, 59, tzinfo=UTC)).valid_until == datetime(
        2026, 7, 1, 7, tzinfo=UTC
    )
    assert caching.get_current_generation(
        datetime(2026, 7, 1, 7, tzinfo=UTC)
    ).valid_until == localtime.start_of_day(datetime(2026, 7, 2).date())


def test_later_cache_generation_is_not_used_after_the_clock_is_set_back():
    now = timezone.now()
    make_scheduled(public_at=now + timedelta(seconds=1))
    later = caching.get_current_generation(now + timedelta(seconds=2))
    assert caching.get_current_generation(now) is not later


def test_new_draft_does_not_appear_on_the_cached_home_page(client):
    make_release(headline="Seen")
    content = client.get("/").content
    make_draft(headline="Hidden")
    assert client.get("/").content == content


def test_withdrawn_release_disappears_from_the_home_page_on_the_next_request(client, publisher):
    withdrawn, public = make_release(headline="Gone"), make_release(headline="Stays")
    assert b"Gone" in client.get("/").content
    withdraw(withdrawn, user=publisher)
    page = client.get("/").content
    assert b"Gone" not in page
    assert b"Stays" in page
    assert public.get_absolute_url() in page.decode()


def test_cache_generation_stores_a_limited_number_of_values(monkeypatch):
    monkeypatch.setattr(generation, "MAX_VALUES", 3)
    current = caching.get_current_generation(timezone.now())
    for number in range(10):
        assert current.get_or_set(number, lambda number=number: number) == number
    assert current.get_many_or_set("square", range(10), lambda keys: {key: key * key for key in keys}) == [
        n * n for n in range(10)
    ]
    assert len(current._values) == 3


def test_least_recently_used_value_is_evicted_first(monkeypatch):
    monkeypatch.setattr(generation, "MAX_VALUES", 3)
    current, computed = caching.get_current_generation(timezone.now()), []
    for number in (1, 2, 3, 1, 4, 1, 2):
        current.get_or_set(number, lambda number=number: computed.append(number))
    assert computed == [1, 2, 3, 4, 2]


def test_missing_value_is_omitted_and_computed_again_next_time():
    current, calls = caching.get_current_generation(timezone.now()), []

    def make(keys):
        calls.append(keys)
        return {key: key for key in keys if key != 2}

    assert current.get_many_or_set("thing", [1, 2, 3], make) == [1, 3]
    assert current.get_many_or_set("thing", [2, 3], make) == [3]
    assert calls == [[1, 2, 3], [2]]


def test_deleting_old_invalidations_changes_the_cache_version(monkeypatch):
    values = itertools.count(1, generation.CLEANUP_INTERVAL)  # none of them cleans up
    monkeypatch.setattr(generation.secrets, "randbelow", lambda _limit: next(values))
    for _number in range(200):
        caching.invalidate_public_cache()
    version = get_cache_version()
    generation.delete_old_rows()
    assert CacheInvalidation.objects.count() == generation.CLEANUP_INTERVAL
    assert get_cache_version() != version


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_concurrent_cache_invalidations_do_not_block_and_both_take_effect():
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time is how SQLite works")
    versions, invalidated, may_end = [get_cache_version()], threading.Event(), threading.Event()

    def slow():
        try:
            with transaction.atomic():
                caching.invalidate_public_cache()
                invalidated.set()
                may_end.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert invalidated.wait(10)
    caching.invalidate_public_cache()  # must not wait for the lock
    versions.append(get_cache_version())
    may_end.set()
    thread.join()
    versions.append(get_cache_version())
    assert len(set(versions)) == 3

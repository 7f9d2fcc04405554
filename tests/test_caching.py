import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from releases import caching, clock, publishing
from releases.caching import editions
from releases.models import Correction, EditionTurn, FormerAddress, Newsroom, Release, ReleaseTag, TopicAlias, WorkingCopy
from tests.builders import make_draft, make_release, make_scheduled, make_topic

pytestmark = pytest.mark.django_db


def stamp():
    return caching.edition(timezone.now()).stamp


def save_correction():
    Correction.objects.create(release=make_release(), kind="update", note="new", made_at=timezone.now())


def plan_a_change():
    WorkingCopy.objects.create(release=make_release(), contents={}, public_at=timezone.now() + timedelta(hours=1))


@pytest.mark.parametrize(
    "change",
    [
        make_release,
        make_topic,
        save_correction,
        plan_a_change,
        lambda: Newsroom.current().save(),
        lambda: Release.objects.all().delete(),
        lambda: ReleaseTag.objects.create(tag=make_topic(), content_object=make_release()),
        lambda: FormerAddress.objects.create(release=make_release(), language="en", slug="once"),
        lambda: TopicAlias.objects.create(topic=make_topic(), name="Old", name_es="Viejo", slug="old", slug_es="viejo"),
    ],
)
def test_what_the_public_may_see_moves_the_stamp(change):
    make_release()
    before = stamp()
    change()
    assert stamp() != before


def test_writing_that_is_not_public_moves_nothing():
    release = make_release()
    before = stamp()
    WorkingCopy.objects.create(release=release, contents={"headline": "Next"})
    assert stamp() == before


def test_nothing_is_worked_out_twice_while_the_stamp_stands(django_assert_num_queries):
    make_release()
    first = caching.edition(timezone.now())
    with django_assert_num_queries(1):
        assert caching.edition(timezone.now()) is first
    assert first.once("a", lambda: 1) == first.once("a", lambda: 2) == 1


def test_an_edition_ends_with_the_next_scheduled_moment():
    at = timezone.now()
    moment = at + timedelta(seconds=30)
    make_scheduled(public_at=moment)
    make_scheduled(public_at=moment + timedelta(seconds=30))
    first = caching.edition(at)
    assert first.until == moment
    assert caching.edition(moment - timedelta(microseconds=1)) is first
    second = caching.edition(moment)
    assert second is not first
    assert second.until == moment + timedelta(seconds=30)


def test_an_edition_ends_with_a_change_that_waits(publisher):
    release, moment = make_release(), timezone.now() + timedelta(seconds=30)
    WorkingCopy.objects.create(release=release, contents={}, public_at=moment)
    first = caching.edition(timezone.now())
    assert (first.until, first.has_due_changes) == (moment, False)
    assert caching.edition(moment).has_due_changes


def test_an_edition_ends_at_midnight_in_los_angeles():
    assert caching.edition(datetime(2026, 7, 1, 6, 59, tzinfo=UTC)).until == datetime(2026, 7, 1, 7, tzinfo=UTC)
    assert caching.edition(datetime(2026, 7, 1, 7, tzinfo=UTC)).until == clock.midnight(datetime(2026, 7, 2).date())


def test_a_clock_that_was_set_back_sees_no_later_edition():
    at = timezone.now()
    make_scheduled(public_at=at + timedelta(seconds=1))
    later = caching.edition(at + timedelta(seconds=2))
    assert caching.edition(at) is not later


def test_a_draft_is_in_no_list_however_warm(client):
    make_release(headline="Seen")
    before = client.get("/").content
    make_draft(headline="Hidden")
    assert client.get("/").content == before


def test_a_withdrawal_is_seen_by_the_next_request(client, publisher):
    gone, stays = make_release(headline="Gone"), make_release(headline="Stays")
    assert b"Gone" in client.get("/").content
    publishing.withdraw(gone, by=publisher)
    page = client.get("/").content
    assert b"Gone" not in page
    assert b"Stays" in page
    assert stays.get_absolute_url() in page.decode()


def test_what_is_kept_is_bounded(monkeypatch):
    monkeypatch.setattr(editions, "MAX_VALUES", 3)
    edition = caching.edition(timezone.now())
    for number in range(10):
        assert edition.once(number, lambda number=number: number) == number
    assert edition.each("square", range(10), lambda keys: {key: key * key for key in keys}) == [n * n for n in range(10)]
    assert len(edition._values) == 3


def test_of_what_is_kept_the_longest_unasked_goes_first(monkeypatch):
    monkeypatch.setattr(editions, "MAX_VALUES", 3)
    edition, made = caching.edition(timezone.now()), []
    for number in (1, 2, 3, 1, 4, 1, 2):
        edition.once(number, lambda number=number: made.append(number))
    assert made == [1, 2, 3, 4, 2]


def test_what_could_not_be_made_is_left_out_and_asked_for_again():
    edition, asked = caching.edition(timezone.now()), []

    def make(keys):
        asked.append(keys)
        return {key: key for key in keys if key != 2}

    assert edition.each("thing", [1, 2, 3], make) == [1, 3]
    assert edition.each("thing", [2, 3], make) == [3]
    assert asked == [[1, 2, 3], [2]]


def test_old_turns_are_swept_and_the_stamp_is_another_one(monkeypatch):
    for _number in range(200):
        caching.turn()
    before = stamp()
    editions._sweep()
    assert EditionTurn.objects.count() == editions.SWEPT_EVERY
    assert stamp() != before


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_transactions_that_turn_the_edition_wait_for_none_and_are_both_seen():
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time is how SQLite works")
    stamps, turned, may_end = [stamp()], threading.Event(), threading.Event()

    def slow():
        try:
            with transaction.atomic():
                caching.turn()
                turned.set()
                may_end.wait(10)
        finally:
            connection.close()

    other = threading.Thread(target=slow)
    other.start()
    assert turned.wait(10)
    caching.turn()  # does not wait
    stamps.append(stamp())
    may_end.set()
    other.join()
    stamps.append(stamp())
    assert len(set(stamps)) == 3

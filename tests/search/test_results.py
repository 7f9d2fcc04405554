"""Search results: order, filters, phrases and limits."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from releases import search
from tests.factories import make_draft, make_release, make_scheduled, make_topic, make_withdrawn
from tests.search import find

pytestmark = pytest.mark.django_db


def test_search_finds_and_counts_only_public_releases():
    public = make_release(headline="Ruling")
    for make_hidden in (make_draft, make_scheduled, make_withdrawn):
        make_hidden(headline="Ruling")
    make_release(headline="Ruling", language="es")
    hits = find("ruling")
    assert hits.release_ids == [public.pk]
    assert (hits.years, hits.kinds) == ([(2015, 1)], [("press_release", 1)])


@pytest.mark.parametrize(("seconds", "expected"), [(-1, False), (0, True), (1, True)])
def test_scheduled_release_is_found_at_its_exact_time(seconds, expected):
    release = make_scheduled()
    assert bool(find("ruling", at=release.public_at + timedelta(seconds=seconds)).release_ids) == expected


def test_exact_matches_rank_first_then_headline_matches():
    body = make_release(headline="One", body="<p>Raúl spoke.</p>")
    in_body = make_release(headline="Two", body="<p>Raul spoke.</p>")
    title = make_release(headline="Raul speaks")
    exact = make_release(headline="Raúl speaks", date=date(2014, 1, 1))
    assert find("Raúl").release_ids == [exact.pk, title.pk, body.pk, in_body.pk]
    assert find("Raul").release_ids == [title.pk, exact.pk, in_body.pk, body.pk]


def test_expired_notice_ranks_after_other_hits():
    expired = make_release(headline="Raul", kind="service_notice", valid_until=date(2016, 1, 1))
    other = make_release(headline="New", body="<p>Raul</p>")
    assert find("raul").release_ids == [other.pk, expired.pk]


def test_hits_can_be_ordered_by_date(client):
    old, new = (
        make_release(headline="Raul", date=date(2014, 1, 1)),
        make_release(headline="New", body="<p>Raul</p>"),
    )
    assert find("raul").release_ids == [old.pk, new.pk]
    assert find("raul", by_date=True).release_ids == [new.pk, old.pk]
    page = client.get("/search/?q=raul&order=date").content.decode()
    assert page.index(new.get_absolute_url()) < page.index(old.get_absolute_url())


def test_large_result_sets_are_ordered_newest_first():
    releases = [
        make_release(date=date(2014, 1, 1) + timedelta(days=day))
        for day in range(search.results.MAX_RANKED + 1)
    ]
    hits = find("ruling")
    assert hits.release_ids == [release.pk for release in reversed(releases)]
    assert not hits.can_rank


def test_hits_beyond_the_limit_are_dropped_and_reported(monkeypatch):
    monkeypatch.setattr(search.results, "MAX_HITS", 3)
    releases = [make_release(date=date(2014, 1, day)) for day in range(1, 6)]
    make_scheduled(date=date(2030, 1, 1))
    hits = find("ruling")
    assert hits.has_more
    assert set(hits.release_ids) == {release.pk for release in releases[2:]}


@pytest.mark.parametrize("recent", [0, 2, 5])
def test_newest_hits_are_found_with_any_number_of_recent_releases(monkeypatch, recent):
    monkeypatch.setattr(search.results, "MAX_HITS", 3)
    older = [make_release(date=date(2014, 1, day)) for day in range(1, 6)]
    newer = [
        make_release(date=timezone.now().date() - timedelta(days=day)) for day in reversed(range(recent))
    ]
    assert set(find("ruling").release_ids) == {release.pk for release in [*older, *newer][-3:]}


def test_first_release_of_a_new_year_is_found_immediately(monkeypatch):
    monkeypatch.setattr(search.results, "MAX_HITS", 3)
    for day in range(1, 6):
        make_release(date=date(2014, 1, day))
    find("ruling")
    release = make_release(date=date(2016, 1, 1))
    assert find("ruling").release_ids[0] == release.pk


def test_phrase_search_reports_an_incomplete_scan(monkeypatch, client):
    monkeypatch.setattr(search.results, "MAX_HITS", 3)
    make_release(headline="Supreme Court speaks", summary="x", date=date(2014, 1, 1))
    for _number in range(5):
        make_release(headline="Court is supreme", summary="x")
    hits = find('"supreme court"')
    assert (hits.is_any_word_fallback, hits.is_incomplete) == (True, True)
    page = client.get("/search/?q=%22supreme+court%22").content.decode()
    assert "No release contains that exact phrase." in page
    assert "To search older releases, add a year." in page
    assert len(find('"supreme court" 2014').release_ids) == 1


def test_partial_matches_are_offered_when_no_release_has_all_words():
    release = make_release(headline="Ruling")
    hits = find("ruling zebra")
    assert (hits.release_ids, hits.is_any_word_fallback) == ([release.pk], True)


def test_hits_can_be_filtered_by_topic_kind_and_year():
    topic = make_topic("Courts")
    release = make_release(topics=(topic,), kind="statement", date=date(2014, 5, 1))
    make_release()
    for narrowed in ({"topic": topic}, {"kind": "statement"}, {"year": 2014}):
        assert find("ruling", **narrowed).release_ids == [release.pk]
    assert find("ruling", topic=topic, year=2015).release_ids == []

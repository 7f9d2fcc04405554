from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.utils import timezone

from releases import caching, search
from releases.importers import loader
from releases.importers.plaintext import parse
from releases.models import Release
from releases.vocabulary import Status

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
PAGE = "Two\n\n(July 5, 2015, Los Angeles) – B.\n\nOne\n\n(March 4, 2015, Fresno) – A.\n\nMore.\n"
BAD = "Three\n\nNo date. Continue reading\n\n"


def load(text, **options):
    return loader.load(parse(text, "en", TODAY), **options)


def outcomes(text, **options):
    return [str(result.outcome) for result in load(text, **options)]


def test_a_release_is_public_since_the_beginning_of_its_day_in_los_angeles():
    load(PAGE)
    release = Release.objects.get(headline="Two")
    assert (release.status, release.public_at, release.slug) == (Status.PUBLISHED, datetime(2015, 7, 5, 7, tzinfo=UTC), "two")
    assert Release.objects.get(headline="One").body == "<p>More.</p>"


def test_the_oldest_is_written_first():
    load(PAGE)
    assert list(Release.objects.order_by("pk").values_list("headline", flat=True)) == ["One", "Two"]


def test_a_second_run_changes_nothing():
    assert outcomes(PAGE) == ["created", "created"]
    before = list(Release.objects.order_by("pk").values())
    assert outcomes(PAGE) == ["unchanged", "unchanged"]
    assert list(Release.objects.order_by("pk").values()) == before


def test_a_release_edited_since_is_kept():
    load(PAGE)
    release = Release.objects.get(headline="One")
    release.summary = "Corrected."
    release.save()
    (_two, one) = load(PAGE)
    assert (one.outcome, one.release.summary) == ("kept", "Corrected.")
    assert "edited in the newsroom" in one.item.problems[0].reason


def test_a_file_that_changed_since_does_not_overwrite():
    load(PAGE)
    (_two, one) = load(PAGE.replace("– A.", "– Changed."))
    assert one.outcome == "kept"
    assert "The file differs" in one.item.problems[0].reason
    assert Release.objects.get(headline="One").summary == "A."


def test_the_headline_in_other_capitals_is_the_same_release():
    load(PAGE)
    assert outcomes(PAGE.replace("One", "ONE"))[1] == "kept"
    assert Release.objects.count() == 2


def test_what_needs_review_is_not_written():
    assert outcomes(BAD + PAGE) == ["needs review", "created", "created"]
    assert Release.objects.count() == 2


def test_what_needs_review_becomes_a_draft_when_asked_for():
    assert outcomes(BAD, drafts=True) == ["created"]
    release = Release.objects.get()
    assert (release.status, release.public_at, release.date, release.summary) == (Status.DRAFT, None, None, "No date.")
    assert outcomes(BAD, drafts=True) == ["unchanged"]


def test_a_headline_too_long_for_a_headline_is_kept_whole_in_the_draft():
    headline = "word " * 100
    load(f"{headline}\n\n(March 4, 2015, Los Angeles) – A.", drafts=True)
    release = Release.objects.get()
    assert len(release.headline) <= 300
    assert headline.strip() in release.body
    assert outcomes(f"{headline}\n\n(March 4, 2015, Los Angeles) – A.", drafts=True) == ["unchanged"]


def test_a_dry_run_says_the_same_and_writes_nothing():
    assert outcomes(BAD + PAGE, dry_run=True) == ["needs review", "created", "created"]
    assert not Release.objects.exists()


def test_one_headline_on_two_days_makes_two_addresses():
    load("One\n\n(March 4, 2015, Fresno) – A.\n\nOne\n\n(March 5, 2015, Fresno) – A.")
    assert sorted(Release.objects.values_list("slug", flat=True)) == ["one", "one-2"]


def test_a_headline_without_letters_needs_an_address():
    (result,) = load("¿?\n\n(March 4, 2015, Fresno) – A.")
    assert result.outcome == "needs review"
    assert "address" in result.item.problems[0].reason
    assert outcomes("¿?\n\n(March 4, 2015, Fresno) – A.", drafts=True) == ["created"]


def test_a_draft_that_got_its_date_in_the_file_is_not_made_twice():
    load(BAD, drafts=True)
    (result,) = load("Three\n\n(March 4, 2015, Fresno) – No date.")
    assert result.outcome == "needs review"
    assert "before as a draft" in result.item.problems[-1].reason
    assert Release.objects.count() == 1


MANY = "\n\n".join(f"Headline {number}\n\n(March 4, 2015, Fresno) – Text {number}." for number in range(25))


def test_a_draft_of_an_earlier_batch_is_known(monkeypatch):
    monkeypatch.setattr(loader, "BATCH", 1)
    undated, dated = load("One\n\nNo date. Continue reading\n\nOne\n\n(March 4, 2015, Fresno) – A.", drafts=True)
    assert (undated.outcome, dated.outcome, dated.release) == ("created", "needs review", undated.release)
    assert "before as a draft" in dated.item.problems[-1].reason


class DiskIsFull(Exception):
    pass


@pytest.mark.parametrize("written", range(40))
def test_all_or_nothing(monkeypatch, written):
    """A fault after any number of writes, in any batch, leaves nothing: neither releases nor their past nor what finds them."""
    monkeypatch.setattr(loader, "BATCH", 5)
    left = [written]

    def full(execute, sql, *words):
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            left[0] -= 1
            if left[0] < 0:
                raise DiskIsFull
        return execute(sql, *words)

    with connection.execute_wrapper(full), pytest.raises(DiskIsFull):
        load(MANY)
    assert not Release.objects.exists()
    assert not Release.history.exists()
    assert search.size() == 0


def test_many_are_written_as_one_is():
    """What a batch writes past the signals is what they would have written."""
    load(MANY)
    assert Release.history.filter(history_change_reason="import", history_type="+").count() == 25
    assert search.size() == 25
    before = caching.edition(timezone.now()).stamp
    load("Another\n\n(March 4, 2015, Fresno) – Text.")
    assert caching.edition(timezone.now()).stamp != before
    assert set(Release.objects.values_list("version", flat=True)) == {1}


def test_one_headline_many_times_in_a_batch_makes_as_many_addresses():
    load("\n\n".join(f"A ruling\n\n(March {day}, 2015, Fresno) – Text {day}." for day in range(1, 8)))
    load("A ruling\n\n(April 1, 2015, Fresno) – Text.\n\nA ruling\n\n(April 2, 2015, Fresno) – Text.")
    assert sorted(Release.objects.values_list("slug", flat=True)) == ["a-ruling", *(f"a-ruling-{number}" for number in range(2, 10))]


def test_the_outcomes_are_counted():
    assert loader.counts(load(BAD + PAGE)) == {"created": 2, "unchanged": 0, "kept": 0, "needs review": 1}


def test_progress_is_told():
    heard = []
    load(PAGE, progress=heard.append)
    assert heard == [1, 2]

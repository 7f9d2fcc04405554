"""Importing records: new, changed, unchanged and incomplete ones."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.utils import timezone

from releases import caching, search
from releases.importers import loader
from releases.importers.plaintext import parse_items
from releases.models import Release
from releases.text.choices import Status

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
PAGE = "Two\n\n(July 5, 2015, Los Angeles) – B.\n\nOne\n\n(March 4, 2015, Fresno) – A.\n\nMore.\n"
UNDATED_ITEM = "Three\n\nNo date. Continue reading\n\n"


def load_text(text, **options):
    return loader.load_items(parse_items(text, "en", TODAY), **options)


def outcomes(text, **options):
    return [str(result.outcome) for result in load_text(text, **options)]


def test_release_is_public_since_midnight_of_its_date_in_los_angeles():
    load_text(PAGE)
    release = Release.objects.get(headline="Two")
    assert (release.status, release.public_at, release.slug) == (
        Status.PUBLISHED,
        datetime(2015, 7, 5, 7, tzinfo=UTC),
        "two",
    )
    assert Release.objects.get(headline="One").body == "<p>More.</p>"


def test_oldest_release_is_created_first():
    load_text(PAGE)
    assert list(Release.objects.order_by("pk").values_list("headline", flat=True)) == ["One", "Two"]


def test_a_second_run_changes_nothing():
    assert outcomes(PAGE) == ["created", "created"]
    rows = list(Release.objects.order_by("pk").values())
    assert outcomes(PAGE) == ["unchanged", "unchanged"]
    assert list(Release.objects.order_by("pk").values()) == rows


def test_release_edited_after_import_is_not_overwritten():
    load_text(PAGE)
    release = Release.objects.get(headline="One")
    release.summary = "Corrected."
    release.save()
    (_second, first) = load_text(PAGE)
    assert (first.outcome, first.release.summary) == ("kept", "Corrected.")
    assert "edited after it was imported" in first.item.problems[0].reason


def test_changed_file_does_not_overwrite_a_release():
    load_text(PAGE)
    (_second, first) = load_text(PAGE.replace("– A.", "– Changed."))
    assert first.outcome == "kept"
    assert "The file differs" in first.item.problems[0].reason
    assert Release.objects.get(headline="One").summary == "A."


def test_headline_in_different_case_matches_the_same_release():
    load_text(PAGE)
    assert outcomes(PAGE.replace("One", "ONE"))[1] == "kept"
    assert Release.objects.count() == 2


def test_item_that_needs_review_is_not_imported():
    assert outcomes(UNDATED_ITEM + PAGE) == ["needs review", "created", "created"]
    assert Release.objects.count() == 2


def test_item_that_needs_review_becomes_a_draft_with_the_drafts_option():
    assert outcomes(UNDATED_ITEM, drafts=True) == ["created"]
    release = Release.objects.get()
    assert (release.status, release.public_at, release.date, release.summary) == (
        Status.DRAFT,
        None,
        None,
        "No date.",
    )
    assert outcomes(UNDATED_ITEM, drafts=True) == ["unchanged"]


def test_overlong_headline_is_kept_in_full_in_the_draft_body():
    headline = "word " * 100
    load_text(f"{headline}\n\n(March 4, 2015, Los Angeles) – A.", drafts=True)
    release = Release.objects.get()
    assert len(release.headline) <= 300
    assert headline.strip() in release.body
    assert outcomes(f"{headline}\n\n(March 4, 2015, Los Angeles) – A.", drafts=True) == ["unchanged"]


def test_dry_run_reports_the_same_outcomes_and_writes_nothing():
    assert outcomes(UNDATED_ITEM + PAGE, dry_run=True) == ["needs review", "created", "created"]
    assert not Release.objects.exists()


def test_same_headline_on_two_dates_gets_two_slugs():
    load_text("One\n\n(March 4, 2015, Fresno) – A.\n\nOne\n\n(March 5, 2015, Fresno) – A.")
    assert sorted(Release.objects.values_list("slug", flat=True)) == ["one", "one-2"]


def test_headline_without_letters_needs_review():
    (result,) = load_text("¿?\n\n(March 4, 2015, Fresno) – A.")
    assert result.outcome == "needs review"
    assert "address" in result.item.problems[0].reason
    assert outcomes("¿?\n\n(March 4, 2015, Fresno) – A.", drafts=True) == ["created"]


def test_dated_item_does_not_duplicate_its_earlier_draft():
    load_text(UNDATED_ITEM, drafts=True)
    (result,) = load_text("Three\n\n(March 4, 2015, Fresno) – No date.")
    assert result.outcome == "needs review"
    assert "before as a draft" in result.item.problems[-1].reason
    assert Release.objects.count() == 1


MANY_ITEMS = "\n\n".join(
    f"Headline {number}\n\n(March 4, 2015, Fresno) – Text {number}." for number in range(25)
)


def test_draft_from_an_earlier_batch_is_recognized(monkeypatch):
    monkeypatch.setattr(loader, "BATCH", 1)
    undated, dated = load_text(
        "One\n\nNo date. Continue reading\n\nOne\n\n(March 4, 2015, Fresno) – A.", drafts=True
    )
    assert (undated.outcome, dated.outcome, dated.release) == ("created", "needs review", undated.release)
    assert "before as a draft" in dated.item.problems[-1].reason


class DiskFullError(Exception):
    pass


@pytest.mark.parametrize("writes", range(40))
def test_failed_import_writes_nothing(monkeypatch, writes):
    """A fault after any number of writes leaves neither releases nor history nor index rows."""
    monkeypatch.setattr(loader, "BATCH", 2)
    remaining = [writes]

    def full(execute, sql, *args):
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            remaining[0] -= 1
            if remaining[0] < 0:
                raise DiskFullError
        return execute(sql, *args)

    with connection.execute_wrapper(full), pytest.raises(DiskFullError):
        load_text(MANY_ITEMS)
    assert not Release.objects.exists()
    assert not Release.history.exists()
    assert search.count_releases() == 0


def test_batch_import_writes_history_and_index_and_invalidates_the_cache():
    """A batch sends no signals, so it must write what they would have written."""
    load_text(MANY_ITEMS)
    assert Release.history.filter(history_change_reason="import", history_type="+").count() == 25
    assert search.count_releases() == 25
    version = caching.get_current_generation(timezone.now()).version
    load_text("Another\n\n(March 4, 2015, Fresno) – Text.")
    assert caching.get_current_generation(timezone.now()).version != version
    assert set(Release.objects.values_list("version", flat=True)) == {1}


def test_same_headline_repeated_in_a_batch_gets_unique_slugs():
    load_text("\n\n".join(f"A ruling\n\n(March {day}, 2015, Fresno) – Text {day}." for day in range(1, 8)))
    load_text("A ruling\n\n(April 1, 2015, Fresno) – Text.\n\nA ruling\n\n(April 2, 2015, Fresno) – Text.")
    assert sorted(Release.objects.values_list("slug", flat=True)) == [
        "a-ruling",
        *(f"a-ruling-{number}" for number in range(2, 10)),
    ]


def test_the_outcomes_are_counted():
    assert loader.count_outcomes(load_text(UNDATED_ITEM + PAGE)) == {
        "created": 2,
        "unchanged": 0,
        "kept": 0,
        "needs review": 1,
    }


def test_progress_is_reported():
    counts = []
    load_text(PAGE, on_progress=counts.append)
    assert counts == [1, 2]


def test_slugs_are_numbered_without_gaps_over_several_batches(monkeypatch):
    monkeypatch.setattr(loader, "BATCH", 4)
    days = range(1, 11)
    load_text("\n\n".join(f"Vigil\n\n(March {day}, 2015, Los Angeles) – A.\n\nMore." for day in days))
    slugs = Release.objects.order_by("date").values_list("slug", flat=True)
    assert list(slugs) == ["vigil", *(f"vigil-{number}" for number in range(2, 11))]

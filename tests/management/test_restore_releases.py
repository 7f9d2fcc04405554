from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.builders import make_release

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("restore_releases", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def defaced():
    """A release, and a moment before its headline was replaced, in the words of the command."""
    release = make_release(headline="A ruling")
    release.history.update(history_date=timezone.now() - timedelta(minutes=10))
    release.headline = "Lies"
    release.save()
    return release, f"{timezone.localtime() - timedelta(minutes=5):%Y-%m-%d %H:%M}"


def test_everything_goes_back_to_that_moment(defaced):
    release, before = defaced
    said = run("--before", before)
    release.refresh_from_db()
    assert release.headline == "A ruling"
    assert "1 releases put back to" in said
    assert "A ruling: text, topics or address as they were" in said


def test_a_dry_run_says_what_would_change_and_changes_nothing(defaced):
    release, before = defaced
    assert "1 releases would be put back to" in run("--before", before, "--dry-run")
    release.refresh_from_db()
    assert release.headline == "Lies"


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ("yesterday", "is no time"),
        ("2014-01-01 09:00", "begins later"),
        ("2090-01-01 09:00", "still to come"),
        ("2026-03-08 02:30", "is no time"),
    ],
)
def test_a_time_that_makes_no_sense_is_refused_and_nothing_happens(defaced, before, words):
    release, _before = defaced
    with pytest.raises(CommandError, match=words):
        run("--before", before)
    release.refresh_from_db()
    assert release.headline == "Lies"


def test_a_newsroom_without_releases_has_nothing_to_go_back_to(db):
    with pytest.raises(CommandError, match="begins later"):
        run("--before", "2015-01-01 09:00")

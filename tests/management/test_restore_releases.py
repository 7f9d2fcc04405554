"""The command that restores the newsroom to an earlier time."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.factories import make_release

pytestmark = pytest.mark.django_db


def run_restore(*arguments: str) -> str:
    out = StringIO()
    call_command("restore_releases", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def defaced_release():
    """Return a release, and a time before its headline was replaced, as the command expects it."""
    release = make_release(headline="A ruling")
    release.history.update(history_date=timezone.now() - timedelta(minutes=10))
    release.headline = "Lies"
    release.save()
    return release, f"{timezone.localtime() - timedelta(minutes=5):%Y-%m-%d %H:%M}"


def test_releases_are_restored_to_the_given_time(defaced_release):
    release, restore_time = defaced_release
    output = run_restore("--before", restore_time)
    release.refresh_from_db()
    assert release.headline == "A ruling"
    assert "1 release restored to" in output
    assert "A ruling: text, topics or web address restored" in output


def test_dry_run_reports_changes_and_writes_nothing(defaced_release):
    release, restore_time = defaced_release
    assert "1 release would be restored to" in run_restore("--before", restore_time, "--dry-run")
    release.refresh_from_db()
    assert release.headline == "Lies"


@pytest.mark.parametrize(
    ("time", "message"),
    [
        ("yesterday", "is not a valid time"),
        ("2014-01-01 09:00", "starts later"),
        ("2090-01-01 09:00", "in the future"),
        ("2026-03-08 02:30", "is not a valid time"),
    ],
)
def test_invalid_time_is_rejected_and_nothing_changes(defaced_release, time, message):
    release, _restore_time = defaced_release
    with pytest.raises(CommandError, match=message):
        run_restore("--before", time)
    release.refresh_from_db()
    assert release.headline == "Lies"


def test_restore_without_any_releases_is_rejected(db):
    with pytest.raises(CommandError, match="starts later"):
        run_restore("--before", "2015-01-01 09:00")

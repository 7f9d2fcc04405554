"""The forecast of the history."""

from collections import namedtuple
from datetime import timedelta

import pytest
from django.utils import timezone

from releases.diagnosis import growth
from releases.models import Release
from tests.factories import make_release

pytestmark = pytest.mark.django_db
DiskUsage = namedtuple("DiskUsage", "total used free")


@pytest.fixture
def history():
    """Create a history of one version two years ago, one half a year ago, and one imported today."""
    for model in growth.get_history_models():  # of the first rows of a newsroom
        model.objects.all().delete()
    now = timezone.now()
    for days, reason in ((730, "write"), (180, "write"), (0, "import")):
        release = make_release(body=f"<p>{'word ' * 2000}</p>")
        Release.history.filter(id=release.pk).update(
            history_date=now - timedelta(days=days), history_change_reason=reason
        )
    return now


def test_year_is_measured_without_imports(history):
    measured = growth.measure_history(history)
    assert {table.name: table.rows for table in measured.tables}["releases"] >= 3
    assert 39_000 < measured.size < 52_000
    assert 13_000 < measured.yearly < 19_500


def test_young_history_has_no_forecast():
    make_release()
    assert growth.measure_history().yearly is None
    assert "At the rate" not in growth.check_history_growth().found


@pytest.mark.parametrize(("free", "level"), [(10_000, "warning"), (10**9, "ok")])
def test_disk_that_fills_within_a_year_is_a_warning(history, monkeypatch, free, level):
    monkeypatch.setattr(growth.shutil, "disk_usage", lambda _path: DiskUsage(10**10, 0, free))
    finding = growth.check_history_growth()
    assert finding.level == level
    assert "in 10 years" in finding.found
    assert bool(finding.advice) == (level == "warning")

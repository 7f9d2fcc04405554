"""Fixtures of the tests of public pages."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from releases.text import localtime
from tests.factories import make_release


@pytest.fixture
def today():
    return localtime.local_date(timezone.now())


@pytest.fixture
def notices(today):
    """Return current and expired notices, by headline."""
    kind = {"kind": "service_notice"}
    return {
        "soon": make_release(headline="Soon", valid_until=today + timedelta(days=2), **kind),
        "later": make_release(headline="Later", valid_until=today + timedelta(days=200), **kind),
        "today": make_release(headline="Today", valid_until=today, **kind),
        "endless": make_release(headline="Endless", date=today, **kind),
        "over": make_release(headline="Over", valid_until=today - timedelta(days=1), **kind),
        "old": make_release(headline="Old guidance", date=date(2016, 1, 1), **kind),
    }

"""Fixtures for tests of signing in."""

import pytest

from releases.accounts import failures


@pytest.fixture(autouse=True)
def empty_counts():
    yield
    failures._counts.clear()
    failures._written_at = 0.0

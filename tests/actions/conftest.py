"""Fixtures of the action tests."""

import pytest

from tests.factories import make_release, make_topic


@pytest.fixture
def release():
    return make_release(slug="a-ruling", headline="A ruling", topics=(make_topic("DACA"),))

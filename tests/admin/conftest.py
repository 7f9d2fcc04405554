"""Fixtures of the admin tests."""

import pytest

from tests.factories import make_release


@pytest.fixture
def release():
    return make_release(headline="A ruling", summary="Eight families came.", slug="a-ruling")

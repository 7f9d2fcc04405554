import os

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client

from releases import caching, search
from releases.publishing import changes, finishing
from tests.builders import make_release, make_user


def pytest_report_header() -> str:
    return f"database: {os.environ.get('EXPECTED_VENDOR', 'whatever DATABASE_URL names')}"


@pytest.fixture(scope="session", autouse=True)
def the_database_is_the_one_meant(django_db_setup: None) -> None:
    expected = os.environ.get("EXPECTED_VENDOR")
    assert expected in (None, connection.vendor), f"these tests were to run on {expected}, and run on {connection.vendor}"


@pytest.fixture(autouse=True)
def the_index_is_empty(request: pytest.FixtureRequest) -> None:
    """The search table is no model's, so what empties the others after a test with real transactions leaves it."""
    marker = request.node.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        request.getfixturevalue("transactional_db")
        search.empty()


@pytest.fixture
def publisher(db):
    return make_user("petra", "Publishers")


@pytest.fixture
def writer(db):
    return make_user("walter", "Writers")


@pytest.fixture
def desk(client: Client, publisher) -> Client:
    """A client signed in as a publisher."""
    client.force_login(publisher)
    return client


@pytest.fixture
def writers_desk(client: Client, writer) -> Client:
    """A client signed in as a writer."""
    client.force_login(writer)
    return client


@pytest.fixture(autouse=True)
def nothing_is_ready() -> None:
    """Each test begins with an empty page cache and without a failed attempt to publish a change."""
    caching.store.cache_clear()
    caches["template_fragments"].clear()
    changes._retry_at, changes._is_failing = 0.0, False


@pytest.fixture(autouse=True)
def photos_are_finished_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test starts the process that makes their copies: it would look into another database. One with a server of its own does."""
    monkeypatch.setattr(finishing, "finish_soon", lambda: None)


@pytest.fixture
def two(db):
    """An English and a Spanish release, paired, both public."""
    english = make_release(slug="a-ruling")
    return english, make_release(language="es", headline="Un fallo", slug="un-fallo", pair=english.pair)

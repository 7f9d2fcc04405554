"""Fixtures that all tests share."""

import gc
import logging
import os
from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from hypothesis import settings as hypothesis_settings

from carecen_news.logs import RepeatFilter
from releases import caching, search
from releases.accounts import attempts
from releases.actions import due_revisions
from releases.actions.photos import add_document, add_photo
from releases.models import Photo
from tests.database_copies import copy_database, restore_database
from tests.factories import CANARY, make_release, make_scheduled, make_user
from tests.pdfs import make_pdf
from tests.pictures import JPEG_BYTES

# On a busy machine, any example can take longer than the 200 ms that are the default.
hypothesis_settings.register_profile("no deadline", deadline=None)
hypothesis_settings.load_profile("no deadline")


def pytest_report_header() -> str:
    return f"database: {os.environ.get('EXPECTED_VENDOR', 'whatever DATABASE_URL names')}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, skip what SQLite covers.

    These are tests without a database, browser tests, and those marked `one_database`.
    """
    if os.environ.get("EXPECTED_VENDOR") == "postgresql":
        database_items = [
            item for item in items if uses_database(item) and not item.get_closest_marker("one_database")
        ]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(database_items)])
        items[:] = database_items


def pytest_collection_finish() -> None:
    """Let the garbage collector ignore the thousands of tests: they take a tenth of the time otherwise."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def uses_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return bool(fixtures or item.get_closest_marker("django_db")) and not item.nodeid.startswith(
        "tests/browser"
    )


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """On SQLite, save the initial data for tests with real transactions as a copy of the database.

    Django saves it as JSON, and takes 0.14 s to load it for each of these tests.
    """
    with pytest.MonkeyPatch.context() as monkeypatch:
        if connection.vendor == "sqlite":
            creation = type(connection.creation)
            monkeypatch.setattr(creation, "serialize_db_to_string", copy_database)
            monkeypatch.setattr(creation, "deserialize_db_from_string", restore_database)
        yield


@pytest.fixture(scope="session", autouse=True)
def check_database_vendor(django_db_setup: None) -> None:
    expected = os.environ.get("EXPECTED_VENDOR")
    assert expected in (None, connection.vendor), (
        f"these tests were to run on {expected}, and run on {connection.vendor}"
    )


@pytest.fixture(autouse=True)
def reset_search_index(request: pytest.FixtureRequest) -> None:
    """Empty the search table after a test with real transactions.

    It has no model, so Django does not flush it.
    """
    marker = request.node.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        request.getfixturevalue("transactional_db")
        search.clear()


@pytest.fixture(scope="session", autouse=True)
def disable_repeat_filter() -> None:
    """Log every fault in tests: a count of repetitions would appear a minute later, in another test."""
    for handler in logging.getLogger().handlers:
        handler.filters = [each for each in handler.filters if not isinstance(each, RepeatFilter)]


@pytest.fixture
def publisher(db):
    return make_user("petra", "Publishers")


@pytest.fixture
def writer(db):
    return make_user("walter", "Writers")


@pytest.fixture
def publisher_client(client: Client, publisher) -> Client:
    """Return a client signed in as a publisher."""
    client.force_login(publisher)
    return client


@pytest.fixture
def writer_client(client: Client, writer) -> Client:
    """Return a client signed in as a writer."""
    client.force_login(writer)
    return client


@pytest.fixture(autouse=True)
def empty_page_cache() -> None:
    """Start each test with empty caches and without a failure in the last seconds."""
    caching.get_page_cache.cache_clear()
    caches["template_fragments"].clear()
    caches["attempts"].clear()
    due_revisions._retry_at, due_revisions._is_failing = 0.0, False
    attempts._retry_at = 0.0


@pytest.fixture
def translated_releases(db):
    """Return an English and a Spanish release that are translations of each other, both public."""
    english = make_release(slug="a-ruling")
    return english, make_release(
        language="es", headline="Un fallo", slug="un-fallo", translation_key=english.translation_key
    )


@pytest.fixture
def photo(publisher) -> Photo:
    """Return a photo that was just uploaded; its renditions don't exist yet."""
    return add_photo(SimpleUploadedFile("IMG_1.jpg", JPEG_BYTES), user=publisher)


@pytest.fixture
def ana_client(client):
    """Return a client signed in as Ana Paz, a publisher."""
    client.force_login(make_user("ana", first_name="Ana", last_name="Paz"))
    return client


@pytest.fixture
def ben_client():
    """Return a second client, signed in as Ben Ruiz, a writer."""
    client = Client()
    client.force_login(make_user("ben", "Writers", first_name="Ben", last_name="Ruiz"))
    return client


@pytest.fixture
def embargoed_release():
    """Return a scheduled release under embargo, with the canary word in headline and summary."""
    return make_scheduled(headline=f"{CANARY} headline", summary=f"{CANARY} summary", is_embargoed=True)


@pytest.fixture
def document(publisher):
    """Return an uploaded PDF of one empty page."""
    return add_document(SimpleUploadedFile("TPS_v3_AR_final.pdf", make_pdf()), user=publisher)

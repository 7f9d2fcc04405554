"""Checks of the database."""

import pytest
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from releases import search
from releases.diagnosis import database
from releases.models import CacheInvalidation
from tests.factories import make_draft, make_release

pytestmark = pytest.mark.django_db


def test_usable_database():
    finding = database.check_database()
    vendor = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
    assert (finding.level, vendor in finding.found) == ("ok", True)
    assert database.get_size() > 1000


def test_unusable_database(monkeypatch):
    def fail(*_arguments):
        raise OperationalError("no such\nhost")

    monkeypatch.setattr(connection.introspection, "table_names", fail)
    finding = database.check_database()
    assert (finding.level, "(no such host)" in finding.found) == ("error", True)


@pytest.mark.parametrize(
    ("vendor", "mode", "wal_is_safe", "level"),
    [
        ("postgresql", "", False, None),
        ("sqlite", "wal", True, "ok"),
        ("sqlite", "delete", False, "ok"),
        ("sqlite", "wal", False, "warning"),
        ("sqlite", "delete", True, "warning"),
    ],
)
def test_journal(monkeypatch, vendor, mode, wal_is_safe, level):
    monkeypatch.setattr(connection, "vendor", vendor)
    monkeypatch.setattr(database, "fetch_value", lambda _sql: mode)
    monkeypatch.setattr(database, "is_wal_safe", lambda _version: wal_is_safe)
    finding = database.check_journal()
    assert (finding and finding.level) == level
    assert not finding or mode.upper() in finding.found


@pytest.mark.one_database
def test_journal_of_this_database_fits():
    assert database.check_journal().level == "ok"


@pytest.mark.parametrize(
    ("vendor", "size", "result", "level", "text"),
    [
        ("postgresql", 0, "ok", None, ""),
        ("sqlite", 0, "ok", "ok", "not damaged"),
        ("sqlite", 0, "row 3 missing from index", "error", "row 3 missing"),
        ("sqlite", 501 * 2**20, "row 3 missing from index", "ok", "too large"),
    ],
)
def test_integrity(monkeypatch, vendor, size, result, level, text):
    monkeypatch.setattr(connection, "vendor", vendor)
    monkeypatch.setattr(database, "get_size", lambda: size)
    monkeypatch.setattr(database, "fetch_value", lambda _sql: result)
    finding = database.check_integrity()
    assert (finding and finding.level) == level
    assert not finding or text in finding.found


@pytest.mark.one_database
def test_integrity_of_this_database():
    assert database.check_integrity().level == "ok"


def test_migrations():
    assert database.check_migrations().level == "ok"
    _app, newest = MigrationLoader(connection).graph.leaf_nodes("releases")[0]
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("releases", newest)
    finding = database.check_migrations()
    assert (finding.level, f"lacks 1 migration: releases.{newest}." in finding.found) == ("error", True)
    recorder.record_applied("releases", newest)
    recorder.record_applied("releases", "9999_newer")
    finding = database.check_migrations()
    assert (finding.level, "another version" in finding.found) == ("error", True)


def test_writing_leaves_nothing():
    count = CacheInvalidation.objects.count()
    assert database.check_writing().level == "ok"
    assert CacheInvalidation.objects.count() == count


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("attempt to write a readonly database", "read-only"),
        ("database or disk is full", "disk is full"),
        ("database is locked", "Another task"),
    ],
)
def test_database_that_cannot_be_written(monkeypatch, reason, advice):
    def fail():
        raise OperationalError(reason)

    monkeypatch.setattr(database, "try_writing", fail)
    finding = database.check_writing()
    assert (finding.level, reason in finding.found, advice in finding.advice) == ("error", True, True)


def test_search_index():
    search.rebuild()
    assert database.check_search_index().found == "The search index has 0 of 0 releases."
    release = make_release()
    make_draft()
    assert database.check_search_index().level == "ok"
    search.remove(release.pk)
    finding = database.check_search_index()
    assert (finding.level, finding.found) == ("warning", "The search index has 1 of 2 releases.")
    search.clear()
    finding = database.check_search_index()
    assert (finding.level, finding.found) == ("error", "The search index has 0 of 2 releases.")
    search.rebuild()
    assert database.check_search_index().level == "ok"

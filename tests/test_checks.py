"""System checks and the check of the database version."""

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from releases import checks


@pytest.mark.parametrize(
    ("mode", "faults"), [(0o600, []), (0o640, ["releases.E002"]), (0o604, ["releases.E002"])]
)
def test_check_reports_a_secret_key_file_that_other_users_can_read(settings, tmp_path, mode, faults):
    settings.DATA_DIR = tmp_path
    (tmp_path / "secret_key").write_text("x")
    (tmp_path / "secret_key").chmod(mode)
    assert [error.id for error in checks.check_secret_key()] == faults


def test_check_passes_without_a_secret_key_file(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    assert checks.check_secret_key() == []


@pytest.mark.parametrize(("installed", "faults"), [(None, []), (object(), ["releases.E001"])])
def test_check_reports_psycopg_3_installed_next_to_psycopg2(monkeypatch, installed, faults):
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: installed)
    assert [error.id for error in checks.check_psycopg2()] == faults


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("app", "name", "unknown"),
    [
        ("releases", "0001_initial", ["releases.0001_initial"]),  # from the migrations that were replaced
        ("releases", "9999_newer", ["releases.9999_newer"]),  # older code on a newer database
        ("auth", "9999_newer", ["auth.9999_newer"]),
        ("an_app_that_was_removed", "0001_initial", []),
    ],
)
def test_check_reports_unknown_migrations_in_the_database(app, name, unknown):
    assert checks.find_unknown_migrations() == []
    MigrationRecorder(connection).record_applied(app, name)
    assert checks.find_unknown_migrations() == unknown
    assert [error.id for error in checks.check_database_version()] == (["releases.E003"] if unknown else [])


@pytest.mark.django_db
def test_migration_check_passes_when_the_database_is_unreachable(monkeypatch):
    def fail(_recorder):
        raise OperationalError("no such host")

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", fail)
    assert checks.check_database_version() == []

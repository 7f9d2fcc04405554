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
    ("app", "name", "missing", "sentence"),
    [
        # Older code on a newer database.
        (
            "releases",
            "9999_newer",
            "",
            "made by a newer version of the newsroom (unknown migration releases.",
        ),
        (
            "auth",
            "9999_newer",
            "",
            "made by a newer version of the newsroom (unknown migration auth.9999_newer)",
        ),
        # The migrations before the first version, and those of another branch.
        (
            "releases",
            "0001_initial",
            "0001_create_models",
            "made by another version of the newsroom (unknown",
        ),
        (
            "releases",
            "0005_other",
            "0005_update_topic_keys",
            "made by another version of the newsroom (unknown",
        ),
        ("an_app_that_was_removed", "0001_initial", "", ""),
    ],
)
def test_check_says_whether_the_database_is_of_a_newer_or_another_version(app, name, missing, sentence):
    assert checks.find_version_error() == ""
    recorder = MigrationRecorder(connection)
    recorder.record_applied(app, name)
    recorder.record_unapplied(app, missing)
    assert sentence in checks.find_version_error()
    assert [error.id for error in checks.check_database_version()] == (["releases.E003"] if sentence else [])


@pytest.mark.django_db
def test_migration_check_passes_when_the_database_is_unreachable(monkeypatch):
    def fail(_recorder):
        raise OperationalError("no such host")

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", fail)
    assert checks.check_database_version() == []

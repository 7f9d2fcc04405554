import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from releases import checks


@pytest.mark.parametrize(("mode", "faults"), [(0o600, []), (0o640, ["releases.E002"]), (0o604, ["releases.E002"])])
def test_a_secret_key_that_others_can_read_is_a_fault(settings, tmp_path, mode, faults):
    settings.DATA_DIR = tmp_path
    (tmp_path / "secret_key").write_text("x")
    (tmp_path / "secret_key").chmod(mode)
    assert [fault.id for fault in checks.secret_key_is_private()] == faults


def test_no_key_file_is_no_fault(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    assert checks.secret_key_is_private() == []


@pytest.mark.parametrize(("installed", "faults"), [(None, []), (object(), ["releases.E001"])])
def test_psycopg_3_beside_psycopg2_is_a_fault(monkeypatch, installed, faults):
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: installed)
    assert [fault.id for fault in checks.only_psycopg2()] == faults


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("app", "name", "unknown"),
    [
        ("releases", "0001_initial", ["releases.0001_initial"]),  # of the first set of migrations
        ("releases", "9999_newer", ["releases.9999_newer"]),  # older code on a newer database
        ("auth", "9999_newer", ["auth.9999_newer"]),
        ("an_app_that_was_removed", "0001_initial", []),
    ],
)
def test_a_database_of_another_version_is_refused_in_one_sentence(app, name, unknown):
    assert checks.unknown_migrations() == []
    MigrationRecorder(connection).record_applied(app, name)
    assert checks.unknown_migrations() == unknown
    assert [error.id for error in checks.database_is_of_this_version()] == (["releases.E003"] if unknown else [])


@pytest.mark.django_db
def test_a_database_that_cannot_be_reached_is_left_to_its_own_sentence(monkeypatch):
    def fail(_recorder):
        raise OperationalError("no such host")

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", fail)
    assert checks.database_is_of_this_version() == []

"""Restoring a backup in place of a PostgreSQL database. tests/e2e/test_backups.py restores into SQLite."""

from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from releases.backups import restore
from releases.backups.archive import open_archive
from releases.models import Release, User
from tests.factories import make_user

OLD_BACKUP = Path(__file__).parents[1] / "files" / "backup-0009.zip"


@pytest.mark.django_db
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite's file is set aside instead")
def test_database_of_a_newer_version_is_replaced(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(restore, "default_storage", FileSystemStorage(location=tmp_path / "uploads"))
    make_user("rosa")
    connection.check_constraints()  # now, because this is one transaction
    MigrationRecorder(connection).record_applied("future", "0001_initial")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE future_thing (topic bigint REFERENCES releases_topic (id))")
        cursor.execute("ALTER TABLE releases_release ADD COLUMN future integer NOT NULL")
        cursor.execute("CREATE TABLE of_another_program (id integer)")
        cursor.execute("CREATE VIEW public_releases AS SELECT id FROM releases_release")
    with open_archive(OLD_BACKUP) as archive:
        restore.restore_backup(archive, replaces=True)
    tables = connection.introspection.table_names()
    assert "of_another_program" in tables
    assert "future_thing" not in tables
    assert (Release.objects.count(), User.objects.filter(username="rosa").exists()) == (13, False)

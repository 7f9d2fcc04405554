"""What upkeep deletes, and what it keeps."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from releases.actions import upkeep
from releases.actions.photos import add_document, add_photo
from releases.actions.unfinished_files import record_files
from releases.models import (
    Autosave,
    CachedAttempt,
    CacheInvalidation,
    Document,
    EditingSession,
    Photo,
    StaffSession,
)
from releases.verification.files import walk
from tests.factories import make_document, make_draft, make_user
from tests.pdfs import make_pdf
from tests.pictures import JPEG_BYTES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch):
    monkeypatch.setattr(upkeep, "PAUSE_SECONDS", 0)


def delete(find) -> int:
    return upkeep.delete_in_batches(find())


def test_ended_sessions_are_deleted(publisher_client):
    session = StaffSession.objects.get()
    assert delete(upkeep.find_ended_sessions) == 0
    StaffSession.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert delete(upkeep.find_ended_sessions) == 1
    assert not StaffSession.objects.filter(pk=session.pk).exists()


def test_attempts_that_no_longer_count_are_deleted():
    for key, hours in (("old", -1), ("new", 1)):
        CachedAttempt.objects.create(cache_key=key, value="", expires=timezone.now() + timedelta(hours=hours))
    assert delete(upkeep.find_old_attempts) == 1
    assert CachedAttempt.objects.get().cache_key == "new"


@pytest.mark.parametrize(("days", "deleted"), [(179, 0), (181, 1)])
def test_unsaved_text_is_kept_for_180_days(publisher, days, deleted):
    autosave = Autosave.objects.create(user=publisher, data={"headline": "Typed"})
    Autosave.objects.filter(pk=autosave.pk).update(changed_at=timezone.now() - timedelta(days=days))
    assert delete(upkeep.find_old_autosaves) == deleted


def test_rows_are_deleted_in_batches(monkeypatch):
    monkeypatch.setattr(upkeep, "BATCH_ROWS", 2)
    hour_ago = timezone.now() - timedelta(hours=1)
    CachedAttempt.objects.bulk_create(
        [CachedAttempt(cache_key=f"key{number}", value="", expires=hour_ago) for number in range(5)]
    )
    sizes = []
    execute = CachedAttempt._base_manager.filter
    monkeypatch.setattr(
        CachedAttempt._base_manager,
        "filter",
        lambda pk__in: sizes.append(len(pk__in)) or execute(pk__in=pk__in),
    )
    assert delete(upkeep.find_old_attempts) == 5
    assert sizes == [2, 2, 1]
    assert not CachedAttempt.objects.exists()


def test_closed_forms_are_forgotten():
    draft = make_draft()
    for user, minutes in ((make_user("ana"), 1), (make_user("ben"), 10)):
        EditingSession.objects.create(
            release=draft, user=user, last_seen_at=timezone.now() - timedelta(minutes=minutes)
        )
    assert delete(upkeep.find_closed_sessions) == 1
    assert EditingSession.objects.get().user.username == "ana"


def test_old_rows_of_the_cache_are_deleted_in_batches_and_new_ones_stay():
    CacheInvalidation.objects.all().delete()
    CacheInvalidation.objects.bulk_create([CacheInvalidation(value=number) for number in range(3500)])
    newest = CacheInvalidation.objects.order_by("-pk")[0]
    deleted = upkeep.delete_old_cache_rows()
    assert 2000 < deleted == 3500 - CacheInvalidation.objects.count()
    assert CacheInvalidation.objects.order_by("-pk")[0] == newest
    assert upkeep.delete_old_cache_rows() == 0


def test_leftovers_of_killed_commands_are_deleted_after_a_day(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(upkeep.tempfile, "gettempdir", lambda: str(tmp_path))
    day_ago = time.time() - 25 * 60 * 60
    leftovers = (".snapshot-a", ".backup-b", ".decrypted-c", "restore-drill-d", ".uploads.restored")
    for name in (*leftovers, "uploads", "before-restore-2026-11-01"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("x")
        os.utime(tmp_path / name, (day_ago, day_ago))
    for name, at in (
        (".old.json.part", day_ago),
        ("tmpk3x_.upload.jpg", day_ago),
        (".new.json.part", None),
        ("secret_key", day_ago),
    ):
        (tmp_path / name).write_text("x")
        if at:
            os.utime(tmp_path / name, (at, at))
    (tmp_path / ".snapshot-new").mkdir()
    assert upkeep.delete_leftovers() == 7
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".new.json.part",
        ".snapshot-new",
        "before-restore-2026-11-01",
        "secret_key",
        "uploads",
    ]


def test_dashboard_says_for_a_month_when_an_unsaved_text_will_be_deleted(publisher_client, publisher):
    for headline, days in (("Fresh words", 1), ("Old words", 160)):
        autosave = Autosave.objects.create(user=publisher, data={"headline": headline})
        Autosave.objects.filter(pk=autosave.pk).update(changed_at=timezone.now() - timedelta(days=days))
    page = publisher_client.get("/admin/").content.decode()
    assert page.count("Open and save it if you need it.") == 1
    assert page.index("It will be deleted on") < page.index("Old words") < page.index("Fresh words")


def age_records(data_dir: Path) -> None:
    for path in (data_dir / "unfinished-files").iterdir():
        os.utime(path, (0, 0))


@pytest.mark.parametrize(
    ("model", "add", "content"), [(Photo, add_photo, JPEG_BYTES), (Document, add_document, make_pdf())]
)
def test_files_of_a_killed_upload_are_deleted_after_a_day(
    publisher, settings, tmp_path, monkeypatch, model, add, content
):
    def fail(_row) -> None:
        raise KeyboardInterrupt

    make_document()
    settings.DATA_DIR, others = tmp_path, set(walk(""))
    monkeypatch.setattr(model, "save", fail)
    with pytest.raises(KeyboardInterrupt):
        add(SimpleUploadedFile("file", content), user=publisher)
    assert set(walk("")) > others
    assert upkeep.delete_unfinished_files() == 0
    age_records(tmp_path)
    assert upkeep.delete_unfinished_files() == 1
    assert (set(walk("")), list((tmp_path / "unfinished-files").iterdir())) == (others, [])


def test_files_stay_if_the_database_has_none(settings, tmp_path, document):
    """It is probably the wrong database."""
    settings.DATA_DIR = tmp_path
    record_files(document)
    age_records(tmp_path)
    Document.objects.all()._raw_delete("default")
    assert upkeep.delete_unfinished_files() == 0
    assert default_storage.exists(document.storage_path)


def test_files_of_a_killed_deletion_are_deleted_and_those_with_a_row_stay(
    settings, tmp_path, photo, document
):
    settings.DATA_DIR = tmp_path
    photo.delete()  # the transaction of this test doesn't commit, so the files are still there
    record_files(document)
    age_records(tmp_path)
    assert default_storage.exists(f"{photo.storage_folder}/{photo.original}")
    assert upkeep.delete_unfinished_files() == 1
    assert not default_storage.exists(photo.storage_folder)
    assert default_storage.exists(document.storage_path)
    assert not list((tmp_path / "unfinished-files").iterdir())

"""What upkeep deletes, and what it keeps."""

import os
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from releases.actions import upkeep
from releases.models import Autosave, CachedAttempt, CacheInvalidation, EditingSession, StaffSession
from tests.factories import make_draft, make_user

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
    assert page.index("Fresh words") < page.index("Old words") < page.index("It will be deleted on")

"""Checks of the schedule, backups, contacts, accounts, photos and times."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from releases.diagnosis import newsroom
from releases.models import AuthenticatorApp, NewsroomSettings, Passkey, PendingRevision, Release
from tests.factories import make_photo, make_release, make_scheduled, make_user


def write_backup(folder, hours=1.0, elsewhere_hours=None, **changes):
    backup = {
        "finished_at": (timezone.now() - timedelta(hours=hours)).isoformat(),
        "file": "newsroom.tar.gz",
        "elsewhere_at": None
        if elsewhere_hours is None
        else (timezone.now() - timedelta(hours=elsewhere_hours)).isoformat(),
        "elsewhere": "office",
    }
    (folder / "last_backup.json").write_text(json.dumps(backup | changes))


@pytest.mark.parametrize(
    ("hours", "level", "text"),
    [
        (1, "ok", "1\xa0hour ago: newsroom.tar.gz"),
        (24.5, "ok", "1\xa0day"),
        (26, "warning", "1\xa0day, 2\xa0hours"),
        (7 * 24 - 1, "warning", "6\xa0days, 23\xa0hours"),
        (7 * 24 + 1, "error", "1\xa0week"),
    ],
)
def test_age_of_the_last_backup(settings, tmp_path, hours, level, text):
    settings.DATA_DIR = tmp_path
    write_backup(tmp_path, hours)
    finding = newsroom.check_backup()
    assert (finding.level, text in finding.found) == (level, True)
    assert bool(finding.advice) == (level != "ok")


def test_missing_backup_is_a_warning(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    assert newsroom.check_backup().level == "warning"
    assert newsroom.check_backup().found == "No backup has been made yet."
    assert newsroom.check_backup_elsewhere() is None


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "1", "{}", '{"finished_at": null}', '{"finished_at": "yesterday"}', '{"finished_at": 5}'],
)
def test_unreadable_backup_file_is_a_warning(settings, tmp_path, text):
    settings.DATA_DIR = tmp_path
    (tmp_path / "last_backup.json").write_text(text)
    finding = newsroom.check_backup()
    assert (finding.level, "can't be read" in finding.found) == ("warning", True)
    newsroom.check_backup_elsewhere()


@pytest.mark.parametrize(
    ("hours", "level", "text"),
    [
        (None, "warning", "No backup has been copied"),
        (1, "ok", "office"),
        (26, "warning", "1\xa0day, 2\xa0hours"),
    ],
)
def test_backup_in_another_place(settings, tmp_path, hours, level, text):
    settings.DATA_DIR = tmp_path
    write_backup(tmp_path, elsewhere_hours=hours)
    finding = newsroom.check_backup_elsewhere()
    assert (finding.level, text in finding.found) == (level, True)
    assert ("backup /var/backups/newsroom --copy-to offsite:newsroom" in finding.advice) == (level != "ok")


@pytest.mark.parametrize(
    ("hours", "problems", "level"), [(1, 0, "ok"), (24, 0, "ok"), (30, 0, "warning"), (1, 2, "warning")]
)
def test_static_copy(settings, tmp_path, hours, problems, level):
    settings.DATA_DIR = tmp_path
    assert newsroom.check_static_copy() is None
    finished = (timezone.now() - timedelta(hours=hours)).isoformat()
    copy = {"folder": "/srv/copy", "finished": finished, "pages": 3, "files": 4, "problems": problems}
    (tmp_path / "last-static-copy.json").write_text(json.dumps(copy))
    finding = newsroom.check_static_copy()
    assert (finding.level, "/srv/copy" in finding.found, bool(finding.advice)) == (level, True, level != "ok")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"finished": 1}', '{"finished": "x", "folder": ""}'])
def test_unreadable_record_of_the_static_copy_is_a_warning(settings, tmp_path, text):
    settings.DATA_DIR = tmp_path
    (tmp_path / "last-static-copy.json").write_text(text)
    assert newsroom.check_static_copy().level == "warning"


@pytest.mark.parametrize(("hours", "level"), [(1, "ok"), (74, "ok"), (76, "warning")])
def test_upkeep(settings, tmp_path, hours, level):
    settings.DATA_DIR = tmp_path
    settings.HTTPS = True
    assert newsroom.check_upkeep().level == "warning"
    settings.HTTPS = False
    assert newsroom.check_upkeep() is None
    finished_at = (timezone.now() - timedelta(hours=hours)).isoformat()
    (tmp_path / "last-upkeep.json").write_text(json.dumps({"finished_at": finished_at}))
    finding = newsroom.check_upkeep()
    assert (finding.level, bool(finding.advice)) == (level, level != "ok")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"finished_at": "x"}', '{"finished_at": 1}'])
def test_unreadable_record_of_upkeep_is_a_warning(settings, tmp_path, text):
    settings.DATA_DIR = tmp_path
    (tmp_path / "last-upkeep.json").write_text(text)
    assert newsroom.check_upkeep().level == "warning"


def test_backup_time_without_an_offset_is_local(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    local = timezone.localtime() - timedelta(hours=2)
    write_backup(tmp_path, finished_at=local.replace(tzinfo=None).isoformat())
    assert "2\xa0hours" in newsroom.check_backup().found


@pytest.mark.django_db
def test_schedule():
    assert newsroom.check_schedule().found == "Nothing is scheduled."
    release = make_release()
    make_scheduled(public_at=timezone.now() + timedelta(days=9))
    PendingRevision.objects.create(release=release, data={}, public_at=timezone.now() + timedelta(days=2))
    finding = newsroom.check_schedule()
    assert finding.level == "ok"
    assert "Scheduled releases: 1. Scheduled changes: 1." in finding.found
    assert f"{timezone.localtime() + timedelta(days=2):%Y}" in finding.found
    first = newsroom.localtime.format_datetime(PendingRevision.objects.get().public_at)
    assert first in finding.found


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "level"), [(-60, "ok"), (4, "ok"), (6, "error")])
@pytest.mark.parametrize("source", ["history", "account"])
def test_clock_is_compared_with_the_newest_time_in_the_database(source, minutes, level):
    newest = timezone.now() + timedelta(minutes=minutes)
    if source == "history":
        make_release()
        Release.history.update(history_date=newest)
    else:
        make_user(last_login=newest)
    assert newsroom.check_clock().level == level


@pytest.mark.django_db
def test_checks_of_the_settings_write_nothing():
    NewsroomSettings.objects.all().delete()
    for check in (newsroom.check_legal_help, newsroom.check_press_contact):
        assert (check().level, NewsroomSettings.objects.count()) == ("warning", 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("check", "values", "level"),
    [
        (newsroom.check_legal_help, {}, "warning"),
        (newsroom.check_legal_help, {"legal_help_phone": "213-555-0100"}, "ok"),
        (newsroom.check_press_contact, {}, "warning"),
        (newsroom.check_press_contact, {"press_phone": "213-555-0100"}, "ok"),
        (newsroom.check_press_contact, {"press_email": "press@example.org"}, "ok"),
    ],
)
def test_contacts(check, values, level):
    NewsroomSettings.objects.update_or_create(pk=1, defaults=values)
    finding = check()
    assert finding.level == level
    assert all(value in finding.found for value in values.values())


@pytest.mark.django_db
def test_newsroom_without_an_open_account_of_a_manager_is_an_error():
    user = make_user("mia", is_superuser=True)
    assert newsroom.check_managers().level == "ok"
    user.is_active = False
    user.save()
    assert newsroom.check_managers().level == "error"


@pytest.mark.django_db
def test_second_factors(settings):
    make_user("walter", "Writers")
    manager, publisher = make_user("mia", is_superuser=True), make_user("petra", "Publishers")
    make_user("paul", "Publishers", is_active=False)
    assert newsroom.check_second_factors() is None
    settings.HTTPS = True
    assert "2 publishers or managers don't" in newsroom.check_second_factors().found
    Passkey.objects.create(user=manager, name="Phone", credential_id="a", credential_data="b")
    finding = newsroom.check_second_factors()
    assert (finding.level, "1 publisher or manager doesn't" in finding.found) == ("warning", True)
    AuthenticatorApp.objects.create(user=publisher, encrypted_secret="x")
    assert newsroom.check_second_factors().level == "ok"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("is_ready", "minutes", "level"), [(True, 60, "ok"), (False, 5, "ok"), (False, 16, "warning")]
)
def test_photos_without_all_sizes(is_ready, minutes, level):
    photo = make_photo(renditions_ready=is_ready)
    type(photo).objects.update(added_at=timezone.now() - timedelta(minutes=minutes))
    assert newsroom.check_photos().level == level

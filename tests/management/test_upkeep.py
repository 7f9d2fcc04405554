"""`manage.py upkeep`: its output, and what happens when a part fails."""

import json
import os
import re
from datetime import datetime

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from releases.actions.upkeep import Task
from releases.management.commands import upkeep
from releases.models import StaffSession

pytestmark = pytest.mark.django_db


def test_everything_that_was_done_is_printed_and_recorded(settings, tmp_path, publisher_client, capsys):
    settings.DATA_DIR = tmp_path
    StaffSession.objects.update(expire_date=timezone.now())
    call_command("upkeep")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Deleted: 1 ended sessions."
    assert ("Updated the statistics of the database." in lines) == (connection.vendor == "sqlite")
    assert any(
        re.fullmatch("History of settings: 1 versions, .+ in the last year[.]", line) for line in lines
    )
    assert lines[-1].startswith("The history has ")
    record = json.loads((tmp_path / "last-upkeep.json").read_text())
    assert timezone.now() - datetime.fromisoformat(record["finished_at"]) < timezone.timedelta(minutes=1)


def test_dry_run_says_what_would_be_deleted(settings, tmp_path, publisher_client, capsys):
    settings.DATA_DIR = tmp_path
    StaffSession.objects.update(expire_date=timezone.now())
    (tmp_path / ".snapshot-old").mkdir()
    os.utime(tmp_path / ".snapshot-old", (0, 0))
    call_command("upkeep", dry_run=True)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [
        "Would delete: 1 ended sessions.",
        "Would delete: 1 files and folders of commands that were killed.",
    ]
    assert StaffSession.objects.count() == 1
    assert [path.name for path in tmp_path.iterdir()] == [".snapshot-old"]


def test_failure_of_a_part_does_not_stop_the_others(settings, tmp_path, monkeypatch, capsys):
    settings.DATA_DIR = tmp_path

    def fail() -> int:
        raise OperationalError("database is locked")

    tasks = Task("first things", fail, fail), Task("second things", lambda: 2, lambda: 2)
    monkeypatch.setattr(upkeep, "TASKS", tasks)
    with pytest.raises(SystemExit) as exit_info:
        call_command("upkeep")
    output = capsys.readouterr()
    assert exit_info.value.code == 1
    assert output.err == (
        "Failed: first things (OperationalError: database is locked). The next run tries again.\n"
    )
    assert output.out.startswith("Deleted: 2 second things.\n")
    assert not (tmp_path / "last-upkeep.json").exists()


def test_failure_to_record_the_run_is_one_sentence(settings, tmp_path, monkeypatch, capsys):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(upkeep, "TASKS", ())
    (tmp_path / ".last-upkeep.json.part").mkdir()
    with pytest.raises(SystemExit) as exit_info:
        call_command("upkeep")
    assert exit_info.value.code == 1
    assert capsys.readouterr().err == "The time can't be recorded in DATA_DIR (Is a directory).\n"

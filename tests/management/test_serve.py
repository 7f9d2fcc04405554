"""The steps of `manage.py serve` that need no server. tests/e2e/test_serve.py starts one."""

import errno
import fcntl
import os
import re
import socket
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.management import CommandError
from django.db import OperationalError
from django.utils import timezone

from releases.checks import format_database_error
from releases.management.commands import serve
from releases.models import User

LOGIN_HINT = "run this with the same settings: .venv/bin/python manage.py staff_login newsdesk"


class FullDisk(StringIO):
    def write(self, _text: str) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def command(settings, tmp_path) -> serve.Command:
    settings.SAMPLE = False
    settings.DATA_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    return serve.Command(stdout=StringIO(), stderr=StringIO())


def prepare(command: serve.Command) -> str:
    """Return what the command prints while it prepares the newsroom."""
    command.stdout.seek(0)
    command.stdout.truncate()
    command.prepare(collect_static_files=False)
    return command.stdout.getvalue()


@pytest.mark.django_db
def test_login_is_created_and_shown_after_every_other_step(command, monkeypatch):
    def fail(_command):
        assert not User.objects.exists()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(serve.Command, "collect_static_files", fail)
    with pytest.raises(CommandError, match=r"static can't be read or written .*Free some disk space"):
        command.prepare(collect_static_files=True)
    assert not User.objects.exists()
    assert re.search(r"password +(\w{5}-){3}\w{5}\n", prepare(command)), "the next start creates it"


@pytest.mark.django_db
def test_start_says_how_to_get_a_login_until_someone_has_signed_in(command):
    assert "password" in prepare(command)
    printed = prepare(command)
    assert LOGIN_HINT in printed
    assert "password" not in printed
    User.objects.update(last_login=timezone.now())
    assert prepare(command) == ""


@pytest.mark.django_db
def test_login_that_cannot_be_shown_is_replaced_by_a_hint(command):
    command.stdout = FullDisk()
    command.prepare(collect_static_files=False)
    assert "The staff login can't be shown (No space left on device)." in command.stderr.getvalue()
    assert LOGIN_HINT in command.stderr.getvalue()


def test_second_start_is_refused_in_a_sentence(command, tmp_path):
    path = serve.get_lock_path()
    with path.open("w") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        with pytest.raises(CommandError) as error:
            command.lock_data_folder()
    assert re.fullmatch(
        re.escape(f"The newsroom in DATA_DIR, {tmp_path}, is already running")
        + r"( \(process [\d, ]+\))?\. Stop it first, or set DATA_DIR to another folder\.",
        str(error.value),
    )


def test_start_without_support_for_locks_says_so(command, monkeypatch):
    monkeypatch.setattr(serve, "acquire_lock", lambda _path: None)
    command.lock_data_folder()
    assert command.stderr.getvalue().count("\n") == 1
    assert "DATA_DIR doesn't support file locks" in command.stderr.getvalue()


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.EADDRINUSE, "Stop the program that uses it, or choose another port"),
        (errno.EACCES, "Choose a port above 1023"),
        (errno.EADDRNOTAVAIL, "Set BIND_ADDRESS to an IP address of this machine"),
        (socket.EAI_NONAME, "Set BIND_ADDRESS to an IP address of this machine"),
    ],
)
def test_port_that_cannot_be_used_gives_the_right_advice(command, monkeypatch, number, advice):
    class Socket(socket.socket):
        def bind(self, _address: object) -> None:
            raise OSError(number, "reason")

    monkeypatch.setattr(serve.socket, "socket", Socket)
    with pytest.raises(CommandError, match=rf"can't be used \(reason\)\. {advice}"):
        command.check_port()


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.EACCES, "Start the newsroom as the user that DATA_DIR belongs to"),
        (errno.EROFS, "Start the newsroom as the user that DATA_DIR belongs to"),
        (errno.ENOTDIR, "Start the newsroom as the user that DATA_DIR belongs to"),
        (errno.ENOSPC, "Free some disk space"),
        (errno.EDQUOT, "Free some disk space"),
    ],
)
def test_file_that_cannot_be_used_is_one_sentence_with_advice(number, advice):
    text = serve.format_file_error(Path("/srv/static"), OSError(number, os.strerror(number)))
    assert text.startswith(f"/srv/static can't be read or written ({os.strerror(number)}). {advice}")


@pytest.mark.parametrize("name", ["uploads", "newsroom.sqlite3"])
def test_unwritable_uploads_and_database_are_refused(command, monkeypatch, tmp_path, name):
    monkeypatch.setattr(serve.connection, "vendor", "sqlite")
    monkeypatch.setitem(serve.connection.settings_dict, "NAME", str(tmp_path / "newsroom.sqlite3"))
    monkeypatch.setattr(serve, "default_storage", FileSystemStorage(tmp_path / "uploads"))
    serve.check_files()
    (tmp_path / name).touch()
    monkeypatch.setattr(os, "access", lambda path, _mode: path.name != name)
    with pytest.raises(CommandError, match=rf"{name} can't be read or written \(Permission denied\)"):
        serve.check_files()


def test_interrupted_collection_is_repeated(command, monkeypatch, tmp_path):
    def fail(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "static").mkdir()
    fingerprint_file = tmp_path / "collected-static-files"
    fingerprint_file.write_text("the files of an older version")
    monkeypatch.setattr(serve, "call_command", fail)
    with pytest.raises(KeyboardInterrupt):
        command.collect_static_files()
    assert not fingerprint_file.exists()


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("no such table: releases_user", "A new database is set up by make run."),
        ('relation "releases_user"\ndoes not exist', "A new database is set up by make run."),
        ("database or disk is full", "Free some disk space"),
        ("could not extend file: No space left on device", "Free some disk space"),
        ("attempt to write a readonly database", "you may read and write the database"),
        ("unable to open database file", "you may read and write the database"),
        ('connection to server at "x", port 5432 failed: Connection refused', "Check DATABASE_URL"),
        ('FATAL: password authentication failed for user "x"', "Check DATABASE_URL"),
    ],
)
def test_database_that_cannot_be_used_is_one_line_with_advice(reason, advice):
    text = format_database_error(OperationalError(reason))
    assert text.startswith(f"The database can't be used ({' '.join(reason.split())}). ")
    assert advice in text
    assert "\n" not in text

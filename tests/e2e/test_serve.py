"""`manage.py serve`, as `make run` starts it, in an empty data folder."""

import atexit
import os
import re
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PREPARE = """
from django.core.management import call_command
from releases.management.commands.serve import Command
call_command("migrate", verbosity=0)
Command().collect_static_files()
"""
# These servers have their own databases. The group shares the prepared folders.
pytestmark = [pytest.mark.one_database, pytest.mark.xdist_group("servers")]


def get_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def build_environment(folder: Path, **variables: str) -> dict[str, str]:
    """Return the environment of a newsroom in `folder`. It has no worker, because few tests need one."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return (
        environment
        | {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "carecen_news.settings", "PYTHONWARNINGS": ""}
        | {"RUN_WORKER": "no"}
        | variables
    )


def run_manage(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=build_environment(folder, **variables),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


@cache
def prepare_newsroom(has_sample: bool) -> Path:
    """Return a data folder with all tables and static files, and perhaps the sample releases.

    Each first start would take six seconds more. Copy the folder, and do not change it.
    """
    folder = Path(tempfile.mkdtemp(prefix="newsroom-prepared-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if has_sample:
        shutil.copytree(prepare_newsroom(False), folder, dirs_exist_ok=True)
    result = run_manage(folder, *(["load_sample"] if has_sample else ["shell", "-c", PREPARE]))
    assert result.returncode == 0, result.stderr
    (folder / "secret_key").unlink()
    return folder


@contextmanager
def run_server(folder: Path, is_prepared: bool = True, **variables: str) -> Iterator[tuple[str, str]]:
    """Run the server, and yield its URL and its output until it answered the first request."""
    if is_prepared and not folder.exists():
        shutil.copytree(prepare_newsroom(variables.get("SAMPLE") != "no"), folder)
    port = get_free_port()
    log = folder.parent / f"log-{port}"
    with log.open("w") as out:
        command = [sys.executable, "manage.py", "serve"]
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            env=build_environment(folder, PORT=str(port), **variables),
            stdout=out,
            stderr=out,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        for _try in range(900):
            if server.poll() is not None:
                raise AssertionError(log.read_text())
            try:
                fetch(address, "/health/")
                break
            except ConnectionError:
                time.sleep(0.1)
        yield address, log.read_text()
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


class Response(NamedTuple):
    status: int
    headers: HTTPMessage
    body: str


def fetch(address: str, path: str, **headers: str) -> Response:
    """Send a GET request, without following redirects."""
    connection = HTTPConnection(address.removeprefix("http://"), timeout=10)
    try:
        connection.request(
            "GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        response = connection.getresponse()
        return Response(response.status, response.headers, response.read().decode())
    finally:
        connection.close()


def test_first_start_loads_the_sample_and_second_start_changes_nothing(tmp_path):
    folder = tmp_path / "var"
    with run_server(folder, is_prepared=False) as (address, printed):
        assert f"CARECEN News is at {address}/" in printed
        assert re.search(r"name +newsdesk\n +password +(\w{5}-){3}\w{5}\n", printed)
        page = fetch(address, "/").body
        assert page.count("<article") == 10
        style = re.search(r'href="(/static/css/newsroom\.[0-9a-f]+\.css)"', page)
        assert style
        assert "@layer" in fetch(address, style[1]).body
        assert_second_start_is_refused(folder)
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
    key = (folder / "secret_key").read_text()

    with run_server(folder) as (address, printed):
        assert "password" not in printed
        assert "Nobody has signed in yet." in printed
        assert "Collecting" not in printed
        assert fetch(address, "/").body.count("<article") == 10
    assert (folder / "secret_key").read_text() == key


def assert_second_start_is_refused(folder: Path) -> None:
    result = run_manage(folder, "serve", PORT=str(get_free_port()))
    assert result.returncode == 1
    assert f"The newsroom in DATA_DIR, {folder}, is already running" in result.stderr
    assert result.stderr.count("\n") == 1
    # Other commands work beside the server.
    assert run_manage(folder, "rebuild_search").returncode == 0


# Runs `serve`, and kills the process when it calls the function that the first argument names.
KILLED_START = """
import os, pkgutil, sys
sys.path.insert(0, "")
name = sys.argv[1]
def kill(*arguments, **options):
    os.kill(os.getpid(), 9)
def replace():
    parent, _dot, attribute = name.rpartition(".")
    setattr(pkgutil.resolve_name(parent), attribute, kill)
if name.startswith("os."):
    replace()
import django
django.setup()
replace()
from django.core.management import call_command
call_command("serve")
"""


def test_start_that_was_killed_at_any_step_is_completed_by_the_next(tmp_path):
    folder = tmp_path / "var"
    for step in (
        "os.link",  # creates the secret key
        "django.db.migrations.recorder.MigrationRecorder.record_applied",
        "django.contrib.staticfiles.management.commands.collectstatic.Command.collect",
        "releases.management.commands.serve.generate_password",
        "releases.management.commands.serve.Command.show_login",
    ):
        process = subprocess.run(
            [sys.executable, "-c", KILLED_START, step],
            cwd=ROOT,
            env=build_environment(folder, PORT=str(get_free_port()), SAMPLE="no"),
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert (step, process.returncode, process.stderr) == (step, -signal.SIGKILL, "")
    with run_server(folder, SAMPLE="no") as (address, printed):
        assert ".venv/bin/python manage.py staff_login newsdesk" in printed
        assert fetch(address, "/").status == 200


def test_start_without_sample_stays_empty(tmp_path):
    for _time in range(2):
        with run_server(tmp_path / "var", SAMPLE="no") as (address, _printed):
            assert "Nothing has been published in English yet." in fetch(address, "/").body
            assert fetch(address, "/topics/daca/").status == 404


def test_occupied_port_gives_a_one_line_error(tmp_path):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        result = run_manage(tmp_path / "var", "serve", PORT=str(port))
    assert result.returncode == 1
    assert re.fullmatch(
        rf"CommandError: Port {port} on 127\.0\.0\.1 can't be used .*Stop the program that uses it, or "
        r"choose another port: .*\n",
        result.stderr,
    )


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL begins with “mysql”. It must be postgres://"),
        ({"DATABASE_URL": "postgres://u:p@127.0.0.1:1/none"}, "The database can't be used"),
        ({"DATABASE_URL": "sqlite://"}, "DATABASE_URL has no database name"),
        ({"DATABASE_URL": "postgres://u:p@127.0.0.1:x/none"}, "DATABASE_URL isn't valid"),
        ({"DATA_DIR": "/proc/nowhere"}, "DATA_DIR, /proc/nowhere, can't be created"),
        ({"DATA_DIR": "/proc"}, "Others on this machine can open DATA_DIR, /proc."),
        ({"DATA_DIR": "/tmp"}, "Others on this machine can open DATA_DIR, /tmp."),
        ({"DATA_DIR": __file__}, "can't be created (File exists)"),
        ({"DATA_DIR": f"{__file__}/var"}, "can't be created (Not a directory)"),
        ({"DATABASE_URL": "sqlite:////proc/newsroom.sqlite3"}, "The database can't be used"),
        ({"SITE_URL": "http://news.example.org"}, "A public newsroom needs https://"),
        ({"SITE_URL": "news.example.org"}, "SITE_URL is “news.example.org”. It must be the public URL"),
        ({"SITE_URL": "https://news.example.org/path"}, "without a path"),
        ({"SITE_URL": "https://news.example.org", "DEBUG": "1"}, "DEBUG shows"),
        (
            {"SITE_URL": "https://news.example.org", "SECRET_KEY": "short"},
            "can't start until this is fixed",
        ),
        ({"BIND_ADDRESS": "0.0.0.0"}, "Plain HTTP works only on this machine"),
        ({"SECURITY_CONTACT": "nobody"}, "SECURITY_CONTACT is “nobody”. It must be an email address"),
        ({"BIND": "127.0.0.1"}, "The setting BIND was renamed to BIND_ADDRESS."),
        ({"PAGE_STORE_MB": "16"}, "The setting PAGE_STORE_MB was renamed to PAGE_CACHE_MB."),
        ({"SHARED_SECONDS": "5"}, "The setting SHARED_SECONDS was renamed to CDN_MAX_AGE."),
        ({"PORT": "http"}, "PORT is “http”. It must be a number"),
        ({"DEBUG": "perhaps"}, "DEBUG is “perhaps”. It must be yes or no"),
    ],
)
def test_invalid_setting_prevents_start_with_a_clear_error(tmp_path, variables, sentence):
    result = run_manage(tmp_path / "var", "serve", **{"PORT": str(get_free_port())} | variables)
    assert result.returncode == 1
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_database_of_another_version_is_rejected_and_unchanged(tmp_path, command):
    with closing(sqlite3.connect(tmp_path / "newsroom.sqlite3")) as database:
        database.executescript(
            "CREATE TABLE django_migrations (id integer PRIMARY KEY, app text, name text, applied "
            "text);INSERT INTO django_migrations (app, name, applied) VALUES ('releases', '0001_initial', "
            "'2026-11-01');"
        )
        result = run_manage(tmp_path, command, PORT=str(get_free_port()))
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    assert result.returncode == 1
    assert (
        "This database was made by another version of the newsroom (unknown migration releases.0001_initial)"
        in result.stderr
    )
    assert "Traceback" not in result.stderr
    if command == "serve":
        assert result.stderr.count("\n") == 1, "one line"
    assert tables == [("django_migrations",)]


def test_production_passes_deploy_checks_and_redirects_to_https_except_health(tmp_path):
    assert (
        run_manage(
            tmp_path / "checked",
            "check",
            "--deploy",
            "--fail-level",
            "WARNING",
            SITE_URL="https://news.example.org",
        ).returncode
        == 0
    )
    with run_server(tmp_path / "var", SITE_URL="https://news.example.org", TRUST_PROXY="1") as (
        address,
        _printed,
    ):
        page = fetch(address, "/", Host="news.example.org", X_Forwarded_Proto="https")
        assert "includeSubDomains; preload" in page.headers["Strict-Transport-Security"]
        assert 'rel="canonical" href="https://news.example.org/"' in page.body
        redirect = fetch(address, "/topics/", Host="news.example.org")
        assert (redirect.status, redirect.headers["Location"]) == (301, "https://news.example.org/topics/")
        assert fetch(address, "/health/").status == 200


def test_x_forwarded_proto_is_ignored_without_trust_proxy(tmp_path):
    with run_server(tmp_path / "var", SITE_URL="https://news.example.org") as (address, printed):
        assert "TRUST_PROXY is not set" in printed
        assert fetch(address, "/", Host="news.example.org", X_Forwarded_Proto="https").status == 301


def test_unknown_host_is_rejected(tmp_path):
    with run_server(tmp_path / "var") as (address, _printed):
        assert fetch(address, "/", Host="evil.example.org").status == 400


SCHEDULE = """
from datetime import timedelta
from django.utils import timezone
from releases.models import PendingRevision, Release
release = Release.objects.filter(language="en").latest("public_at")
content = release.content() | {"summary": "The new words of a due change."}
PendingRevision.objects.create(
    release=release, data=content | {"tags": []}, kind="typo", public_at=timezone.now() + timedelta(seconds=1)
)
print(release.get_absolute_url())
"""


def test_running_server_publishes_a_scheduled_change(tmp_path):
    with run_server(tmp_path / "var") as (address, _printed):
        result = run_manage(tmp_path / "var", "shell", "-c", SCHEDULE)
        path = result.stdout.strip().splitlines()[-1]
        for _try in range(100):
            page = fetch(address, path)
            if "The new words of a due change." in page.body:
                break
            time.sleep(0.1)
        assert (page.status, page.body.count("The new words of a due change.") > 0) == (200, True)

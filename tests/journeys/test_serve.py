"""`manage.py serve`, as a newcomer's `make run` starts it: the real server on a fresh folder."""

import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
# These start servers with a database of their own, so the second run would do the same again.
once = pytest.mark.skipif(os.environ.get("EXPECTED_VENDOR") == "postgresql", reason="it has a database of its own, and ran with SQLite")
pytestmark = once


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path, **variables: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "carecen_news.settings", "PYTHONWARNINGS": ""} | variables


def manage(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment(folder, **variables), capture_output=True, text=True, timeout=60, check=False)


@contextmanager
def serving(folder: Path, **variables: str) -> Iterator[tuple[str, str]]:
    """The running newsroom: its address, and what it printed until it answered."""
    port = free_port()
    log = folder.parent / f"log-{port}"
    with log.open("w") as out:
        command = [sys.executable, "manage.py", "serve"]
        server = subprocess.Popen(command, cwd=ROOT, env=environment(folder, PORT=str(port), **variables), stdout=out, stderr=out)
    try:
        address = f"http://127.0.0.1:{port}"
        for _try in range(300):
            if server.poll() is not None:
                raise AssertionError(log.read_text())
            try:
                ask(address, "/health/")
                break
            except ConnectionError:
                time.sleep(0.1)
        yield address, log.read_text()
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


class Answer(NamedTuple):
    status: int
    headers: HTTPMessage
    body: str


def ask(address: str, path: str, **headers: str) -> Answer:
    """What the server answers; redirects are not followed."""
    connection = HTTPConnection(address.removeprefix("http://"), timeout=10)
    try:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read().decode())
    finally:
        connection.close()


def test_the_first_start_shows_ten_releases_and_a_login_and_the_second_changes_nothing(tmp_path):
    folder = tmp_path / "var"
    with serving(folder) as (address, printed):
        assert f"CARECEN News is at {address}/" in printed
        assert re.search(r"name +newsdesk\n +password +(\w{5}-){3}\w{5}\n", printed)
        page = ask(address, "/").body
        assert page.count('class="item') == 10
        style = re.search(r'href="(/static/css/newsroom\.[0-9a-f]+\.css)"', page)
        assert style
        assert "@layer" in ask(address, style[1]).body
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
    key = (folder / "secret_key").read_text()

    with serving(folder) as (address, printed):
        assert "password" not in printed
        assert "Collecting" not in printed
        assert ask(address, "/").body.count('class="item') == 10
    assert (folder / "secret_key").read_text() == key


def test_an_empty_start_stays_empty(tmp_path):
    for _time in range(2):
        with serving(tmp_path / "var", SAMPLE="no") as (address, _printed):
            assert "Nothing has been published in English yet." in ask(address, "/").body
            assert ask(address, "/topics/daca/").status == 404


def test_a_taken_port_is_one_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = manage(tmp_path / "var", "serve", PORT=str(port))
    assert result.returncode == 1
    assert re.fullmatch(
        rf"CommandError: Port {port} on 127\.0\.0\.1 cannot be used .*: stop what runs there, or choose another: .*\n", result.stderr
    )


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL begins with “mysql”: write postgres://"),
        ({"DATABASE_URL": "postgres://u:p@127.0.0.1:1/none"}, "The database cannot be used"),
        ({"DATABASE_URL": "sqlite://"}, "DATABASE_URL names no database"),
        ({"DATABASE_URL": "postgres://u:p@127.0.0.1:x/none"}, "DATABASE_URL cannot be read"),
        ({"DATA_DIR": "/proc/nowhere"}, "DATA_DIR, /proc/nowhere, cannot be made"),
        ({"DATA_DIR": "/proc"}, "cannot be kept"),
        ({"SITE_URL": "http://news.example.org"}, "a public newsroom needs https://"),
        ({"SITE_URL": "news.example.org"}, "SITE_URL is “news.example.org”: write the public address"),
        ({"SITE_URL": "https://news.example.org/path"}, "without a path"),
        ({"SITE_URL": "https://news.example.org", "DEBUG": "1"}, "DEBUG shows"),
        ({"SITE_URL": "https://news.example.org", "SECRET_KEY": "short"}, "does not start until this is mended"),
        ({"BIND": "0.0.0.0"}, "plain http is for this machine only"),
        ({"PORT": "http"}, "PORT is “http”: write a number"),
        ({"DEBUG": "perhaps"}, "DEBUG is “perhaps”: write yes or no"),
    ],
)
def test_a_wrong_setting_is_a_sentence_and_no_start(tmp_path, variables, sentence):
    result = manage(tmp_path / "var", "serve", **{"PORT": str(free_port())} | variables)
    assert result.returncode == 1
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_a_folder_of_another_version_is_refused_and_left_as_it_is(tmp_path, command):
    with closing(sqlite3.connect(tmp_path / "newsroom.sqlite3")) as database:
        database.executescript(
            "CREATE TABLE django_migrations (id integer PRIMARY KEY, app text, name text, applied text);"
            "INSERT INTO django_migrations (app, name, applied) VALUES ('releases', '0001_initial', '2026-11-01');"
        )
        result = manage(tmp_path, command, PORT=str(free_port()))
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    assert result.returncode == 1
    assert "Another version of the newsroom made this database (unknown migration releases.0001_initial)" in result.stderr
    assert "Traceback" not in result.stderr
    if command == "serve":
        assert result.stderr.count("\n") == 1, "one line"
    assert tables == [("django_migrations",)]


def test_production_is_clean_and_redirects_to_https_but_for_health(tmp_path):
    assert manage(tmp_path / "var", "check", "--deploy", "--fail-level", "WARNING", SITE_URL="https://news.example.org").returncode == 0
    with serving(tmp_path / "var", SITE_URL="https://news.example.org", TRUST_PROXY="1") as (address, _printed):
        page = ask(address, "/", Host="news.example.org", X_Forwarded_Proto="https")
        assert "includeSubDomains; preload" in page.headers["Strict-Transport-Security"]
        assert 'rel="canonical" href="https://news.example.org/"' in page.body
        redirect = ask(address, "/topics/", Host="news.example.org")
        assert (redirect.status, redirect.headers["Location"]) == (301, "https://news.example.org/topics/")
        assert ask(address, "/health/").status == 200


def test_without_trust_a_forged_header_is_not_believed(tmp_path):
    with serving(tmp_path / "var", SITE_URL="https://news.example.org") as (address, printed):
        assert "TRUST_PROXY is not set" in printed
        assert ask(address, "/", Host="news.example.org", X_Forwarded_Proto="https").status == 301


def test_a_host_that_is_not_ours_is_refused(tmp_path):
    with serving(tmp_path / "var") as (address, _printed):
        assert ask(address, "/", Host="evil.example.org").status == 400

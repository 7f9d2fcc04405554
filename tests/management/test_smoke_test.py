"""`manage.py smoke_test` with stand-ins for the server. `make upgrade` runs it."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from tempfile import TemporaryFile

import pytest
from django.core.management import CommandError

from releases.management.commands import smoke_test
from tests.factories import make_release


class Handler(BaseHTTPRequestHandler):
    """Answer each path with the status in it, and with the headers of the request."""

    def do_GET(self) -> None:
        self.send_response(int(self.path.strip("/")))
        self.end_headers()
        self.wfile.write(str(self.headers).encode())

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def port():
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_request_looks_like_one_from_the_proxy(port, settings):
    settings.SITE_URL, settings.HTTPS, settings.TRUST_PROXY = "https://news.example.org", True, True
    headers = smoke_test.request(port, "/200/")
    assert b"Host: news.example.org" in headers
    assert b"X-Forwarded-Proto: https" in headers


def test_any_other_answer_than_200_is_an_error(port, settings):
    with pytest.raises(CommandError, match=r"/503/ answers 503 instead of 200\."):
        smoke_test.request(port, "/503/")
    settings.HTTPS = True
    with pytest.raises(CommandError, match="set TRUST_PROXY=1"):
        smoke_test.request(port, "/301/")
    with pytest.raises(CommandError, match="can't be read"):
        smoke_test.request(smoke_test.find_free_port(), "/200/")


@pytest.mark.django_db
def test_pages_of_each_kind_and_a_stylesheet_are_requested(monkeypatch):
    release = make_release()
    requested = []

    def request(_port: int, path: str) -> bytes:
        requested.append(path)
        return b'<link rel="stylesheet" href="/static/newsroom.css">'

    @contextmanager
    def run_server(_port: int, _log: object):
        yield

    monkeypatch.setattr(smoke_test, "request", request)
    monkeypatch.setattr(smoke_test, "run_server", run_server)
    smoke_test.Command(stdout=StringIO()).handle()
    expected = {"/", "/es/", "/search/?q=CARECEN", "/es/buscar/?q=CARECEN", "/feed/", "/es/feed/"}
    expected |= {"/admin/login/", "/health/ready/", "/static/newsroom.css", release.get_absolute_url()}
    assert set(requested) == expected


def test_server_that_ends_is_an_error_with_its_last_lines(settings, tmp_path):
    (tmp_path / "manage.py").write_text("import sys; sys.exit('The reason.')")
    settings.BASE_DIR = tmp_path
    with (
        TemporaryFile() as log,
        pytest.raises(CommandError, match=r"The server doesn't start\.\nThe reason\."),
        smoke_test.run_server(smoke_test.find_free_port(), log),
    ):
        pytest.fail("The server has ended.")

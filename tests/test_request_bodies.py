"""Which requests may have a body, and how many bodies are read at the same time."""

import json
import threading
from io import BytesIO
from pathlib import Path

import pytest
from django.db import DataError, OperationalError

from releases import request_bodies
from releases.request_bodies import MAX_READERS, MAX_THREADS, limit_request_bodies

CASES = json.loads((Path(__file__).parent / "files" / "outages.json").read_text(encoding="utf-8"))


def application(environ, start_response):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("200 OK", [])
    return [body]


class SlowBody:
    """A body whose end is sent when `end` is set."""

    def __init__(self) -> None:
        self.is_read, self.end = threading.Event(), threading.Event()

    def read(self, size: int) -> bytes:
        self.is_read.set()
        assert self.end.wait(30)
        return b"x" * size


def send(limited, path="/admin/login/", body=None, **environ) -> tuple[int, bytes, dict[str, str]]:
    answer = {}

    def start_response(status, headers):
        answer["status"], answer["headers"] = int(status.split()[0]), dict(headers)

    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": path, "wsgi.input": body or BytesIO(b"")} | environ
    content = b"".join(limited(environ, start_response))
    return answer["status"], content, answer["headers"]


@pytest.mark.django_db
@pytest.mark.parametrize("case", CASES["request_bodies"])
def test_body_is_read_only_where_a_form_may_be_sent(case):
    body = BytesIO(case["sent"].encode())
    status, content, headers = send(
        limit_request_bodies(application),
        case["path"],
        body,
        REQUEST_METHOD=case["method"],
        **case["headers"],
    )
    expected = case["expected"]
    if isinstance(expected, int):
        assert status == expected
        assert headers["Cache-Control"] == "no-store"
    else:
        assert (status, content.decode()) == (200, "" if expected == "empty" else expected)
    if expected in ("empty", 411, 413):
        assert body.tell() == 0


def start_slow_requests(limited, count: int, path: str = "/admin/login/") -> list[SlowBody]:
    bodies = [SlowBody() for _number in range(count)]
    for body in bodies:
        threading.Thread(
            target=send, args=(limited, path, body), kwargs={"CONTENT_LENGTH": "1000"}, daemon=True
        ).start()
        assert body.is_read.wait(30)
    return bodies


@pytest.mark.parametrize("path", ["/admin/login/", "/admin/releases/release/add/", "/preview/x/"])
def test_half_sent_bodies_occupy_two_threads_and_others_are_refused_at_once(monkeypatch, path):
    monkeypatch.setattr(request_bodies, "MAX_WAIT_SECONDS", 0.05)
    limited = limit_request_bodies(application)
    bodies = start_slow_requests(limited, MAX_READERS, path)
    refused = SlowBody()
    for _time in range(50):
        status, content, headers = send(limited, path, refused, CONTENT_LENGTH="3")
        assert status == 503
        assert not refused.is_read.is_set()
    assert headers["Retry-After"]
    assert "what you typed is still there" in content.decode()
    assert send(limited, "/", refused, CONTENT_LENGTH="3")[0] == 200
    assert send(limited, path)[0] == 200  # no body, and a thread is free
    for body in bodies:
        body.end.set()


@pytest.mark.parametrize(
    ("language", "expected"), [("es-MX,es;q=0.9", "no se puede guardar"), ("en", "cannot save")]
)
def test_refused_autosave_gets_json(monkeypatch, language, expected):
    monkeypatch.setattr(request_bodies, "MAX_WAIT_SECONDS", 0.05)
    limited = limit_request_bodies(application)
    bodies = start_slow_requests(limited, MAX_READERS)
    accept = {"HTTP_ACCEPT": "application/json", "HTTP_ACCEPT_LANGUAGE": language}
    status, content, _headers = send(limited, body=BytesIO(b"abc"), CONTENT_LENGTH="3", **accept)
    assert status == 503
    assert expected in json.loads(content)["error"]
    for body in bodies:
        body.end.set()


def test_third_upload_waits_while_two_make_progress():
    limited, answers = limit_request_bodies(application), []
    bodies = start_slow_requests(limited, MAX_READERS)
    waiting = threading.Thread(
        target=lambda: answers.append(send(limited, body=BytesIO(b"abc"), CONTENT_LENGTH="3"))
    )
    waiting.start()
    for body in bodies:
        body.end.set()
    waiting.join(30)
    assert [(status, content) for status, content, _headers in answers] == [(200, b"abc")]


def test_threads_for_readers_stay_free_while_many_forms_are_handled():
    started, release = threading.Semaphore(0), threading.Event()

    def slow_application(environ, start_response):
        started.release()
        assert release.wait(30)
        return application(environ, start_response)

    limited = limit_request_bodies(slow_application)
    threads = [
        threading.Thread(target=send, args=(limited,), kwargs={"body": BytesIO(b"a"), "CONTENT_LENGTH": "1"})
        for _number in range(MAX_THREADS)
    ]
    for thread in threads:
        thread.start()
    for _thread in threads:
        assert started.acquire(timeout=30)
    assert send(limited, body=BytesIO(b"a"), CONTENT_LENGTH="1")[0] == 503
    status, content, _headers = send(limited)
    assert status == 503
    assert "Try again in a few seconds." in content.decode()
    release.set()
    for thread in threads:
        thread.join(30)
    assert send(limited, body=BytesIO(b"a"), CONTENT_LENGTH="1")[0] == 200


@pytest.mark.parametrize(
    ("error", "status"), [(OSError(28, "No space left on device"), 503), (OSError("reset"), 400)]
)
def test_body_that_cannot_be_stored_or_read_is_refused_and_frees_its_place(monkeypatch, error, status):
    class BrokenBody:
        def read(self, _size):
            raise error

    limited = limit_request_bodies(application)
    for _time in range(MAX_READERS + MAX_THREADS):
        assert send(limited, body=BrokenBody(), CONTENT_LENGTH="3")[0] == status
    assert send(limited, body=BytesIO(b"abc"), CONTENT_LENGTH="3")[:2] == (200, b"abc")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("length", "status"), [("3000000", 200), (str(request_bodies.MAX_UPLOAD_BYTES + 1), 413)]
)
def test_staff_may_upload_files_within_a_limit(publisher_client, length, status):
    class Zeros:
        def read(self, size):
            return b"0" * size

    cookie = f"x=1; sessionid={publisher_client.cookies['sessionid'].value}"
    limited = limit_request_bodies(application)
    sent = {"CONTENT_LENGTH": length, "HTTP_COOKIE": cookie}
    assert send(limited, "/admin/releases/photo/add/", Zeros(), **sent)[0] == status
    assert send(limited, "/preview/x/", Zeros(), **sent)[0] == 413


@pytest.mark.parametrize(("error", "status"), [(OperationalError("locked"), 200), (DataError("x"), 413)])
def test_upload_is_read_when_an_outage_prevents_the_check_of_the_session(monkeypatch, error, status):
    """The desk then says that the database can't be used."""

    class BrokenStore:
        def __init__(self, _key):
            pass

        def __contains__(self, _name):
            raise error

    monkeypatch.setattr(request_bodies, "SessionStore", BrokenStore)
    body = BytesIO(b"0" * 3_000_000)
    sent = {"CONTENT_LENGTH": "3000000", "HTTP_COOKIE": "sessionid=x"}
    assert send(limit_request_bodies(application), "/admin/", body, **sent)[0] == status

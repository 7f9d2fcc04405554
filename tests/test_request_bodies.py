"""Which requests may have a body, and how many bodies are read at the same time."""

import json
import threading
from io import BytesIO
from pathlib import Path

import pytest
from django.db import DataError, OperationalError
from django.http import HttpResponse

from releases import request_bodies
from releases.accounts.devices import remember_device
from releases.request_bodies import (
    APPROVAL_PREFIX,
    MAX_READERS,
    MAX_SIGN_IN_THREADS,
    MAX_SIGN_INS,
    MAX_THREADS,
    SIGN_IN_PATH,
    limit_request_bodies,
)
from tests.factories import make_user

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


def send(
    limited, path="/admin/releases/release/add/", body=None, **environ
) -> tuple[int, bytes, dict[str, str]]:
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
        threading.Thread(
            target=send,
            args=(limited,),
            kwargs={"path": "/preview/x/", "body": BytesIO(b"a"), "CONTENT_LENGTH": "1"},
        )
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


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_two_sign_ins_are_handled_at_once_and_others_wait(monkeypatch, method):
    """They share the interpreter lock with readers. Other pages of the desk don't wait for them."""
    started, release, statuses = threading.Semaphore(0), threading.Event(), []

    def slow_application(environ, start_response):
        started.release()
        assert environ["PATH_INFO"] != SIGN_IN_PATH or release.wait(30)
        return application(environ, start_response)

    limited = limit_request_bodies(slow_application)

    def sign_in():
        body = {"body": BytesIO(b"a"), "CONTENT_LENGTH": "1"} if method == "POST" else {}
        statuses.append(send(limited, SIGN_IN_PATH, REQUEST_METHOD=method, **body)[0])

    threads = [threading.Thread(target=sign_in) for _number in range(6)]
    for thread in threads:
        thread.start()
    assert started.acquire(timeout=30)
    assert started.acquire(timeout=30)
    assert not started.acquire(timeout=0.2)
    assert send(limited, "/admin/", REQUEST_METHOD="GET")[0] == 200
    release.set()
    for thread in threads:
        thread.join(30)
    assert statuses == [200] * 6


def test_known_device_does_not_wait_for_other_sign_ins(rf):
    started, release = threading.Semaphore(0), threading.Event()

    def slow_application(environ, start_response):
        started.release()
        assert environ.get("HTTP_COOKIE") or release.wait(30)
        return application(environ, start_response)

    limited = limit_request_bodies(slow_application)
    threads = [
        threading.Thread(target=send, args=(limited, SIGN_IN_PATH), kwargs={"REQUEST_METHOD": "GET"})
        for _number in range(MAX_SIGN_IN_THREADS)
    ]
    for thread in threads:
        thread.start()
    for _number in range(MAX_SIGN_INS):
        assert started.acquire(timeout=30)
    response = HttpResponse()
    remember_device(rf.get("/"), response, "ana")
    cookie = response.cookies["device"].OutputString().partition(";")[0]
    assert send(limited, SIGN_IN_PATH, REQUEST_METHOD="GET", HTTP_COOKIE=cookie)[0] == 200
    release.set()
    for thread in threads:
        thread.join(30)


@pytest.mark.django_db
def test_form_of_someone_who_is_not_signed_in_waits_like_a_sign_in(client, monkeypatch):
    monkeypatch.setattr(request_bodies, "MAX_SIGN_IN_THREADS", 0)
    limited, form = limit_request_bodies(application), {"CONTENT_LENGTH": "1"}
    assert send(limited, body=BytesIO(b"a"), HTTP_COOKIE="sessionid=invented0invented0", **form)[0] == 503
    assert (
        send(limited, f"{APPROVAL_PREFIX}x/", BytesIO(b"a"), **form)[0] == 200
    )  # by someone else than staff
    client.force_login(make_user())
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    assert send(limited, body=BytesIO(b"a"), HTTP_COOKIE=cookie, **form)[0] == 200


@pytest.mark.django_db
@pytest.mark.parametrize("other", ['hub={"a":"b c"}', "flag", "a=b=c", '"', "x=\\"])
def test_session_is_found_beside_an_unusual_cookie(client, monkeypatch, other):
    monkeypatch.setattr(request_bodies, "MAX_SIGN_IN_THREADS", 0)
    client.force_login(make_user())
    cookie = f"{other}; sessionid={client.cookies['sessionid'].value}"
    limited = limit_request_bodies(application)
    assert send(limited, body=BytesIO(b"a"), CONTENT_LENGTH="1", HTTP_COOKIE=cookie)[0] == 200


def test_failed_sign_in_is_answered_after_its_time_and_keeps_no_other_waiting(monkeypatch):
    monkeypatch.setattr(request_bodies, "MAX_SIGN_INS", 1)
    pauses, running = [], []
    monkeypatch.setattr(request_bodies.time, "sleep", lambda seconds: pauses.append((seconds, len(running))))

    def failing_application(environ, start_response):
        running.append(1)
        environ[request_bodies.ANSWER_AT] = request_bodies.time.monotonic() + 5
        response = application(environ, start_response)
        running.pop()
        return response

    send(limit_request_bodies(failing_application), SIGN_IN_PATH, REQUEST_METHOD="GET")
    assert [(4 < seconds <= 5, others) for seconds, others in pauses] == [(True, 0)]


def test_sign_in_that_waits_too_long_is_refused_with_advice(monkeypatch):
    monkeypatch.setattr(request_bodies, "MAX_SIGN_INS", 0)
    monkeypatch.setattr(request_bodies, "MAX_WAIT_SECONDS", 0.01)
    status, content, _headers = send(limit_request_bodies(application), SIGN_IN_PATH, REQUEST_METHOD="GET")
    assert (status, "Try again in a few seconds." in content.decode()) == (503, True)


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

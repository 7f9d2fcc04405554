"""The cache generation that readers get while the database doesn't answer."""

import threading
from types import SimpleNamespace

import pytest
from django.db import InterfaceError, OperationalError, connection, connections
from django.test import Client
from django.utils import timezone

from releases import caching
from releases.caching import generation
from tests.factories import make_release

pytestmark = pytest.mark.django_db


query_until_answered = generation._query_until_answered


@pytest.fixture(autouse=True)
def reset_outage(monkeypatch):
    """Let no thread query the database after its test: a query on a busy machine may seem given up."""
    monkeypatch.setattr(generation, "_query_until_answered", lambda: None)
    yield
    generation._probe = generation._failing_since = None


@pytest.fixture
def last(client):
    """Return the generation that was confirmed just before the outage."""
    make_release(headline="A ruling")
    client.get("/")
    return caching.get_last_known_generation()


def make_failing(monkeypatch, error=OperationalError) -> list[float]:
    """Let the query for the version fail. Return a list that grows with each query."""
    queries: list[float] = []

    def fail():
        queries.append(0.0)
        raise error

    monkeypatch.setattr(generation, "_read_version", fail)
    return queries


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_last_known_generation_is_used_while_the_query_fails(last, monkeypatch, error):
    queries = make_failing(monkeypatch, error)
    assert [caching.find_generation(timezone.now()) for _time in range(3)] == [last] * 3
    assert len(queries) == 3  # each reader tries, so that the first one after the outage gets a fresh page


def test_readers_do_not_wait_for_the_query_of_another_reader(last, monkeypatch):
    asked, answer = threading.Event(), threading.Event()

    def hang():
        asked.set()
        assert answer.wait(30)
        raise OperationalError

    monkeypatch.setattr(generation, "_read_version", hang)
    found: list[object] = []
    reader = threading.Thread(target=lambda: found.append(caching.find_generation(timezone.now())))
    reader.start()
    assert asked.wait(30)
    assert [caching.find_generation(timezone.now()) for _time in range(5)] == [last] * 5
    assert not found
    answer.set()
    reader.join(30)
    assert found == [last]


def test_reader_without_a_last_known_generation_gets_the_error(last, monkeypatch):
    generation._expire()
    make_failing(monkeypatch)
    with pytest.raises(OperationalError):
        caching.find_generation(timezone.now())


def test_thread_repeats_a_query_that_was_given_up(last, monkeypatch):
    """PostgreSQL may hang. Then readers don't query, and pages that are not cached are refused at once."""
    is_back, version = threading.Event(), last.version
    queries: list[str] = []

    def read_version():
        queries.append(threading.current_thread().name)
        if not is_back.is_set():
            raise OperationalError
        return version

    monkeypatch.setattr(generation, "_query_until_answered", query_until_answered)
    monkeypatch.setattr(generation, "connection", SimpleNamespace(vendor="postgresql", close=lambda: None))
    monkeypatch.setattr(generation, "limit_waiting", lambda _seconds: threading.Lock())
    monkeypatch.setattr(generation, "MAX_WAIT_SECONDS", -1.0)
    monkeypatch.setattr(generation, "PROBE_SECONDS", 0.01)
    monkeypatch.setattr(generation, "_read_version", read_version)
    assert caching.find_generation(timezone.now()) is last
    assert caching.is_database_down()
    probe = generation._probe
    for _time in range(5):
        assert caching.find_generation(timezone.now()) is last
    assert queries.count(threading.current_thread().name) == 1
    generation._expire_local()
    with pytest.raises(OperationalError):
        caching.find_generation(timezone.now())
    is_back.set()
    probe.join(30)
    assert not caching.is_database_down()
    assert caching.find_generation(timezone.now()) is last


@pytest.mark.parametrize(("seconds", "is_down"), [(0.0, False), (0.9, False), (1.1, True), (60.0, True)])
def test_locked_sqlite_database_counts_as_down_after_a_second(last, monkeypatch, seconds, is_down):
    monkeypatch.setattr(generation, "connection", SimpleNamespace(vendor="sqlite"))
    monkeypatch.setattr(generation, "limit_waiting", lambda _seconds: threading.Lock())
    with monkeypatch.context() as outage:
        make_failing(outage)
        assert caching.find_generation(timezone.now()) is last
        generation._failing_since -= seconds
        assert caching.is_database_down() is is_down
    monkeypatch.setattr(generation, "_read_version", lambda: last.version)
    assert caching.find_generation(timezone.now()) is last
    assert not caching.is_database_down()


@pytest.mark.parametrize(
    ("path", "is_down", "expected"),
    [
        ("/", False, "public"),
        ("/", True, "no wait"),
        ("/photos/x/1.jpg", True, "no wait"),
        ("/preview/x/", True, "no wait"),
        ("/admin/login/", False, "admin"),
        ("/admin/login/", True, "admin while down"),
    ],
)
def test_readers_wait_less_than_editors_and_not_at_all_during_an_outage(monkeypatch, path, is_down, expected):
    from releases import middleware

    limits: list[float] = []

    class Recorder:
        def __init__(self, seconds):
            limits.append(seconds)

        __enter__ = __exit__ = lambda *_args: None

    monkeypatch.setattr(middleware, "limit_waiting", Recorder)
    monkeypatch.setattr(caching, "is_database_down", lambda: is_down)
    Client().get(path)
    names = {
        "public": middleware.PUBLIC_SECONDS,
        "admin": middleware.ADMIN_SECONDS,
        "admin while down": middleware.MIN_STATEMENT_SECONDS,
        "no wait": middleware.NO_WAIT,
    }
    assert limits == [names[expected]]
    assert names["no wait"] < names["public"] < names["admin"] < 5


def test_generation_is_not_used_if_it_was_not_confirmed_just_before_the_outage(last, monkeypatch):
    """Another machine may have withdrawn something in between."""
    generation._last_confirmed_at -= generation.MAX_UNCONFIRMED_SECONDS + 0.5
    make_failing(monkeypatch)
    with pytest.raises(OperationalError):
        caching.find_generation(timezone.now())


def test_generation_is_not_used_after_a_change_by_another_process(last, monkeypatch):
    make_failing(monkeypatch)
    assert caching.find_generation(timezone.now()) is last
    generation._get_mark_path().write_bytes(b"another process withdrew something")
    with pytest.raises(OperationalError):
        caching.find_generation(timezone.now())


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), PermissionError(13, "Permission denied")]
)
def test_mark_that_cannot_be_written_prevents_no_change(monkeypatch, error):
    class BrokenPath:
        def write_bytes(self, *_content):
            raise error

        read_bytes = write_bytes

    release = make_release()
    monkeypatch.setattr(generation, "_get_mark_path", BrokenPath)
    release.headline = "A change"
    release.save()
    assert generation._read_change_mark() == b""


def test_thread_confirms_the_generation_without_readers(monkeypatch):
    confirmed = threading.Event()
    found = []

    def find(at):
        found.append(at)
        if len(found) == 1:
            raise OperationalError
        confirmed.set()
        threading.Event().wait()  # the thread stays here until the process ends

    monkeypatch.setattr(generation, "HEARTBEAT_SECONDS", 0.01)
    monkeypatch.setattr(generation, "find_generation", find)
    caching.confirm_regularly()
    assert confirmed.wait(30)
    assert len(found) == 2


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server")
def test_thread_without_requests_replaces_a_connection_that_the_server_ended(last):
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    other.close()
    generation._expire_local()
    generation.confirm_generation()
    assert caching.get_last_known_generation() == last

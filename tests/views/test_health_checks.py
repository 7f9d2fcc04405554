"""The health checks of a monitor."""

import threading
import time
import tomllib
from types import SimpleNamespace

import pytest
from django.db import InterfaceError, OperationalError
from django.db.migrations.recorder import MigrationRecorder

import carecen_news
from releases.models import CacheInvalidation
from releases.views import health_checks as health
from tests.test_database import CASES, make_error
from tests.views import get_response


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_healthy_newsroom(client):
    assert get_response(client, "/health/").content == b"ok\n"
    assert get_response(client, "/health/live/").content == b"ok\n"
    response = get_response(client, "/health/ready/")
    assert (response.content, response["Cache-Control"]) == (b"ok\n", "no-store")
    assert not CacheInvalidation.objects.filter(value=0).exists()


@pytest.mark.parametrize("url", ["/health/live", "/health/ready"])
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_monitor_that_leaves_out_the_last_slash_is_answered_without_a_redirect(client, settings, url):
    settings.SECURE_SSL_REDIRECT = True
    assert get_response(client, url).content == b"ok\n"


def test_version_is_that_of_the_package(settings):
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]
    assert project["version"] == carecen_news.__version__


def fail_with(monkeypatch, name: str, error: BaseException) -> None:
    def fail():
        raise error

    fail.__name__ = name
    monkeypatch.setattr(health, name, fail)


@pytest.mark.parametrize("case", CASES["errors"])
@pytest.mark.parametrize(
    ("url", "check"), [("/health/", "check_database_readable"), ("/health/ready/", "check_database_writable")]
)
@pytest.mark.django_db
def test_outage_is_reported_with_503_and_its_reason_in_the_log_only(
    client, monkeypatch, caplog, url, check, case
):
    monkeypatch.setattr(health, "check_migrations", lambda: None)
    fail_with(monkeypatch, check, make_error(*case[:3]))
    assert get_response(client, url, 503).content == b"not ready\n"
    assert case[3] in caplog.text
    assert get_response(client, "/health/live/").content == b"ok\n"


@pytest.mark.parametrize("error", [OperationalError, InterfaceError, OSError])
@pytest.mark.parametrize("check", ["check_migrations", "check_disk"])
def test_other_checks_still_run_after_one_failed(client, monkeypatch, error, check):
    calls = []
    for name in ("check_database_writable", "check_migrations", "check_disk"):
        monkeypatch.setattr(health, name, lambda: calls.append(1))
    fail_with(monkeypatch, check, error("x"))
    get_response(client, "/health/ready/", 503)
    assert len(calls) == 2


@pytest.mark.parametrize(
    ("url", "name"), [("/health/", "check_database_readable"), ("/health/ready/", "check_disk")]
)
def test_check_that_hangs_is_left_alone_and_shared(client, monkeypatch, caplog, url, name):
    end, started = threading.Event(), []

    def hang():
        started.append(threading.current_thread())
        end.wait(30)

    for other in ("check_database_writable", "check_migrations"):
        monkeypatch.setattr(health, other, lambda: None)
    monkeypatch.setattr(health, name, hang)
    monkeypatch.setattr(health, "MAX_SECONDS", 0.1)
    try:
        for _time in range(5):
            before = time.monotonic()
            get_response(client, url, 503)
            assert time.monotonic() - before < 10
            assert "a check didn't end in time" in caplog.text
        assert len(started) == 1
    finally:
        end.set()


def test_health_check_does_not_wait_while_the_database_is_down(client, monkeypatch):
    monkeypatch.setattr(health, "is_database_down", lambda: True)
    monkeypatch.setattr(health, "check_database_readable", None)
    assert get_response(client, "/health/", 503).content == b"not ready\n"
    assert get_response(client, "/health/live/").content == b"ok\n"


@pytest.mark.parametrize(
    ("free", "status"), [(0, 503), (199 * 2**20, 503), (200 * 2**20, 200), (10**12, 200)]
)
def test_full_disk_is_not_ready(client, monkeypatch, free, status):
    for name in ("check_database_writable", "check_migrations"):
        monkeypatch.setattr(health, name, lambda: None)
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _path: SimpleNamespace(free=free))
    get_response(client, "/health/ready/", status)


@pytest.mark.django_db
def test_missing_migration_is_named(monkeypatch):
    newest = MigrationRecorder.Migration.objects.filter(app="releases").latest("name")
    newest.delete()
    with pytest.raises(health.NotHealthy, match=f"releases.{newest.name} is missing"):
        health.check_migrations()


def test_slowest_answer_takes_less_than_three_seconds():
    assert health.DATABASE_SECONDS < health.MAX_SECONDS < 3

"""Checks of the settings."""

import re
from pathlib import Path

import pytest
from django.core import checks
from redis import RedisError

from releases.diagnosis import configuration

ROOT = Path(__file__).resolve().parents[2]
HTTPS = {
    "HTTPS": True,
    "SITE_URL": "https://news.example.org",
    "TRUST_PROXY": True,
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 2 * 365 * 24 * 60 * 60,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
}


@pytest.mark.parametrize(
    ("values", "level", "text"),
    [
        ({"HTTPS": False, "SITE_URL": "http://127.0.0.1:8000"}, "ok", "without HTTPS"),
        (HTTPS, "ok", "HSTS for 730 days"),
        (HTTPS | {"TRUST_PROXY": False}, "warning", "TRUST_PROXY is not set"),
        (HTTPS | {"SECURE_HSTS_SECONDS": 0}, "error", "SECURE_HSTS_SECONDS"),
        (HTTPS | {"SESSION_COOKIE_SECURE": False}, "error", "SESSION_COOKIE_SECURE"),
        (HTTPS | {"CSRF_COOKIE_SECURE": False}, "error", "CSRF_COOKIE_SECURE"),
        (HTTPS | {"SECURE_SSL_REDIRECT": False}, "error", "SECURE_SSL_REDIRECT"),
    ],
)
def test_https(settings, values, level, text):
    for name, value in values.items():
        setattr(settings, name, value)
    finding = configuration.check_https()
    assert (finding.level, text in finding.found) == (level, True)


@pytest.mark.parametrize(
    ("hosts", "level"),
    [
        (["news.example.org", "localhost"], "ok"),
        ([".example.org"], "ok"),
        (["example.org", "localhost"], "error"),
    ],
)
def test_allowed_hosts(settings, hosts, level):
    settings.SITE_HOST, settings.ALLOWED_HOSTS = "news.example.org", hosts
    assert configuration.check_allowed_hosts().level == level


@pytest.mark.parametrize(
    ("messages", "level"),
    [
        ([], "ok"),
        ([checks.Info("x")], "ok"),
        ([checks.Warning("a flaw")], "error"),
        ([checks.Error("a flaw")], "error"),
    ],
)
def test_system_checks(monkeypatch, messages, level):
    monkeypatch.setattr(configuration, "run_checks", lambda **_options: messages)
    finding = configuration.check_system()
    assert (finding.level, "a flaw" in finding.found) == (level, level == "error")


@pytest.mark.parametrize(("workers", "level"), [(1, "ok"), (4, "ok"), (5, "warning")])
def test_workers(settings, monkeypatch, workers, level):
    settings.WORKERS = workers
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    assert configuration.check_workers().level == level


@pytest.mark.parametrize(
    ("url", "error", "level"),
    [("", None, None), ("redis://x", None, "ok"), ("redis://x", RedisError("no answer"), "warning")],
)
def test_redis(settings, monkeypatch, url, error, level):
    class Cache:
        def set(self, _key, _value, _seconds):
            if error:
                raise error

    settings.CACHE_URL = url
    monkeypatch.setattr(configuration, "caches", {"shared": Cache()})
    finding = configuration.check_redis()
    assert (finding and finding.level) == level
    assert not error or "no answer" in finding.found


def test_settings_are_listed_by_name_without_their_values(monkeypatch):
    for name in configuration.SETTING_NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SECRET_KEY", "swordfish")
    monkeypatch.setenv("WORKERS", " ")
    found = configuration.check_settings().found
    assert found.startswith("Settings: SECRET_KEY. With their default: DATA_DIR, ")
    assert ("swordfish" in found, "WORKERS" in found) == (False, True)


def test_every_setting_is_listed():
    documented = re.findall(
        r"^\| `([A-Z_]+)` \|", (ROOT / "docs/reference/settings.md").read_text(), re.MULTILINE
    )
    assert {*documented} - {"TEST_DATABASE_URL"} == {*configuration.SETTING_NAMES}

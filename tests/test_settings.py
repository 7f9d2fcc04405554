"""Settings for SQLite, secrets and the shared cache. tests/e2e/test_serve.py tests invalid settings."""

import os
import pickle
import stat
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from redis.exceptions import DataError

from carecen_news import settings
from carecen_news.data_folder import refuse_unfinished_upgrade
from carecen_news.database_url import POSTGRESQL_OPTIONS, read_database_url, read_owner_url
from carecen_news.security_contact import get_contact_url
from carecen_news.serializers import JSONSerializer


@pytest.mark.parametrize(
    ("version", "wal"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
    ],
)
def test_wal_is_used_only_with_safe_sqlite_versions(version, wal):
    pragmas = settings.sqlite_pragmas(version)
    assert ("journal_mode=WAL" in pragmas) is wal
    assert ("synchronous=EXTRA" in pragmas) is not wal
    assert "mmap_size=0" in pragmas


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own settings")
def test_sqlite_pragmas_are_applied():
    with connection.cursor() as cursor:
        values = [
            cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "mmap_size", "foreign_keys")
        ]
    assert values[0] in ("delete", "wal")
    assert values[1] in (2, 3)
    assert values[3] == 1
    assert connection.transaction_mode == "IMMEDIATE"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_loopback_host_is_recognized(host):
    assert settings.is_loopback(host)


@pytest.mark.parametrize("host", ["news.example.org", "10.0.0.1", "0.0.0.0", "localhost.example.org"])
def test_other_host_is_not_loopback(host):
    assert not settings.is_loopback(host)


@pytest.mark.parametrize("origin", ["https://a.org", "http://127.0.0.1:8000", "https://[::1]:8443"])
def test_origin_of_scheme_and_host_is_accepted(origin):
    assert settings.is_origin(origin)


@pytest.mark.parametrize(
    "origin",
    [
        "a.org",
        "https://",
        "https://a.org/x",
        "https://u@a.org",
        "https://a.org?x",
        "https://a.org:99999",
        "https://a.org:x",
    ],
)
def test_invalid_origin_is_rejected(origin):
    assert not settings.is_origin(origin)


@pytest.mark.parametrize(
    ("contact", "url"),
    [
        ("", ""),
        (" ", ""),
        ("security@example.org", "mailto:security@example.org"),
        (" security@example.org ", "mailto:security@example.org"),
        ("first.last+news@example.org", "mailto:first.last+news@example.org"),
        ("a%b@example.org", "mailto:a%25b@example.org"),
        ("mailto:security@example.org", "mailto:security@example.org"),
        ("mailto:security@example.org?subject=News", "mailto:security@example.org?subject=News"),
        ("https://example.org/security", "https://example.org/security"),
        ("https://example.org:8443/a?b=c#d", "https://example.org:8443/a?b=c#d"),
    ],
)
def test_security_contact_becomes_a_url(contact, url):
    assert get_contact_url(contact) == url


@pytest.mark.parametrize(
    "contact",
    [
        "security",
        "@example.org",
        "security@",
        "security@example.org, it@example.org",
        "security@example.org?subject=News",
        "seguridad@españa.example",
        "mailto:",
        "mailto:security",
        "mailto:security@example.org?subject=a b",
        "mailto:security@example.org\nPolicy: https://evil.example",
        "mailto:security@example.org?subject=a\nExpires:never",
        "http://example.org/security",
        "https://",
        "https://example.org/a b",
        "https://example.org/\nContact: mailto:evil@example.org",
        "tel:+1-213-555-0100",
        "javascript:alert(1)",
    ],
)
def test_invalid_security_contact_is_rejected_with_a_sentence(contact):
    with pytest.raises(ImproperlyConfigured) as error:
        get_contact_url(contact)
    assert str(error.value) == (
        f"SECURITY_CONTACT is “{contact}”. It must be an email address, or a URL that begins with https:// "
        "or mailto:."
    )


def test_secret_key_is_created_once_and_readable_only_by_its_owner(tmp_path):
    path = tmp_path / "secret_key"
    key = settings.get_secret_key(path)
    assert len(key) >= 50
    assert settings.get_secret_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_empty_secret_key_file_is_rejected(tmp_path):
    path = tmp_path / "secret_key"
    path.touch()
    with pytest.raises(ImproperlyConfigured, match="is empty"):
        settings.get_secret_key(path)


def test_secret_key_is_created_after_a_crash_left_temporary_files(tmp_path):
    path = tmp_path / "secret_key"
    (tmp_path / f".secret_key.{os.getpid()}").touch()
    assert len(settings.get_secret_key(path)) >= 50


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path.write_bytes(b"\xff\xfe"), "it isn't text"),
        (lambda path: path.mkdir(), "Is a directory"),
        (lambda path: path.symlink_to("/proc/nowhere"), "No such file or directory"),
    ],
)
def test_secret_key_that_cannot_be_used_is_one_sentence(tmp_path, make, reason):
    path = tmp_path / "secret_key"
    make(path)
    with pytest.raises(ImproperlyConfigured) as error:
        settings.get_secret_key(path)
    assert str(error.value).startswith(
        f"The secret key {path} can't be written or read ({reason}). Make DATA_DIR"
    )


@pytest.mark.parametrize(
    ("address", "hosts", "ports"),
    [
        ("one:1,two:2", "one,two", "1,2"),
        ("one,two:5433", "one,two", "5432,5433"),
        ("[::1]:5432,10.0.0.2", "::1,10.0.0.2", "5432,5432"),
        ("one", "one", ""),
    ],
)
def test_database_may_have_several_hosts(address, hosts, ports):
    url = f"postgres://u:a%2Cb@{address}/news?target_session_attrs=read-write"
    config = read_database_url("DATABASE_URL", url)
    assert (config["HOST"], config["PORT"], config["PASSWORD"]) == (hosts, ports, "a,b")
    assert config["OPTIONS"] == POSTGRESQL_OPTIONS | {"target_session_attrs": "read-write"}


@pytest.mark.parametrize("address", ["one:1,two:x", "one,,two", "[::1,two", "one:99999999,two"])
def test_invalid_list_of_hosts_is_rejected(address):
    with pytest.raises(ImproperlyConfigured, match=r"DATABASE_URL isn't valid\. It must be postgres://"):
        read_database_url("DATABASE_URL", f"postgres://u:p@{address}/news")


def test_owner_must_own_the_same_database():
    database = read_database_url("DATABASE_URL", "postgres://web:p@pooler:6432/news")
    assert read_owner_url("", database) is None
    owner = read_owner_url("postgres://owner:p@server/news", database)
    assert owner
    assert (owner["USER"], owner["HOST"]) == ("owner", "server")
    sqlite = read_database_url("DATABASE_URL", "sqlite:////srv/news.sqlite3")
    for url, other in (
        ("postgres://owner:p@server/other", database),
        ("sqlite:////srv/news.sqlite3", sqlite),
    ):
        with pytest.raises(ImproperlyConfigured, match="the same PostgreSQL database"):
            read_owner_url(url, other)


def test_shared_cache_stores_json_and_never_unpickles():
    serializer = JSONSerializer()
    assert serializer.dumps(3) == 3  # Redis increments it
    assert serializer.loads(b"3") == 3
    assert serializer.loads(serializer.dumps({"until": [1, "mañana"]})) == {"until": [1, "mañana"]}
    for wrong in (pickle.dumps("anything"), b"[" * 100_000):
        with pytest.raises(DataError):
            serializer.loads(wrong)
    with pytest.raises(TypeError):
        serializer.dumps(object())


def test_cache_url_configures_only_the_shared_cache():
    code = """
import django
django.setup()
from django.core.cache import caches
shared = caches["shared"]
print(*(type(x).__name__ for x in (caches["default"], shared, shared._cache._serializer)))
"""
    environment = os.environ | {
        "CACHE_URL": "redis://127.0.0.1:6379/0",
        "DJANGO_SETTINGS_MODULE": "carecen_news.settings",
    }
    printed = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert printed.stdout.split() == ["LocMemCache", "RedisCache", "JSONSerializer"]


def test_newsroom_is_not_used_during_an_upgrade(tmp_path, monkeypatch):
    refuse_unfinished_upgrade(tmp_path)
    (tmp_path / ".upgrade").mkdir()
    (tmp_path / ".upgrade" / "journal.json").touch()
    with pytest.raises(ImproperlyConfigured, match="run make upgrade, which goes back"):
        refuse_unfinished_upgrade(tmp_path)
    monkeypatch.setenv("UPGRADING", "1")
    refuse_unfinished_upgrade(tmp_path)

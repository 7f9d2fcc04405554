"""Read the settings of a database from its URL, also one of PostgreSQL with several hosts."""

import re
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

FORM = "It must be postgres://user:password@host/name or sqlite:////folder/file."
HOST = re.compile(r"(?:\[(?P<ipv6>[0-9a-fA-F:.]+)\]|(?P<name>[^:\[\]]+))(?::(?P<port>[0-9]{1,5}))?")
# Seconds until a command gives up a server that is gone: while it connects, while the connection is idle or
# waits for an answer, and while it sends (milliseconds). A server process has shorter limits of its own.
POSTGRESQL_OPTIONS = {
    "connect_timeout": 3,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


def read_database_url(name: str, url: str) -> dict[str, Any]:
    """Return Django's settings for the database at `url`, the value of the variable `name`."""
    scheme = url.partition(":")[0]
    if url.partition("://")[0] not in {"sqlite", "postgres", "postgresql"}:
        raise ImproperlyConfigured(
            f"{name} begins with “{scheme}”. {FORM} Leave it empty for a database in DATA_DIR."
        )
    try:
        config: dict[str, Any] = environ.Env.db_url_config(url)
        if scheme != "sqlite" and "," in (hosts := urlsplit(url).netloc.rpartition("@")[2]):
            config |= split_hosts(hosts)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} isn't valid. {FORM}") from error
    if config["NAME"] in ("", ":memory:"):
        raise ImproperlyConfigured(f"{name} has no database name. {FORM}")
    if scheme != "sqlite":
        config["OPTIONS"] = POSTGRESQL_OPTIONS | config.get("OPTIONS", {})
        config["CONN_HEALTH_CHECKS"] = True
    config["CONN_MAX_AGE"] = 60
    return config


def split_hosts(hosts: str) -> dict[str, str]:
    """Return host names and ports as libpq expects them: two lists of the same length.

    django-environ leaves out ports that are missing, and the others would then belong to other hosts.
    """
    matches = [HOST.fullmatch(host) for host in hosts.split(",")]
    if not all(matches):
        raise ValueError(f"invalid hosts: {hosts}")
    names = [match["ipv6"] or match["name"] for match in matches if match]
    return {"HOST": ",".join(names), "PORT": ",".join(match["port"] or "5432" for match in matches if match)}


def read_owner_url(url: str, database: dict[str, Any]) -> dict[str, Any] | None:
    """Return Django's settings for connections of the owner of `database`, or None if there is no `url`."""
    if not url:
        return None
    owner = read_database_url("DATABASE_OWNER_URL", url)
    if any(owner[key] != database[key] for key in ("ENGINE", "NAME")) or "sqlite" in owner["ENGINE"]:
        raise ImproperlyConfigured(
            "DATABASE_OWNER_URL must name the same PostgreSQL database as DATABASE_URL, with another user. "
            "Leave it empty if there is only one user, or for SQLite."
        )
    return owner

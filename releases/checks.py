"""System checks of the machine and the database, in addition to Django's own."""

import importlib.util
import stat
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


@register(Tags.database)
def check_psycopg2(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse psycopg 3.

    Django silently prefers it if both are installed, and the newsroom is tested with psycopg2.
    """
    if importlib.util.find_spec("psycopg") is None:
        return []
    return [
        Error(
            "psycopg 3 is installed, and Django would use it instead of psycopg2.",
            hint="pip uninstall psycopg",
            id="releases.E001",
        )
    ]


@register(Tags.security, deploy=True)
def check_secret_key(**_kwargs: Any) -> list[CheckMessage]:
    path = settings.DATA_DIR / "secret_key"
    if not path.exists() or not stat.S_IMODE(path.stat().st_mode) & 0o077:
        return []
    return [
        Error(
            f"Others on this machine can read the secret key {path}.",
            hint=f"chmod 600 {path}",
            id="releases.E002",
        )
    ]


def find_unknown_migrations() -> list[str]:
    """Return the migrations that the database has and this code does not have, like “releases.0001_initial”.

    They come from another version of the newsroom. The list is empty for a new database, and for one that
    cannot be reached.
    """
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except DatabaseError:
        return []
    unknown = applied.keys() - loader.disk_migrations.keys()
    return sorted(f"{app}.{name}" for app, name in unknown if app in loader.migrated_apps)


def format_version_error(unknown: list[str]) -> str:
    """Return the error for a database with `unknown` migrations."""
    return (
        f"Another version of the newsroom made this database (unknown migration {unknown[0]}), so nothing "
        "was changed. Run that version, or set DATA_DIR to a new folder or DATABASE_URL to a new database."
    )


@register(Tags.database)
def check_database_version(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse a database of another version, in which `migrate` would try to create tables that exist."""
    unknown = find_unknown_migrations()
    return [Error(format_version_error(unknown), id="releases.E003")] if unknown else []

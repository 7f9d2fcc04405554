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


def find_version_error() -> str:
    """Return the error for a database of another version of the newsroom, or "".

    It has migrations that this code does not have. It is newer if it also has all migrations of this code.
    There is no error for a new database, and for one that cannot be reached.
    """
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except DatabaseError:
        return ""
    unknown = sorted(
        key for key in applied.keys() - loader.disk_migrations.keys() if key[0] in loader.migrated_apps
    )
    if not unknown:
        return ""
    apps = {app for app, _name in unknown}
    is_newer = all(key in applied for key in loader.disk_migrations if key[0] in apps)
    return (
        f"This database was made by {'a newer' if is_newer else 'another'} version of the newsroom (unknown "
        f"migration {'.'.join(unknown[0])}), so nothing was changed. {'Install' if is_newer else 'Run'} that "
        "version, or set DATA_DIR to a new folder or DATABASE_URL to a new database."
    )


@register(Tags.database)
def check_database_version(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse a database of another version, in which `migrate` would try to create tables that exist."""
    error = find_version_error()
    return [Error(error, id="releases.E003")] if error else []


def format_database_error(error: DatabaseError) -> str:
    """Return a sentence that says what is wrong with the database and what to do."""
    text = " ".join(str(error).split())
    if "no such table" in text or "does not exist" in text:
        advice = "Check DATABASE_URL and DATA_DIR. A new database is set up by make run."
    elif "full" in text or "No space left" in text:
        advice = "Free some disk space, then start again."
    else:
        advice = "Check DATABASE_URL and DATA_DIR, and that you may read and write the database."
    return f"The database can't be used ({text}). {advice}"

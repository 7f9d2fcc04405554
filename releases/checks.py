"""What must be true of a machine before the newsroom runs on it, beyond Django's own checks."""

import importlib.util
import stat
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


@register(Tags.database)
def only_psycopg2(**_kwargs: Any) -> list[CheckMessage]:
    """Django prefers psycopg 3 without a word when both are installed; the newsroom is tested on 2."""
    if importlib.util.find_spec("psycopg") is None:
        return []
    return [Error("psycopg 3 is installed, and Django would use it instead of psycopg2.", hint="pip uninstall psycopg", id="releases.E001")]


@register(Tags.security, deploy=True)
def secret_key_is_private(**_kwargs: Any) -> list[CheckMessage]:
    path = settings.DATA_DIR / "secret_key"
    if not path.exists() or not stat.S_IMODE(path.stat().st_mode) & 0o077:
        return []
    return [Error(f"Others on this machine can read the secret key {path}.", hint=f"chmod 600 {path}", id="releases.E002")]


def unknown_migrations() -> list[str]:
    """Return the migrations that the database records and this code does not have, like “releases.0001_initial”.

    Another version of the newsroom made such a database. The list is empty for a new database, and for one that cannot be reached.
    """
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except DatabaseError:
        return []
    unknown = applied.keys() - loader.disk_migrations.keys()
    return sorted(f"{app}.{name}" for app, name in unknown if app in loader.migrated_apps)


def wrong_database(unknown: list[str]) -> str:
    """Return the sentence that refuses a database with `unknown` migrations."""
    return (
        f"Another version of the newsroom made this database (unknown migration {unknown[0]}), so nothing was changed: "
        "run that version, or name a new folder in DATA_DIR or a new database in DATABASE_URL."
    )


@register(Tags.database)
def database_is_of_this_version(**_kwargs: Any) -> list[CheckMessage]:
    """`migrate` would otherwise try to create tables that exist."""
    unknown = unknown_migrations()
    return [Error(wrong_database(unknown), id="releases.E003")] if unknown else []

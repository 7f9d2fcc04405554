"""Checks of the database itself: whether it can be used, its file, its migrations and the search index."""

import sqlite3
from pathlib import Path

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carecen_news.sqlite import is_wal_safe
from releases import search
from releases.checks import find_version_error
from releases.database import describe_outage, limit_waiting, try_writing
from releases.database_roles import find_rights
from releases.diagnosis.findings import Finding, error, ok, warning
from releases.models import Release

MAX_SECONDS = 5.0  # that the checks wait for the database
MAX_CHECKED_BYTES = 500 * 2**20  # a larger file would be read for too long


def check_database() -> Finding:
    """Check that the database can be read. A missing SQLite file is not created."""
    try:
        with limit_waiting(MAX_SECONDS):
            connection.introspection.table_names()
            version, size = get_version(), filesizeformat(get_size())
    except Error as exc:
        return error(
            _("The database can't be used (%(reason)s), so nothing in it was checked.")
            % {"reason": " ".join(str(exc).split())},
            _(
                "Check DATABASE_URL and DATA_DIR, and that the database is running. If its file is damaged "
                "or missing, restore a backup: %(doc)s."
            )
            % {"doc": "docs/how-to/backup.md"},
        )
    where = settings.DATABASES["default"]
    return ok(
        _("The database is %(version)s, %(name)s, with %(size)s.")
        % {"version": version, "name": where.get("HOST") or where["NAME"], "size": size}
    )


def check_journal() -> Finding | None:
    """Check the journal mode of SQLite. carecen_news/sqlite.py gives the reason for it."""
    if connection.vendor != "sqlite":
        return None
    mode, wal_is_safe = fetch_value("PRAGMA journal_mode"), is_wal_safe(sqlite3.sqlite_version_info[:3])
    values = {"version": sqlite3.sqlite_version, "mode": str(mode).upper()}
    if mode != ("wal" if wal_is_safe else "delete"):
        return warning(
            _("The journal of the database has the mode %(mode)s, which doesn't fit SQLite %(version)s.")
            % values,
            _("Stop everything that uses the database, then start the newsroom again."),
        )
    if wal_is_safe:
        return ok(_("The journal of the database has the mode WAL, the faster one.") % values)
    return ok(
        _(
            "The journal of the database has the mode DELETE, because SQLite %(version)s could damage the "
            "database in WAL mode. It is safe, and a little slower."
        )
        % values
    )


def check_integrity() -> Finding | None:
    if connection.vendor != "sqlite":
        return None
    if get_size() > MAX_CHECKED_BYTES:
        return ok(_("The database is too large to be checked for damage here. PRAGMA quick_check does it."))
    result = fetch_value("PRAGMA quick_check(1)")
    if result == "ok":
        return ok(_("The file of the database is not damaged."))
    return error(
        _("The file of the database is damaged: %(result)s") % {"result": result},
        _("Stop the newsroom, keep a copy of the file, and restore a backup: %(doc)s.")
        % {"doc": "docs/how-to/backup.md"},
    )


def check_migrations() -> Finding:
    """Check that the database has exactly the migrations of this code."""
    if find_version_error():
        return error(
            _(
                "The database was made by a newer or another version of the newsroom. Its content was not "
                "checked."
            ),
            _("Install the version that made it, or restore a backup of this version."),
        )
    executor = MigrationExecutor(connection)
    if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        migration = plan[0][0]
        return error(
            ngettext(
                "The database lacks %(count)s migration: %(name)s. Its content was not checked.",
                "The database lacks %(count)s migrations, first %(name)s. Its content was not checked.",
                len(plan),
            )
            % {"count": len(plan), "name": f"{migration.app_label}.{migration.name}"},
            _("Stop the newsroom and start it with make run, which migrates the database."),
        )
    return ok(_("All migrations of the database are applied."))


def check_writing() -> Finding:
    """Check that the database can be written. The row is not kept."""
    try:
        try_writing()
    except Error as exc:
        return error(
            _("The database can't be written (%(reason)s).") % {"reason": exc}, str(describe_outage(exc))
        )
    return ok(_("The database can be written."))


def check_roles() -> Finding | None:
    """Check that the server's role on PostgreSQL can't change tables."""
    if connection.vendor == "sqlite" or not settings.HTTPS:
        return None
    if not find_rights().may_change_tables:
        return ok(_("The user of DATABASE_URL can write rows, and can't change or drop tables."))
    return warning(
        _("The user of DATABASE_URL can change and drop tables."),
        _("The server needs no such right. Give it a user of its own: %(doc)s.")
        % {"doc": "docs/how-to/postgresql.md"},
    )


def check_search_index() -> Finding:
    count, indexed = Release.objects.count(), search.count_releases()
    found = _("The search index has %(indexed)s of %(count)s releases.") % {
        "indexed": max(indexed, 0),
        "count": count,
    }
    advice = _("The search misses releases or shows removed ones. Run: %(command)s") % {
        "command": ".venv/bin/python manage.py rebuild_search"
    }
    if count and search.is_outdated():
        return error(found, advice)
    return ok(found) if indexed == count else warning(found, advice)


def get_version() -> str:
    if connection.vendor == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    return f"PostgreSQL {fetch_value('SHOW server_version')}"


def get_size() -> int:
    """Return the size of the database in bytes."""
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        return sum(file.stat().st_size for file in (path, Path(f"{path}-wal")) if file.exists())
    return int(fetch_value("SELECT pg_database_size(current_database())"))


def fetch_value(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return str(cursor.fetchone()[0])

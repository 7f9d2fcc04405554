"""Verify everything in the newsroom, while others use it."""

from collections.abc import Callable, Iterator

from django.db import connections
from django.db.migrations.loader import MigrationLoader

from releases.database import open_snapshot
from releases.verification.files import find_file_faults
from releases.verification.history import find_history_faults
from releases.verification.rows import find_row_faults
from releases.verification.search_index import find_index_faults

Progress = Callable[[str, int], None]  # called with the name of what was checked, and its number of rows


def find_live_faults(progress: Progress = lambda *_: None) -> Iterator[str]:
    """Yield a sentence for each fault. Nothing is changed.

    If the tables are not those of this version, only that is said. Raises the errors of the database.
    """
    with open_snapshot() as alias:
        yield from find_damage(alias)
        if faults := list(find_migration_faults(alias)):
            yield from faults
            return
        yield from find_row_faults(alias, progress)
        yield from find_history_faults(alias, progress)
        yield from find_index_faults(alias, progress)
        yield from find_file_faults(alias, progress)


def find_damage(alias: str) -> Iterator[str]:
    """Yield what SQLite says about its own file. PostgreSQL has no such check."""
    if connections[alias].vendor != "sqlite":
        return
    with connections[alias].cursor() as cursor:
        cursor.execute("PRAGMA integrity_check(20)")
        for (message,) in cursor.fetchall():
            if message != "ok":
                yield f"The database file is damaged: {message}."


def find_migration_faults(alias: str) -> Iterator[str]:
    loader = MigrationLoader(connections[alias])
    # MigrationExecutor.migration_plan() omits a missing migration if a later one is applied.
    for app, name in sorted(set(loader.graph.nodes) - set(loader.applied_migrations)):
        yield f"The migration {app}.{name} is not applied. Run migrate."
    for app, name in sorted(set(loader.applied_migrations) - set(loader.graph.nodes)):
        if app in loader.migrated_apps:
            yield f"The migration {app}.{name} is from a newer version of the newsroom. Install that version."

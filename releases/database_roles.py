"""The roles of PostgreSQL: the server's role needs no right to change tables, which only their owner has.

deploy/postgresql-roles.sql creates the roles.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.conf import settings
from django.db import connection

CONNECTION_SETTINGS = ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")


class Rights(NamedTuple):
    """What the current role may do with tables. `owns_tables` is None if there are none yet."""

    may_create: bool
    owns_tables: bool | None

    @property
    def may_migrate(self) -> bool:
        return self.may_create and self.owns_tables is not False

    @property
    def may_change_tables(self) -> bool:
        return self.may_create or bool(self.owns_tables)


@contextmanager
def use_owner() -> Iterator[None]:
    """Connect as the owner of the tables in the block, if DATABASE_OWNER_URL is set."""
    owner, server = settings.DATABASE_OWNER, connection.settings_dict
    if owner is None or server["USER"] == owner["USER"]:
        yield
        return
    before = {name: server[name] for name in CONNECTION_SETTINGS}
    connection.close()
    server.update({name: owner[name] for name in CONNECTION_SETTINGS})
    try:
        yield
    finally:
        connection.close()
        server.update(before)


def find_rights() -> Rights:
    """Return the rights of the role that is connected. On SQLite, everyone has all."""
    if connection.vendor == "sqlite":
        return Rights(may_create=True, owns_tables=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false), (SELECT "
            "pg_has_role(tableowner, 'USAGE') FROM pg_tables WHERE schemaname = current_schema() AND "
            "tablename = 'django_migrations')"
        )
        return Rights(*cursor.fetchone())


def describe_missing_rights() -> str:
    """Return why the role that is connected may not change tables and what to do, or ""."""
    if find_rights().may_migrate:
        return ""
    if settings.DATABASE_OWNER:
        return "the user of DATABASE_OWNER_URL may not change tables. Run deploy/postgresql-roles.sql again"
    return "the user of DATABASE_URL may not change tables. Set DATABASE_OWNER_URL to that of their owner"

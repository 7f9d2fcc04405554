"""Which tables have text that people wrote, and how the database files lose text that was deleted."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AbstractUser, Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import Error, connection, models

from releases import search
from releases.database import without_statement_limit
from releases.models.sessions import StaffSession
from releases.models.staff import CachedAttempt

# Django's own tables, and accounts, which are edited under Accounts.
EXCLUDED_MODELS = (ContentType, Permission, Group, StaffSession, CachedAttempt, AbstractUser)
# This file is in DATA_DIR from the removal of a name until the database files were rewritten.
RECORD = "deleted-text-remains"

logger = logging.getLogger(__name__)


def find_models_with_text() -> Iterator[tuple[type[models.Model], list[models.Field]]]:
    """Yield every model that has text fields, with these fields."""
    for model in apps.get_models():
        if model._meta.proxy:  # the rows are those of another model
            continue
        fields = [field for field in model._meta.concrete_fields if has_text(field)]
        if fields and not issubclass(model, EXCLUDED_MODELS):
            yield model, fields


def has_text(field: models.Field) -> bool:
    is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
    is_key = field.name in ("key", "key_es")  # derived from the names
    return is_text and not is_key and not field.choices and not field.primary_key and not field.is_relation


def get_table_names() -> list[str]:
    return sorted(
        {model._meta.db_table for model, _fields in find_models_with_text()}
        | {StaffSession._meta.db_table, "releases_search"}
    )


def get_record_path() -> Path:
    return Path(settings.DATA_DIR) / RECORD


def purge_deleted_text() -> bool:
    """Make the database rewrite its files without the deleted text. Return whether it did.

    If not, `manage.py upkeep` does it later. PostgreSQL's write-ahead log has the text until it is recycled,
    and backups as long as they exist.
    """
    with suppress(OSError):  # a full disk
        get_record_path().touch()
    try:
        search.purge_deleted_text()
        is_done = _rewrite_sqlite() if connection.vendor == "sqlite" else _rewrite_postgresql()
    except Error as error:
        logger.error("The database was not rewritten without the name: %s", error)
        return False
    if is_done:
        get_record_path().unlink(missing_ok=True)
    return is_done


def _rewrite_sqlite() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return bool(cursor.fetchone()[0] != 1)  # 1: blocked by a reader


def _rewrite_postgresql() -> bool:
    """Rewrite all tables that have text. Return whether that was allowed.

    Without the right to, VACUUM only warns, and the table keeps its file. Up to PostgreSQL 16 only the owner
    has it, and from 17 on also a role with the privilege MAINTAIN.
    """
    is_done = True
    with without_statement_limit(), connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '10s'")
        try:
            for table in map(connection.ops.quote_name, get_table_names()):
                cursor.execute("SELECT pg_relation_filenode(%s)", [table])
                before = cursor.fetchone()
                cursor.execute(f"VACUUM (FULL) {table}")
                cursor.execute("SELECT pg_relation_filenode(%s)", [table])
                is_done = is_done and cursor.fetchone() != before
        finally:
            cursor.execute("RESET lock_timeout")
    return is_done

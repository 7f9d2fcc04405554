"""The rows of a backup: which tables it has, and how a row is written and read."""

import json
import uuid
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import connection, models

# Rows that must not outlive a backup, or that are only caches. Tasks that have run must not run again.
EXCLUDED_TABLES = {
    "django_tasks_database_dbtaskresult",
    "releases_staffsession",
    "releases_editingsession",
    "releases_cached_attempt",
    "releases_cacheinvalidation",
}
CHUNK_ROWS = 1000


def get_models(registry: Any = apps) -> list[type[models.Model]]:
    """Return the models whose rows are in a backup, in an order that doesn't change.

    `registry` is that of the code, or that of a migration.
    """
    found = [
        model
        for model in registry.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.db_table not in EXCLUDED_TABLES
    ]
    return sorted(found, key=lambda model: model._meta.label)


def write_rows(model: type[models.Model], alias: str) -> Iterator[bytes]:
    """Yield the rows of a table as lines of JSON, in the order of their keys."""
    fields = model._meta.concrete_fields
    rows = model._base_manager.using(alias).order_by("pk")
    for row in rows.values_list(*(field.attname for field in fields)).iterator(CHUNK_ROWS):
        values = {field.column: value for field, value in zip(fields, row, strict=True)}
        yield json.dumps(values, default=encode, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def encode(value: Any) -> str:
    """Return a value that JSON doesn't have. Times keep their microseconds."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    raise TypeError(f"{type(value)} can't be part of a backup")


def load_rows(model: type[models.Model], lines: Iterable[bytes]) -> int:
    """Insert rows without signals and without changing any value. Return their number."""
    fields, count = {field.column: field for field in model._meta.concrete_fields}, 0
    for line in lines:
        values = json.loads(line)
        row = model(**{fields[name].attname: decode(fields[name], value) for name, value in values.items()})
        row.save_base(raw=True, force_insert=True)
        count += 1
    return count


def decode(field: Any, value: Any) -> Any:
    """Return a value of JSON as the type of its field. A foreign key has the type of the key it refers to."""
    while field.remote_field:
        field = field.target_field
    return value if isinstance(field, models.JSONField) else field.to_python(value)


def empty_tables(all_models: Iterable[type[models.Model]]) -> None:
    """Delete all rows, in any order: the database checks references at the end of the transaction."""
    with connection.cursor() as cursor:
        for model in all_models:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608


def reset_sequences(all_models: list[type[models.Model]]) -> None:
    """Let new rows get keys above those of the loaded ones."""
    from django.core.management.color import no_style

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), all_models):
            cursor.execute(statement)

"""How much the history grows, and when it fills the disk."""

import shutil
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import Min
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from releases.diagnosis.findings import Finding, ok, warning

YEAR = timedelta(days=365)
MIN_AGE = timedelta(days=30)  # a younger history says nothing about a year
# Bytes on the disk for each character: 1.1 to 1.3 with SQLite, measured with 20,000 versions. PostgreSQL
# compresses long bodies, and takes less.
OVERHEAD = 1.3
FORECAST_YEARS = 10


class TableGrowth(NamedTuple):
    """A history table: its number of versions, its bytes, and those of the last year without imports."""

    name: str  # of what it is the history of
    rows: int
    size: int
    recent: int


class Growth(NamedTuple):
    """All tables that have rows, the bytes of all, and the bytes that a year adds (None if too young)."""

    tables: list[TableGrowth]
    size: int
    yearly: int | None


def measure_history(now: datetime | None = None) -> Growth:
    """Measure all history tables. Imported releases don't count as growth: they come once."""
    now = now or timezone.now()
    tables, starts = [], []
    for model in get_history_models():
        grown = model.objects.exclude(history_change_reason="import")
        if start := grown.aggregate(first=Min("history_date"))["first"]:
            starts.append(start)
        where = "history_date > %s AND COALESCE(history_change_reason, '') <> 'import'"
        recent = _sum_lengths(model, where, [connection.ops.adapt_datetimefield_value(now - YEAR)])
        if rows := model.objects.count():
            name = str(model.instance_type._meta.verbose_name_plural)
            size = _sum_lengths(model, "1 = 1", [])
            tables.append(TableGrowth(name, rows, int(size * OVERHEAD), int(recent * OVERHEAD)))
    age = min(now - min(starts), YEAR) if starts else timedelta()
    yearly = int(sum(table.recent for table in tables) * (YEAR / age)) if age >= MIN_AGE else None
    return Growth(tables, sum(table.size for table in tables), yearly)


def get_history_models() -> list[Any]:
    return [model for model in apps.get_models() if hasattr(model, "tracked_fields")]


def _sum_lengths(model: Any, where: str, parameters: list[Any]) -> int:
    """Return the number of characters in the rows of a table, which is about their number of bytes."""
    quote = connection.ops.quote_name
    lengths = " + ".join(
        f"COALESCE(LENGTH(CAST({quote(field.column)} AS text)), 0)" for field in model._meta.concrete_fields
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT SUM({lengths}) FROM {quote(model._meta.db_table)} WHERE {where}",  # noqa: S608  (our own names)
            parameters,
        )
        return int(cursor.fetchone()[0] or 0)


def check_history_growth() -> Finding:
    """Forecast the size of the history. It grows without a bound: a correction must stay provable."""
    return describe_growth(measure_history())


def describe_growth(growth: Growth) -> Finding:
    found = _("The history has %(rows)s versions and takes about %(size)s.") % {
        "rows": sum(table.rows for table in growth.tables),
        "size": filesizeformat(growth.size),
    }
    if growth.yearly is None:
        return ok(found)
    free = shutil.disk_usage(settings.DATA_DIR).free
    found += " " + _(
        "At the rate of the last year, it takes %(size)s in %(years)s years. %(free)s are free."
    ) % {
        "size": filesizeformat(growth.size + FORECAST_YEARS * growth.yearly),
        "years": FORECAST_YEARS,
        "free": filesizeformat(free),
    }
    if growth.yearly > free:
        return warning(found, _("The disk will be full within a year. Get a larger one."))
    return ok(found)

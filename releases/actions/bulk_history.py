"""Write the history of many rows at once, which saves of single rows write one by one."""

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from releases.models import User


def record_history(rows: QuerySet, *, user: User, action: str, history_type: str = "~") -> None:
    """Add a history record with the current values of each of `rows`, in one query."""
    history = rows.model.history.model
    fields = history.tracked_fields
    columns = [history._meta.get_field(field.name).column for field in fields]
    columns += ["history_date", "history_type", "history_user_id", "history_change_reason"]
    names = [field.attname for field in fields]
    try:
        sql, params = rows.order_by().values_list(*names).query.sql_with_params()
    except EmptyResultSet:  # of a filter by an empty list
        return
    quoted = ", ".join(map(connection.ops.quote_name, columns))
    table = connection.ops.quote_name(history._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({quoted}) SELECT rows.*, %s, %s, %s, %s FROM ({sql}) AS rows",  # noqa: S608
            [timezone.now(), history_type, user.pk, action, *params],
        )

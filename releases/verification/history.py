"""Faults of the history: its last version of a row must be the row."""

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Subquery

from releases.models import User
from releases.verification.rows import name_row


def find_history_faults(alias: str, progress: Callable[[str, int], None]) -> Iterator[str]:
    """Yield a sentence for each row that differs from its history."""
    for model in apps.get_models():
        if hasattr(model._meta, "simple_history_manager_attribute"):
            records: Any = getattr(model, model._meta.simple_history_manager_attribute).model
            yield from _compare(model, records, alias)
            progress(records._meta.label, records.objects.using(alias).count())


def _compare(model: type[models.Model], records: Any, alias: str) -> Iterator[str]:
    key = model._meta.pk
    assert key is not None
    newest = records.objects.filter(**{key.attname: OuterRef(key.attname)})
    newest = newest.order_by("-history_date", "-history_id").values("history_id")[:1]
    last = records.objects.using(alias).annotate(last_id=Subquery(newest)).filter(history_id=F("last_id"))
    existing = model._base_manager.filter(pk=OuterRef(key.attname))
    for pk in last.exclude(history_type="-").exclude(Exists(existing)).values_list(key.attname, flat=True):
        yield f"{name_row(model, pk)} is missing, and its history doesn't say that it was deleted."
    fields = [field.attname for field in records.tracked_fields if not _changes_without_version(field)]
    rows = model._base_manager.using(alias)
    recorded = records.objects.filter(**{key.attname: OuterRef("pk")})
    for pk in rows.exclude(Exists(recorded)).values_list("pk", flat=True):
        yield f"{name_row(model, pk)} has no history."
    # A snapshot has both in the same order, so no row needs a query of its own.
    existing_rows = rows.filter(Exists(recorded)).order_by("pk").values(*fields)
    last_records = last.filter(Exists(existing)).order_by(key.attname).values(*fields, "history_type")
    for row, record in zip(existing_rows.iterator(), last_records.iterator(), strict=True):
        if record["history_type"] == "-":
            yield f"{name_row(model, row[key.attname])} exists, but its history says that it was deleted."
            continue
        if differing := [field for field in fields if row[field] != record[field]]:
            yield f"{name_row(model, row[key.attname])} differs from its history: {', '.join(differing)}."


def _changes_without_version(field: Any) -> bool:
    """Return whether a field can change while no version is saved.

    These are times that Django sets, and references to accounts, which are emptied when one is deleted.
    """
    is_account = isinstance(field, models.ForeignKey) and field.related_model is User
    return is_account or bool(getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False))

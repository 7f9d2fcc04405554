"""The public text of a release as values that a pending revision and the history store."""

from functools import cache
from typing import Any

from django.apps import apps
from django.db import models

from releases.models.validation import EVENT_FIELDS

# The public text of a release, without its topics: the fields that a revision replaces.
CONTENT_FIELDS = (
    "headline",
    "subhead",
    "date",
    "dateline",
    "summary",
    "body",
    "kind",
    "valid_until",
    "current_notice",
    "photos",
    "attachments",
    "contacts",
    "signers",
    *EVENT_FIELDS,
)


@cache
def get_content_fields() -> dict[str, models.Field]:
    """Return the model fields of CONTENT_FIELDS by name."""
    model = apps.get_model("releases", "Release")
    fields = {field.name: field for field in model._meta.concrete_fields}
    return {name: fields[name] for name in CONTENT_FIELDS}


def deserialize_content(stored: dict[str, Any]) -> dict[str, Any]:
    """Return those of CONTENT_FIELDS that are in `stored`, which may come from JSON, as Python values."""
    return {
        name: field.to_python(stored[name]) for name, field in get_content_fields().items() if name in stored
    }

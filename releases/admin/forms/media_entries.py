"""Hidden fields of the release form with its photos, its documents and the consent of people in the photos.

static/js/media_cards.js writes their values. Without it the values stay as they were.
"""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from releases.actions.errors import ActionNotAllowed
from releases.actions.photos import clean_attachments, clean_photos

MEDIA_FIELDS = ("photos", "attachments")
# What reading a value can raise if the form didn't write it.
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)


class HiddenJSONField(forms.JSONField):
    """A JSON value in a hidden input. An autosave contains it as the text that the form sent."""

    widget = forms.HiddenInput
    expected_type: type = list
    default_error_messages = {
        "unreadable": _(
            "The photos and documents of this form couldn't be read. Reload the page, and add them again "
            "from the library: nothing is lost."
        )
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else super().prepare_value(value or self.expected_type())

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial if data is None else data

    def clean(self, value: Any) -> Any:
        try:
            decoded = load_json(value) if value else self.expected_type()
            if not isinstance(decoded, self.expected_type):
                raise ValueError
            return self.clean_value(decoded)
        except ActionNotAllowed as exc:
            raise ValidationError(str(exc)) from exc
        except UNREADABLE as exc:
            raise ValidationError(self.error_messages["unreadable"]) from exc

    def clean_value(self, value: Any) -> Any:
        raise NotImplementedError

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether the values differ. A form that doesn't send the field leaves it as it is."""
        if data is None:
            return False
        try:
            return bool(self.clean(self.prepare_value(initial)) != self.clean(data))
        except ValidationError:
            return True


class PhotosField(HiddenJSONField):
    """The photos of a release in order, as in `Release.photos`."""

    def clean_value(self, value: Any) -> Any:
        return clean_photos(value)


class AttachmentsField(HiddenJSONField):
    """The documents of a release in order, as in `Release.attachments`."""

    def clean_value(self, value: Any) -> Any:
        return clean_attachments(value)


class ConsentsField(HiddenJSONField):
    """Changed consent notes: {photo id: [new text, text that the form displayed]}."""

    expected_type = dict

    def clean_value(self, value: Any) -> dict[int, tuple[str, str]]:
        texts = {int(pk): (str(new), str(previous)) for pk, (new, previous) in value.items()}
        return {pk: pair for pk, pair in texts.items() if pair[0] != pair[1]}


def load_json(text: str) -> Any:
    """Return the value of a JSON text, without half surrogates, which no page could contain.

    Raises ValueError or RecursionError.
    """
    complete = json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8", "ignore")
    return json.loads(complete)


def parse_entries(value: Any) -> list[dict[str, Any]]:
    """Return the entries of a submitted, autosaved or stored list that a page can show."""
    if isinstance(value, str):
        try:
            value = load_json(value or "[]")
        except UNREADABLE:
            return []
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def get_existing(entries: list[dict[str, Any]], key: str, model: Any) -> list[tuple[dict[str, Any], Any]]:
    """Return the entries whose row exists, with it. `key` is "photo" or "document"."""
    named = [entry for entry in entries if is_key(entry.get(key))]
    rows = model._default_manager.in_bulk([entry[key] for entry in named])
    return [(entry, rows[entry[key]]) for entry in named if entry[key] in rows]


def is_key(value: Any) -> bool:
    """Return whether `value` can be the primary key of a row."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63

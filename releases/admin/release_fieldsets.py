"""Which fields the form of a release has, and in which section of the panel each is."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from releases.admin.forms.additions import CONTACT_FIELDS
from releases.models import EVENT_FIELDS, Release
from releases.text.choices import Status

# Fields that add something else to the newsroom, with the permission for it.
ADDING_FIELDS = {
    "new_topic": "releases.add_topic",
    "new_topic_es": "releases.add_topic",
    "new_signers": "releases.add_organization",
} | {f"new_contact_{name}": "releases.add_mediacontact" for name in CONTACT_FIELDS}
# Fields that a read-only page shows as text for people.
READ_ONLY = {"body": "body_html", "contacts": "contact_names", "signers": "signer_names"}
HIDDEN_FIELDS = ("edit_token", "client_id", "confirm_empty_body")

TEXT_FIELDS = (
    ("kind", "valid_until", "current_notice"),
    "headline",
    "subhead",
    ("date", "dateline"),
    "summary",
    "body",
)
# By the name of the section in editor_panel.py.
SECTION_FIELDS: dict[str, tuple[str, ...]] = {
    "publish": ("slug",),
    "topics": ("tags", "new_topic", "new_topic_es"),
    "contacts": ("contacts", *(f"new_contact_{name}" for name in CONTACT_FIELDS)),
    "signers": ("signers", "new_signers"),
    "event": EVENT_FIELDS,
    "language": ("language",),
}


def build_fieldsets(release: Release | None, user: Any, *, can_change: bool) -> list[Any]:
    """Return the fieldsets of the form. The class of each is its section. The text has none.

    The hidden fields of photos and documents are in the template of their section.
    """
    hidden = {
        field for field, permission in ADDING_FIELDS.items() if not (can_change and user.has_perm(permission))
    }
    sections = {
        name: [field for field in fields if field not in hidden] for name, fields in SECTION_FIELDS.items()
    }
    text: list[Any] = [HIDDEN_FIELDS, *TEXT_FIELDS]
    if not can_change:
        text = [READ_ONLY.get(str(field), field) for field in TEXT_FIELDS]
        sections = {
            name: [READ_ONLY.get(field, field) for field in fields] for name, fields in sections.items()
        }
    fieldsets: list[Any] = [(None, {"fields": text})]
    fieldsets += [(None, {"fields": fields, "classes": (name,)}) for name, fields in sections.items()]
    if release and release.status == Status.WITHDRAWN:
        withdrawal = {"fields": ["withdrawn", "withdrawal_reason", "replacement"]}
        fieldsets.insert(0, (_("Withdrawal"), withdrawal))
    return fieldsets

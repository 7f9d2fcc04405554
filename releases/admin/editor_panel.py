"""The panel next to the text of a release: its sections, and what each says while it is closed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from releases.admin.base import is_id
from releases.admin.checklist import get_checklist_links
from releases.admin.forms.actions import LosAngelesTimeField, NoteForm
from releases.admin.forms.media_entries import MEDIA_FIELDS, get_existing, parse_entries
from releases.admin.media_panel import HIDDEN_FIELDS, build_cards
from releases.admin.press_check import read_typed_content
from releases.models import (
    MediaContact,
    Note,
    PendingRevision,
    Photo,
    Release,
    Topic,
    User,
    deserialize_content,
)
from releases.models.states import describe_state
from releases.text import localtime, richtext
from releases.text.choices import Kind, Language

DATETIME_FIELDS = ("event_at", "event_until")
WORDS_PER_MINUTE = 200
ONLY_FIELDS = ("topics", "contacts", "signers", "event")  # sections that have nothing but fields
MAX_VERSIONS = 5  # that the section of the history lists
MAX_NAMES = 2  # that a closed section lists before it counts them

TITLES = {
    "publish": gettext_lazy("Publishing"),
    "topics": gettext_lazy("Topics"),
    "media": gettext_lazy("Photos and files"),
    "contacts": gettext_lazy("Media contacts"),
    "signers": gettext_lazy("Signing organizations"),
    "event": gettext_lazy("Media event"),
    "language": gettext_lazy("Language"),
    "check": gettext_lazy("Press check"),
    "notes": gettext_lazy("Internal notes"),
    "history": gettext_lazy("History"),
}


@dataclass(frozen=True)
class PanelSection:
    """A section of the panel. `fieldset` has the fields of the form in it, if there are any."""

    name: str
    title: Any
    state: str
    fieldset: Any = None
    is_open: bool = False

    @property
    def template(self) -> str:
        name = "fieldset" if self.name in ONLY_FIELDS else f"panel_{self.name}"
        return f"admin/releases/release/_{name}.html"


def build_panel_context(
    release: Release | None, adminform: Any, *, can_change: bool, review_request: Note | None
) -> dict[str, Any]:
    """Return what the templates of the panel need. `release` is None in the form of a new one."""
    form = adminform.form
    language = release.language if release else str(form["language"].value() or "")
    checklist = get_checklist_links(release, in_form=True) if release and can_change else []
    states = describe_sections(*get_form_content(release, form))
    states |= describe_release(release, language, todo_count=len(checklist))
    opened = {"publish"} if review_request or any(item.is_required for item in checklist) else set()
    return {
        "checklist": checklist,
        "panel": build_panel(release, adminform, states, opened),
        "text_length": states["length"],
        "saved_versions": release.history.select_related("history_user")[:MAX_VERSIONS] if release else [],
        **(build_cards(form, language) if can_change else {}),
    }


def build_notes_context(release: Release, user: User) -> dict[str, Any]:
    """Return the notes, and the field for another one. It belongs to a form outside that of the release."""
    note_form = NoteForm(release=release, user=user, auto_id="note_%s")
    note_form.fields["text"].widget.attrs["form"] = "note-form"
    return {"notes": release.notes.select_related("author"), "note_form": note_form}


def build_panel(
    release: Release | None, adminform: Any, states: dict[str, str], opened: set[str]
) -> list[PanelSection]:
    """Return the sections in order. Those in `opened`, and those with an error, are open."""
    fieldsets = {}
    for fieldset in adminform:
        name = next((each for each in fieldset.classes.split() if each in TITLES), "")
        fieldsets[name] = fieldset
    sections = []
    for name, title in TITLES.items():
        fieldset = fieldsets.get(name)
        if release is None and name in ("notes", "history"):
            continue
        fields = [] if fieldset is None else [field for line in fieldset for field in line]
        has_errors = any(not field.is_readonly and field.errors() for field in fields)
        if name == "media" and adminform.form.errors.keys() & set(HIDDEN_FIELDS):
            has_errors = True
        sections.append(
            PanelSection(name, title, states.get(name, ""), fieldset, name in opened or has_errors)
        )
    return sections


def get_form_content(release: Release | None, form: Any) -> tuple[dict[str, Any], list[int]]:
    """Return the content and the topic ids that the form shows: submitted, autosaved or saved."""
    if getattr(form, "is_bound", False):
        return read_form(form.data)
    if autosave := getattr(form, "autosave", None):
        return read_form(build_query_dict(autosave.data))
    content = (release or Release()).content()
    if release and (revision := PendingRevision.for_release(release)):
        return content | deserialize_content(revision.content), revision.topic_ids
    shown = {name: form.initial[name] for name in content.keys() & form.initial.keys()}
    topics = release.tags.all() if release else form.initial.get("tags") or []
    return content | shown, [getattr(topic, "pk", topic) for topic in topics]


def build_query_dict(data: dict[str, Any]) -> QueryDict:
    """Return autosaved fields as the form sent them."""
    fields = QueryDict(mutable=True)
    for name, value in data.items():
        fields.setlist(name, [str(item) for item in value] if isinstance(value, list) else [str(value)])
    return fields


def read_form(fields: QueryDict) -> tuple[dict[str, Any], list[int]]:
    """Return the content and the topic ids in the submitted fields of the form. Invalid ones are left out."""
    content = read_typed_content(fields)
    content |= {name: parse_entries(fields[name]) for name in MEDIA_FIELDS if name in fields}
    content |= {name: read_time(str(fields[name])) for name in DATETIME_FIELDS if name in fields}
    content["signers"] = [int(pk) for pk in fields.getlist("signers") if is_id(pk)]
    return content, [int(pk) for pk in fields.getlist("tags") if is_id(pk)]


def read_time(value: str) -> datetime | None:
    """Return a submitted time, or None if it isn't one."""
    try:
        return LosAngelesTimeField(required=False).to_python(value)
    except ValidationError:
        return None


def describe_sections(content: dict[str, Any], topic_ids: list[int]) -> dict[str, str]:
    """Return what the sections with fields say while they are closed, and the length of the text."""
    topics = [str(topic) for topic in Topic.objects.filter(pk__in=topic_ids)]
    contacts = MediaContact.objects.filter(pk__in=content.get("contacts") or [])
    signers = len(content.get("signers") or [])
    return {
        "topics": _list_names(
            topics, _("No topics"), lambda count: ngettext("%(count)s topic", "%(count)s topics", count)
        ),
        "media": _describe_media(content),
        "contacts": _list_names(
            [contact.name for contact in contacts],
            _("No contacts"),
            lambda count: ngettext("%(count)s contact", "%(count)s contacts", count),
        ),
        "signers": ngettext("%(count)s organization", "%(count)s organizations", signers) % {"count": signers}
        if signers
        else _("No organizations"),
        "event": _describe_event(content),
        "length": describe_length(content),
    }


def _list_names(names: list[str], empty: str, get_count: Any) -> str:
    if not names:
        return empty
    if len(names) <= MAX_NAMES:
        return ", ".join(names)
    return str(get_count(len(names)) % {"count": len(names)})


def _describe_media(content: dict[str, Any]) -> str:
    entries = parse_entries(content.get("photos") or [])
    photos = [entry for entry, _photo in get_existing(entries, "photo", Photo)]
    documents = parse_entries(content.get("attachments") or [])
    unlabeled = sum(not (entry.get("is_decorative") or str(entry.get("alt", "")).strip()) for entry in photos)
    untitled = sum(not str(entry.get("title", "")).strip() for entry in documents)
    parts = []
    if photos:
        parts.append(ngettext("%(count)s photo", "%(count)s photos", len(photos)) % {"count": len(photos)})
    if unlabeled:
        parts.append(_("%(count)s without alt text") % {"count": unlabeled})
    if documents:
        count = len(documents)
        parts.append(ngettext("%(count)s document", "%(count)s documents", count) % {"count": count})
    if untitled:
        parts.append(_("%(count)s without a title") % {"count": untitled})
    return ", ".join(parts) or _("No photos or files")


def _describe_event(content: dict[str, Any]) -> str:
    value = content.get("event_at")
    if not value:
        is_advisory = content.get("kind") == Kind.MEDIA_ADVISORY
        return _("Enter when and where") if is_advisory else _("No event")
    starts = value if timezone.is_aware(value) else timezone.make_aware(value)
    return localtime.format_period(starts, None)


def describe_length(content: dict[str, Any]) -> str:
    """Return the number of words of the summary and the body, and the minutes they take to read."""
    body = str(content.get("body") or "")
    texts = (
        str(content.get("summary") or ""),
        "" if richtext.is_too_large(body) else richtext.to_plain_text(body),
    )
    words = sum(len(text.split()) for text in texts)
    minutes = max(1, round(words / WORDS_PER_MINUTE))
    return (
        ngettext("%(count)s word", "%(count)s words", words) % {"count": words}
        + " · "
        + ngettext("%(count)s minute to read", "%(count)s minutes to read", minutes) % {"count": minutes}
    )


def describe_release(release: Release | None, language: str, *, todo_count: int) -> dict[str, str]:
    """Return what the sections without fields say while they are closed."""
    state = describe_state(release) if release else _("New")
    if todo_count:
        todo = ngettext("%(count)s thing to do", "%(count)s things to do", todo_count) % {"count": todo_count}
        state = f"{state} · {todo}"
    label = str(dict(Language.choices).get(language, ""))
    states = {"publish": str(state), "language": label}
    if release is None:
        return states
    other = _("no other version")
    if translation := release.translation:
        template = (
            _("Spanish version: %(state)s")
            if translation.language == Language.SPANISH
            else _("English version: %(state)s")
        )
        other = template % {"state": describe_state(translation)}
    note_count = release.notes.count()
    notes = ngettext("%(count)s note", "%(count)s notes", note_count) % {"count": note_count}
    return states | {
        "language": f"{label} · {other}",
        "notes": notes if note_count else _("No notes"),
        "history": _("Saved %(moment)s") % {"moment": localtime.format_datetime(release.updated_at)},
    }

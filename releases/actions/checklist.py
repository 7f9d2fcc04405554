"""What is still to do before a release can be published, and what should be done."""

from dataclasses import dataclass
from typing import Any, Literal

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from releases.actions.errors import ActionNotAllowed
from releases.actions.photos import get_current_photos
from releases.actions.validation import validate_alt_texts, validate_document_titles
from releases.models import PendingRevision, Release
from releases.text.choices import Language, Status


@dataclass(frozen=True)
class ChecklistItem:
    """A sentence that says what to do, and where: in a field of the form, or on another page.

    Without the required items the release can't be published.
    """

    message: Any
    page: Literal["form", "photos", "translation", "mark_translation_current"] = "form"
    field: str = ""
    is_required: bool = True


def get_checklist(release: Release) -> list[ChecklistItem]:
    """Return what is to do before the draft or the pending revision of `release` is published.

    Return [] if nothing waits to be published.
    """
    revision = PendingRevision.for_release(release)
    if release.status == Status.PUBLISHED and revision is None:
        return []
    missing = release.missing_fields() if release.status == Status.DRAFT else {}
    items = [ChecklistItem(message, field=field) for field, message in missing.items()]
    for validate, field in ((validate_alt_texts, "photos"), (validate_document_titles, "attachments")):
        try:
            validate(get_current_photos(release, field))
        except ActionNotAllowed as exc:
            items.append(ChecklistItem(str(exc), page="photos"))
    body = revision.content.get("body", "") if revision else release.body
    if not strip_tags(body).strip():
        message = _("The body is empty. Readers would see only the summary.")
        items.append(ChecklistItem(message, field="body", is_required=False))
    if not (revision.topic_ids if revision else release.topics):
        message = _("Choose a topic: readers filter the news by topic.")
        items.append(ChecklistItem(message, field="tags", is_required=False))
    return [*items, *_check_translation(release)]


def _check_translation(release: Release) -> list[ChecklistItem]:
    translation = release.translation
    is_english = release.language == Language.ENGLISH
    if translation is None:
        message = (
            _("There is no Spanish version yet.") if is_english else _("There is no English version yet.")
        )
        return [ChecklistItem(message, page="translation", is_required=False)]
    if Release.objects.out_of_date().filter(pk=release.pk).exists():
        message = (
            _("The Spanish version changed since the two were compared.")
            if is_english
            else _("The English version changed since the two were compared.")
        )
        return [ChecklistItem(message, page="mark_translation_current", is_required=False)]
    return []

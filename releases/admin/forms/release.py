"""The form in which staff write a release."""

import uuid
from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from releases.actions.autosaves import too_large_message
from releases.actions.errors import ActionNotAllowed
from releases.actions.photos import get_current_photos
from releases.actions.validation import validate_alt_texts, validate_document_titles
from releases.admin.forms.actions import LosAngelesTimeField
from releases.admin.forms.additions import AdditionsForm
from releases.admin.forms.media_entries import (
    MEDIA_FIELDS,
    AttachmentsField,
    ConsentsField,
    PhotosField,
)
from releases.models import (
    EVENT_FIELDS,
    Autosave,
    MediaContact,
    Organization,
    PendingRevision,
    Release,
    Topic,
    deserialize_content,
)
from releases.text import richtext
from releases.text.choices import Kind
from releases.text.datelines import translate_place


def clean_body(body: str) -> str:
    """Return `body`. Raises ValidationError if it is too large, or if a link can't be right."""
    if richtext.is_too_large(body):
        raise ValidationError(too_large_message())
    if broken := richtext.find_broken_links(richtext.sanitize(body)):
        raise ValidationError(
            _(
                "The link on the words “%(link)s” doesn't work. Enter a complete address, like "
                "https://www.carecen-la.org."
            ),
            params={"link": broken[0]},
        )
    return body


class TopicField(forms.ModelMultipleChoiceField):
    """Checkboxes for all topics, labeled with both names, that in the language of the desk first."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, topic: Any) -> str:
        return str(topic.both_names)

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except OverflowError as exc:  # an id that is too large for the database
            raise ValidationError(self.error_messages["invalid_choice"], params={"value": "…"}) from exc


class ContactField(TopicField):
    """Checkboxes for all media contacts. Its value is a list of ids."""

    def label_from_instance(self, contact: Any) -> str:
        return " · ".join(filter(None, (contact.name, contact.role, contact.phone)))

    def clean(self, value: Any) -> Any:
        return [contact.pk for contact in super().clean(value)]


class SignerField(TopicField):
    """Checkboxes for all organizations. Its value is a sorted list of ids: pages sort by name."""

    def label_from_instance(self, organization: Any) -> str:
        return str(organization.name)

    def clean(self, value: Any) -> Any:
        return sorted(organization.pk for organization in super().clean(value))


class ReleaseForm(AdditionsForm, forms.ModelForm):
    """Edits a release, or its pending revision if it has one."""

    tags = TopicField(
        Topic.objects.all(),
        label=_("Topics"),
        required=False,
        help_text=_("Select the topics of this release. Readers filter the news by topic."),
    )
    contacts = ContactField(
        MediaContact.objects.all(),
        label=_("Media contacts"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Press contacts for this release. Shown only on the release page, not in lists, feeds or search "
            "engines."
        ),
    )

    signers = SignerField(
        Organization.objects.all(),
        label=_("Signing organizations"),
        required=False,
        help_text=_("They sign with CARECEN Los Angeles. The list appears below the text."),
    )
    photos = PhotosField(label=_("Photos"))
    attachments = AttachmentsField(label=_("Documents"))
    consents = ConsentsField(label=_("Consent"))

    event_at = LosAngelesTimeField(label=_("Starts"), required=False, help_text=_("Los Angeles time."))
    event_until = LosAngelesTimeField(label=_("Ends"), required=False)

    # `client_id` identifies this form in autosaves. `autosave` is the one to continue with, set by
    # `ReleaseAdmin.get_form`.
    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    autosave: Autosave | None = None

    # The first save that empties the body sets this and fails; the second one succeeds.
    confirm_empty_body = forms.BooleanField(required=False, widget=forms.HiddenInput)

    # Identifies the version that was opened, so that a save doesn't overwrite later changes by others.
    edit_token = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    class Meta:
        model = Release
        fields = (
            "headline",
            "date",
            "dateline",
            "summary",
            "body",
            "tags",
            "contacts",
            "signers",
            "subhead",
            "kind",
            "language",
            "valid_until",
            "current_notice",
            *EVENT_FIELDS,
            "slug",
        )
        labels: ClassVar[dict[str, Any]] = {
            "subhead": _("Subhead (optional)"),
            "summary": _("Summary: the opening paragraph"),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "headline": "",
            "subhead": "",
            "date": _("If it is empty, the day of publication."),
            "dateline": "",
            "summary": _("Lists show it whole. Don't repeat it in the body."),
            "body": _(
                "Everything after the opening paragraph. End a quotation with “— Ana Ruiz, director” to let "
                "reporters copy it with attribution."
            ),
        }
        error_messages = {
            "headline": {"required": _("Write a headline.")},
            "slug": {"invalid": _("Use lowercase letters, numbers and hyphens.")},
        }
        # Native date inputs work on phones and by keyboard, in the language of the browser.
        widgets: ClassVar[dict[str, forms.Widget]] = {
            name: forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
            for name in ("date", "valid_until")
        } | {
            "headline": forms.Textarea(attrs={"rows": 1, "maxlength": 300}),
            "subhead": forms.Textarea(attrs={"rows": 1, "maxlength": 300}),
            "summary": forms.Textarea(attrs={"rows": 3}),
            "event_who": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        instance = kwargs.get("instance")
        if revision := PendingRevision.for_release(instance) if instance and instance.pk else None:
            kwargs["initial"] = (
                revision.data | deserialize_content(revision.content) | (kwargs.get("initial") or {})
            )
        if instance and instance.pk:
            media = {field: get_current_photos(instance, field) for field in MEDIA_FIELDS}
            kwargs["initial"] = (kwargs.get("initial") or {}) | media
        if self.autosave:
            kwargs["initial"] = (kwargs.get("initial") or {}) | self.autosave.data
        super().__init__(*args, **kwargs)
        if "tags" in self.fields:
            self.fields["tags"].queryset = Topic.sorted_by_name()  # type: ignore[attr-defined]
        self.initial["edit_token"] = (
            self.autosave.edit_token if self.autosave and self.instance.pk else self.instance.edit_token
        )
        self.initial["client_id"] = str(self.autosave.client_id if self.autosave else uuid.uuid4())
        if self.instance.pk and not self.instance.headline and "headline" in self.fields:
            self._let_headline_be_empty()
        language = self.data.get("language") or self.initial.get("language") or self.instance.language
        for name in (
            "headline",
            "subhead",
            "dateline",
            "summary",
            "body",
            "event_place",
            "event_who",
            "event_languages",
            "event_visuals",
        ):
            if name in self.fields:
                self.fields[name].widget.attrs["lang"] = language  # the browser checks its spelling
        notice_field: Any = self.fields.get("current_notice")
        if notice_field:
            current = (
                Release.objects.published()
                .in_language(language)
                .filter(kind=Kind.SERVICE_NOTICE)
                .exclude(pk=self.instance.pk)
            )
            # The selected notice may no longer be public.
            chosen = Release.objects.filter(pk=self.initial.get("current_notice") or 0)
            notice_field.queryset = (current | chosen).newest_first()
            notice_field.empty_label = _("None")

    def _let_headline_be_empty(self) -> None:
        """Let a draft that was started from the other language be saved before it has a headline."""
        field, translation = self.fields["headline"], self.instance.translation
        field.required = False
        if translation and translation.headline:
            text = _("The headline of the other version: “%(headline)s”. Write this one before you publish.")
            field.help_text = text % {"headline": translation.headline}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._check_edit_token(cleaned.pop("edit_token", None))
        is_emptied = (
            "body" in cleaned
            and self.initial.get("body")
            and not richtext.sanitize(cleaned.get("body") or "")
        )
        if self.instance.pk and is_emptied and not cleaned.get("confirm_empty_body"):
            data = self.data.copy()  # type: ignore[attr-defined]
            data["confirm_empty_body"] = "on"
            self.data = data
            self.add_error(
                "body",
                _(
                    "The body is now empty, and it wasn't before. Save again to empty it, or use Undo to "
                    "restore it."
                ),
            )
        if cleaned.get("dateline") and cleaned.get("language"):
            cleaned["dateline"] = translate_place(cleaned["dateline"], cleaned["language"])
        self.prepare_additions(cleaned)
        return cleaned

    def clean_photos(self) -> list[dict[str, Any]]:
        return self._clean_media("photos", validate_alt_texts)

    def clean_attachments(self) -> list[dict[str, Any]]:
        return self._clean_media("attachments", validate_document_titles)

    def _clean_media(
        self, name: str, validate: Callable[[list[dict[str, Any]]], None]
    ) -> list[dict[str, Any]]:
        """Return the submitted entries, or the saved ones if the form doesn't send the field.

        Nobody reviews a scheduled release again, so its entries must be complete.
        """
        entries: list[dict[str, Any]] = (
            self.cleaned_data[name] if name in self.data else self.initial.get(name) or []
        )
        if self.instance.is_scheduled:
            try:
                validate(entries)
            except ActionNotAllowed as exc:
                raise ValidationError(str(exc)) from exc
        return entries

    def clean_body(self) -> str:
        return clean_body(self.cleaned_data["body"])

    def clean_language(self) -> str:
        language: str = self.cleaned_data["language"]
        if self.instance.pk and language != self.instance.language and self.instance.translation:
            raise ValidationError(
                _(
                    "This release has a version in that language. To change the language, first select "
                    "“Unlink the two versions…”."
                )
            )
        return language

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        others = Release.objects.in_language(self.data.get("language", self.instance.language)).exclude(
            pk=self.instance.pk
        )
        if slug and others.filter(slug=slug).exists():
            raise ValidationError(
                _("Another release in this language already has this web address. Choose another.")
            )
        return slug

    def _check_edit_token(self, edit_token: str | None) -> None:
        """Add an error if the release has changed since it was opened.

        Usually `AutosaveViews.render_conflict` detects that earlier.
        """
        if not self.instance.pk or edit_token == self.instance.edit_token:
            return
        self.add_error(
            None,
            _(
                "Someone saved this release a moment ago. What you wrote is below and isn't saved yet. Save "
                "again to compare."
            ),
        )

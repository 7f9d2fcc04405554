"""The form in which staff write a release."""

import uuid
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from releases.actions.autosaves import too_large_message
from releases.actions.topics import lock_topics
from releases.admin.forms.actions import LosAngelesTimeField
from releases.models import (
    EVENT_FIELDS,
    Autosave,
    MediaContact,
    Organization,
    PendingRevision,
    Release,
    Topic,
    deserialize_content,
    organization_key,
)
from releases.models.organizations import MAX_NAME_LENGTH
from releases.text import richtext
from releases.text.choices import Kind
from releases.text.cleaning import clean_line
from releases.text.datelines import translate_place

# CARECEN always signs, also if its name is in a pasted list.
OWN_KEYS = {"carecen", "carecenla", "carecenlosangeles"}


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


class ReleaseForm(forms.ModelForm):
    """Edits a release, or its pending revision if it has one.

    New topics have fields of their own, because each needs a name in both languages.
    """

    tags = TopicField(
        Topic.objects.all(),
        label=_("Topics"),
        required=False,
        help_text=_("Select the topics of this release. Readers filter the news by topic."),
    )
    new_topic = forms.CharField(
        label=_("Name in English"),
        max_length=100,
        required=False,
        help_text=_("Only if no topic above fits. It is selected for this release when you save."),
    )
    new_topic_es = forms.CharField(
        label=_("Name in Spanish"),
        max_length=100,
        required=False,
        help_text=_("If Spanish uses the same word, enter it again: DACA, DACA."),
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
    new_signers = forms.CharField(
        label=_("More organizations"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Enter or paste names, one per line. Those that aren't above are added to the newsroom's "
            "organizations when you save."
        ),
    )

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
        help_texts = {
            "body": _(
                "Everything after the opening paragraph. Keyboard: Ctrl+B bold, Ctrl+I italics, "
                "Ctrl+Shift+8 bullets, Ctrl+Shift+7 numbers, Ctrl+Alt+2 heading, Ctrl+Z undo. End a "
                "quotation with “— Ana Ruiz, director” to let reporters copy it with attribution."
            )
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
            "headline": forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
            "event_who": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        instance = kwargs.get("instance")
        if revision := PendingRevision.for_release(instance) if instance and instance.pk else None:
            kwargs["initial"] = (
                revision.data | deserialize_content(revision.content) | (kwargs.get("initial") or {})
            )
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
        names = {field: cleaned.get(field, "") for field in ("new_topic", "new_topic_es")}
        if all(names.values()):
            self._make_topic(names["new_topic"], names["new_topic_es"])
        elif any(names.values()):
            empty = next(field for field, name in names.items() if not name)
            self.add_error(empty, _("Enter the name in both languages. It can be the same word."))
        return cleaned

    def clean_body(self) -> str:
        return clean_body(self.cleaned_data["body"])

    def clean_new_signers(self) -> list[Organization]:
        """Return the organizations on the lines. Those that don't exist yet aren't saved."""
        known, found = Organization.objects.by_key(), dict[str, Organization]()
        for line in self.cleaned_data["new_signers"].splitlines():
            name = clean_line(line).strip("•·*–—- ")
            key = organization_key(name)
            if len(name) > MAX_NAME_LENGTH:
                raise ValidationError(
                    _("“%(name)s…” is too long for a name. Enter one organization per line."),
                    params={"name": name[:60]},
                )
            if name and key not in OWN_KEYS:
                found.setdefault(key, known.get(key) or Organization(name=name))
        return list(found.values())

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

    def _make_topic(self, name: str, name_es: str) -> None:
        topic = Topic(name=name, name_es=name_es)
        try:
            topic.full_clean(exclude=["slug", "slug_es", "key", "key_es"])
        except ValidationError as exc:
            fields = {"name": "new_topic", "name_es": "new_topic_es"}
            for field, messages in exc.message_dict.items():
                for message in messages:
                    self.add_error(fields.get(field), message)
        else:
            self.cleaned_topic = topic

    def get_topics(self) -> list[Topic]:
        """Save the new topic, if there is one, and return it with the ticked topics, locked.

        A topic that was merged since the form was sent is replaced.
        """
        topics = lock_topics(list(self.cleaned_data["tags"]))
        if topic := getattr(self, "cleaned_topic", None):
            topic.save()
            topics.append(topic)
        return topics

    def add_new_signers(self) -> None:
        """Save the new organizations, and add all that were typed to the signers of the release."""
        ids = set(self.instance.signers)
        for organization in self.cleaned_data.get("new_signers", []):
            if organization.pk is None:  # unless someone else added it in the meantime
                organization, _created = Organization.objects.get_or_create(
                    key=organization_key(organization.name), defaults={"name": organization.name}
                )
            ids.add(organization.pk)
        self.instance.signers = sorted(ids)

"""A release as it is written."""

import uuid
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from releases import prose, publishing
from releases.datelines import place_in
from releases.forms.verbs import LosAngelesTimeField
from releases.models import EVENT, MediaContact, Release, Topic, UnsavedText, WorkingCopy, as_printed
from releases.vocabulary import Kind


class TopicField(forms.ModelMultipleChoiceField):
    """Every topic as a box to tick, alphabetical, under both its names."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, topic: Any) -> str:
        return str(topic.both_names)

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except OverflowError as fault:  # a number no database has
            raise ValidationError(self.error_messages["invalid_choice"], params={"value": "…"}) from fault


class ContactField(TopicField):
    """Every media contact as a box to tick; its value is their ids."""

    def label_from_instance(self, contact: Any) -> str:
        return " · ".join(filter(None, (contact.name, contact.role, contact.phone)))

    def clean(self, value: Any) -> Any:
        return [contact.pk for contact in super().clean(value)]


class ReleaseForm(forms.ModelForm):
    """A release as it is written, from its working copy if it has one.

    A topic that does not exist yet is made on purpose, with both its names.
    """

    tags = TopicField(
        Topic.objects.all(), label=_("Topics"), required=False, help_text=_("Tick what it is about. Readers filter the news by topic.")
    )
    new_topic = forms.CharField(
        label=_("Name in English"),
        max_length=100,
        required=False,
        help_text=_("Only if no topic above fits. It is ticked for this release when you save."),
    )
    new_topic_es = forms.CharField(
        label=_("Name in Spanish"),
        max_length=100,
        required=False,
        help_text=_("If Spanish uses the same word, write it again: DACA, DACA."),
    )

    contacts = ContactField(
        MediaContact.objects.all(),
        label=_("Media contacts"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whom reporters may call about it. Lists, feeds and search engines never show them."),
    )

    event_at = LosAngelesTimeField(label=_("Begins"), required=False, help_text=_("In Los Angeles time."))
    event_until = LosAngelesTimeField(label=_("Ends"), required=False)

    # Which form this is, for what is typed into it and not saved; and what that is, where it is to go on.
    form_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    unsaved: UnsavedText | None = None

    # That a body which was full is emptied on purpose.
    empty_body = forms.BooleanField(required=False, widget=forms.HiddenInput)

    # What was opened. A save that others have overtaken is shown again instead of destroying their words.
    opened = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

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
            "subhead",
            "kind",
            "language",
            "valid_until",
            "current_notice",
            *EVENT,
            "slug",
        )
        help_texts = {
            "body": _(
                "Everything after the opening paragraph. By keyboard: Ctrl+B bold, Ctrl+I italics, Ctrl+Shift+8 bullets, "
                "Ctrl+Shift+7 numbers, Ctrl+Alt+2 heading, Ctrl+Z undo. A quotation that ends with a line “— Ana Ruiz, director” can be "
                "taken by reporters with its attribution."
            )
        }
        # The browser's own calendar: at home on a phone, usable by keyboard, in the person's language.
        error_messages = {
            "headline": {"required": _("Write a headline.")},
            "slug": {"invalid": _("Write the address in small letters, digits and hyphens.")},
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {
            name: forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}) for name in ("date", "valid_until")
        } | {
            "headline": forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
            "event_who": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        instance = kwargs.get("instance")
        if copy := WorkingCopy.of(instance) if instance and instance.pk else None:
            kwargs["initial"] = copy.contents | as_printed(copy.printed) | (kwargs.get("initial") or {})
        if self.unsaved:
            kwargs["initial"] = (kwargs.get("initial") or {}) | self.unsaved.contents
        super().__init__(*args, **kwargs)
        self.initial["opened"] = self.unsaved.opened if self.unsaved and self.instance.pk else self.instance.opened_as
        self.initial["form_id"] = str(self.unsaved.form if self.unsaved else uuid.uuid4())
        language = self.data.get("language") or self.initial.get("language") or self.instance.language
        for name in ("headline", "subhead", "dateline", "summary", "body", "event_place", "event_who", "event_languages", "event_visuals"):
            if name in self.fields:
                self.fields[name].widget.attrs["lang"] = language  # the browser checks its spelling
        notices: Any = self.fields.get("current_notice")
        if notices:
            here = Release.objects.published().in_language(language).filter(kind=Kind.SERVICE_NOTICE).exclude(pk=self.instance.pk)
            chosen = Release.objects.filter(pk=self.initial.get("current_notice") or 0)  # perhaps withdrawn since
            notices.queryset = (here | chosen).in_order()
            notices.empty_label = _("None")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._refuse_if_overtaken(cleaned.pop("opened", None))
        emptied = "body" in cleaned and self.initial.get("body") and not prose.sanitised(cleaned.get("body") or "")
        if self.instance.pk and emptied and not cleaned.get("empty_body"):
            shown_again = self.data.copy()  # type: ignore[attr-defined]
            shown_again["empty_body"] = "on"
            self.data = shown_again
            self.add_error("body", _("The body is empty now, and it was not before. Save again to empty it, or bring it back with undo."))
        if cleaned.get("dateline") and cleaned.get("language"):
            cleaned["dateline"] = place_in(cleaned["dateline"], cleaned["language"])
        names = {field: cleaned.get(field, "") for field in ("new_topic", "new_topic_es")}
        if all(names.values()):
            self._make_topic(names["new_topic"], names["new_topic_es"])
        elif any(names.values()):
            empty = next(field for field, name in names.items() if not name)
            self.add_error(empty, _("Write the name in both languages. It may be the same word."))
        return cleaned

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        if prose.is_too_large(body):
            raise ValidationError(publishing.too_large())
        if broken := prose.broken_links(prose.sanitised(body)):
            raise ValidationError(
                _("The link to “%(link)s” leads nowhere. Write a whole address, like https://www.carecen-la.org."),
                params={"link": broken[0]},
            )
        return body

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        others = Release.objects.in_language(self.data.get("language", self.instance.language)).exclude(pk=self.instance.pk)
        if slug and others.filter(slug=slug).exists():
            raise ValidationError(_("Another release in this language has this address. Choose another."))
        return slug

    def _refuse_if_overtaken(self, opened: str | None) -> None:
        """Refuse a save of something older than the release is now. The desk compares both before it comes to this."""
        if not self.instance.pk or opened == self.instance.opened_as:
            return
        self.add_error(
            None, _("Someone saved this release a moment ago. What you wrote is below and not saved yet. Save again to compare.")
        )

    def _make_topic(self, name: str, name_es: str) -> None:
        topic = Topic(name=name, name_es=name_es)
        try:
            topic.full_clean(exclude=["slug", "slug_es", "key", "key_es"])
        except ValidationError as fault:
            fields = {"name": "new_topic", "name_es": "new_topic_es"}
            for field, messages in fault.message_dict.items():
                for message in messages:
                    self.add_error(fields.get(field), message)
        else:
            self.cleaned_topic = topic

    def topics(self) -> list[Topic]:
        """The topics that were ticked, and the new one, which is made now."""
        topics = list(self.cleaned_data["tags"])
        if topic := getattr(self, "cleaned_topic", None):
            topic.save()
            topics.append(topic)
        return topics

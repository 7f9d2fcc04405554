"""The forms of the desk: a release with its topics, when it is published, why it is withdrawn."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from releases.datelines import place_in
from releases.models import Release, Topic


class TopicField(forms.ModelMultipleChoiceField):
    """Every topic as a box to tick, alphabetical, under both its names."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, topic: Any) -> str:
        return str(topic.both_names)


class ReleaseForm(forms.ModelForm):
    """A release as it is written. A topic that does not exist yet is made on purpose, with both its names."""

    tags = TopicField(
        Topic.objects.all(), label=_("Topics"), required=False, help_text=_("Tick what it is about. Readers filter and follow by topic.")
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

    class Meta:
        model = Release
        fields = ("headline", "date", "dateline", "summary", "body", "tags", "subhead", "kind", "language", "slug")
        # The browser's own calendar: at home on a phone, usable by keyboard, in the person's language.
        widgets = {"date": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("dateline") and cleaned.get("language"):
            cleaned["dateline"] = place_in(cleaned["dateline"], cleaned["language"])
        names = {field: cleaned.get(field, "") for field in ("new_topic", "new_topic_es")}
        if all(names.values()):
            self._make_topic(names["new_topic"], names["new_topic_es"])
        elif any(names.values()):
            empty = next(field for field, name in names.items() if not name)
            self.add_error(empty, _("Write the name in both languages. It may be the same word."))
        return cleaned

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

    def _save_m2m(self) -> None:
        if topic := getattr(self, "cleaned_topic", None):
            topic.save()
            self.cleaned_data["tags"] = [*self.cleaned_data["tags"], topic]
        super()._save_m2m()  # type: ignore[misc]


class PublishForm(forms.Form):
    NOW, LATER = "now", "later"

    when = forms.ChoiceField(label=_("When"), choices=[(NOW, _("Now")), (LATER, _("At a time"))], widget=forms.RadioSelect, initial=NOW)
    at = forms.DateTimeField(
        label=_("Day and time in Los Angeles"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("The release appears by itself, on the second."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("when") == self.LATER and not cleaned.get("at") and "at" not in self.errors:
            self.add_error("at", _("Choose the day and the time, or publish now."))
        if cleaned.get("when") == self.NOW and cleaned.get("at"):
            self.add_error("when", _("You chose a time, and “Now” is marked. Mark “At a time”, or clear the time."))
        return cleaned

    @property
    def moment(self) -> datetime | None:
        """The chosen moment; None for now."""
        return self.cleaned_data["at"] if self.cleaned_data["when"] == self.LATER else None


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "One sentence that readers will see at this address, in the language of the release. Repeat nothing that must not be read."
        ),
    )

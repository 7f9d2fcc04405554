"""The forms of the desk: a release with its topics, when it is published, why it is withdrawn."""

from datetime import datetime, timedelta
from html import escape
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from releases import prose
from releases.datelines import place_in
from releases.models import Release, Topic, User

FARTHEST = timedelta(days=730)  # nobody schedules a release for 2099 but by a slip


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


class ReleaseForm(forms.ModelForm):
    """A release as it is written. A topic that does not exist yet is made on purpose, with both its names."""

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

    # The version that was opened. A save that others have overtaken is shown again instead of destroying their words.
    opened = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Release
        fields = ("headline", "date", "dateline", "summary", "body", "tags", "subhead", "kind", "language", "slug")
        # The browser's own calendar: at home on a phone, usable by keyboard, in the person's language.
        error_messages = {
            "headline": {"required": _("Write a headline.")},
            "slug": {"invalid": _("Write the address in small letters, digits and hyphens.")},
        }
        widgets = {"date": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["opened"] = self.instance.version

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._refuse_if_overtaken(cleaned.pop("opened", None))
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

    def _refuse_if_overtaken(self, version: int | None) -> None:
        """Refuse a save of an older version than the release has now; the next press of the button is then on purpose."""
        if not self.instance.pk or version == self.instance.version:
            return
        shown_again = self.data.copy()  # type: ignore[attr-defined]
        shown_again["opened"] = str(self.instance.version)
        self.data = shown_again
        self.add_error(
            None,
            _(
                "Someone saved this release since you opened it. What you wrote is below and not saved yet. Open the release in another "
                "window and compare; save again here, and yours replaces theirs."
            ),
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

    def _save_m2m(self) -> None:
        if topic := getattr(self, "cleaned_topic", None):
            topic.save()
            self.cleaned_data["tags"] = [*self.cleaned_data["tags"], topic]
        super()._save_m2m()  # type: ignore[misc]


class VerbForm(forms.Form):
    """Asks whether to do it; knows the version of the release that was looked at."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class LosAngelesTimeField(forms.DateTimeField):
    """A day and a time in Los Angeles, on the hour the clocks change too: what does not exist or comes twice is explained."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **kwargs: Any) -> None:
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
        super().__init__(label=_("Day and time in Los Angeles"), input_formats=formats, **kwargs)

    def to_python(self, value: Any) -> datetime | None:
        try:
            moment = super().to_python(value)
        except ValidationError as fault:
            if getattr(fault, "code", "") != "ambiguous_timezone":
                raise
            if str(value)[5:7] == "03":
                raise ValidationError(
                    _("That night the clock jumps from 2 to 3 a.m., so this time does not exist. Choose 3:00 a.m. or later.")
                ) from fault
            raise ValidationError(
                _("That night the clock goes back from 2 to 1 a.m., so this time comes twice. Choose 2:00 a.m. or later.")
            ) from fault
        if moment and moment > timezone.now() + FARTHEST:
            raise ValidationError(_("Choose a time within the next two years."))
        return moment


class PublishForm(VerbForm):
    NOW, AT_ONCE, LATER = "now", "at once", "later"

    when = forms.ChoiceField(
        label=_("When"),
        choices=[(NOW, _("Now, with time to undo")), (AT_ONCE, _("Now, without waiting")), (LATER, _("At a time"))],
        widget=forms.RadioSelect,
        initial=NOW,
    )
    at = LosAngelesTimeField(required=False, help_text=_("The release appears by itself, on the second."))
    is_embargoed = forms.BooleanField(
        label=_("Embargoed until then"),
        required=False,
        help_text=_("The desk then says “Embargoed until …” instead of “Scheduled for …”."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("when") == self.LATER and not cleaned.get("at") and "at" not in self.errors:
            self.add_error("at", _("Choose the day and the time, or publish now."))
        if cleaned.get("when") != self.LATER and (cleaned.get("at") or cleaned.get("is_embargoed")):
            self.add_error("when", _("You chose a time or an embargo, and “Now” is marked. Mark “At a time”, or clear the rest."))
        return cleaned

    @property
    def moment(self) -> datetime | None:
        """The chosen moment; None for now."""
        return self.cleaned_data["at"] if self.cleaned_data["when"] == self.LATER else None


class AddressForm(VerbForm):
    slug = forms.SlugField(
        label=_("New address"),
        max_length=80,
        error_messages={"invalid": _("Write the address in small letters, digits and hyphens.")},
        help_text=_("Only if it must be: the old address stays and leads to the new one, wherever it was printed or linked."),
    )


class RescheduleForm(VerbForm):
    at = LosAngelesTimeField(help_text=_("The release appears by itself, on the second."))


class WithdrawForm(VerbForm):
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write the reason that readers will see.")},
        help_text=_(
            "One sentence that readers will see at this address, in the language of the release. Do not repeat what you are taking back."
        ),
    )
    replacement = forms.CharField(
        label=_("What replaces it"),
        max_length=300,
        required=False,
        help_text=_("A web address to go on to, if there is one: https://… or a page of this site, like /2015/03/a-ruling/."),
    )

    def clean_replacement(self) -> str:
        replacement: str = self.cleaned_data["replacement"]
        if replacement and prose.broken_links(f'<a href="{escape(replacement)}">'):
            raise ValidationError(_("This leads nowhere. Write a whole address, like https://www.carecen-la.org, or a page of this site."))
        return replacement


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(
        Topic.objects.all(),
        label=_("Merge into"),
        help_text=_("Its releases become releases about this topic, and its names and addresses lead here. This cannot be undone."),
    )

    def __init__(self, *args: Any, topic: Topic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        into: Any = self.fields["into"]
        into.queryset = Topic.objects.exclude(pk=topic.pk)
        into.label_from_instance = lambda other: other.both_names


class AnotherPassword:
    """The password validator that makes a one-time password be replaced by another, not by itself."""

    def validate(self, password: str, user: User | None = None) -> None:
        if user is not None and user.pk and user.check_password(password):
            raise ValidationError(_("This is the password you have now. Choose another."))

    def get_help_text(self) -> str:
        return gettext("It must not be the password you have now.")

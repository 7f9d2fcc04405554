"""What the verbs ask: when, why, what readers are told."""

import uuid
from datetime import date, datetime, timedelta
from html import escape
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from releases import clock, prose
from releases.models import Newsroom, Release, User, WorkingCopy
from releases.vocabulary import ChangeKind, Language, LinkKind, Status

FARTHEST = timedelta(days=730)  # nobody schedules a release for 2099 but by a slip


class VerbForm(forms.Form):
    """Asks whether to do it, and, with an `other`, whether to do it to that version in the other language as well; knows what was
    looked at."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    seen_other = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    together = forms.BooleanField(required=False)

    def __init__(self, *args: Any, release: Release, by: User, other: Release | None = None, **kwargs: Any) -> None:
        self.release, self.by = release, by
        super().__init__(*args, **kwargs)
        if other is None:
            del self.fields["together"], self.fields["seen_other"]
            return
        missing = other.missing() if other.status == Status.DRAFT else {}
        field = self.fields["together"]
        field.label = _("The English version too") if other.language == Language.ENGLISH else _("The Spanish version too")
        field.help_text = format_html('<span lang="{}">{}</span>', other.language, other.headline)
        if missing:
            field.disabled = True
            field.help_text += " – " + " ".join(map(str, missing.values()))
        self.initial["seen_other"] = other.opened_as
        self.initial["together"] = not missing and other.status != Status.WITHDRAWN and not other.is_public()
        self.order_fields([name for name in self.fields if name != "together"])


class LosAngelesTimeField(forms.DateTimeField):
    """A day and a time in Los Angeles, on the hour the clocks change too: what does not exist or comes twice is explained."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **kwargs: Any) -> None:
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
        kwargs.setdefault("label", _("Day and time in Los Angeles"))
        super().__init__(input_formats=formats, **kwargs)

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


class VersionField(forms.IntegerField):
    """The version of the counterpart that was looked at."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, min_value=0, max_value=2**31 - 1)


class WhenForm(VerbForm):
    """Asks when the public may read it, and, where a second person is wanted, why it is done without one."""

    NOW, AT_ONCE, LATER = "now", "at once", "later"

    when = forms.ChoiceField(
        label=_("When"),
        choices=[(NOW, _("Now, with time to undo")), (AT_ONCE, _("Now, without waiting")), (LATER, _("At a time"))],
        widget=forms.RadioSelect,
        initial=NOW,
    )
    at = LosAngelesTimeField(required=False, help_text=_("It appears by itself."))
    alone_because = forms.CharField(
        label=_("Why without a second person"),
        required=False,
        max_length=500,
        help_text=_("You wrote this text last, and someone else should approve it. If that cannot wait, say why; it stays as a note."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        copy = WorkingCopy.of(self.release)
        writer = copy.changed_by if copy else self.release.changed_by
        if writer != self.by or not Newsroom.current().needs_second_person:
            del self.fields["alone_because"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("when") == self.LATER and not cleaned.get("at") and "at" not in self.errors:
            self.add_error("at", _("Choose the day and the time, or publish now."))
        if cleaned.get("when") != self.LATER and (cleaned.get("at") or cleaned.get("is_embargoed")):
            self.add_error("when", _("You chose a time or an embargo, and “Now” is marked. Mark “At a time”, or clear the rest."))
        return cleaned

    @property
    def choice(self) -> dict[str, Any]:
        """When, as the verbs take it: `at` a moment, or now after `wait`."""
        when = self.cleaned_data["when"]
        return {
            "at": self.cleaned_data["at"] if when == self.LATER else None,
            "wait": timedelta(seconds=Newsroom.current().undo_window) if when == self.NOW else timedelta(0),
            "seen": self.cleaned_data["seen"],
            "alone_because": self.cleaned_data.get("alone_because", ""),
        }


class PublishForm(WhenForm):
    is_embargoed = forms.BooleanField(
        label=_("Embargoed until then"),
        required=False,
        help_text=_("The desk then says “Embargoed until …” instead of “Scheduled for …”. For readers nothing changes."),
    )


class ChangeForm(WhenForm):
    """Asks once what kind of change it is, and what readers are told of it."""

    kind = forms.ChoiceField(
        label=_("What kind of change is it?"),
        choices=[
            (ChangeKind.TYPO, _("A typo: readers are told nothing")),
            (ChangeKind.CORRECTION, _("A correction: something was wrong")),
            (ChangeKind.UPDATE, _("An update: something is new")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what kind of change it is.")},
    )
    note = forms.CharField(
        label=_("What readers are told"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "One sentence in the language of the release, shown with today's date at the top and in the log at its foot. "
            "Say what is right now; do not repeat what was wrong."
        ),
    )
    version = VersionField()
    agrees = forms.BooleanField(required=False)
    field_order = ("seen", "kind", "note", "agrees", "when", "at", "alone_because")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        other = self.release.counterpart if Release.objects.out_of_date().filter(pk=self.release.pk).exists() else None
        if other is None:
            del self.fields["agrees"], self.fields["version"]
            return
        english = other.language == Language.ENGLISH
        field = self.fields["agrees"]
        field.label = _("It follows a change of the English version") if english else _("It follows a change of the Spanish version")
        field.help_text = _("Both say the same again, and readers are no longer told that the other version is newer.")
        self.initial.update(agrees=True, version=other.version)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("kind") in (ChangeKind.CORRECTION, ChangeKind.UPDATE) and not cleaned.get("note"):
            self.add_error("note", _("Write one sentence that tells readers what changed. It is only a typo that needs none."))
        if cleaned.get("kind") == ChangeKind.TYPO and cleaned.get("note"):
            self.add_error("kind", _("You wrote a sentence for readers, and “typo” is marked, which shows none. Change one of them."))
        return cleaned

    @property
    def agrees_with(self) -> int | None:
        """The version of the counterpart that the change brings the release level with, if it does."""
        return self.cleaned_data["version"] if self.cleaned_data.get("agrees") else None


class AgreeForm(VerbForm):
    """Asks whether a version is still correct; knows with which version of the counterpart it was compared."""

    version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        other = self.release.counterpart
        self.initial["version"] = other.version if other else None


class NoteForm(VerbForm):
    text = forms.CharField(
        label=_("Note"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write a few words.")},
        help_text=_("For the desk only; the public never sees it."),
    )


class ReviewForm(NoteForm):
    text = forms.CharField(
        label=_("Note"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What should the publisher look at? For the desk only; the public never sees it."),
    )


class PinForm(VerbForm):
    until = forms.DateField(
        label=_("Pinned through"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("Choose the last day.")},
        help_text=_("The last day on which it stands first on the news page. Whatever was pinned in this language gives way."),
    )

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        today = clock.day_of(timezone.now())
        if not today <= until <= today + FARTHEST:
            raise ValidationError(_("Choose a day from today on, within the next two years."))
        return until


class AddressForm(VerbForm):
    slug = forms.SlugField(
        label=_("New address"),
        max_length=80,
        error_messages={"invalid": _("Write the address in small letters, digits and hyphens.")},
        help_text=_("Only if it must be: the old address stays and leads to the new one, wherever it was printed or linked."),
    )


class RescheduleForm(VerbForm):
    at = LosAngelesTimeField(help_text=_("It appears by itself. An embargo stays one."))


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


class LinkForm(VerbForm):
    form = forms.UUIDField(required=False, widget=forms.HiddenInput)  # a second press makes no second link
    label = forms.CharField(
        label=_("For whom"),
        max_length=100,
        error_messages={"required": _("Write for whom the link is: one person, one link.")},
        help_text=_("One person, one link: Ana Paz, La Opinión. So each can be revoked alone."),
    )
    kind = forms.ChoiceField(label=_("What for"), choices=LinkKind.choices, widget=forms.RadioSelect)
    hours = forms.TypedChoiceField(
        label=_("It holds for"),
        coerce=int,
        choices=[(6, _("6 hours")), (24, _("24 hours")), (48, _("48 hours")), (72, _("72 hours"))],
        initial=24,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["form"] = uuid.uuid4()
        if not self.by.has_perm("releases.publish_release"):
            kinds: Any = self.fields["kind"]
            kinds.choices = [choice for choice in LinkKind.choices if choice[0] != LinkKind.REPORTER]
            kinds.initial = LinkKind.APPROVER


class EraseForm(forms.Form):
    names = forms.CharField(
        label=_("Name"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Write the name that is to be removed.")},
        help_text=_("One spelling a line: María López, López, la señora L. Capitals and accents make no difference."),
    )
    looked_for = forms.CharField(max_length=1000, required=False, widget=forms.HiddenInput)

    @property
    def was_looked_for(self) -> bool:
        """Whether the places of this very name were shown before."""
        return bool(self.cleaned_data["names"].split() == self.cleaned_data["looked_for"].split())

"""Forms of the release actions: when to publish, why to withdraw, what to tell readers."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from releases.models import Release, User
from releases.text import localtime
from releases.text.choices import Language, LinkKind, Status
from releases.text.links import clean_link, is_valid_link

MAX_SCHEDULE_AHEAD = timedelta(days=730)  # a later year is probably a typo


class ActionForm(forms.Form):
    """Confirms an action, with an option to apply it to `translation` as well, if that is given.

    The hidden edit tokens identify the versions that the user saw.
    """

    edit_token = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    translation_edit_token = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    both_languages = forms.BooleanField(required=False)

    def __init__(
        self, *args: Any, release: Release, user: User, translation: Release | None = None, **kwargs: Any
    ) -> None:
        self.release, self.user, self.translation = release, user, translation
        super().__init__(*args, **kwargs)
        if translation is None:
            del self.fields["both_languages"], self.fields["translation_edit_token"]
            return
        missing = translation.missing_fields() if translation.status == Status.DRAFT else {}
        field = self.fields["both_languages"]
        field.label = (
            _("Also the English version")
            if translation.language == Language.ENGLISH
            else _("Also the Spanish version")
        )
        field.help_text = format_html('<span lang="{}">{}</span>', translation.language, translation.headline)
        if missing:
            field.disabled = True
            field.help_text = format_html("{} – {}", field.help_text, " ".join(map(str, missing.values())))
        self.initial["translation_edit_token"] = translation.edit_token
        self.initial["both_languages"] = (
            not missing and translation.status != Status.WITHDRAWN and not translation.is_public()
        )
        self.order_fields([name for name in self.fields if name != "both_languages"])


class LosAngelesTimeField(forms.DateTimeField):
    """A date and time in Los Angeles.

    When the clocks change, the error explains that a time does not exist or occurs twice.
    """

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **kwargs: Any) -> None:
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
        kwargs.setdefault("label", _("Day and time in Los Angeles"))
        super().__init__(input_formats=formats, **kwargs)

    def to_python(self, value: Any) -> datetime | None:
        try:
            parsed = super().to_python(value)
        except ValidationError as exc:
            if getattr(exc, "code", "") != "ambiguous_timezone":
                raise
            if str(value)[5:7] == "03":
                raise ValidationError(
                    _(
                        "That night clocks go forward from 2 to 3 a.m., so this time does not exist. Choose "
                        "3:00 a.m. or later."
                    )
                ) from exc
            raise ValidationError(
                _(
                    "That night clocks go back from 2 to 1 a.m., so this time occurs twice. Choose 2:00 "
                    "a.m. or later."
                )
            ) from exc
        if parsed and parsed > timezone.now() + MAX_SCHEDULE_AHEAD:
            raise ValidationError(_("Choose a time within the next two years."))
        return parsed


class VersionField(forms.IntegerField):
    """The version of the translation that the user saw."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, min_value=0, max_value=2**31 - 1)


class MarkCurrentForm(ActionForm):
    """Confirms that a release is still correct, compared with `version` of its translation."""

    version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        translation = self.release.translation
        self.initial["version"] = translation.version if translation else None


class NoteForm(ActionForm):
    text = forms.CharField(
        label=_("Note"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write a comment.")},
        help_text=_("Internal only."),
    )


class ReviewForm(NoteForm):
    text = forms.CharField(
        label=_("Note"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What should the publisher look at? Internal only."),
    )


class PinForm(ActionForm):
    until = forms.DateField(
        label=_("Pinned through"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("Choose the last day.")},
        help_text=_("Last day it stays at the top. Replaces any other pinned release in this language."),
    )

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        today = localtime.local_date(timezone.now())
        if not today <= until <= today + MAX_SCHEDULE_AHEAD:
            raise ValidationError(_("Choose a day between today and two years from now."))
        return until


class SlugForm(ActionForm):
    slug = forms.SlugField(
        label=_("New web address"),
        max_length=80,
        error_messages={"invalid": _("Use lowercase letters, numbers and hyphens.")},
        help_text=_("Only change this if necessary. The old address will redirect to the new one."),
    )


class RescheduleForm(ActionForm):
    at = LosAngelesTimeField(help_text=_("Publishes automatically. An embargo stays in place."))


class WithdrawForm(ActionForm):
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write the reason that readers will see.")},
        help_text=_(
            "One sentence that readers see at this address, in the language of the release. Don't repeat "
            "what you are withdrawing."
        ),
    )
    replacement = forms.CharField(
        label=_("Replacement link (optional)"),
        max_length=300,
        required=False,
        help_text=_("A complete web address, https://…, or a page of this site, like /2015/03/a-ruling/."),
    )

    def clean_replacement(self) -> str:
        replacement = clean_link(self.cleaned_data["replacement"])
        if replacement and not is_valid_link(replacement):
            raise ValidationError(
                _(
                    "This isn't a web address. Enter a complete one, like https://www.carecen-la.org, or a "
                    "page of this site."
                )
            )
        return replacement


class LinkForm(ActionForm):
    # A repeated submission creates no second link.
    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    label = forms.CharField(
        label=_("Recipient"),
        max_length=100,
        error_messages={"required": _("Enter who the link is for: one person per link.")},
        help_text=_(
            "One person per link, like Ana Paz, La Opinión. Each link can then be revoked separately."
        ),
    )
    kind = forms.ChoiceField(label=_("Purpose"), choices=LinkKind.choices, widget=forms.RadioSelect)
    hours = forms.TypedChoiceField(
        label=_("Expires after"),
        coerce=int,
        choices=[(6, _("6 hours")), (24, _("24 hours")), (48, _("48 hours")), (72, _("72 hours"))],
        initial=24,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["client_id"] = uuid.uuid4()
        if not self.user.has_perm("releases.publish_release"):
            kind_field: Any = self.fields["kind"]
            kind_field.choices = [kind for kind in LinkKind.choices if kind[0] != LinkKind.REPORTER]
            kind_field.initial = LinkKind.APPROVER


class RedactionForm(forms.Form):
    names = forms.CharField(
        label=_("Name"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the name to remove.")},
        help_text=_(
            "One spelling per line: María López, López, la señora L. Capitals and accents don't matter."
        ),
    )
    previewed_names = forms.CharField(max_length=1000, required=False, widget=forms.HiddenInput)

    @property
    def was_previewed(self) -> bool:
        """Return whether the occurrences of exactly these names have been shown."""
        return bool(self.cleaned_data["names"].split() == self.cleaned_data["previewed_names"].split())

"""The form that publishes an alert."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from releases.admin.forms.actions import LosAngelesTimeField
from releases.models import Alert
from releases.models.alerts import MAX_LENGTH, MISSING
from releases.text import localtime
from releases.text.choices import Severity

TEXT_WIDGET = forms.Textarea(attrs={"rows": 3, "maxlength": MAX_LENGTH})


class AlertForm(forms.ModelForm):
    """`replaces` is the id of the active alert that the user saw."""

    replaces = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    ends_at = LosAngelesTimeField(
        label=_("Until (day and time in Los Angeles)"),
        help_text=_("It disappears at this minute, within seven days at most."),
        error_messages={"required": _("Choose the day and the time when it ends.")},
    )
    severity = forms.ChoiceField(
        label=_("How serious is it?"), choices=Severity.choices, widget=forms.RadioSelect
    )

    class Meta:
        model = Alert
        fields = ("text", "text_es", "link", "ends_at", "severity")
        labels = {"text": _("In English"), "text_es": _("In Spanish"), "link": _("Link (optional)")}
        widgets = {"text": TEXT_WIDGET, "text_es": TEXT_WIDGET, "link": forms.TextInput}
        help_texts = {
            "text": _("One or two sentences, at most 200 characters."),
            "link": _(
                "A page of this site or of another one. A release opens in the language of the reader."
            ),
        }
        error_messages = {
            "text": {"required": MISSING["text"]},
            "text_es": {"required": MISSING["text_es"]},
        }

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Return the fields in three groups, each with its question."""
        return [
            (_("What should people know?"), [self["text"], self["text_es"]]),
            (_("Where can they read more?"), [self["link"]]),
            (_("Until when, and how serious?"), [self["ends_at"], self["severity"]]),
        ]


def get_initial(active: Alert | None, now: datetime) -> dict[str, Any]:
    """Return the values of a new form: those of the active alert, or an end tonight."""
    if active:
        names = ("text", "text_es", "link", "ends_at", "severity")
        return {name: getattr(active, name) for name in names} | {"replaces": active.pk}
    return {"ends_at": get_default_end(now), "severity": Severity.IMPORTANT}


def get_default_end(now: datetime) -> datetime:
    """Return 11:59 p.m. in Los Angeles, today or, in the last hour of the day, tomorrow."""
    day = localtime.local_date(now + timedelta(hours=1))
    return datetime.combine(day, time(23, 59), timezone.get_default_timezone())

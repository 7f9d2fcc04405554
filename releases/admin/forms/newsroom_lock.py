"""The form that locks the newsroom."""

from django import forms
from django.utils.translation import gettext_lazy as _


class LockForm(forms.Form):
    WAIT, KEEP = "wait", "keep"

    schedule = forms.ChoiceField(
        label=_("Scheduled releases and changes"),
        choices=[
            (WAIT, _("Return scheduled releases to draft")),
            (KEEP, _("Publish scheduled releases as planned")),
        ],
        widget=forms.RadioSelect,
        initial=WAIT,
        help_text=_("After unlocking, a list shows what to schedule again."),
    )

"""Form that merges a topic into another."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from releases.models import Topic


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(
        Topic.objects.all(),
        label=_("Merge into"),
        help_text=_(
            "Its releases move to the chosen topic, and its names and web addresses lead there. This can't "
            "be undone."
        ),
    )

    def __init__(self, *args: Any, topic: Topic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        into: Any = self.fields["into"]
        into.queryset = Topic.objects.exclude(pk=topic.pk)
        into.label_from_instance = lambda target: target.both_names

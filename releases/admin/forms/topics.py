"""Form that merges a topic into another."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from releases.models import Topic


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(
        Topic.objects.all(),
        label=_("Merge into"),
        help_text=_("The next page shows what will change. Nothing is merged yet."),
    )

    def __init__(self, *args: Any, topic: Topic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        into: Any = self.fields["into"]
        into.queryset = Topic.sorted_by_name().exclude(pk=topic.pk)
        into.label_from_instance = lambda target: target.both_names

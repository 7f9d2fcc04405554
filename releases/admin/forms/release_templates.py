"""The form in which staff write a template."""

from typing import Any, ClassVar

from django import forms

from releases.admin.forms.release import clean_body
from releases.models import ReleaseTemplate
from releases.models.release_templates import TEMPLATE_FIELDS


class ReleaseTemplateForm(forms.ModelForm):
    class Meta:
        model = ReleaseTemplate
        fields = ("name", *TEMPLATE_FIELDS)
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "headline": forms.Textarea(attrs={"rows": 2, "maxlength": 300})
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = self.data.get("language") or self.initial.get("language") or self.instance.language
        for name in ("headline", "subhead", "summary", "body"):
            if name in self.fields:
                self.fields[name].widget.attrs["lang"] = language  # the browser checks its spelling

    def clean_body(self) -> str:
        return clean_body(self.cleaned_data["body"])

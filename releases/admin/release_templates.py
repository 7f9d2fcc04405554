"""Admin of templates: publishers edit them, and writers read and use them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from releases.admin.base import BaseModelAdmin, get_editor_context
from releases.admin.forms import ReleaseTemplateForm
from releases.models import ReleaseTemplate
from releases.text import richtext


@admin.register(ReleaseTemplate)
class ReleaseTemplateAdmin(BaseModelAdmin):
    form = ReleaseTemplateForm
    list_display = ("name", "language", "kind", "headline")
    list_filter = ("language", "kind")

    class Media:
        css = {"all": ["css/admin_forms.css"]}
        js = ["js/release_form.js", "js/paste.js"]

    def get_fields(self, request: HttpRequest, obj: ReleaseTemplate | None = None) -> Any:
        can_write = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        body = "body" if can_write else "body_html"
        return ("name", ("language", "kind"), "headline", "subhead", "summary", body)

    def get_readonly_fields(self, request: HttpRequest, obj: ReleaseTemplate | None = None) -> Any:
        return ("body_html",)

    @admin.display(description=_("body"))
    def body_html(self, template: ReleaseTemplate) -> str:
        return mark_safe(richtext.sanitize(template.body))  # noqa: S308  (only the allow-list)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"language": get_language()} | super().get_changeform_initial_data(request)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context |= get_editor_context(request, context["media"]) | {"show_save_and_add_another": False}
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

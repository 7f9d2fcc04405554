"""What the newsroom has decided once for all releases, for those who may."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from releases.admin.base import DeskAdmin
from releases.models import Boilerplate, Coverage, MediaContact, Newsroom, Release

MOST_OFFERED = 200  # releases to choose from


@admin.register(Newsroom)
class NewsroomAdmin(DeskAdmin):
    fieldsets = (
        (
            _("For families"),
            {"fields": ("legal_help_phone", "legal_help_hours", "legal_help_hours_es", "notario_warning", "notario_warning_es")},
        ),
        (_("The office and the press line"), {"fields": ("address", "press_phone", "press_email", "days_contacts_are_shown")}),
        (_("How we publish"), {"fields": ("undo_window", "needs_second_person", "years_until_old", "days_backups_are_kept")}),
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one, so the list of them is its page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:releases_newsroom_change", args=[Newsroom.current().pk]))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Newsroom | None = None) -> bool:
        return False


@admin.register(MediaContact)
class MediaContactAdmin(DeskAdmin):
    fieldsets = (
        (None, {"fields": ("name", ("role", "role_es"), ("phone", "email"), ("speaks_english", "speaks_spanish"), ("hours", "hours_es"))}),
        (None, {"fields": ("is_for_the_press_page",)}),
    )
    list_display = ("name", "role", "phone", "email", "is_for_the_press_page")
    search_fields = ("name", "role", "role_es")


@admin.register(Boilerplate)
class BoilerplateAdmin(DeskAdmin):
    fields = ("language", "since", "text")
    list_display = ("language", "since", "text")
    list_filter = ("language",)


@admin.register(Coverage)
class CoverageAdmin(DeskAdmin):
    fields = (("outlet", "date"), "headline", "language", "url", "release")
    list_display = ("outlet", "headline", "language", "date", "release")
    list_filter = ("language",)
    search_fields = ("outlet", "headline")
    date_hierarchy = "date"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "url":
            kwargs["assume_scheme"] = "https"
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "release" and field:  # chosen among those that are there, not made or deleted in passing
            field.widget = field.widget.widget
        return field

    def get_form(self, request: HttpRequest, obj: Coverage | None = None, change: bool = False, **kwargs: Any) -> Any:
        """Stories come soon after a release, so the newest are offered, and the one that is chosen already."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        if "release" in form.base_fields:
            newest = list(Release.objects.published().in_order().values_list("pk", flat=True)[:MOST_OFFERED])
            chosen = [obj.release_id] if obj and obj.release_id else []
            form.base_fields["release"].queryset = Release.objects.filter(pk__in=newest + chosen).in_order()
        return form

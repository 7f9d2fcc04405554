"""Admin of the newsroom's settings, media contacts, organizations, boilerplates and press coverage."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from releases.admin.alerts import AlertViews
from releases.admin.base import BaseModelAdmin, get_photo_base_url
from releases.admin.newsroom_lock import NewsroomLockViews
from releases.models import (
    Boilerplate,
    Coverage,
    MediaContact,
    NewsroomSettings,
    Organization,
    Photo,
    Release,
)
from releases.text.choices import PressKitCategory

MAX_RELEASE_CHOICES = 200  # releases to choose from


@admin.register(NewsroomSettings)
class NewsroomAdmin(BaseModelAdmin):
    fieldsets = (
        (
            gettext_lazy("For families"),
            {
                "fields": (
                    "legal_help_phone",
                    "legal_help_hours",
                    "legal_help_hours_es",
                    "notario_warning",
                    "notario_warning_es",
                )
            },
        ),
        (
            gettext_lazy("Office and press line"),
            {"fields": ("address", "press_phone", "press_email", "contact_display_days")},
        ),
        (
            gettext_lazy("Publishing"),
            {
                "fields": (
                    "undo_window",
                    "requires_second_approver",
                    "years_until_old",
                    "backup_retention_days",
                )
            },
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        return [*AlertViews(self).get_urls(), *NewsroomLockViews(self).get_urls(), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Redirect to the form, because there is only one row of settings."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(
            reverse("admin:releases_newsroomsettings_change", args=[NewsroomSettings.current().pk])
        )

    def get_saved_message(self, obj: Any) -> str:
        return _("The settings were saved.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: NewsroomSettings | None = None) -> bool:
        return False


class PortraitField(forms.ModelChoiceField):
    """The portraits as pictures with their alt text: a list of names alone is easily confused."""

    widget = forms.RadioSelect(attrs={"class": "portraits"})

    def label_from_instance(self, photo: Any) -> str:
        url = f"{get_photo_base_url()}{photo.name}/{photo.thumbnail}"
        return format_html('<img src="{}" alt="" loading="lazy"> {}', url, photo)


@admin.register(MediaContact)
class MediaContactAdmin(BaseModelAdmin):
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "name",
                    ("role", "role_es"),
                    ("phone", "email"),
                    ("speaks_english", "speaks_spanish"),
                    ("hours", "hours_es"),
                )
            },
        ),
        (None, {"fields": ("show_on_press_page", "portrait")}),
    )
    list_display = ("name", "role", "phone", "email", "show_on_press_page")
    search_fields = ("name", "role", "role_es")

    class Media:
        css = {"all": ["css/admin_forms.css"]}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "portrait":
            return db_field.formfield(
                form_class=PortraitField,
                empty_label=_("No portrait"),
                blank=True,
                widget=PortraitField.widget,
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_form(
        self, request: HttpRequest, obj: MediaContact | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Offer the portraits of the press kit and the chosen one, newest first."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        if "portrait" in form.base_fields:
            form.base_fields["portrait"].queryset = Photo.objects.filter(
                Q(press_kit_category=PressKitCategory.PORTRAIT) | Q(pk=obj.portrait_id if obj else None)
            )
        return form


@admin.register(Organization)
class OrganizationAdmin(BaseModelAdmin):
    fields = ("name", "name_es", "website")
    list_display = ("name", "name_es", "website")
    search_fields = ("name", "name_es")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "website":
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(Boilerplate)
class BoilerplateAdmin(BaseModelAdmin):
    fields = ("language", "effective_from", "text")
    list_display = ("language", "effective_from", "text")
    list_filter = ("language",)
    search_fields = ("text",)


@admin.register(Coverage)
class CoverageAdmin(BaseModelAdmin):
    fields = (("outlet", "date"), "headline", "language", "url", "release")
    list_display = ("outlet", "headline", "language", "date", "release")
    list_filter = ("language",)
    search_fields = ("outlet", "headline")
    date_hierarchy = "date"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "url":
            kwargs["assume_scheme"] = "https"
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "release" and field:  # without the links that add, change or delete a release
            field.widget = field.widget.widget
        return field

    def get_form(
        self, request: HttpRequest, obj: Coverage | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Offer only the newest releases and the selected one: coverage follows soon after a release."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        if "release" in form.base_fields:
            newest = list(
                Release.objects.published().newest_first().values_list("pk", flat=True)[:MAX_RELEASE_CHOICES]
            )
            chosen = [obj.release_id] if obj and obj.release_id else []
            form.base_fields["release"].queryset = Release.objects.filter(
                pk__in=newest + chosen
            ).newest_first()
        return form

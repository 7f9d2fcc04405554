"""Admin of user accounts."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from releases.admin.base import BaseModelAdmin
from releases.models import User


@admin.register(User)
class StaffAdmin(BaseModelAdmin, UserAdmin):
    fieldsets = (
        (None, {"fields": ("username", "password", "password_is_temporary")}),
        (_("Personal info"), {"fields": ("first_name", "last_name", "email", "language")}),
        (
            _("Permissions"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups")},
        ),
        (_("Important dates"), {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs["widget"] = forms.CheckboxSelectMultiple
        field: Any = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field and db_field.name == "groups":
            field.label_from_instance = lambda group: str(ROLES.get(group.name, group.name))
        return field


# Translatable labels of the two default groups.
ROLES = {"Publishers": _("Publishers"), "Writers": _("Writers")}

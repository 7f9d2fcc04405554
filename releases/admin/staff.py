"""Accounts, for those who may manage them."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.utils.translation import gettext_lazy as _

from releases.admin.base import DeskAdmin
from releases.models import User


@admin.register(User)
class StaffAdmin(DeskAdmin, UserAdmin):
    fieldsets = (
        (None, {"fields": ("username", "password", "password_is_temporary")}),
        (_("Personal info"), {"fields": ("first_name", "last_name", "email", "language")}),
        (_("Permissions"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        (_("Important dates"), {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")

"""Admin of staff accounts: their roles and one-time passwords. Only managers may use it."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.forms import UsernameField
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from releases.accounts.passwords import generate_password
from releases.admin.base import BaseModelAdmin, current_user
from releases.models import NewsroomSettings, User, display_name
from releases.models.staff import PASSWORD_FIELDS
from releases.text.choices import Role


class StaffForm(forms.ModelForm):
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=[("", gettext_lazy("No role")), *Role.choices],
        required=False,
        help_text=gettext_lazy(
            "Writers write and edit. Publishers also decide what the public reads. Managers also manage "
            "accounts and settings."
        ),
    )
    acting_user: User

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "language", "is_active")
        field_classes = {"username": UsernameField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "is_active" in self.fields:
            self.fields["is_active"].help_text = _(
                "Clear this when the person leaves. They are signed out at once."
            )
        self.fields["role"].initial = (self.instance.role or "") if self.instance.pk else Role.WRITER

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        stays_manager = cleaned.get("role") == Role.MANAGER and cleaned.get("is_active", True)
        if not self.instance.pk or stays_manager or not self.instance.is_superuser:
            return cleaned
        if self.instance.pk == self.acting_user.pk:
            raise ValidationError(
                _("You can't close your own account or change your role. Ask another manager.")
            )
        # Locked, because two managers may close each other's accounts at the same moment.
        managers = User.objects.select_for_update().filter(is_superuser=True, is_active=True, is_staff=True)
        if not [user for user in managers if user.pk != self.instance.pk]:
            raise ValidationError(_("This is the last manager. Make someone else a manager first."))
        return cleaned


@admin.register(User)
class StaffAdmin(BaseModelAdmin):
    form = StaffForm
    fieldsets = (
        (None, {"fields": ("username", "first_name", "last_name", "email", "language")}),
        (gettext_lazy("Permissions"), {"fields": ("role", "is_active")}),
        (gettext_lazy("Important dates"), {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    list_display = ("username", "full_name", "role_name", "is_active", "last_login")
    list_filter = ("is_active",)
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("username",)

    @admin.display(description=gettext_lazy("Name"))
    def full_name(self, user: User) -> str:
        return user.get_full_name() or "–"

    @admin.display(description=gettext_lazy("Role"))
    def role_name(self, user: User) -> str:
        return str(user.role.label) if user.role else "–"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_manager(request) and not NewsroomSettings.find_lock()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_manager(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_manager(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_manager(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Accounts are closed, not deleted: the history keeps the name."""
        return False

    def ensure_unlocked(self, request: HttpRequest) -> None:
        """Allow changes: managers close accounts before they unlock the newsroom."""
        if request.resolver_match and request.resolver_match.url_name == "releases_user_add":
            super().ensure_unlocked(request)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.acting_user = current_user(request)
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fields. A new account is open and has no dates yet."""
        if obj:
            return super().get_fieldsets(request, obj)
        return ((None, {"fields": ("username", "first_name", "last_name", "email", "language", "role")}),)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save the account with its role. A new one gets a one-time password, which the next page shows."""
        if not change:
            obj.is_staff = True
            obj.one_time_password = generate_password()  # type: ignore[attr-defined]
            obj.set_temporary_password(obj.one_time_password)  # type: ignore[attr-defined]
            obj.save()
        obj.set_role(form.cleaned_data["role"])
        obj.save()

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: Any = None) -> HttpResponse:
        return self.show_password(request, obj, obj.one_time_password)  # type: ignore[attr-defined]

    def get_urls(self) -> list[URLPattern]:
        return [
            self.admin_path("<int:user_id>/password/", self.reset_password, "reset_password"),
            *super().get_urls(),
        ]

    def reset_password(self, request: HttpRequest, user_id: int) -> HttpResponse:
        """Replace the password of someone else with a one-time password, and show it once."""
        if not is_manager(request):
            raise PermissionDenied
        user = self.get_object(request, str(user_id))
        if user is None:
            return self.redirect_missing(request)
        if user.pk == request.user.pk:
            return HttpResponseRedirect(reverse("admin:password_change"))
        if request.method == "POST":
            password = generate_password()
            user.set_temporary_password(password)
            user.save(update_fields=PASSWORD_FIELDS)
            self.log_change(request, user, gettext_noop("Reset the password."))
            return self.show_password(request, user, password)
        context = self.admin_site.each_context(request) | {
            "title": _("Reset the password of %(name)s") % {"name": display_name(user)},
            "opts": self.opts,
            "account": user,
        }
        return TemplateResponse(request, "admin/releases/user/reset_password.html", context)

    def show_password(self, request: HttpRequest, user: User, password: str) -> HttpResponse:
        """Show a one-time password. It is stored nowhere, so the page can't be opened again."""
        context = self.admin_site.each_context(request) | {
            "title": _("One-time password of %(name)s") % {"name": display_name(user)},
            "opts": self.opts,
            "account": user,
            "password": password,
            "sign_in_url": f"{settings.SITE_URL}{reverse('admin:index')}",
        }
        return TemplateResponse(request, "admin/releases/user/one_time_password.html", context)


def is_manager(request: HttpRequest) -> bool:
    return bool(request.user.is_active and request.user.is_superuser)

"""Admin of staff accounts: their roles, invitations and one-time passwords. Only managers may use it."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models.functions import Coalesce, Greatest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, pgettext

from releases.accounts.passwords import generate_password
from releases.admin.base import BaseModelAdmin, current_user
from releases.admin.colleagues import ColleagueViews, get_current_work, get_summary
from releases.admin.filters import AccountStateFilter
from releases.admin.forms import StaffForm
from releases.mail import MailKind, enqueue_mail
from releases.models import (
    AuthenticatorApp,
    Invitation,
    NewsroomSettings,
    Passkey,
    StaffSession,
    User,
    display_name,
)
from releases.models.staff import PASSWORD_FIELDS
from releases.text import localtime


@admin.register(User)
class StaffAdmin(BaseModelAdmin):
    form = StaffForm
    fieldsets = (
        (None, {"fields": ("username", "first_name", "last_name", "email", "language")}),
        (gettext_lazy("Permissions"), {"fields": ("role",)}),
    )
    list_display = ("full_name", "username", "role_name", "state", "two_step", "last_seen")
    list_filter = (AccountStateFilter,)
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("first_name", "last_name")
    list_title = gettext_lazy("People")

    @admin.display(description=gettext_lazy("Name"), ordering="first_name")
    def full_name(self, user: User) -> str:
        return display_name(user)

    @admin.display(description=gettext_lazy("Role"))
    def role_name(self, user: User) -> str:
        return str(user.role.label) if user.role else "–"

    @admin.display(description=gettext_lazy("Status"))
    def state(self, user: User) -> str:
        if not user.is_active:
            return pgettext("account", "Left")
        if user.has_usable_password():
            return pgettext("account", "Open")
        expires_at = user.invited_until  # type: ignore[attr-defined]
        if expires_at is None or expires_at <= timezone.now():
            return _("Invitation expired")
        return _("Invited (link valid until %(moment)s)") % {"moment": localtime.format_datetime(expires_at)}

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the accounts with `invited_until`, `has_second_factor` and `seen_at`.

        `invited_until` is when their invitation expires, or None. `seen_at` is when they last signed in or
        last used a session that has not ended, or None.
        """
        invitations = Invitation.objects.unused().filter(user=models.OuterRef("pk")).order_by("-pk")
        accounts = super().get_queryset(request).prefetch_related("groups")
        sessions = StaffSession.objects.filter(user=models.OuterRef("pk")).order_by("-last_used_at")
        used_at = models.Subquery(sessions.values("last_used_at")[:1])
        return accounts.annotate(
            invited_until=models.Subquery(invitations.values("expires_at")[:1]),
            has_second_factor=models.Exists(Passkey.objects.filter(user=models.OuterRef("pk")))
            | models.Exists(AuthenticatorApp.objects.filter(user=models.OuterRef("pk"))),
            # On SQLite, the greatest of a value and NULL is NULL.
            seen_at=Greatest(Coalesce(used_at, "last_login"), Coalesce("last_login", used_at)),
        )

    @admin.display(description=gettext_lazy("Two-step verification"))
    def two_step(self, user: User) -> str:
        return _("On") if user.has_second_factor else _("Off")  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("Last seen"), ordering="seen_at")
    def last_seen(self, user: User) -> str:
        seen_at = user.seen_at  # type: ignore[attr-defined]
        return date_format(localtime.local_date(seen_at)) if seen_at else pgettext("seen", "Never")

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
        """Allow changes: managers change roles and close accounts before they unlock the newsroom."""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.acting_user = current_user(request)
        return form

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save the account with its role."""
        before = User.objects.get(pk=obj.pk)
        old_role = before.role
        obj.set_role(form.cleaned_data["role"])
        obj.save()
        if form.cleaned_data["role"] != (old_role or ""):
            enqueue_mail(MailKind.ROLE_CHANGED, [obj], by=current_user(request))
        if before.email and before.email != obj.email:
            enqueue_mail(MailKind.ADDRESS_CHANGED, [obj], by=current_user(request), address=before.email)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return ColleagueViews(self).add_view(request)

    def get_title(self, obj: Any) -> str:
        return display_name(obj)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context: dict[str, Any] = {}
        if is_manager(request) and (account := self.get_object(request, object_id)):
            context = {
                "summary": get_summary(account, self.state(account)),
                "current_work": get_current_work(account),
            }
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def get_urls(self) -> list[URLPattern]:
        return [
            self.admin_path("<int:user_id>/password/", self.reset_password, "reset_password"),
            *ColleagueViews(self).get_urls(),
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
            with transaction.atomic():
                user.save(update_fields=PASSWORD_FIELDS)
                enqueue_mail(MailKind.PASSWORD_RESET, [user], by=current_user(request))
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

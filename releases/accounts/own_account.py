"""“My account”: language, password, second factors and sessions of the signed-in user."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from releases.accounts import authenticator_apps, passkeys, recovery_codes
from releases.accounts.browsers import describe_browser
from releases.mail import MailKind, enqueue_mail
from releases.models import AuthenticatorApp, Passkey, StaffSession, User
from releases.models.second_factors import (
    find_due_at,
    get_app,
    has_second_factor,
    is_second_factor_overdue,
    requires_second_factor,
    update_second_factor_due_at,
)
from releases.models.sessions import DEVICE, SIGNED_IN_AT, STARTED_AT, make_digest, parse_start
from releases.text.choices import Language

View = Callable[..., HttpResponse]
SESSION_DIGEST = re.compile("[0-9a-f]{64}")


class PasskeyForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the device"), max_length=60)
    passkey = forms.CharField(widget=forms.HiddenInput, required=False)
    passkey_state = forms.CharField(widget=forms.HiddenInput, required=False)


class AppForm(forms.Form):
    setup = forms.CharField(widget=forms.HiddenInput)
    code = forms.CharField(
        label=gettext_lazy("Code that your app shows"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class AccountViews:
    """The pages below /admin/account/. Each shows and changes only the account of the signed-in user."""

    def __init__(self, site: admin.AdminSite) -> None:
        self.site = site

    def get_urls(self) -> list[URLPattern]:
        views: dict[str, tuple[View, str]] = {
            "": (self.account, "account"),
            "passkeys/add/": (self.add_passkey, "account_add_passkey"),
            "passkeys/<int:passkey_id>/remove/": (self.remove_passkey, "account_remove_passkey"),
            "app/": (self.set_up_app, "account_set_up_app"),
            "app/remove/": (self.remove_app, "account_remove_app"),
            "recovery-codes/": (self.create_recovery_codes, "account_create_recovery_codes"),
            "end-session/": (self.end_session, "end_session"),
            "mail/": (self.choose_mail, "choose_mail"),
        }
        return [
            path(f"account/{route}", self.site.admin_view(lock_account(view)), name=name)
            for route, (view, name) in views.items()
        ]

    def render(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        context |= self.site.each_context(request) | {"title": title}
        return TemplateResponse(request, f"admin/account/{template}.html", context)

    def account(self, request: HttpRequest) -> HttpResponse:
        """Show everything about the account."""
        user, own_key = get_user(request), make_digest(request.session.session_key or "")
        sessions = StaffSession.objects.filter(user=user, expire_date__gt=timezone.now())
        return self.render(
            request,
            "account",
            _("My account"),
            account=user,
            languages=Language.choices,
            passkeys=user.passkeys.all(),
            passkeys_work=passkeys.get_relying_party_id(request) is not None,
            passkey_url=passkeys.find_url(request, reverse("admin:account")),
            app=get_app(user),
            code_count=user.recovery_codes.count(),
            has_second_factor=has_second_factor(user),
            sends_mail=bool(settings.MAIL_FROM),
            due_at=find_due_at(user),
            is_required=requires_second_factor(user),
            is_overdue=is_second_factor_overdue(user),
            sessions=[
                {
                    "key": session.session_key,
                    "device": data.get(DEVICE, ""),
                    "started_at": parse_start(data.get(SIGNED_IN_AT) or data.get(STARTED_AT, "")),
                    "last_used_at": session.last_used_at,
                    "is_this": session.session_key == own_key,
                }
                for session in sessions.order_by("-last_used_at")
                for data in [session.get_decoded()]
            ],
        )

    def add_passkey(self, request: HttpRequest) -> HttpResponse:
        user = get_user(request)
        if passkeys.get_relying_party_id(request) is None:
            messages.warning(request, _("Passkeys don't work at this web address."))
            return HttpResponseRedirect(reverse("admin:account"))
        device = describe_browser(request.headers.get("user-agent", ""))
        form = PasskeyForm(request.POST or None, initial={"name": device})
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            try:
                passkeys.register(request, user, data["passkey_state"], data["passkey"], data["name"])
            except passkeys.PasskeyRefused as error:
                form.add_error(None, error)
            else:
                return self.finish_setup(
                    request, gettext_noop("Added a passkey."), _("The passkey was added.")
                )
        challenge = passkeys.make_registration_challenge(request, user)
        return self.render(request, "passkey", _("Add a passkey"), form=form, challenge=challenge)

    def set_up_app(self, request: HttpRequest) -> HttpResponse:
        """Show a new secret as a QR code, and store it once its first code was entered."""
        user, setup = get_user(request), request.POST.get("setup", "")
        secret = authenticator_apps.read_setup(user, setup)
        form = AppForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            if secret is None:
                messages.warning(request, _("This page was open for too long. Scan the new code."))
                return HttpResponseRedirect(request.path)
            if authenticator_apps.save_app(user, secret, form.cleaned_data["code"]):
                return self.finish_setup(
                    request,
                    gettext_noop("Set up an authenticator app."),
                    _("The authenticator app was set up."),
                )
            form.add_error(
                "code",
                _("This code is wrong. Enter the one that your app shows now. Check the phone's clock."),
            )
        if secret is None:
            setup = authenticator_apps.start_setup(user)
            secret = authenticator_apps.read_setup(user, setup) or ""
        uri = authenticator_apps.make_uri(user, secret)
        return self.render(
            request,
            "app",
            _("Set up an authenticator app"),
            form=form,
            setup=setup,
            uri=uri,
            has_app=get_app(user) is not None,
            qr_code=authenticator_apps.draw_qr_code(uri),
            secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        )

    def finish_setup(self, request: HttpRequest, log_message: str, message: str) -> HttpResponse:
        """Record a new factor. With the first one, show recovery codes."""
        user = get_user(request)
        log_own_change(user, log_message)
        enqueue_mail(MailKind.FACTOR_ADDED, [user], by=user)
        update_second_factor_due_at(user)
        messages.success(request, message)
        if user.recovery_codes.exists():
            return HttpResponseRedirect(reverse("admin:account"))
        # Sessions that began with the password alone must not outlast it.
        own_key = make_digest(request.session.session_key or "")
        StaffSession.objects.filter(user=user).exclude(session_key=own_key).delete()
        return self.show_recovery_codes(request)

    def create_recovery_codes(self, request: HttpRequest) -> HttpResponse:
        if not has_second_factor(get_user(request)):
            return HttpResponseRedirect(reverse("admin:account"))
        if request.method == "POST":
            return self.show_recovery_codes(request)
        return self.render(
            request,
            "confirm",
            _("New recovery codes"),
            text=_("You get ten new codes. The earlier ones stop working."),
            button=_("Create new codes"),
        )

    def show_recovery_codes(self, request: HttpRequest) -> HttpResponse:
        codes = recovery_codes.replace_codes(get_user(request))
        log_own_change(get_user(request), gettext_noop("Created recovery codes."))
        return self.render(request, "recovery_codes", _("Your recovery codes"), codes=codes)

    def remove_passkey(self, request: HttpRequest, passkey_id: int) -> HttpResponse:
        passkey = get_object_or_404(Passkey, pk=passkey_id, user=get_user(request))
        return self.remove(
            request,
            passkey,
            _("Remove the passkey “%(name)s”") % {"name": passkey.name},
            gettext_noop("Removed a passkey."),
        )

    def remove_app(self, request: HttpRequest) -> HttpResponse:
        app = get_object_or_404(AuthenticatorApp, user=get_user(request))
        return self.remove(
            request, app, _("Remove the authenticator app"), gettext_noop("Removed the authenticator app.")
        )

    def remove(
        self, request: HttpRequest, factor: Passkey | AuthenticatorApp, title: str, log_message: str
    ) -> HttpResponse:
        """Ask whether to remove `factor`, and remove it, unless the role needs it."""
        if request.method == "POST":
            with transaction.atomic():
                user = User.objects.select_for_update().get(pk=get_user(request).pk)
                factor.delete()
                is_needed = requires_second_factor(user) and not has_second_factor(user)
                if is_needed:
                    transaction.set_rollback(True)
                elif not has_second_factor(user):
                    user.recovery_codes.all().delete()
            if is_needed:
                messages.error(
                    request, _("Your role needs a second step. Add another one before you remove this.")
                )
            else:
                log_own_change(user, log_message)
                enqueue_mail(MailKind.FACTOR_REMOVED, [user], by=user)
                messages.success(request, _("It was removed."))
            return HttpResponseRedirect(reverse("admin:account"))
        return self.render(
            request,
            "confirm",
            title,
            text=_("You can no longer sign in with it. On the device itself, delete it too."),
            button=_("Remove"),
        )

    def choose_mail(self, request: HttpRequest) -> HttpResponse:
        """Save whether the user wants mail about reviews."""
        if request.method == "POST":
            user = get_user(request)
            user.wants_review_mail = "reviews" in request.POST
            user.save(update_fields=["wants_review_mail"])
            messages.success(request, _("Your choice was saved."))
        return HttpResponseRedirect(reverse("admin:account"))

    def end_session(self, request: HttpRequest) -> HttpResponse:
        """End one session of the user."""
        key = request.POST.get("key", "")
        sessions = StaffSession.objects.filter(user=get_user(request))
        if SESSION_DIGEST.fullmatch(key) and sessions.filter(session_key=key).delete()[0]:
            messages.success(request, _("Signed out there."))
        return HttpResponseRedirect(reverse("admin:account"))


def lock_account(view: View) -> View:
    """Wrap a view, so that no change is made while the account is closed or its factors are reset."""

    @wraps(view)
    def locked_view(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, **kwargs)
        session: Any = request.session
        with transaction.atomic():
            if get_user(request).access_has_changed() or not session.lock_row():
                logout(request)
                return HttpResponseRedirect(reverse("admin:index"))
            return view(request, **kwargs)

    return locked_view


def log_own_change(user: User, message: str) -> None:
    """Add a change of one's own account to its history. `message` is English, from `gettext_noop`."""
    LogEntry.objects.log_actions(user.pk, [user], CHANGE, message, single_object=True)


def get_user(request: HttpRequest) -> User:
    """Return the signed-in user. The admin site lets nobody else open these pages."""
    assert isinstance(request.user, User)
    return request.user

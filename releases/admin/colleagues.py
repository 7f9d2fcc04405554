"""Pages of staff accounts: invite a colleague, close an account, and reset lost second factors."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop, ngettext, override, pgettext
from django.utils.translation import gettext as _

from releases.actions.accounts import (
    claim_new_text,
    close_account,
    get_work_in_hand,
    invite,
    renew_invitation,
)
from releases.actions.errors import ActionNotAllowed
from releases.admin.base import BaseModelAdmin, current_user
from releases.admin.forms import ColleagueForm
from releases.mail import MailKind, enqueue_mail
from releases.models import Note, Release, StaffSession, User, display_name
from releases.models.second_factors import get_app, requires_second_factor, reset_second_factors
from releases.text import localtime

MAX_WORK = 10  # releases in each list of current work


def get_summary(account: Any, state: str) -> dict[str, Any]:
    """Return what the page of an account shows above the form. `state` is its status as text.

    `account` has `seen_at`.
    """
    factors = [_("Authenticator app")] if get_app(account) else []
    if passkeys := account.passkeys.count():
        factors.append(ngettext("%(count)s passkey", "%(count)s passkeys", passkeys) % {"count": passkeys})
    if factors and (codes := account.recovery_codes.count()):
        factors.append(
            ngettext("%(count)s recovery code", "%(count)s recovery codes", codes) % {"count": codes}
        )
    moment = localtime.format_datetime(account.seen_at) if account.seen_at else pgettext("seen", "Never")
    sessions = StaffSession.objects.filter(user=account, expire_date__gt=timezone.now())
    return {
        _("User name"): account.username,
        _("Role"): account.role.label if account.role else _("No role"),
        _("Status"): state,
        _("Two-step verification"): ", ".join(factors) or _("Off"),
        _("Last seen"): moment,
        _("Signed in"): _count_devices(sessions.count()),
        _("Account created"): localtime.format_datetime(account.date_joined),
    }


def get_current_work(account: Any) -> list[tuple[str, list[Release]]]:
    """Return the drafts of `account` and the releases for which it requested a review, each with a label."""
    requests = Note.objects.open_review_requests().filter(author=account).select_related("release")
    return [
        (_("Drafts"), list(Release.objects.drafts_of(account)[:MAX_WORK])),
        (_("Awaiting review"), [request.release for request in requests[:MAX_WORK]]),
    ]


def _count_devices(count: int) -> str:
    if not count:
        return _("Nowhere")
    return ngettext("In %(count)s browser", "In %(count)s browsers", count) % {"count": count}


class ClaimForm(forms.Form):
    text = forms.UUIDField()  # the client id of an unsaved text


class ColleagueViews:
    """Pages in addition to those of `model_admin`, the admin of staff accounts. Only managers open them."""

    def __init__(self, model_admin: BaseModelAdmin) -> None:
        self.model_admin = model_admin

    def get_urls(self) -> list[URLPattern]:
        admin_path = self.model_admin.admin_path
        return [
            admin_path("<int:user_id>/invite/", self.invite_view, "invite"),
            admin_path("<int:user_id>/has-left/", self.close_view, "close"),
            admin_path("<int:user_id>/second-factor/", self.reset_second_factor_view, "reset_second_factor"),
        ]

    def add_view(self, request: HttpRequest) -> HttpResponse:
        """Create the account of a colleague, and show the link that opens it."""
        if not self.model_admin.has_add_permission(request):
            raise PermissionDenied
        form = ColleagueForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            account = form.save(commit=False)
            try:
                secret = invite(account, user=current_user(request), role=form.cleaned_data["role"])
            except ActionNotAllowed as error:
                form.add_error(None, ValidationError(str(error)))
            else:
                self.model_admin.log_addition(request, account, [{"added": {}}])
                return self._show_link(request, account, secret)
        context = {"title": _("Add a colleague"), "form": form}
        return self._render(request, "add", context)

    def invite_view(self, request: HttpRequest, user_id: int) -> HttpResponse:
        """Create a new invitation link, also for someone whose account was closed, and show it."""
        account = self._get_account(request, user_id)
        if account is None:
            return self.model_admin.redirect_missing(request)
        if request.method == "POST":
            reopens = "reopen" in request.POST
            try:
                secret = renew_invitation(account, user=current_user(request), reopens=reopens)
            except ActionNotAllowed as error:
                messages.error(request, str(error))
                return _redirect_to_account(account)
            message = (
                gettext_noop("Opened the account again, with a new invitation link.")
                if reopens
                else gettext_noop("Created a new invitation link.")
            )
            self.model_admin.log_change(request, account, message)
            return self._show_link(request, account, secret)
        if account.is_active and account.has_usable_password():
            return _redirect_to_account(account)
        context = {"title": _("Invite %(name)s again") % {"name": display_name(account)}, "account": account}
        return self._render(request, "invite", context)

    def close_view(self, request: HttpRequest, user_id: int) -> HttpResponse:
        """Show what someone has in hand. On POST, close the account, or continue one of the texts."""
        account = self._get_account(request, user_id)
        if account is None:
            return self.model_admin.redirect_missing(request)
        if request.method == "POST":
            try:
                return self._claim_or_close(request, account)
            except ActionNotAllowed as error:
                messages.error(request, str(error))
                return HttpResponseRedirect(request.path)
        if account.pk == request.user.pk:
            messages.warning(request, _("You can't close your own account. Ask another manager."))
            return _redirect_to_account(account)
        context = {
            "title": _("%(name)s has left") % {"name": display_name(account)},
            "account": account,
            "work": get_work_in_hand(account),
        }
        return self._render(request, "has_left", context)

    def reset_second_factor_view(self, request: HttpRequest, user_id: int) -> HttpResponse:
        """Delete the second factors of someone else who lost them."""
        account = self._get_account(request, user_id)
        if account is None:
            return self.model_admin.redirect_missing(request)
        if account.pk == request.user.pk:
            return HttpResponseRedirect(reverse("admin:account"))
        name = {"name": display_name(account)}
        if request.method == "POST":
            with transaction.atomic():
                reset_second_factors(account)
                enqueue_mail(MailKind.FACTORS_RESET, [account], by=current_user(request))
                self.model_admin.log_change(request, account, gettext_noop("Reset two-step verification."))
            text = _(
                "Two-step verification of %(name)s was reset. The password is enough for the next sign-in."
            )
            messages.success(request, text % name)
            return _redirect_to_account(account)
        context = {
            "title": _("Reset two-step verification of %(name)s") % name,
            "account": account,
            "is_required": requires_second_factor(account),
        }
        return self._render(request, "reset_second_factor", context)

    def _claim_or_close(self, request: HttpRequest, account: User) -> HttpResponse:
        user = current_user(request)
        if "text" in request.POST:
            form = ClaimForm(request.POST)
            if form.is_valid():
                client_id = form.cleaned_data["text"]
                claim_new_text(account, client_id, user=user)
                return HttpResponseRedirect(f"{reverse('admin:releases_release_add')}?unsaved={client_id}")
            return HttpResponseRedirect(request.path)
        with transaction.atomic():
            if close_account(account, user=user):
                self.model_admin.log_change(request, account, gettext_noop("Closed the account."))
        messages.success(request, _("The account of %(name)s is closed.") % {"name": display_name(account)})
        return HttpResponseRedirect(request.path)

    def _show_link(self, request: HttpRequest, account: User, secret: str) -> HttpResponse:
        """Show an invitation link. Its secret is stored nowhere, so the page can't be opened again."""
        url = f"{settings.SITE_URL}{reverse('accept_invitation', args=[secret])}"
        desk = f"{settings.SITE_URL}{reverse('admin:index')}"
        user = current_user(request)
        names = {"name": account.first_name or account.username, "inviter": display_name(user)}
        with override(account.language or get_language()):
            text = _(
                "Hello %(name)s,\n\n%(inviter)s invites you to CARECEN's News desk. Open this link within 24 "
                "hours and choose a password:\n%(url)s\n\nLater, sign in at %(desk)s with your email "
                "address, or as %(username)s."
            ) % (names | {"url": url, "desk": desk, "username": account.username})
        context = {
            "title": _("Invitation link for %(name)s") % {"name": display_name(account)},
            "account": account,
            "mailed_to": account.email if settings.MAIL_FROM else "",
            "url": url,
            "text": text,
            "text_language": account.language or get_language(),
            "expires_at": account.invitations.newest().get().expires_at,
        }
        return self._render(request, "invitation_link", context)

    def _get_account(self, request: HttpRequest, user_id: int) -> User | None:
        if not self.model_admin.has_change_permission(request):
            raise PermissionDenied
        account: User | None = self.model_admin.get_object(request, str(user_id))
        return account

    def _render(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        context = (
            self.model_admin.admin_site.each_context(request) | {"opts": self.model_admin.opts} | context
        )
        return TemplateResponse(request, f"admin/releases/user/{name}.html", context)


def _redirect_to_account(account: User) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:releases_user_change", args=[account.pk]))

"""The admin site: Django's admin with a dashboard, its own CSP, and replacement of temporary passwords.

It is outside `admin/` because Django creates the site before that package registers models with it.
"""

import re
from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from csp.constants import NONCE, SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import logout
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_permissions_policy.decorators import permissions_policy_override
from simple_history.middleware import HistoryRequestMiddleware

from releases import guides, locked_desk
from releases.accounts import devices
from releases.accounts.forms import OwnPasswordForm
from releases.accounts.own_account import AccountViews
from releases.accounts.prompts import (
    PROMPT_FIELDS,
    ask_for_confirmation,
    ask_to_add_a_second_factor,
    ask_to_choose_a_password,
    ask_to_sign_in,
    finish_sign_in,
    remember_signed_in_device,
    set_refused_status,
)
from releases.accounts.second_step import check_sign_in
from releases.actions.due_revisions import publish_due_revisions
from releases.actions.errors import ActionNotAllowed
from releases.dashboard import get_dashboard_context
from releases.desk_search import search_view
from releases.locked_desk import get_url_name
from releases.mail import MailKind, enqueue_mail
from releases.models import User, end_sessions
from releases.models.second_factors import is_second_factor_overdue
from releases.models.sessions import PASSKEY
from releases.navigation import get_navigation, get_parent_link
from releases.text.choices import Language

# Admin pages need more than public pages: scripts, the editor's icon font, an inline import map, which has a
# nonce, and a frame for the live preview.
ADMIN_CSP = {"script-src": [SELF, NONCE], "font-src": [SELF], "frame-src": [SELF]}
# Passkeys are used by the admin only.
ADMIN_PERMISSIONS: Any = settings.PERMISSIONS_POLICY | {
    "publickey-credentials-create": ["self"],
    "publickey-credentials-get": ["self"],
}

# Form fields that contain no text of the user.
TECHNICAL_FIELDS = ("edit_token", "client_id", "next", "setup", "passkey", "passkey_state", *PROMPT_FIELDS)

SIGNED_OUT = _("You're signed out, so this was not saved. Sign in from another window.")

# The guide for each page of the admin, by a pattern of the name of its URL. The other pages link to the list
# of guides.
HELP_TOPICS = (
    (
        "releases_release_(publish|return_to_draft|pin|unpin|request_review|return_for_changes|add_note|preview.*|share_kit)",
        "publish",
    ),
    ("releases_release_(reschedule|unschedule_revision)", "schedule"),
    ("releases_release_(publish_revision|discard_revision|change_slug|history|compare|restore)", "correct"),
    ("releases_release_(withdraw|take_down|set_withdrawal_reason|republish)", "withdraw"),
    (
        "releases_release_(translation|link_translation|unlink_translations|mark_translation_current)",
        "translate",
    ),
    ("releases_release_photos|releases_(photo|document)_.*", "photos"),
    ("(publish|end)_alert", "alert"),
    ("releases_release_redact|(un)?lock_newsroom", "emergency"),
    ("releases_release_(changelist|bulk_.*|export)", "find"),
    ("releases_release_(paste|quick_statement)", "paste"),
    ("releases_releasetemplate_.*", "templates"),
    ("releases_release_press_check|releases_wordlistentry_.*", "press-check"),
    ("releases_release_(add|change|claim_autosave|discard_autosave|merge.*)", "tutorial"),
    ("account.*|releases_user_reset_second_factor", "two-step"),
    ("releases_user_.*", "accounts"),
)

# Pages that need a sign-in of the last minutes: accounts, removing a name, and changes of many releases or of
# a whole text. Taking a release down never does.
CONFIRMED_PAGES = (
    "releases_user_.*|account_.+|releases_release_(redact|restore)|releases_topic_merge|unlock_newsroom"
)

# What an account can do before it has a second factor that is overdue.
ACCOUNT_PAGES = (
    "account.*|end_session|language|sign_out_everywhere|help.*|releases_release_take_down|lock_newsroom"
)
OVERDUE = _("Set up two-step verification first. Your role needs it.")

View = Callable[..., Any]


class OwnPasswordView(PasswordChangeView):
    form_class = OwnPasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"request": self.request}

    def form_valid(self, form: Any) -> HttpResponse:
        """Save the password, unless the account was changed or signed out while the old one was checked."""
        with transaction.atomic():
            session: Any = self.request.session
            if form.user.access_has_changed() or not session.lock_row():
                logout(self.request)
                return HttpResponseRedirect(reverse("admin:index"))
            enqueue_mail(MailKind.PASSWORD_CHANGED, [form.user], by=form.user)
            return super().form_valid(form)


class NewsroomAdminSite(admin.AdminSite):
    site_header = _("CARECEN News desk")
    site_title = _("CARECEN News desk")
    index_title = _("Dashboard")
    enable_nav_sidebar = False  # it lists the models by app; see navigation.py

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # type: ignore[override]
        """Wrap an admin view.

        Sets the CSP, requires replacement of a temporary password and for some pages a fresh sign-in, and
        publishes due revisions.

        A form submitted by someone who is no longer signed in gets a page that asks to sign in and then
        continues with the form.
        """

        def checked_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if obstacle := self.find_obstacle(request):
                return obstacle
            try:
                response: HttpResponse = view(request, *args, **kwargs)
            except ActionNotAllowed as error:  # the newsroom was locked in the meantime
                return render_typed_text(request, str(error))
            except PermissionDenied:
                if request.method != "POST" or not get_typed_text(request):
                    raise
                return render_typed_text(request, _("Your account may not do this, so it was not saved."))
            return response

        open_to_all = getattr(view, "__name__", "") in {
            "password_change",
            "password_change_done",
            "logout",
            "i18n_javascript",
        }
        inner: View = super().admin_view(
            view if open_to_all else update_wrapper(checked_view, view), cacheable
        )

        def guarded_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and not open_to_all and not self.has_permission(request):
                if "application/json" in request.headers.get("accept", ""):
                    return render_typed_text(request, SIGNED_OUT)  # autosave sends the text again
                if prompt := ask_to_sign_in(request, get_prompt_context(request)):
                    remember_signed_in_device(request, prompt)
                    return prompt
            # The admin must not show a due revision as scheduled.
            publish_due_revisions(timezone.now())
            # The history reads request.user only in the admin, not through MIDDLEWARE, because public pages
            # must not read it.
            history_view: View = HistoryRequestMiddleware(lambda request: inner(request, *args, **kwargs))
            response: HttpResponse = history_view(request)
            remember_signed_in_device(request, response)
            return response

        return add_admin_headers(update_wrapper(guarded_view, view))

    def find_obstacle(self, request: HttpRequest) -> HttpResponse | None:
        """Return what signed-in staff get instead of a page: a request for a password, or a refusal."""
        if getattr(request.user, "password_is_temporary", False) and not request.session.get(PASSKEY):
            if request.method == "POST" and get_typed_text(request):
                return ask_to_choose_a_password(request, get_prompt_context(request))
            messages.info(
                request,
                _("You signed in with a one-time password. Choose your own password to go on."),
            )
            return HttpResponseRedirect(reverse("admin:password_change", current_app=self.name))
        if is_second_factor_overdue(request.user) and not re.fullmatch(ACCOUNT_PAGES, get_url_name(request)):
            if request.method == "POST" and get_typed_text(request):
                return ask_to_add_a_second_factor(request, get_prompt_context(request))
            if json := locked_desk.render_json(request, OVERDUE):
                return json
            messages.warning(request, OVERDUE)
            return HttpResponseRedirect(reverse("admin:account", current_app=self.name))
        if needs_confirmation(request) and (
            prompt := ask_for_confirmation(request, get_prompt_context(request))
        ):
            return prompt
        if locked_desk.is_refused(request):
            return locked_desk.render_json(request, locked_desk.REFUSAL) or render_typed_text(
                request, locked_desk.REFUSAL
            )
        return None

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        view: View = OwnPasswordView.as_view(
            success_url=reverse("admin:password_change_done", current_app=self.name),
            template_name="registration/password_change_form.html",
            extra_context=self.each_context(request) | (extra_context or {}),
        )
        response: HttpResponse = view(request)
        if isinstance(response, TemplateResponse):
            set_refused_status(response, (response.context_data or {})["form"])
        return response

    def password_change_done(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        messages.success(request, _("Your password was changed."))
        return HttpResponseRedirect(reverse("admin:index", current_app=self.name))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        """Render the dashboard."""
        return super().index(request, get_dashboard_context(request) | (extra_context or {}))

    def get_urls(self) -> list[Any]:
        """Return the URLs without "view_on_site", which would reveal slugs of drafts."""
        urls = [pattern for pattern in super().get_urls() if getattr(pattern, "name", "") != "view_on_site"]
        return [
            path("language/", self.admin_view(self.language_view), name="language"),
            path(
                "sign-out-everywhere/", self.admin_view(self.sign_out_everywhere), name="sign_out_everywhere"
            ),
            path("search/", self.admin_view(search_view), name="search"),
            path("help/", self.admin_view(self.help_index), name="help"),
            path("help/<slug:name>/", self.admin_view(self.help_page), name="help_page"),
            *AccountViews(self).get_urls(),
            *urls,
        ]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add the navigation, and the URL of the guide for the current page."""
        url_name = get_url_name(request)
        guide = next((guide for pattern, guide in HELP_TOPICS if re.fullmatch(pattern, url_name)), None)
        help_url = reverse("admin:help_page", args=[guide]) if guide else reverse("admin:help")
        navigation = get_navigation(request, self) if self.has_permission(request) else []
        return super().each_context(request) | {
            "help_url": help_url,
            "navigation": navigation,
            "parent_link": get_parent_link(navigation, url_name),
        }

    def help_index(self, request: HttpRequest) -> HttpResponse:
        """List the guides for staff, or those that contain the words of the query `q`."""
        language, query = get_language() or "", request.GET.get("q", "").strip()
        context = {
            "title": _("Help"),
            "guides": guides.get_guides(language).values(),
            "query": query[: guides.MAX_QUERY_LENGTH],
            "hits": guides.find_guides(query, language),
        }
        return TemplateResponse(request, "admin/help.html", self.each_context(request) | context)

    def help_page(self, request: HttpRequest, name: str) -> HttpResponse:
        """Show a guide for staff."""
        pages = guides.get_guides(get_language() or "")
        if name not in pages:
            messages.warning(request, _("This help page doesn't exist."))
            return HttpResponseRedirect(reverse("admin:help"))
        guide = pages[name]
        context = {
            "title": guide.title,
            "guides": pages.values(),
            "guide": guide,
            "html": mark_safe(guide.html),  # noqa: S308  (our own files)
        }
        return TemplateResponse(request, "admin/help.html", self.each_context(request) | context)

    def language_view(self, request: HttpRequest) -> HttpResponse:
        """Save the admin language of the signed-in user, and redirect to the page they came from."""
        language, next_url = request.POST.get("language", ""), request.POST.get("next", "")
        if request.method == "POST" and isinstance(request.user, User) and language in Language.values:
            request.user.language = language
            request.user.save(update_fields=["language"])
        index_url = reverse("admin:index", current_app=self.name)
        is_desk = next_url.startswith(index_url) and is_own_path(next_url)
        return HttpResponseRedirect(next_url if is_desk else index_url)

    def sign_out_everywhere(self, request: HttpRequest) -> HttpResponse:
        """End all sessions of the signed-in user, also this one."""
        if request.method == "POST":
            end_sessions(request.user.pk)
            request.session.flush()
            return HttpResponseRedirect(f"{reverse('admin:login')}?language={get_language()}")
        return HttpResponseRedirect(reverse("admin:index", current_app=self.name))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign in. An address of another site in `next` leads to the dashboard."""
        if devices.LINK_PARAMETER in request.GET:  # kept out of the address bar
            redirect = HttpResponseRedirect(request.path)
            devices.accept_link(request, redirect)
            return redirect
        response: HttpResponse = add_admin_headers(self.sign_in)(request)
        return response

    def sign_in(self, request: HttpRequest) -> HttpResponse:
        """Show the sign-in page, or check one of the two steps of a sign-in."""
        index_url = reverse("admin:index", current_app=self.name)
        next_url = request.POST.get("next") or request.GET.get("next") or index_url
        if not is_own_path(next_url):
            next_url = index_url
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(index_url)
        user, form = check_sign_in(request)
        if user:
            finish_sign_in(request, user, form)
            redirect = HttpResponseRedirect(next_url)
            remember_signed_in_device(request, redirect)
            return redirect
        context = self.each_context(request) | {
            "title": _("Sign in"),
            "form": form,
            "next": next_url,
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
        }
        page = TemplateResponse(request, "admin/login.html", context)
        set_refused_status(page, form)
        add_never_cache_headers(page)
        return page


def add_admin_headers(view: View) -> View:
    """Wrap a view of the admin, so that its pages have the policies of the admin."""
    with_csp: View = csp_update(ADMIN_CSP)(view)
    with_permissions: View = permissions_policy_override(ADMIN_PERMISSIONS)(with_csp)
    return with_permissions


def is_own_path(url: str) -> bool:
    """Return whether `url` is a path on this site."""
    return url.startswith("/") and url_has_allowed_host_and_scheme(url, None)


def needs_confirmation(request: HttpRequest) -> bool:
    """Return whether the page needs a fresh sign-in, and the last one was too long ago."""
    is_confirmed = re.fullmatch(CONFIRMED_PAGES, get_url_name(request))
    return bool(is_confirmed) and not request.session.is_fresh()  # type: ignore[attr-defined]


def get_prompt_context(request: HttpRequest) -> dict[str, Any]:
    return admin.site.each_context(request) | {"submitted_texts": get_typed_text(request)}


def get_typed_text(request: HttpRequest) -> list[str]:
    """Return the submitted texts in the order of the form, without numbers and the keys of choices."""
    names = [
        name
        for name in request.POST
        if name not in TECHNICAL_FIELDS and not name.startswith("_") and "password" not in name
    ]
    return [
        text
        for name in names
        for text in request.POST.getlist(name)
        if re.search(r"[^\W\d_]{2}", text) and not re.fullmatch("[a-z_]{1,20}", text)
    ]


def render_typed_text(request: HttpRequest, reason: Any) -> HttpResponse:
    """Render the typed text of a form that can't be saved, so that the user can copy it.

    The status is 403.
    """
    return TemplateResponse(
        request,
        "admin/not_saved.html",
        {
            "site_header": NewsroomAdminSite.site_header,
            "site_title": NewsroomAdminSite.site_title,
            "title": _("This was not saved"),
            "reason": reason,
            "submitted_texts": get_typed_text(request),
        },
        status=403,
    )

"""The news desk: Django's admin under our name, with the scripts it needs and a new password asked for when one is due.

It stands outside `admin/` because Django builds the site before that package registers anything with it.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import update_wrapper
from typing import Any

from csp.constants import NONCE, SELF
from csp.decorators import csp_update
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from simple_history.middleware import HistoryRequestMiddleware

from releases import clock, publishing
from releases.models import Newsroom, Note, Release, UnsavedText, User, WorkingCopy
from releases.vocabulary import Language

# What the desk loads beyond a public page: its own scripts, the editor's font of symbols, and one import map, by nonce.
DESK_POLICY = {"script-src": [SELF, NONCE], "font-src": [SELF]}

# What a form sends beside the words of a person.
MACHINERY = ("csrfmiddlewaretoken", "opened", "seen", "next")

SHOWN = 10  # lines of each list on the front page
A_WEEK = timedelta(days=7)
A_QUARTER = timedelta(days=91)

View = Callable[..., Any]


class NewsDesk(admin.AdminSite):
    site_header = _("CARECEN News desk")
    site_title = _("CARECEN News desk")
    index_title = _("At the desk")

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # type: ignore[override]
        """Every page of the desk: under its own policy, and not before a temporary password has been replaced."""

        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if getattr(request.user, "password_is_temporary", False):
                messages.info(request, _("Replace the one-time password with one of your own. It is the “old password” below."))
                return HttpResponseRedirect(reverse("admin:password_change", current_app=self.name))
            response: HttpResponse = view(request, *args, **kwargs)
            return response

        open_to_all = getattr(view, "__name__", "") in {"password_change", "password_change_done", "logout", "i18n_javascript"}
        guarded = view if open_to_all else update_wrapper(page, view)
        under_policy: View = csp_update(DESK_POLICY)
        inner: View = super().admin_view(guarded, cacheable)

        def signed_in(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and not open_to_all and not self.has_permission(request) and typed_words(request):
                why = _("You are no longer signed in, so this was not saved. Sign in in another window, go back, and save again.")
                return show_typed_words(request, why)
            publishing.publish_due_changes(timezone.now())  # the desk, too, sees how things stand
            # Only here does the history learn who did it from the request: a public page must not ask who is reading.
            signed: View = HistoryRequestMiddleware(lambda request: inner(request, *args, **kwargs))
            response: HttpResponse = signed(request)
            return response

        return under_policy(update_wrapper(signed_in, view))  # type: ignore[no-any-return]

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        messages.success(request, _("Your password was changed."))
        return HttpResponseRedirect(reverse("admin:index", current_app=self.name))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        """The front page: what waits for whom."""
        return super().index(request, at_the_desk(request) | (extra_context or {}))

    def get_urls(self) -> list[Any]:
        """All but the address that leads from a number to a page: it would tell anyone signed in the address of a draft."""
        kept = [pattern for pattern in super().get_urls() if getattr(pattern, "name", "") != "view_on_site"]
        return [path("language/", self.admin_view(self.language_view), name="language"), *kept]

    def language_view(self, request: HttpRequest) -> HttpResponse:
        """Set the language of the desk for one's own account, and go on where one was."""
        language, then = request.POST.get("language", ""), request.POST.get("next", "")
        if request.method == "POST" and isinstance(request.user, User) and language in Language.values:
            request.user.language = language
            request.user.save(update_fields=["language"])
        desk = reverse("admin:index", current_app=self.name)
        return HttpResponseRedirect(then if then.startswith(desk) and url_has_allowed_host_and_scheme(then, None) else desk)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The newsroom first, accounts and the like after it."""
        return sorted(super().get_app_list(request, app_label), key=lambda app: app["app_label"] != "releases")

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        login: View = csp_update(DESK_POLICY)(super().login)
        return login(request, extra_context)  # type: ignore[no-any-return]


def at_the_desk(request: HttpRequest) -> dict[str, Any]:
    """What the front page lists, each list short: the whole stands in the list of releases."""
    user, now = request.user, timezone.now()
    if not (isinstance(user, User) and user.has_perm("releases.view_release")):
        return {}
    today = clock.day_of(now)
    copies = WorkingCopy.objects.select_related("release", "changed_by")
    return {
        "sees_releases": True,
        "publisher": user.has_perm("releases.publish_release"),
        "lacks_legal_help": user.has_perm("releases.change_newsroom") and not Newsroom.current().legal_help_phone,
        "unsaved": UnsavedText.objects.select_related("release", "by")[:SHOWN],
        "reviews": Note.objects.open_reviews().select_related("release", "by")[:SHOWN],
        "scheduled": Release.objects.scheduled(now)[:SHOWN],
        "scheduled_changes": copies.exclude(public_at=None).order_by("public_at")[:SHOWN],
        "changes": copies.filter(public_at=None).order_by("-changed_at")[:SHOWN],
        "drafts": Release.objects.drafts_of(user).prefetch_related(models.Prefetch("notes", Note.objects.select_related("by")))[:SHOWN],
        "out_of_date": Release.objects.out_of_date().order_by("-public_at", "-pk")[:SHOWN],
        "alone": Release.objects.published(now).filter(public_at__gt=now - A_QUARTER).alone(now).order_by("-public_at", "-pk")[:SHOWN],
        "recent": Release.objects.published(now).order_by("-public_at", "-pk")[:5],
        "running_out": Release.objects.published(now).running_out(today - A_WEEK, today + 2 * A_WEEK)[:SHOWN],
        "today": today,
        "notes": Note.objects.select_related("release", "by")[:5],
    }


def typed_words(request: HttpRequest) -> list[str]:
    """What a person wrote into the form that was sent, in its order."""
    names = [name for name in request.POST if name not in MACHINERY and not name.startswith("_") and "password" not in name]
    return [words for name in names for words in request.POST.getlist(name) if len(words.split()) > 1 or len(words) > 20]


def show_typed_words(request: HttpRequest, why: Any) -> HttpResponse:
    """A form that could not be taken, with its words to copy, so that nothing typed is lost."""
    return TemplateResponse(
        request, "admin/not_saved.html", {"title": _("This was not saved"), "why": why, "typed": typed_words(request)}, status=403
    )

"""The news desk: Django's admin under our name, with the scripts it needs and a new password asked for when one is due.

It stands outside `admin/` because Django builds the site before that package registers anything with it.
"""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from csp.constants import NONCE, SELF
from csp.decorators import csp_update
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

# What the desk loads beyond a public page: its own scripts, the editor's font of symbols, and one import map, by nonce.
DESK_POLICY = {"script-src": [SELF, NONCE], "font-src": [SELF], "connect-src": [SELF]}

# What a form sends beside the words of a person.
MACHINERY = ("csrfmiddlewaretoken", "opened", "seen", "next")

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
            response: HttpResponse = inner(request, *args, **kwargs)
            return response

        return under_policy(update_wrapper(signed_in, view))  # type: ignore[no-any-return]

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        messages.success(request, _("Your password was changed."))
        return HttpResponseRedirect(reverse("admin:index", current_app=self.name))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The newsroom first, accounts and the like after it."""
        return sorted(super().get_app_list(request, app_label), key=lambda app: app["app_label"] != "releases")

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        login: View = csp_update(DESK_POLICY)(super().login)
        return login(request, extra_context)  # type: ignore[no-any-return]


def typed_words(request: HttpRequest) -> list[str]:
    """What a person wrote into the form that was sent, in its order."""
    names = [name for name in request.POST if name not in MACHINERY and not name.startswith("_") and "password" not in name]
    return [words for name in names for words in request.POST.getlist(name) if len(words.split()) > 1 or len(words) > 20]


def show_typed_words(request: HttpRequest, why: Any) -> HttpResponse:
    """A form that could not be taken, with its words to copy, so that nothing typed is lost."""
    return TemplateResponse(
        request, "admin/not_saved.html", {"title": _("This was not saved"), "why": why, "typed": typed_words(request)}, status=403
    )

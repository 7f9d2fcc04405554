"""What every list of the desk keeps to: nothing is done to many at once, and an address made up by hand is no fault."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from releases.models import User

WORDS_IN_A_SEARCH = 12


def staff(request: HttpRequest) -> User:
    """Return the signed-in account."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def shown_again(form: forms.Form, **changes: str) -> None:
    """Let a form that was sent show what was typed, but for `changes`: what it was based on, say."""
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data.update(changes)  # type: ignore[attr-defined]


class DeskAdmin(admin.ModelAdmin):
    show_full_result_count = False  # it counts all rows of the table for each page of a filtered list
    actions = None
    view_on_site: Any = False  # where there is a page, its own list says so

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list; a filter no database understands (a year 9999, a number too long) leads back to the whole of it."""
        try:
            response: HttpResponse = super().changelist_view(request, extra_context)
            return response.render() if isinstance(response, TemplateResponse) else response
        except (ValueError, OverflowError, DatabaseError):
            return HttpResponseRedirect(request.path)

    def door(self, route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
        """An address of this desk under the desk's guard and policy."""
        return path(route, self.admin_site.admin_view(view), name=f"{self.opts.app_label}_{self.opts.model_name}_{name}")

    def not_there(self, request: HttpRequest) -> HttpResponse:
        """Back to the list, with a word: what was asked for is gone, or never was."""
        messages.warning(request, _("This is not there. Perhaps it was deleted."))
        return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        return super().get_search_results(request, queryset, " ".join(search_term[:300].split()[:WORDS_IN_A_SEARCH]))

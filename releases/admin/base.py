"""What every list of the desk keeps to: nothing is done to many at once, and an address made up by hand is no fault."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from releases.models import User

WORDS_IN_A_SEARCH = 12
MOST_LISTED = 10_000  # rows of one list, whatever there are: nobody turns that many pages, and each of them would count all


def staff(request: HttpRequest) -> User:
    """Who is at the desk; nobody else comes this far."""
    assert isinstance(request.user, User)
    return request.user


def shown_again(form: forms.Form, **changes: str) -> None:
    """Let a form that was sent show what was typed, but for `changes`: what it was based on, say."""
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data.update(changes)  # type: ignore[attr-defined]


class BoundedPaginator(Paginator):
    """Pages of the first MOST_LISTED rows, and whether there are more; these are not counted."""

    @cached_property
    def count(self) -> int:
        return min(self._counted, MOST_LISTED)

    @property
    def has_more(self) -> bool:
        return self._counted > MOST_LISTED

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: MOST_LISTED + 1].count())


class DeskList(ChangeList):
    """A list of the desk. Counts beside its filters are offered while it shows all there are: each of them would count all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.list_filter and BoundedPaginator(self.root_queryset.order_by("pk"), 1).has_more:
            self.is_facets_optional = self.add_facets = False


class DeskAdmin(admin.ModelAdmin):
    paginator = BoundedPaginator
    show_full_result_count = False
    actions = None
    view_on_site: Any = False  # where there is a page, its own list says so

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return DeskList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list; a filter no database understands (a year 9999, a number too long) leads back to the whole of it."""
        try:
            response: HttpResponse = super().changelist_view(request, extra_context)
            if not isinstance(response, TemplateResponse):
                return response
            listed = (response.context_data or {}).get("cl")
            if listed and listed.paginator.has_more:
                words = _("The list ends after %(count)s lines. Search, or choose a filter, to come to the others.")
                messages.info(request, words % {"count": number_format(MOST_LISTED, force_grouping=True)})
            return response.render()
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

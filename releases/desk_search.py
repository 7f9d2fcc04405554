"""The search of the desk: releases, photos, topics, press pages, people and guides on one page."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from releases import guides
from releases.models import Boilerplate, Coverage, MediaContact, Organization, Photo, Release, Topic, User

MAX_HITS = 8  # of each kind
MODELS = (Release, Photo, Topic, MediaContact, Organization, Boilerplate, Coverage, User)


@dataclass
class Group:
    """Hits of one kind. `more_url` leads to all of them, if there are more than MAX_HITS."""

    label: str
    hits: list[tuple[Any, str]]  # each with its URL
    more_url: str = ""


def search_view(request: HttpRequest) -> HttpResponse:
    """Show what contains the words of the query `q`, limited to what the user may view."""
    query = " ".join(request.GET.get("q", "").replace("\0", "").split())[:200]
    context = admin.site.each_context(request) | {
        "title": _("Search the desk"),
        "query": query,
        "groups": find_groups(request, query) if query else [],
    }
    return TemplateResponse(request, "admin/search.html", context)


def find_groups(request: HttpRequest, query: str) -> list[Group]:
    """Return the groups that have hits. Each list is searched as on its own page."""
    groups = [_find_in(request, model, query) for model in MODELS]
    found = guides.find_guides(query, get_language() or "")
    pages = [(guide.title, reverse("admin:help_page", args=[guide.name])) for guide, _excerpt in found]
    groups.append(Group(_("Help"), pages[:MAX_HITS]))
    return [group for group in groups if group.hits]


def _find_in(request: HttpRequest, model: Any, query: str) -> Group:
    model_admin: Any = admin.site.get_model_admin(model)
    options = model._meta
    label = str(capfirst(options.verbose_name_plural))
    if not model_admin.has_view_permission(request):
        return Group(label, [])
    found: QuerySet[Any]
    found, may_repeat = model_admin.get_search_results(request, model_admin.get_queryset(request), query)
    if may_repeat:
        found = found.distinct()
    url_name = f"admin:{options.app_label}_{options.model_name}"
    objects = list(found.order_by(*(model_admin.get_ordering(request) or options.ordering))[: MAX_HITS + 1])
    list_url = f"{reverse(f'{url_name}_changelist')}?{urlencode({'q': query})}"
    hits = [(each, reverse(f"{url_name}_change", args=[each.pk])) for each in objects[:MAX_HITS]]
    return Group(label, hits, list_url if len(objects) > MAX_HITS else "")

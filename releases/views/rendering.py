"""Render the template of a public page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from releases.text.choices import NOT_TRANSLATED_FRAGMENTS, Language
from releases.views.alerts import render_alert
from releases.views.base import FRAGMENT_SECONDS, SHARED_PAGES, PublicContext
from releases.views.pagination import get_pagination_links


def render_page(
    request: HttpRequest, template: str, ctx: PublicContext, status: int = 200, **context: Any
) -> HttpResponse:
    """Render `template` with the context that every public page needs.

    That is the language, the link to the other one, pagination and the canonical URL.
    """
    name = getattr(request.resolver_match, "url_name", "") or ""
    if "alternates" not in context:
        context["alternates"] = (
            ctx.generation.get_or_set(("alternates", name), lambda: ctx.get_page_alternates(name))
            if status == 200
            else {}
        )
    context["other_language"] = ctx.get_language_link(
        context["alternates"], is_page=status == 200 and name not in SHARED_PAGES
    )
    context["language_notice_id"] = NOT_TRANSLATED_FRAGMENTS[Language(ctx.language)]
    query = ""
    if page := context.get("page"):
        querystring = context.get("querystring", "")
        context["pagination"] = (
            get_pagination_links(page, request.path, querystring) if page.has_other_pages() else None
        )
        query = f"?{querystring}page={page.number}" if page.number > 1 else f"?{querystring}".rstrip("?&")
    if status == 200 and context.get("section") != "search":  # error pages must not repeat the requested URL
        context["canonical"] = f"{settings.SITE_URL}{request.path}{query}"
    context = {
        "preview": None,
        "page": None,
        "kind": "",
        "link": None,
    } | context  # undefined variables are slow in templates
    context |= {
        "language": ctx.language,
        "at": ctx.at,
        "newsroom": ctx.newsroom,
        "alert": render_alert(ctx),
        "generation": ctx.generation.key,
        "fragment_seconds": FRAGMENT_SECONDS,
        "site_url": settings.SITE_URL,
    }
    # Without the request: context processors would add the user, and cached public pages must not depend on
    # the reader.
    return HttpResponse(render_to_string(template, context), status=status)

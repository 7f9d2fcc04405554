"""The language switch of the pages for people who are not signed in."""

from typing import Any

from django import template
from django.utils.translation import get_language

from releases.text.choices import Language

NAMES = {Language.ENGLISH: "English", Language.SPANISH: "Español"}  # each in the language itself

register = template.Library()


@register.inclusion_tag("admin/_language_links.html", takes_context=True)
def language_links(context: dict[str, Any]) -> dict[str, Any]:
    """Render links to the same page in each language. They keep the rest of the query."""
    request, links = context["request"], []
    for language, name in NAMES.items():
        query = request.GET.copy()
        query["language"] = language.value
        links.append((language.value, name, f"{request.path}?{query.urlencode()}"))
    return {"links": links, "current": get_language()}

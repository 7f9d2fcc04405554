"""Template tags of the lists of the desk: filters as menus, and cells with the name of their column."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()


@dataclass(frozen=True)
class FilterMenu:
    """A filter of a list. `active` is the chosen value, or "" if the filter isn't used."""

    title: str
    choices: list[dict[str, Any]]
    active: str
    remove_url: str
    has_menu: bool


@register.inclusion_tag("admin/_filter_bar.html")
def filter_bar(cl: Any) -> dict[str, Any]:
    """Show the filters of the list `cl` as menus, and the used ones as links that remove them."""
    return {"cl": cl, "menus": [_build_menu(spec, cl) for spec in cl.filter_specs]}


def _build_menu(spec: Any, cl: Any) -> FilterMenu:
    everything, *choices = spec.choices(cl)
    active = next((str(choice["display"]) for choice in choices if choice["selected"]), "")
    return FilterMenu(
        str(capfirst(spec.title)),
        [everything, *choices],
        active,
        everything["query_string"],
        getattr(spec, "has_menu", True),
    )


@register.simple_tag
def labeled_cell(cell: str, headers: list[dict[str, Any]], number: int) -> SafeString:
    """Return a cell of Django's lists with the name of its column, which phones show before the value."""
    label = format_html(' data-label="{}"', capfirst(headers[number]["text"]))
    start = cell[:3]  # <td or <th
    return mark_safe(f"{start}{label}{cell[3:]}")  # noqa: S308  (Django has escaped the cell)

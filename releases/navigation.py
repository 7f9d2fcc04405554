"""The navigation of the desk: its sections in the order of a newsroom, limited to what the user may open."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from releases.locked_desk import get_url_name


@dataclass(frozen=True)
class Section:
    """A section of the navigation, with the names of the models whose lists it contains."""

    label: Any
    icon: str  # a symbol of static/img/icons.svg
    models: tuple[str, ...] = ()


SECTIONS = (
    Section(_("Dashboard"), "dashboard"),
    Section(_("Releases"), "releases", ("release",)),
    Section(_("Media"), "media", ("photo", "document")),
    Section(_("Topics"), "topics", ("topic",)),
    Section(_("Press"), "press", ("mediacontact", "organization", "boilerplate", "coverage")),
    Section(_("People"), "people", ("user",)),
    Section(
        _("Settings"), "settings", ("newsroomsettings", "releasetemplate", "wordlistentry", "backgroundtask")
    ),
)
SINGLE_PAGES = ("index", "releases_newsroomsettings_change")  # they have no list


@dataclass
class Link:
    """A link of the navigation, as the template shows it."""

    label: Any
    url: str
    icon: str = ""
    is_current: bool = False
    links: list["Link"] = field(default_factory=list)


def get_navigation(request: HttpRequest, site: Any) -> list[Link]:
    """Return a link for each section, with links to its lists if it has several.

    Lists that the user may not view are left out. A section of which only one list is left has its name.
    """
    url_name = get_url_name(request)
    lists = {
        model._meta.model_name: capfirst(str(model._meta.verbose_name_plural))
        for model, model_admin in site._registry.items()
        if model_admin.has_view_permission(request)
    }
    if "newsroomsettings" in lists:
        lists["newsroomsettings"] = gettext("Newsroom")
    navigation = [Link(SECTIONS[0].label, reverse("admin:index"), SECTIONS[0].icon, url_name == "index")]
    for section in SECTIONS[1:]:
        links = [
            Link(
                lists[name],
                reverse(f"admin:releases_{name}_changelist"),
                is_current=url_name.startswith(f"releases_{name}_"),
            )
            for name in section.models
            if name in lists
        ]
        if links:
            is_current = any(link.is_current for link in links)
            pages = links if len(links) > 1 else []
            label = links[0].label if len(section.models) > len(links) == 1 else section.label
            navigation.append(Link(label, links[0].url, section.icon, is_current, pages))
    return navigation


def get_parent_link(navigation: list[Link], url_name: str) -> Link | None:
    """Return the link to the list that the page `url_name` belongs to, or None on the list itself."""
    links = [link for section in navigation for link in (section.links or [section])]
    is_list = url_name.endswith("_changelist") or url_name in SINGLE_PAGES
    return None if is_list else next((link for link in links if link.is_current), None)

"""The checklist on the pages of a release: each line is a link to where the work is done."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from releases.actions.checklist import get_checklist
from releases.models import Release


@dataclass(frozen=True)
class ChecklistLink:
    message: Any
    url: str
    is_required: bool


def get_checklist_links(release: Release, *, in_form: bool = False) -> list[ChecklistLink]:
    """Return the checklist of `release`. `in_form`: the page is the form, which contains the fields."""
    form_url = reverse("admin:releases_release_change", args=[release.pk])
    links = []
    for item in get_checklist(release):
        url = reverse(f"admin:releases_release_{item.page}", args=[release.pk]) if item.page != "form" else ""
        field_url = f"{'' if in_form else form_url}#id_{item.field}"
        links.append(ChecklistLink(item.message, url or field_url, item.is_required))
    return links

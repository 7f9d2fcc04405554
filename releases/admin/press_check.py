"""The press check next to the release form, and how its findings are shown."""

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.template.loader import render_to_string
from django.urls import URLPattern
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from releases.actions.press_check import check_release
from releases.admin.base import ReleaseViews, is_id
from releases.models import EVENT_FIELDS, Release
from releases.text import richtext
from releases.text.attributions import suggest_quotations
from releases.text.choices import Kind, Language, Status
from releases.text.press_check import RULES, Finding

MAX_SHOWN = 3  # findings that aren't private; the others are folded
FIELD_LABELS: dict[str, str | Promise] = {
    "headline": _("Headline"),
    "subhead": _("Subhead"),
    "summary": _("Summary"),
    "body": _("Body"),
    "event": _("Media event"),
    "photos": _("Photos"),
    "slug": _("Web address"),
    "contacts": _("Media contacts"),
    "valid_until": _("Valid until"),
    "translation": _("Other language"),
}
TEXT_FIELDS = (
    "headline",
    "subhead",
    "dateline",
    "summary",
    *(name for name in EVENT_FIELDS if not name.endswith(("_at", "_until"))),
)


@dataclass(frozen=True)
class ShownFinding:
    """A finding with the labels that the page shows, and whether the user said that it may be public."""

    finding: Finding
    is_confirmed: bool = False

    @property
    def rule_label(self) -> str | Promise:
        return RULES[self.finding.rule]

    @property
    def is_in_form(self) -> bool:
        """Return whether the words are in a text field of the form."""
        return self.finding.field in ("headline", "subhead", "summary", "body", "event")

    @property
    def field_label(self) -> str | Promise:
        return FIELD_LABELS[self.finding.field]


@dataclass(frozen=True)
class PressCheckReport:
    """Findings in the groups in which a page shows them."""

    language: str
    private: list[ShownFinding]
    first: list[ShownFinding]
    more: list[ShownFinding]

    @property
    def count(self) -> int:
        return len(self.private) + len(self.first) + len(self.more)


def build_report(
    release: Release, findings: Iterable[Finding], confirmed: Iterable[str] = ()
) -> PressCheckReport:
    """Group `findings` of `release`. `confirmed` has the keys of findings that may be public."""
    keys = set(confirmed)
    shown = [ShownFinding(finding, finding.key in keys) for finding in findings]
    others = [item for item in shown if not item.finding.is_private]
    return PressCheckReport(
        release.language,
        [item for item in shown if item.finding.is_private],
        others[:MAX_SHOWN],
        others[MAX_SHOWN:],
    )


class PressCheckViews(ReleaseViews):
    def get_urls(self) -> list[URLPattern]:
        return [self.model_admin.admin_path("press-check/", self.press_check_view, "press_check")]

    def press_check_view(self, request: HttpRequest) -> HttpResponse:
        """Return the findings in the text of the form as HTML, without saving anything.

        Paragraphs that can become quotations follow them, and aren't counted.
        """
        if not self.model_admin.has_change_permission(request):
            raise PermissionDenied
        pk = request.POST.get("release", "")
        release = self.model_admin.get_object(request, pk) if is_id(pk) else None
        if pk and release is None:
            raise PermissionDenied
        release = copy.copy(release) if release else Release()
        if release.status == Status.DRAFT and request.POST.get("language") in Language.values:
            release.language = request.POST["language"]
        content = read_typed_content(request.POST)
        report = build_report(release, check_release(release, content))
        suggestions = suggest_quotations(content.get("body", ""))
        context = {"report": report, "has_fixes": True, "suggestions": suggestions}
        html = render_to_string("admin/releases/release/_press_check.html", context, request)
        return JsonResponse({"html": html, "count": report.count})


def read_typed_content(post: QueryDict) -> dict[str, Any]:
    """Return the submitted fields as values of `Release.content()`. Invalid values are left out."""
    content: dict[str, Any] = {name: str(post[name]).strip() for name in TEXT_FIELDS if name in post}
    body = str(post.get("body", ""))
    if "body" in post and not richtext.is_too_large(body):
        content["body"] = richtext.sanitize(body)
    if post.get("kind") in Kind.values:
        content["kind"] = post["kind"]
    for name in ("date", "valid_until"):
        if name in post:
            try:
                content[name] = parse_date(str(post[name]))
            except ValueError:
                content[name] = None
    if "headline" in post:  # a form without ticked boxes doesn't send their names
        content["contacts"] = [int(pk) for pk in post.getlist("contacts") if is_id(pk)]
    return content

"""Autosave what users type, show who else edits a release, and resolve conflicts between two texts."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from releases.actions.autosaves import TextTooLarge, autosave, ping
from releases.actions.errors import ActionNotAllowed
from releases.admin.base import ReleaseViews, current_user, is_id
from releases.admin.diffs import ReleaseText
from releases.admin.editor_panel import DATETIME_FIELDS, describe_sections, read_form
from releases.admin.forms import ReleaseForm
from releases.admin.forms.media_entries import MEDIA_FIELDS, parse_entries
from releases.admin_site import render_typed_text
from releases.models import PendingRevision, Release, get_content_fields
from releases.text import diffs, localtime, richtext
from releases.text.datelines import translate_place

MULTI_VALUE_FIELDS = ("tags", "contacts", "signers")  # fields with several values in the POST data


def get_typed_fields(request: HttpRequest) -> dict[str, Any]:
    """Return the submitted fields of the release form, without its edit token."""
    names = [name for name in ReleaseForm.base_fields if name != "edit_token" and name in request.POST]
    empty: dict[str, Any] = {name: [] for name in MULTI_VALUE_FIELDS}
    return empty | {
        name: request.POST.getlist(name) if name in MULTI_VALUE_FIELDS else request.POST[name]
        for name in names
    }


def get_saved_fields(release: Release) -> dict[str, Any]:
    """Return the values that the form of `release` would submit if it were opened now and left unchanged."""
    text = ReleaseText.from_current(release)
    return _to_form_values(text.content) | {
        "language": release.language,
        "slug": release.slug,
        "tags": sorted(map(str, text.topic_ids)),
    }


@dataclass(frozen=True)
class Conflict:
    """A field whose saved value ("theirs") differs from the typed one ("mine").

    `suggested` is "theirs" or "mine".
    """

    name: str
    label: str
    lines: list[diffs.Line]
    suggested: str


class AutosaveViews(ReleaseViews):
    def get_urls(self) -> list[URLPattern]:
        return [
            self.model_admin.admin_path("autosave/", self.autosave_view, "autosave"),
            self.model_admin.admin_path("<int:release_id>/ping/", self.ping_view, "ping"),
            self.model_admin.admin_path(
                "<int:release_id>/merge-versions/", self.merge_versions_view, "merge_versions"
            ),
        ]

    def autosave_view(self, request: HttpRequest) -> HttpResponse:
        """Autosave the form.

        A GET returns a new CSRF token, which a form needs after its user has signed in again.
        """
        if not self.model_admin.has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            request.is_background = True  # type: ignore[attr-defined]
            return JsonResponse({"csrf_token": get_token(request)})
        release = (
            self.model_admin.get_object(request, request.POST.get("release", ""))
            if request.POST.get("release")
            else None
        )
        try:
            client_id = uuid.UUID(request.POST.get("client_id", ""))
            sequence = int(request.POST.get("sequence", ""))
        except ValueError:
            return JsonResponse(
                {"error": _("Something went wrong with this form. Copy your text and reload the page.")},
                status=400,
            )
        if request.POST.get("release") and (
            release is None or not self.model_admin.has_change_permission(request, release)
        ):
            return JsonResponse(
                {"error": _("You can no longer change this release. Copy your text.")}, status=409
            )
        try:
            saved = autosave(
                user=current_user(request),
                data=get_typed_fields(request),
                sequence=min(sequence, 2**62),
                edit_token=request.POST.get("edit_token", "")[:60],
                release=release,
                client_id=client_id,
            )
        except ActionNotAllowed as exc:
            return JsonResponse({"error": str(exc)}, status=413 if isinstance(exc, TextTooLarge) else 409)
        message = _("Saved %(time)s") % {"time": localtime.format_time(saved.changed_at)}
        return JsonResponse({"message": message, "sections": describe_sections(*read_form(request.POST))})

    def ping_view(self, request: HttpRequest, release_id: int) -> HttpResponse:
        """Record that the form is open.

        Return who else edits the release, and a CSRF token that is valid after a new login.
        """
        request.is_background = True  # type: ignore[attr-defined]
        release = self.model_admin.get_object(request, str(release_id))
        if release is None or not self.model_admin.has_change_permission(request, release):
            raise PermissionDenied
        notices = ping(release, user=current_user(request))
        return JsonResponse({"csrf_token": get_token(request), "messages": notices})

    def render_conflict(self, request: HttpRequest, release: Release) -> HttpResponse | None:
        """Render both texts side by side if the release changed since the form was opened.

        Returns None if it did not.
        """
        edit_token = request.POST.get("edit_token", "")
        if edit_token == release.edit_token or "headline" not in request.POST:
            return None
        mine, theirs = get_typed_fields(request), get_saved_fields(release)
        is_own = release.changed_by_id == current_user(request).pk
        context = self.model_admin.admin_site.each_context(request) | {
            "title": _("You already saved this release") if is_own else _("Two people edited this release"),
            "is_own": is_own,
            "release": release,
            "opts": self.model_admin.opts,
            "conflicts": find_conflicts(release, edit_token, mine, theirs),
            "mine": [
                (name, value)
                for name in mine
                for value in ([mine[name]] if isinstance(mine[name], str) else mine[name])
            ],
        }
        return TemplateResponse(request, "admin/releases/release/conflict.html", context)

    def merge_versions_view(self, request: HttpRequest, release_id: int) -> HttpResponse:
        """Autosave the values chosen from both texts, and redirect to the form."""
        if request.method != "POST":
            return HttpResponseRedirect(reverse("admin:releases_release_change", args=[release_id]))
        with transaction.atomic():
            release = self.model_admin.get_object(request, str(release_id))
            if release is None or not self.model_admin.has_change_permission(request, release):
                return render_typed_text(request, _("You can no longer change this release."))
            mine, theirs = get_typed_fields(request), get_saved_fields(release)
            chosen = {name: theirs[name] for name in theirs if request.POST.get(f"choose_{name}") == "theirs"}
            sequence = int(timezone.now().timestamp() * 1000)
            try:
                autosave(
                    user=current_user(request),
                    data=theirs | mine | chosen,
                    sequence=sequence,
                    edit_token=release.edit_token,
                    release=release,
                )
            except ActionNotAllowed as exc:
                return render_typed_text(request, str(exc))
        return HttpResponseRedirect(reverse("admin:releases_release_change", args=[release.pk]))


def find_conflicts(
    release: Release, edit_token: str, mine: dict[str, Any], theirs: dict[str, Any]
) -> list[Conflict]:
    """Return the fields in which both texts differ.

    "theirs" is suggested if only the saved value has changed since the version of `edit_token`, else "mine".
    """
    base = get_fields_at(release, edit_token)
    conflicts = []
    for name, saved in theirs.items():
        typed = mine.get(name, saved)
        if _is_equal(name, typed, saved, release.language):
            continue
        only_theirs = name in base and _is_equal(name, typed, base[name], release.language)
        field = get_content_fields().get(name) or ReleaseForm.base_fields[name]
        label = getattr(field, "verbose_name", None) or getattr(field, "label", name)
        lines = diffs.diff_lines(format_value(release, name, saved), format_value(release, name, typed))
        conflicts.append(Conflict(name, str(label), lines, "theirs" if only_theirs else "mine"))
    return conflicts


def get_fields_at(release: Release, edit_token: str) -> dict[str, Any]:
    """Return what an unchanged form would submit for the version of `edit_token`.

    Returns {} if the history doesn't contain that version.
    """
    version, _dot, revision_id = edit_token.partition(".")
    if revision_id:
        pk, _dot, number = revision_id.partition(".")
        if not (is_id(pk) and is_id(number)):
            return {}
        record = PendingRevision.history.filter(id=pk, release=release.pk, version=number).first()
        if record is None:
            return {}
        return _to_form_values(record.instance.content) | {
            "tags": sorted(map(str, record.instance.topic_ids))
        }
    if not is_id(version):
        return {}
    record = Release.history.filter(id=release.pk, version=version).first()
    if record is None:
        return {}
    return _to_form_values(record.instance.content()) | {"language": record.language, "slug": record.slug}


def _to_form_values(content: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of `content` as a form submits them."""
    return {name: _to_form_value(name, value) for name, value in content.items()}


def _to_form_value(name: str, value: Any) -> Any:
    if name in MULTI_VALUE_FIELDS:
        return sorted(map(str, value))
    if name in MEDIA_FIELDS:
        return json.dumps(value)
    if name in DATETIME_FIELDS and value:
        return timezone.localtime(
            get_content_fields()[name].to_python(value), timezone.get_default_timezone()
        ).strftime("%Y-%m-%dT%H:%M")
    return "" if value is None else str(value)


def format_value(release: Release, name: str, value: Any) -> str:
    """Return a submitted value as text for people. Invalid values are returned as typed."""
    if name == "tags":
        return ReleaseText(release, {}, [int(tag) for tag in value if is_id(tag)]).format_topics()
    if name in MULTI_VALUE_FIELDS:
        return ReleaseText(release, {name: [int(pk) for pk in value if is_id(pk)]}, []).format_field(name)
    if name not in get_content_fields():
        return str(value)
    try:
        shown = parse_entries(value) if name in MEDIA_FIELDS else value or None
        return ReleaseText(release, {name: shown}, []).format_field(name)
    except (ValueError, TypeError, KeyError, ValidationError):
        return str(value)


def _is_equal(name: str, first: Any, second: Any, language: str) -> bool:
    if name in MULTI_VALUE_FIELDS:
        return set(first) == set(second)
    if name in MEDIA_FIELDS:
        return parse_entries(first) == parse_entries(second)
    if name == "body":
        return richtext.sanitize(first) == richtext.sanitize(second)
    if name == "dateline":
        return translate_place(first, language) == translate_place(second, language)
    return " ".join(str(first).split()) == " ".join(str(second).split())

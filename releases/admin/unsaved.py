"""What is typed and not saved, and two people in one form: kept, shown, taken over, put side by side."""

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

from releases import clock, comparison, prose, publishing
from releases.admin.base import DeskAdmin, staff
from releases.admin.comparing import Text
from releases.datelines import place_in
from releases.desk import show_typed_words
from releases.forms import ReleaseForm
from releases.models import Release, WorkingCopy, printed_fields

MANY = ("tags", "contacts")  # the fields that are sent more than once

MOMENTS = ("event_at", "event_until")


def typed_into(request: HttpRequest) -> dict[str, Any]:
    """The fields of the release's form as they were sent."""
    names = [name for name in ReleaseForm.base_fields if name != "opened" and name in request.POST]
    none: dict[str, Any] = {name: [] for name in MANY}
    return none | {name: request.POST.getlist(name) if name in MANY else request.POST[name] for name in names}


def sent_by_a_form_of(release: Release) -> dict[str, Any]:
    """What a form of `release` that is opened now would send, of what a person can change there."""
    text = Text.at_hand(release)
    return _as_sent(text.printed) | {"language": release.language, "slug": release.slug, "tags": sorted(map(str, text.tags))}


@dataclass(frozen=True)
class Conflict:
    """A field of which there are two texts: theirs, which is saved, and mine, which is not; and which one is suggested."""

    name: str
    label: str
    lines: list[comparison.Line]
    suggested: str


class UnsavedViews(DeskAdmin):
    def get_urls(self) -> list[URLPattern]:
        return [
            self.door("keep/", self.keep_view, "keep"),
            self.door("<int:release_id>/look-in/", self.look_in_view, "look_in"),
            self.door("<int:release_id>/put-together/", self.put_together_view, "put_together"),
            *super().get_urls(),
        ]

    def keep_view(self, request: HttpRequest) -> HttpResponse:
        """Keep what is being typed; a GET only hands a form that was signed out in between its new token."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return JsonResponse({"csrf": get_token(request)})
        release = self.get_object(request, request.POST.get("release", "")) if request.POST.get("release") else None
        try:
            form = uuid.UUID(request.POST.get("form_id", ""))
            number = int(request.POST.get("number", ""))
        except ValueError:
            return JsonResponse({"refused": _("This form is broken. Copy what you typed, and load the page anew.")}, status=400)
        if request.POST.get("release") and (release is None or not self.has_change_permission(request, release)):
            return JsonResponse({"refused": _("This release can no longer be changed by you. Copy what you typed.")}, status=409)
        try:
            text = publishing.keep(
                by=staff(request),
                contents=typed_into(request),
                number=min(number, 2**62),
                opened=request.POST.get("opened", "")[:60],
                release=release,
                form=form,
            )
        except publishing.Refusal as refusal:
            return JsonResponse({"refused": str(refusal)}, status=413 if isinstance(refusal, publishing.TextTooLarge) else 409)
        return JsonResponse({"said": _("Saved %(time)s") % {"time": clock.time_in_words(text.changed_at)}})

    def look_in_view(self, request: HttpRequest, release_id: int) -> HttpResponse:
        """Who else is here, and a token that holds after signing in again."""
        release = self.get_object(request, str(release_id))
        if release is None or not self.has_change_permission(request, release):
            raise PermissionDenied
        told = publishing.look_in(release, by=staff(request))
        return JsonResponse({"csrf": get_token(request), "told": told})

    def stale_save(self, request: HttpRequest, release: Release) -> HttpResponse | None:
        """The page that puts both texts side by side, when the form that was sent is older than the release; else None."""
        opened = request.POST.get("opened", "")
        if opened == release.opened_as or "headline" not in request.POST:
            return None
        mine, theirs = typed_into(request), sent_by_a_form_of(release)
        context = self.admin_site.each_context(request) | {
            "title": _("Two texts of one release"),
            "release": release,
            "opts": self.opts,
            "conflicts": conflicts(release, opened, mine, theirs),
            "mine": [(name, value) for name in mine for value in ([mine[name]] if isinstance(mine[name], str) else mine[name])],
        }
        return TemplateResponse(request, "admin/releases/release/conflict.html", context)

    def put_together_view(self, request: HttpRequest, release_id: int) -> HttpResponse:
        """Go on in the form with what was chosen from both texts, not saved yet."""
        if request.method != "POST":
            return HttpResponseRedirect(reverse("admin:releases_release_change", args=[release_id]))
        with transaction.atomic():
            release = self.get_object(request, str(release_id))
            if release is None or not self.has_change_permission(request, release):
                return show_typed_words(request, _("This release can no longer be changed by you."))
            mine, theirs = typed_into(request), sent_by_a_form_of(release)
            chosen = {name: theirs[name] for name in theirs if request.POST.get(f"choose_{name}") == "theirs"}
            number = int(timezone.now().timestamp() * 1000)
            try:
                publishing.keep(
                    by=staff(request), contents=theirs | mine | chosen, number=number, opened=release.opened_as, release=release
                )
            except publishing.Refusal as refusal:
                return show_typed_words(request, str(refusal))
        return HttpResponseRedirect(reverse("admin:releases_release_change", args=[release.pk]))


def conflicts(release: Release, opened: str, mine: dict[str, Any], theirs: dict[str, Any]) -> list[Conflict]:
    """The fields in which both texts differ. What only one of the two changed since `opened` is suggested; else mine."""
    base = sent_when(release, opened)
    found = []
    for name, saved in theirs.items():
        typed = mine.get(name, saved)
        if _same(name, typed, saved, release.language):
            continue
        only_theirs = name in base and _same(name, typed, base[name], release.language)
        field = printed_fields().get(name) or ReleaseForm.base_fields[name]
        label = getattr(field, "verbose_name", None) or getattr(field, "label", name)
        lines = comparison.compared(in_words(release, name, saved), in_words(release, name, typed))
        found.append(Conflict(name, str(label), lines, "theirs" if only_theirs else "mine"))
    return found


def sent_when(release: Release, opened: str) -> dict[str, Any]:
    """What a form that was `opened` then would have sent untouched; {} when the history does not know."""
    version, _dot, copy = opened.partition(".")
    if copy:
        pk, _dot, number = copy.partition(".")
        if not (pk.isdecimal() and number.isdecimal()):
            return {}
        kept = WorkingCopy.history.filter(id=pk, release=release.pk, version=number).first()
        if kept is None:
            return {}
        return _as_sent(kept.instance.printed) | {"tags": sorted(map(str, kept.instance.tags))}
    if not version.isdecimal() or len(version) > 9:
        return {}
    record = Release.history.filter(id=release.pk, version=version).first()
    if record is None:
        return {}
    return _as_sent(record.instance.printed()) | {"language": record.language, "slug": record.slug}


def _as_sent(printed: dict[str, Any]) -> dict[str, Any]:
    """The `printed` fields of a text as a form sends them."""
    return {name: _one_as_sent(name, value) for name, value in printed.items()}


def _one_as_sent(name: str, value: Any) -> Any:
    if name in MANY:
        return sorted(map(str, value))
    if name in MOMENTS and value:
        return timezone.localtime(printed_fields()[name].to_python(value), timezone.get_default_timezone()).strftime("%Y-%m-%dT%H:%M")
    return "" if value is None else str(value)


def in_words(release: Release, name: str, sent: Any) -> str:
    """One field as it was sent, in plain words; what cannot be read stands as it was typed."""
    if name == "tags":
        return Text(release, {}, [int(tag) for tag in sent if tag.isdecimal()]).topics_in_words()
    if name == "contacts":
        return Text(release, {"contacts": [int(one) for one in sent if one.isdecimal()]}, []).field_in_words("contacts")
    if name not in printed_fields():
        return str(sent)
    try:
        return Text(release, {name: sent or None}, []).field_in_words(name)
    except (ValueError, TypeError, ValidationError):
        return str(sent)


def _same(name: str, one: Any, other: Any, language: str) -> bool:
    if name in MANY:
        return set(one) == set(other)
    if name == "body":
        return prose.sanitised(one) == prose.sanitised(other)
    if name == "dateline":
        return place_in(one, language) == place_in(other, language)
    return " ".join(str(one).split()) == " ".join(str(other).split())

"""The version of a release in the other language: begun from it, or paired with it, and written beside it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from releases import publishing, search
from releases.admin.base import DeskAdmin, staff
from releases.models import Release
from releases.vocabulary import Language, Status

TO_CHOOSE_FROM = 20


class OtherLanguageFilter(admin.SimpleListFilter):
    title = gettext_lazy("other language")
    parameter_name = "other"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [
            ("none", _("No version in the other language")),
            ("waiting", _("Public, the other version not")),
            ("old", _("Out of date: the other version changed")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Release]) -> QuerySet[Release]:
        if self.value() == "old":
            return queryset.filter(pk__in=Release.objects.out_of_date().values("pk"))
        if self.value() == "waiting":
            return queryset.published().alone()  # type: ignore[attr-defined, no-any-return]
        return queryset.exclude(Exists(Release.objects.counterparts())) if self.value() == "none" else queryset


class PairViews(DeskAdmin):
    def get_urls(self) -> list[URLPattern]:
        return [
            self.door("<int:release_id>/counterpart/", self.counterpart_view, "counterpart"),
            self.door("<int:release_id>/pair/", self.pair_view, "pair"),
            *super().get_urls(),
        ]

    def counterpart_view(self, request: HttpRequest, release_id: int) -> HttpResponse:
        """What comes along into the other language, and the press that begins it; where there is one already, the way to it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        release = self.get_object(request, str(release_id))
        if release is None:
            return self.not_there(request)
        there = release.counterpart
        if request.method == "POST" and there is None:
            try:
                there = publishing.begin_counterpart(release, by=staff(request))
            except publishing.Refusal as refusal:
                messages.error(request, str(refusal))
                there = release.counterpart
            if there:
                return HttpResponseRedirect(reverse("admin:releases_release_change", args=[there.pk]))
        return self._pair_page(request, release, there)

    def pair_view(self, request: HttpRequest, release_id: int) -> HttpResponse:
        """Pair a release with one that is there already; `other` names it by its number."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        release = self.get_object(request, str(release_id))
        if release is None:
            return self.not_there(request)
        number = request.POST.get("other", "")
        if request.method == "POST":
            other = self.get_object(request, number) if number.isdigit() else None
            if other is None:
                messages.error(request, _("Choose the release that says the same in the other language."))
                return self._pair_page(request, release, release.counterpart)
            try:
                publishing.pair(release, other, by=staff(request))
            except publishing.Refusal as refusal:
                messages.error(request, str(refusal))
                return self._pair_page(request, release, release.counterpart)
            messages.success(request, _("Each is now the other's version in the other language."))
            return HttpResponseRedirect(reverse("admin:releases_release_change", args=[release.pk]))
        return self._pair_page(request, release, release.counterpart)

    def _pair_page(self, request: HttpRequest, release: Release, there: Release | None) -> HttpResponse:
        other = Language.SPANISH if release.language == Language.ENGLISH else Language.ENGLISH
        words = request.GET.get("q", "").strip()[:300]
        context: dict[str, Any] = self.admin_site.each_context(request) | {
            "title": _("The version in the other language"),
            "release": release,
            "opts": self.opts,
            "there": there,
            "spanish": other == Language.SPANISH,
            "words": words,
            "candidates": [] if there else candidates(release, other, words),
        }
        return TemplateResponse(request, "admin/releases/release/counterpart.html", context)


def candidates(release: Release, language: str, words: str) -> list[Release]:
    """Releases in `language` without a counterpart: those found by `words`, else those dated nearest to `release`."""
    free = Release.objects.in_language(language).exclude(status=Status.WITHDRAWN).exclude(Exists(Release.objects.counterparts()))
    if words:
        return list(free.filter(search.matching(words, search.understood(words, get_language())))[:TO_CHOOSE_FROM])
    if release.date is None:
        return list(free[:TO_CHOOSE_FROM])
    half = TO_CHOOSE_FROM // 2
    undated = list(free.filter(date=None)[:half])
    before = list(free.filter(Q(date__lte=release.date)).order_by("-date", "-pk")[:half])
    after = list(free.filter(date__gt=release.date).order_by("date", "pk")[:half])
    day = release.date
    return undated + sorted(before + after, key=lambda one: abs((one.date or day) - day))

"""Create the translation of a release, or link an existing release as its translation."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from releases import search
from releases.actions.errors import ActionNotAllowed
from releases.actions.translations import create_translation, link_translations
from releases.admin.base import ReleaseViews, current_user
from releases.admin.side_by_side import compare_side_by_side
from releases.models import Release
from releases.text.choices import Language, Status

MAX_CANDIDATES = 20


class TranslationViews(ReleaseViews):
    def get_urls(self) -> list[URLPattern]:
        return [
            self.model_admin.admin_path(
                "<int:release_id>/translation/", self.translation_view, "translation"
            ),
            self.model_admin.admin_path(
                "<int:release_id>/link-translation/", self.link_translation_view, "link_translation"
            ),
        ]

    def translation_view(self, request: HttpRequest, release_id: int) -> HttpResponse:
        """Show the translation page, and create the translation on POST.

        If one exists already, redirect to it.
        """
        if not self.model_admin.has_add_permission(request):
            raise PermissionDenied
        release = self.model_admin.get_object(request, str(release_id))
        if release is None:
            return self.model_admin.redirect_missing(request)
        translation = release.translation
        if request.method == "POST" and translation is None:
            try:
                translation = create_translation(release, user=current_user(request))
            except ActionNotAllowed as exc:
                messages.error(request, str(exc))
                translation = release.translation
            if translation:
                return HttpResponseRedirect(reverse("admin:releases_release_change", args=[translation.pk]))
        return self._render_translation_page(request, release, translation)

    def link_translation_view(self, request: HttpRequest, release_id: int) -> HttpResponse:
        """Link a release to an existing one, whose id is `other` in the POST data."""
        if not self.model_admin.has_add_permission(request):
            raise PermissionDenied
        release = self.model_admin.get_object(request, str(release_id))
        if release is None:
            return self.model_admin.redirect_missing(request)
        pk = request.POST.get("other", "")
        if request.method == "POST":
            translation = self.model_admin.get_object(request, pk) if pk.isdigit() else None
            if translation is None:
                messages.error(request, _("Choose the version of this release in the other language."))
                return self._render_translation_page(request, release, release.translation)
            try:
                link_translations(release, translation, user=current_user(request))
            except ActionNotAllowed as exc:
                messages.error(request, str(exc))
                return self._render_translation_page(request, release, release.translation)
            messages.success(request, _("The two versions are now linked."))
            return HttpResponseRedirect(reverse("admin:releases_release_change", args=[release.pk]))
        return self._render_translation_page(request, release, release.translation)

    def _render_translation_page(
        self, request: HttpRequest, release: Release, translation: Release | None
    ) -> HttpResponse:
        language = Language.SPANISH if release.language == Language.ENGLISH else Language.ENGLISH
        query = request.GET.get("q", "").strip()[:300]
        context: dict[str, Any] = self.model_admin.admin_site.each_context(request) | {
            "title": _("The version in the other language"),
            "release": release,
            "opts": self.model_admin.opts,
            "translation": translation,
            "comparison": compare_side_by_side(release, translation) if translation else None,
            "target_is_spanish": language == Language.SPANISH,
            "query": query,
            "candidates": [] if translation else find_candidates(release, language, query),
        }
        return TemplateResponse(request, "admin/releases/release/translation.html", context)


def find_candidates(release: Release, language: str, text: str) -> list[Release]:
    """Return releases in `language` without a translation that match `text`.

    Without `text`: those dated nearest to `release`.
    """
    unlinked = (
        Release.objects.in_language(language)
        .exclude(status=Status.WITHDRAWN)
        .exclude(Exists(Release.objects.translations_of_outer()))
    )
    if text:
        return list(
            unlinked.filter(search.build_staff_filter(text, search.parse_query(text, get_language())))[
                :MAX_CANDIDATES
            ]
        )
    if release.date is None:
        return list(unlinked[:MAX_CANDIDATES])
    half = MAX_CANDIDATES // 2
    undated = list(unlinked.filter(date=None)[:half])
    before = list(unlinked.filter(Q(date__lte=release.date)).order_by("-date", "-pk")[:half])
    after = list(unlinked.filter(date__gt=release.date).order_by("date", "pk")[:half])
    release_date = release.date
    return undated + sorted(
        before + after, key=lambda candidate: abs((candidate.date or release_date) - release_date)
    )

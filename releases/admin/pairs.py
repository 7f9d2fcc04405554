"""The version of a release in the other language: begun from it, and written beside it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _

from releases import publishing
from releases.admin.base import DeskAdmin, staff
from releases.vocabulary import Language


class PairViews(DeskAdmin):
    def get_urls(self) -> list[URLPattern]:
        return [self.door("<int:release_id>/counterpart/", self.counterpart_view, "counterpart"), *super().get_urls()]

    def counterpart_view(self, request: HttpRequest, release_id: int) -> HttpResponse:
        """What comes along into the other language, and the press that begins it; where there is one already, the way to it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        release = self.get_object(request, str(release_id))
        if release is None:
            return self.not_there(request)
        there = publishing.counterpart_of(release)
        if request.method == "POST" and there is None:
            try:
                there = publishing.begin_counterpart(release, by=staff(request))
            except publishing.Refusal as refusal:
                messages.error(request, str(refusal))
                there = publishing.counterpart_of(release)
            if there:
                return HttpResponseRedirect(reverse("admin:releases_release_change", args=[there.pk]))
        other = Language.SPANISH if release.language == Language.ENGLISH else Language.ENGLISH
        context = self.admin_site.each_context(request) | {
            "title": _("The version in the other language"),
            "release": release,
            "opts": self.opts,
            "there": there,
            "spanish": other == Language.SPANISH,
        }
        return TemplateResponse(request, "admin/releases/release/counterpart.html", context)

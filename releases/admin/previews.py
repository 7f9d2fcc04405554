"""A release as the public will see it, the links by which one person reads it before, and what to send when it is public."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _

from releases import publishing
from releases.admin.base import DeskAdmin, staff
from releases.forms import LinkForm
from releases.models import PreviewLink, Release
from releases.views.previews import as_the_public_will_see
from releases.views.sharing import Telling


class PreviewViews(DeskAdmin):
    def get_urls(self) -> list[URLPattern]:
        return [
            self.door("<int:release_id>/preview/", self.preview_view, "preview"),
            self.door("<int:release_id>/links/", self.links_view, "links"),
            self.door("<int:release_id>/links/<int:link_id>/revoke/", self.revoke_view, "revoke_link"),
            self.door("<int:release_id>/tell/", self.tell_view, "tell"),
            self.door("print.css", self.print_style, "print_style"),
            *super().get_urls(),
        ]

    def preview_view(self, request: HttpRequest, release_id: int) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        release = self.get_object(request, str(release_id))
        return as_the_public_will_see(request, release, request.GET.get("look", "page")) if release else self.not_there(request)

    def tell_view(self, request: HttpRequest, release_id: int) -> HttpResponse:
        """What to send out once a release is public, in both languages where the public can read both."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        release = self.get_object(request, str(release_id))
        if release is None:
            return self.not_there(request)
        public = Release.objects.published().filter(pair=release.pair)
        context = self.admin_site.each_context(request) | {
            "title": _("Now tell people"),
            "release": release,
            "opts": self.opts,
            "telling": [Telling.of(one) for one in sorted(public, key=lambda one: one != release)] if release.is_public() else [],
        }
        return TemplateResponse(request, "admin/releases/release/tell.html", context)

    def print_style(self, request: HttpRequest) -> HttpResponse:
        """What the style sheet says of paper, for the screen."""
        style = Path(str(finders.find("css/newsroom.css"))).read_text().replace("@media print", "@media screen, print")
        return HttpResponse(style + "body { max-width: 170mm; margin: 10mm auto; }", content_type="text/css")

    def links_view(self, request: HttpRequest, release_id: int) -> HttpResponse:
        """Every link to a release; a new one is shown once, because only its digest is kept."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        release = self.get_object(request, str(release_id))
        if release is None:
            return self.not_there(request)
        form = LinkForm(request.POST if request.method == "POST" else None, release=release, by=staff(request))
        address = ""
        if request.method == "POST" and form.is_valid():
            choice = form.cleaned_data
            try:
                _link, secret = publishing.make_link(
                    release, by=staff(request), label=choice["label"], kind=choice["kind"], hours=choice["hours"], form=choice["form"]
                )
            except publishing.Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                address = f"{settings.SITE_URL}{reverse('open-link', args=[secret])}"
                form = LinkForm(release=release, by=staff(request))
        context = self.admin_site.each_context(request) | {
            "title": _("Links"),
            "release": release,
            "opts": self.opts,
            "form": form,
            "address": address,
            "links": [(link, self._may_revoke(request, link)) for link in release.preview_links.select_related("release", "made_by")],
        }
        return TemplateResponse(request, "admin/releases/release/links.html", context)

    def revoke_view(self, request: HttpRequest, release_id: int, link_id: int) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        link = PreviewLink.objects.select_related("release").filter(release=release_id, pk=link_id).first()
        if link and request.method == "POST":
            try:
                publishing.revoke_link(link, by=staff(request))
                messages.success(request, _("Revoked. The link opens nothing any more."))
            except publishing.Refusal as refusal:
                messages.warning(request, str(refusal))
        return HttpResponseRedirect(reverse("admin:releases_release_links", args=[release_id]))

    def _may_revoke(self, request: HttpRequest, link: PreviewLink) -> bool:
        return link.holds() and (link.kind != "reporter" or request.user.has_perm("releases.publish_release"))

"""Preview of a release, preview links for people outside the newsroom, and the share kit."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _

from releases.actions.errors import ActionNotAllowed
from releases.actions.preview_links import (
    create_preview_link,
    extend_preview_link,
    find_extension,
    revoke_preview_link,
)
from releases.admin.base import ReleaseViews, current_user, get_document_base_url, get_photo_base_url
from releases.admin.forms import LinkForm
from releases.models import PreviewLink, Release
from releases.text import localtime
from releases.text.choices import LinkKind
from releases.views.previews import render_preview
from releases.views.sharing import ShareKit


class PreviewViews(ReleaseViews):
    def get_urls(self) -> list[URLPattern]:
        return [
            self.model_admin.admin_path("<int:release_id>/preview/", self.preview_view, "preview"),
            self.model_admin.admin_path("<int:release_id>/preview-links/", self.links_view, "preview_links"),
            self.model_admin.admin_path(
                "<int:release_id>/preview-links/<int:link_id>/revoke/",
                self.revoke_view,
                "revoke_preview_link",
            ),
            self.model_admin.admin_path(
                "<int:release_id>/preview-links/<int:link_id>/extend/",
                self.extend_view,
                "extend_preview_link",
            ),
            self.model_admin.admin_path("<int:release_id>/share-kit/", self.share_kit_view, "share_kit"),
            self.model_admin.admin_path("print.css", self.print_stylesheet, "print_stylesheet"),
        ]

    def preview_view(self, request: HttpRequest, release_id: int) -> HttpResponse:
        if not self.model_admin.has_view_permission(request):
            raise PermissionDenied
        release = self.model_admin.get_object(request, str(release_id))
        if release is None:
            return self.model_admin.redirect_missing(request)
        return render_preview(
            request,
            release,
            request.GET.get("look", "page"),
            photo_base_url=get_photo_base_url(),
            document_base_url=get_document_base_url(release),
        )

    def share_kit_view(self, request: HttpRequest, release_id: int) -> HttpResponse:
        """Show the texts for sharing a public release, in each language in which it is public."""
        if not self.model_admin.has_view_permission(request):
            raise PermissionDenied
        release = self.model_admin.get_object(request, str(release_id))
        if release is None:
            return self.model_admin.redirect_missing(request)
        versions = Release.objects.published().filter(translation_key=release.translation_key)
        context = self.model_admin.admin_site.each_context(request) | {
            "title": _("Share this release"),
            "release": release,
            "opts": self.model_admin.opts,
            "share_kits": [
                ShareKit.for_release(version)
                for version in sorted(versions, key=lambda version: version != release)
            ]
            if release.is_public()
            else [],
        }
        return TemplateResponse(request, "admin/releases/release/share_kit.html", context)

    def print_stylesheet(self, request: HttpRequest) -> HttpResponse:
        """Return the style sheet with its print rules applied to the screen."""
        css = (
            Path(str(finders.find("css/newsroom.css")))
            .read_text()
            .replace("@media print", "@media screen, print")
        )
        return HttpResponse(css + "body { max-width: 170mm; margin: 10mm auto; }", content_type="text/css")

    def links_view(self, request: HttpRequest, release_id: int) -> HttpResponse:
        """List the preview links of a release, and create one on POST.

        Its URL is shown only once, because only a digest is stored.
        """
        if not self.model_admin.has_change_permission(request):
            raise PermissionDenied
        release = self.model_admin.get_object(request, str(release_id))
        if release is None:
            return self.model_admin.redirect_missing(request)
        form = LinkForm(
            request.POST if request.method == "POST" else None, release=release, user=current_user(request)
        )
        new_link_url = ""
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            try:
                _link, secret = create_preview_link(
                    release,
                    user=current_user(request),
                    label=data["label"],
                    kind=data["kind"],
                    hours=data["hours"],
                    client_id=data["client_id"],
                )
            except ActionNotAllowed as exc:
                form.add_error(None, str(exc))
            else:
                new_link_url = f"{settings.SITE_URL}{reverse('open-preview', args=[secret])}"
                form = LinkForm(release=release, user=current_user(request))
        can_publish = request.user.has_perm("releases.publish_release")
        context = self.model_admin.admin_site.each_context(request) | {
            "title": _("Preview links"),
            "release": release,
            "opts": self.model_admin.opts,
            "form": form,
            "can_publish": can_publish,
            "new_link_url": new_link_url,
            "links": [
                (
                    link,
                    link.is_valid() and (can_publish or link.kind != LinkKind.REPORTER),
                    find_extension(link) if can_publish else None,
                )
                for link in release.preview_links.select_related("release", "created_by")
            ],
        }
        return TemplateResponse(request, "admin/releases/release/preview_links.html", context)

    def revoke_view(self, request: HttpRequest, release_id: int, link_id: int) -> HttpResponse:
        if not self.model_admin.has_change_permission(request):
            raise PermissionDenied
        link = PreviewLink.objects.select_related("release").filter(release=release_id, pk=link_id).first()
        if link and request.method == "POST":
            try:
                revoke_preview_link(link, user=current_user(request))
                messages.success(request, _("Revoked. The link no longer works."))
            except ActionNotAllowed as exc:
                messages.warning(request, str(exc))
        return HttpResponseRedirect(reverse("admin:releases_release_preview_links", args=[release_id]))

    def extend_view(self, request: HttpRequest, release_id: int, link_id: int) -> HttpResponse:
        if not self.model_admin.has_change_permission(request):
            raise PermissionDenied
        link = PreviewLink.objects.select_related("release").filter(release=release_id, pk=link_id).first()
        if link and request.method == "POST":
            try:
                ends_at = extend_preview_link(link, user=current_user(request))
                text = _("Extended. The link now works until %(moment)s.")
                messages.success(request, text % {"moment": localtime.format_datetime(ends_at)})
            except ActionNotAllowed as exc:
                messages.warning(request, str(exc))
        return HttpResponseRedirect(reverse("admin:releases_release_preview_links", args=[release_id]))

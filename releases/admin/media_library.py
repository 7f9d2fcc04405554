"""Admin of all photos and documents in the newsroom."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from releases.actions.errors import ActionNotAllowed
from releases.actions.photos import add_photo
from releases.admin.base import BaseModelAdmin, current_user, get_photo_base_url
from releases.admin.forms import UploadForm
from releases.models import Document, Photo, Release
from releases.views.photos import serve_photo


@admin.register(Photo)
class PhotoAdmin(BaseModelAdmin):
    fields = (
        "picture",
        "press_kit_category",
        "label",
        "label_es",
        "credit",
        "consent",
        "added_at",
        "added_by",
        "used_in",
    )
    readonly_fields = ("picture", "added_at", "added_by", "used_in")
    list_display = ("thumbnail", "__str__", "press_kit_category", "credit", "used_in", "added_at")
    list_display_links = ("thumbnail", "__str__")
    list_filter = ("press_kit_category",)
    search_fields = ("label", "label_es", "credit")
    list_per_page = 50

    def get_urls(self) -> list[URLPattern]:
        return [self.admin_path("files/<slug:name>/<str:file>", self.file_view, "file"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        photos: QuerySet[Any] = super().get_queryset(request).annotate(count=Count("uses"))
        return photos.prefetch_related("portrait_of")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Upload photos.

        The other fields are on the page of each photo, to which a single upload redirects.
        """
        if not self.has_add_permission(request):
            raise PermissionDenied
        upload_form = UploadForm(
            *((request.POST, request.FILES) if request.method == "POST" else (None, None)),
            current_photo_ids=[],
        )
        for field in ("press_kit", "documents"):
            upload_form.fields.pop(field, None)
        added: list[Photo] = []
        for file in (
            upload_form.cleaned_data.get("pictures", [])
            if upload_form.is_bound and upload_form.is_valid()
            else []
        ):
            try:
                added.append(add_photo(file, user=current_user(request)))
            except ActionNotAllowed as exc:
                upload_form.add_error("pictures", f"{file.name}: {exc}")
        if added and not upload_form.errors:
            if len(added) == 1:
                return HttpResponseRedirect(reverse("admin:releases_photo_change", args=[added[0].pk]))
            return HttpResponseRedirect(reverse("admin:releases_photo_changelist"))
        if upload_form.is_bound and not upload_form.errors:
            upload_form.add_error("pictures", _("Choose a file."))
        context = self.admin_site.each_context(request) | {
            "title": _("New photo"),
            "opts": self.opts,
            "form": upload_form,
        }
        return TemplateResponse(request, "admin/releases/photo/add.html", context)

    def file_view(self, request: HttpRequest, name: str, file: str) -> HttpResponse:
        """Serve a file of any photo, public or not."""
        if not request.user.has_perm("releases.view_release"):
            raise PermissionDenied
        return serve_photo(request, Photo.objects.filter(name=name).first(), file)

    @admin.display(description=gettext_lazy("photo"))
    def thumbnail(self, photo: Photo) -> str:
        return format_html(
            '<img class="thumbnail" src="{}{}/{}" alt="{}">',
            get_photo_base_url(),
            photo.name,
            photo.thumbnail,
            str(photo),
        )

    @admin.display(description=gettext_lazy("photo"))
    def picture(self, photo: Photo) -> str:
        size = _("%(width)s × %(height)s pixels") % {"width": photo.width, "height": photo.height}
        return format_html(
            '<img class="photo-preview" src="{}{}/{}" alt=""><br>{}',
            get_photo_base_url(),
            photo.name,
            photo.fallback,
            size,
        )

    @admin.display(description=gettext_lazy("appears in"), ordering="count")
    def used_in(self, photo: Any) -> str:
        releases = ngettext("%(count)s release", "%(count)s releases", photo.count) % {"count": photo.count}
        names = [_("portrait of %(name)s") % {"name": contact} for contact in photo.portrait_of.all()]
        return ", ".join([*([releases] if photo.count or not names else []), *names])


@admin.register(Document)
class DocumentAdmin(BaseModelAdmin):
    """Lists all PDFs, and deletes one permanently, also from earlier versions of releases."""

    fields = ("used_in", "pages", "added_at", "added_by")
    readonly_fields = fields
    list_display = ("__str__", "used_in", "pages", "added_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Document | None = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("attached to"))
    def used_in(self, document: Document) -> str:
        releases = Release.objects.exclude(attachments=[]).newest_first()
        headlines = [
            release.title
            for release in releases
            if document.pk in {details["document"] for details in release.attachments}
        ]
        return "; ".join(headlines) or _("no release")

"""The photos of a release, and those the newsroom keeps for the press."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.forms import formset_factory
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from releases import publishing
from releases.admin.base import DeskAdmin, staff
from releases.forms import PhotoWordsForm, UploadForm
from releases.models import Photo, Release
from releases.views.photos import desk_base, figures_of, file_of

WordsFormSet = formset_factory(PhotoWordsForm, extra=0)


class PhotoViews(DeskAdmin):
    def get_urls(self) -> list[URLPattern]:
        return [self.door("<int:release_id>/photos/", self.photos_view, "photos"), *super().get_urls()]

    def photos_view(self, request: HttpRequest, release_id: int) -> HttpResponse:
        """Photos are kept as soon as they are chosen; a fault in what is written beside them loses none."""
        release = self.get_object(request, str(release_id)) if self.has_view_permission(request) else None
        if release is None:
            if self.has_view_permission(request):
                return self.not_there(request)
            raise PermissionDenied
        may_write = self.has_change_permission(request, release)
        if request.method == "POST" and not may_write:
            raise PermissionDenied
        shown = publishing.photos_at_hand(release)
        upload, words = self._forms(request, release, shown)
        if request.method == "POST":
            try:
                shown = self._save(request, release, shown, upload, words)
            except publishing.Refusal as refusal:
                messages.error(request, str(refusal))
            else:
                if words.is_valid() and not upload.errors:
                    return HttpResponseRedirect(request.path)
                if words.is_valid():
                    words = self._words(release, shown)
        figures = {figure.photo.pk: figure for figure in figures_of(release, shown, base=desk_base())}
        context = self.admin_site.each_context(request) | {
            "title": _("Photos"),
            "release": release,
            "opts": self.opts,
            "upload": upload,
            "words": words,
            "opened": release.opened_as,
            "may_write": may_write,
            "figures": list(figures.values()),
            "forms": [(form, figures.get(form["photo"].value() and int(form["photo"].value()))) for form in words if _is_number(form)],
        }
        return TemplateResponse(request, "admin/releases/release/photos.html", context)

    def _forms(self, request: HttpRequest, release: Release, shown: list[dict[str, Any]]) -> tuple[Any, Any]:
        given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        return UploadForm(*given, shown=[one["photo"] for one in shown]), self._words(release, shown, given[0])

    def _words(self, release: Release, shown: list[dict[str, Any]], given: Any = None) -> Any:
        ids = [one["photo"] for one in shown]
        consents = dict(Photo.objects.filter(pk__in=ids).values_list("pk", "consent"))
        there = [one for one in shown if one["photo"] in consents]
        initial = [one | {"place": number, "consent": consents[one["photo"]]} for number, one in enumerate(there, 1)]
        return WordsFormSet(given, initial=initial, prefix="photo", form_kwargs={"language": release.language})

    def _save(self, request: HttpRequest, release: Release, shown: list[dict[str, Any]], upload: Any, words: Any) -> list[dict[str, Any]]:
        """Add what was chosen, then keep what was written where it can be kept; answers what the release shows now."""
        by, seen = staff(request), request.POST.get("opened", "")
        known = {one["photo"] for one in shown}
        changed = list(shown)
        if words.is_valid():
            kept = sorted((form.cleaned_data for form in words if form.cleaned_data["photo"] in known), key=lambda one: one["place"])
            mentioned = {one["photo"] for one in kept}  # one that came meanwhile is not, and stays
            changed = [one for one in kept if not one["take_out"]] + [one for one in shown if one["photo"] not in mentioned]
        added = list(upload.cleaned_data.get("kept", [])) if upload.is_valid() else []
        for file in upload.cleaned_data.get("pictures", []):
            try:
                added.append(publishing.add_photo(file, by=by))
            except publishing.Refusal as refusal:
                upload.add_error("pictures", f"{file.name}: {refusal}")
        changed += [{"photo": one.pk, "alt": one.label_in(release.language), "credit": one.credit} for one in added]
        publishing.set_photos(release, by=by, photos=changed, seen=seen)
        if words.is_valid():
            for one in kept:
                Photo.objects.filter(pk=one["photo"]).exclude(consent=one["consent"]).update(consent=one["consent"])
        if added:
            count = len(added)
            messages.success(request, ngettext("%(count)s photo was added.", "%(count)s photos were added.", count) % {"count": count})
        elif words.is_valid() and not upload.errors:
            messages.success(request, _("Saved."))
        return publishing.photos_at_hand(release)


def _is_number(form: Any) -> bool:
    return str(form["photo"].value() or "").isdecimal()


@admin.register(Photo)
class PhotoAdmin(DeskAdmin):
    fields = ("picture", "shelf", "label", "label_es", "credit", "consent", "added_at", "added_by", "shown_by")
    readonly_fields = ("picture", "added_at", "added_by", "shown_by")
    list_display = ("thumbnail", "__str__", "shelf", "credit", "shown_by", "added_at")
    list_display_links = ("thumbnail", "__str__")
    list_filter = ("shelf",)
    search_fields = ("label", "label_es", "credit")
    list_per_page = 50

    def get_urls(self) -> list[URLPattern]:
        return [
            self.door("files/<slug:name>/<str:file>", self.file_view, "file"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        photos: QuerySet[Any] = super().get_queryset(request).annotate(count=Count("uses"))
        return photos

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """A photo begins with its file; what it shows is written on its page."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        upload = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else (None, None)), shown=[])
        upload.fields.pop("kept", None)
        added: list[Photo] = []
        for file in upload.cleaned_data.get("pictures", []) if upload.is_bound and upload.is_valid() else []:
            try:
                added.append(publishing.add_photo(file, by=staff(request)))
            except publishing.Refusal as refusal:
                upload.add_error("pictures", f"{file.name}: {refusal}")
        if added and not upload.errors:
            if len(added) == 1:
                return HttpResponseRedirect(reverse("admin:releases_photo_change", args=[added[0].pk]))
            return HttpResponseRedirect(reverse("admin:releases_photo_changelist"))
        if upload.is_bound and not upload.errors:
            upload.add_error("pictures", _("Choose a file."))
        context = self.admin_site.each_context(request) | {"title": _("A new photo"), "opts": self.opts, "form": upload}
        return TemplateResponse(request, "admin/releases/photo/new.html", context)

    def file_view(self, request: HttpRequest, name: str, file: str) -> HttpResponse:
        """A file of any photo, for the desk."""
        if not request.user.has_perm("releases.view_release"):
            raise PermissionDenied
        return file_of(request, Photo.objects.filter(name=name).first(), file)

    @admin.display(description=gettext_lazy("photo"))
    def thumbnail(self, photo: Photo) -> str:
        return format_html('<img class="thumbnail" src="{}{}/{}.webp" alt="{}">', desk_base(), photo.name, photo.widths[0], str(photo))

    @admin.display(description=gettext_lazy("photo"))
    def picture(self, photo: Photo) -> str:
        size = _("%(width)s × %(height)s pixels") % {"width": photo.width, "height": photo.height}
        return format_html('<img class="picture" src="{}{}/{}" alt=""><br>{}', desk_base(), photo.name, photo.middle, size)

    @admin.display(description=gettext_lazy("shown by"), ordering="count")
    def shown_by(self, photo: Any) -> str:
        return ngettext("%(count)s release", "%(count)s releases", photo.count) % {"count": photo.count}

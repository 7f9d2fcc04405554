"""The photos and documents of a release, and the pictures the newsroom keeps for the press."""

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
from releases.admin.comparing import Difference, Text, differences
from releases.forms import DocumentWordsForm, PhotoWordsForm, UploadForm
from releases.models import Document, Photo, Release
from releases.views.photos import desk_base, document_of, figures_of, file_of

PhotoWords, DocumentWords = formset_factory(PhotoWordsForm, extra=0), formset_factory(DocumentWordsForm, extra=0)


class PhotoViews(DeskAdmin):
    def get_urls(self) -> list[URLPattern]:
        return [
            self.door("<int:release_id>/photos/", self.photos_view, "photos"),
            self.door("<int:release_id>/documents/<slug:name>.pdf", self.document_view, "document"),
            *super().get_urls(),
        ]

    def photos_view(self, request: HttpRequest, release_id: int) -> HttpResponse:
        """Photos and documents are kept as soon as they are chosen; a fault in what is written beside them loses none."""
        release = self._release(request, release_id)
        if release is None:
            return self.not_there(request)
        may_write = self.has_change_permission(request, release)
        if request.method == "POST" and not may_write:
            raise PermissionDenied
        if request.method == "POST":
            self._replace(request, release)
        given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        upload = UploadForm(*given, shown=[one["photo"] for one in publishing.photos_at_hand(release)])
        photos, documents = _photo_words(release, *given), _document_words(release, *given)
        refused = ""
        theirs: list[Difference] = []
        if request.method == "POST":
            refused = self._keep_words(request, release, photos, documents)
            if refused and release.opened_as != request.POST.get("opened", ""):
                theirs = differences(Text.at_hand(release), _as_written(release, photos, documents))
            self._add(request, release, upload)
            if not (refused or upload.errors or _faults(photos) or _faults(documents)):
                return HttpResponseRedirect(request.path)
            if refused:
                messages.error(request, refused)
            elif not (_faults(photos) or _faults(documents)):
                release.refresh_from_db()
                photos, documents = _photo_words(release), _document_words(release)
        figures = {figure.photo.pk: figure for figure in figures_of(release, publishing.photos_at_hand(release), base=desk_base())}
        files = Document.objects.in_bulk([one["document"] for one in publishing.photos_at_hand(release, "attachments")])
        context = self.admin_site.each_context(request) | {
            "title": _("Photos and documents"),
            "release": release,
            "opts": self.opts,
            "upload": upload,
            "sets": [photos, documents],
            "opened": release.opened_as,
            "theirs": theirs,
            "may_write": may_write,
            "photos": [(form, figures[number]) for form in photos if (number := _number(form, "photo")) in figures],
            "documents": [(form, files[number]) for form in documents if (number := _number(form, "document")) in files],
        }
        return TemplateResponse(request, "admin/releases/release/photos.html", context)

    def document_view(self, request: HttpRequest, release_id: int, name: str) -> HttpResponse:
        """A document of a release that the desk works on."""
        release = self._release(request, release_id)
        here = [one["document"] for one in publishing.photos_at_hand(release, "attachments")] if release else []
        document = Document.objects.filter(pk__in=here, name=name).first()
        return document_of(document, "document") if document else self.not_there(request)

    def _release(self, request: HttpRequest, release_id: int) -> Release | None:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_object(request, str(release_id))

    def _keep_words(self, request: HttpRequest, release: Release, photos: Any, documents: Any) -> str:
        """Keep what was written and how it was ordered, where nothing is wrong with it; answers why not, when it cannot be."""
        if _faults(photos) or _faults(documents):
            return ""
        by = staff(request)
        try:
            attachments = _in_order(documents, publishing.photos_at_hand(release, "attachments"), "document")
            publishing.set_photos(
                release,
                by=by,
                photos=_in_order(photos, publishing.photos_at_hand(release), "photo"),
                attachments=attachments,
                seen=request.POST.get("opened", ""),
            )
        except publishing.Refusal as refusal:
            if release.opened_as != request.POST.get("opened", ""):
                return _("Someone saved this release since you opened this page. What you wrote is below and not saved yet.")
            return str(refusal)
        self._keep_consents(request, photos, {one["photo"] for one in publishing.photos_at_hand(release)})
        if not (request.FILES or "kept" in request.POST):
            messages.success(request, _("Saved."))
        return ""

    def _replace(self, request: HttpRequest, release: Release) -> None:
        """Put newer files in the places of documents before anything else is looked at, so that no fault beside them loses one."""
        sent, replaced = request.POST.copy(), {}
        for name, given in request.FILES.items():
            file: Any = given
            prefix, _dash, field = name.rpartition("-")
            number = sent.get(f"{prefix}-document", "")
            if field != "instead" or not (number.isdecimal() and len(number) < 19):
                continue
            try:
                newer = publishing.add_document(file, by=staff(request)).pk
            except publishing.Refusal as refusal:
                messages.error(request, f"{file.name}: {refusal}")
                continue
            replaced[int(number)] = newer
            sent[f"{prefix}-document"] = str(newer)
        if not replaced:
            return
        try:
            try:
                publishing.set_photos(release, by=staff(request), replaced=replaced, seen=sent.get("opened", ""))
                sent["opened"] = release.opened_as  # what was opened is what is there, but for what was replaced just now
            except publishing.Refusal:  # changed by someone meanwhile: the file is kept, and the words are compared below
                publishing.set_photos(release, by=staff(request), replaced=replaced)
        except publishing.Refusal as refusal:
            messages.error(request, str(refusal))
            return
        request.POST = sent  # type: ignore[assignment]

    def _keep_consents(self, request: HttpRequest, photos: Any, here: set[int]) -> None:
        """What was noted of consent, by whom; what someone else noted meanwhile stays, and is shown."""
        for form in photos:
            said = form.cleaned_data
            photo = Photo.objects.filter(pk__in=here & {said["photo"]}).first()
            if photo is None or said["consent"] == said["consent_was"]:
                continue
            if photo.consent != said["consent_was"]:
                words = {"number": photo.pk, "yours": said["consent"], "theirs": photo.consent}
                told = _("Someone noted the consent for photo %(number)s meanwhile. Theirs stays: “%(theirs)s”. Yours: “%(yours)s”.")
                messages.warning(request, told % words)
                continue
            photo.consent = said["consent"]
            publishing.sign(photo, staff(request), "write")
            photo.save()

    def _add(self, request: HttpRequest, release: Release, upload: Any) -> None:
        """Add what was chosen behind what is there, whatever else was wrong."""
        by = staff(request)
        photos: list[Any] = []
        documents: list[Any] = []
        upload.is_valid()  # what is wrong is shown at its field, and what is right is kept all the same
        chosen = upload.cleaned_data
        photos += list(chosen.get("kept", []))
        for field, keep, added in (("pictures", publishing.add_photo, photos), ("documents", publishing.add_document, documents)):
            for file in chosen.get(field, []):
                try:
                    added.append(keep(file, by=by))
                except publishing.Refusal as refusal:
                    upload.add_error(field, f"{file.name}: {refusal}")
        if not (photos or documents):
            return
        new = [{"photo": one.pk, "alt": one.label_in(release.language), "credit": one.credit} for one in photos]
        attached = [{"document": one.pk, "title": "", "language": release.language} for one in documents]
        try:
            publishing.set_photos(
                release,
                by=by,
                more_photos=new,
                more_attachments=attached,
            )
        except publishing.Refusal as refusal:
            messages.error(request, str(refusal))
            return
        if count := len(photos):
            messages.success(request, ngettext("%(count)s photo was added.", "%(count)s photos were added.", count) % {"count": count})
        if count := len(documents):
            words = ngettext("%(count)s document was added.", "%(count)s documents were added.", count)
            messages.success(request, words % {"count": count})


def _photo_words(release: Release, data: Any = None, files: Any = None) -> Any:
    shown = publishing.photos_at_hand(release)
    consents = dict(Photo.objects.filter(pk__in=[one["photo"] for one in shown]).values_list("pk", "consent"))
    there = [one for one in shown if one["photo"] in consents]
    initial = []
    for number, one in enumerate(there, 1):
        consent = consents[one["photo"]]
        initial.append(one | {"place": number, "consent": consent, "consent_was": consent})
    return PhotoWords(data, files, initial=initial, prefix="photo", form_kwargs={"language": release.language})


def _document_words(release: Release, data: Any = None, files: Any = None) -> Any:
    initial = [one | {"place": number} for number, one in enumerate(publishing.photos_at_hand(release, "attachments"), 1)]
    return DocumentWords(data, files, initial=initial, prefix="document")


def _faults(words: Any) -> bool:
    return words.is_bound and not words.is_valid()


def _in_order(words: Any, shown: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    """What the forms say of those that are `shown`, in their order; one that came meanwhile is in no form, and stays."""
    known = {one[key] for one in shown}
    kept = sorted((form.cleaned_data for form in words if form.cleaned_data[key] in known), key=lambda one: one["place"])
    mentioned = {one[key] for one in kept}
    return [one for one in kept if not one["take_out"]] + [one for one in shown if one[key] not in mentioned]


def _as_written(release: Release, photos: Any, documents: Any) -> Text:
    """The text at hand, with the photos and documents as they were written here."""
    at_hand = Text.at_hand(release)
    written = {
        "photos": _in_order(photos, publishing.photos_at_hand(release), "photo"),
        "attachments": _in_order(documents, publishing.photos_at_hand(release, "attachments"), "document"),
    }
    return Text(release, at_hand.printed | written, at_hand.tags)


def _number(form: Any, key: str) -> int:
    value = str(form[key].value() or "")
    return int(value) if value.isdecimal() and len(value) < 19 else 0


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
        for field in ("kept", "documents"):
            upload.fields.pop(field, None)
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
        return format_html('<img class="thumbnail" src="{}{}/{}" alt="{}">', desk_base(), photo.name, photo.small, str(photo))

    @admin.display(description=gettext_lazy("photo"))
    def picture(self, photo: Photo) -> str:
        size = _("%(width)s × %(height)s pixels") % {"width": photo.width, "height": photo.height}
        return format_html('<img class="picture" src="{}{}/{}" alt=""><br>{}', desk_base(), photo.name, photo.middle, size)

    @admin.display(description=gettext_lazy("shown by"), ordering="count")
    def shown_by(self, photo: Any) -> str:
        return ngettext("%(count)s release", "%(count)s releases", photo.count) % {"count": photo.count}


@admin.register(Document)
class DocumentAdmin(DeskAdmin):
    """Every PDF that was kept, so that one can be deleted for good: no release shows it then, nor any earlier text of one."""

    fields = ("offered_by", "pages", "added_at", "added_by")
    readonly_fields = fields
    list_display = ("__str__", "offered_by", "pages", "added_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Document | None = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("offered by"))
    def offered_by(self, document: Document) -> str:
        releases = Release.objects.exclude(attachments=[]).in_order()
        here = [release.headline for release in releases if document.pk in {one["document"] for one in release.attachments}]
        return "; ".join(here) or _("no release now")

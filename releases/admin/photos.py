"""Admin pages of the photos and documents of a release."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import formset_factory
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from releases.actions.errors import ActionNotAllowed
from releases.actions.photos import (
    add_document,
    add_photo,
    clean_photos,
    get_current_photos,
    save_consent,
    set_photos,
)
from releases.admin.base import ReleaseViews, current_user, get_photo_base_url
from releases.admin.diffs import Difference, ReleaseText, compare_texts
from releases.admin.forms import DocumentDetailsForm, PhotoDetailsForm, UploadForm
from releases.models import Document, Photo, Release
from releases.views.figures import get_figures
from releases.views.photos import serve_document

PhotoDetailsFormSet, DocumentDetailsFormSet = (
    formset_factory(PhotoDetailsForm, extra=0),
    formset_factory(DocumentDetailsForm, extra=0),
)


class PhotoViews(ReleaseViews):
    def get_urls(self) -> list[URLPattern]:
        return [
            self.model_admin.admin_path("<int:release_id>/photos/", self.photos_view, "photos"),
            self.model_admin.admin_path(
                "<int:release_id>/documents/<slug:name>.pdf", self.document_view, "document"
            ),
        ]

    def photos_view(self, request: HttpRequest, release_id: int) -> HttpResponse:
        """Edit the photos and documents of a release.

        Uploaded files are stored even if other fields of the form have errors.
        """
        release = self._get_release(request, release_id)
        if release is None:
            return self.model_admin.redirect_missing(request)
        can_change = self.model_admin.has_change_permission(request, release)
        if request.method == "POST" and not can_change:
            raise PermissionDenied
        if request.method == "POST":
            self._replace(request, release)
        form_data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        upload_form = UploadForm(
            *form_data, current_photo_ids=[details["photo"] for details in get_current_photos(release)]
        )
        photos, documents = (
            _build_photo_formset(release, *form_data),
            _build_document_formset(release, *form_data),
        )
        error = ""
        conflict_changes: list[Difference] = []
        if request.method == "POST":
            error = self._save_details(request, release, photos, documents)
            if error and release.edit_token != request.POST.get("edit_token", ""):
                conflict_changes = compare_texts(
                    ReleaseText.from_current(release), _build_text(release, photos, documents)
                )
            self._add(request, release, upload_form)
            if not (error or upload_form.errors or _has_errors(photos) or _has_errors(documents)):
                return HttpResponseRedirect(request.path)
            if error:
                messages.error(request, error)
            elif not (_has_errors(photos) or _has_errors(documents)):
                release.refresh_from_db()
                photos, documents = _build_photo_formset(release), _build_document_formset(release)
        figures = {
            figure.photo.pk: figure
            for figure in get_figures(release, get_current_photos(release), base_url=get_photo_base_url())
        }
        files = Document.objects.in_bulk(
            [details["document"] for details in get_current_photos(release, "attachments")]
        )
        context = self.model_admin.admin_site.each_context(request) | {
            "title": _("Photos and documents"),
            "release": release,
            "opts": self.model_admin.opts,
            "upload_form": upload_form,
            "formsets": [photos, documents],
            "edit_token": release.edit_token,
            "conflict_changes": conflict_changes,
            "can_change": can_change,
            "photos": [(form, figures[pk]) for form in photos if (pk := _get_id(form, "photo")) in figures],
            "documents": [
                (form, files[pk]) for form in documents if (pk := _get_id(form, "document")) in files
            ],
        }
        return TemplateResponse(request, "admin/releases/release/photos.html", context)

    def document_view(self, request: HttpRequest, release_id: int, name: str) -> HttpResponse:
        """Serve a document of the current text of a release, public or not."""
        release = self._get_release(request, release_id)
        document_ids = (
            [details["document"] for details in get_current_photos(release, "attachments")] if release else []
        )
        document = Document.objects.filter(pk__in=document_ids, name=name).first()
        return (
            serve_document(document, "document") if document else self.model_admin.redirect_missing(request)
        )

    def _get_release(self, request: HttpRequest, release_id: int) -> Release | None:
        if not self.model_admin.has_view_permission(request):
            raise PermissionDenied
        return self.model_admin.get_object(request, str(release_id))

    def _save_details(self, request: HttpRequest, release: Release, photos: Any, documents: Any) -> str:
        """Save details and order unless a form has errors.

        Return the reason if that isn't allowed, else "".
        """
        if _has_errors(photos) or _has_errors(documents):
            return ""
        user = current_user(request)
        try:
            attachments = _get_ordered_values(
                documents, get_current_photos(release, "attachments"), "document"
            )
            set_photos(
                release,
                user=user,
                photos=_get_ordered_photos(photos, get_current_photos(release)),
                attachments=attachments,
                edit_token=request.POST.get("edit_token", ""),
            )
        except ActionNotAllowed as exc:
            if release.edit_token != request.POST.get("edit_token", ""):
                return _(
                    "Someone saved this release after you opened this page. What you wrote is below and "
                    "isn't saved yet."
                )
            return str(exc)
        self._save_consents(request, photos, {details["photo"] for details in get_current_photos(release)})
        if not (request.FILES or "press_kit" in request.POST):
            messages.success(request, _("Saved."))
        return ""

    def _replace(self, request: HttpRequest, release: Release) -> None:
        """Replace documents with newer files before validation.

        So errors in other fields don't discard a file.

        Updates request.POST with the new documents and the new edit token.
        """
        data, replaced = request.POST.copy(), {}
        for name, uploaded in request.FILES.items():
            file: Any = uploaded
            prefix, _dash, field = name.rpartition("-")
            document_id = data.get(f"{prefix}-document", "")
            if field != "replacement_file" or not (document_id.isdecimal() and len(document_id) < 19):
                continue
            try:
                document = add_document(file, user=current_user(request))
            except ActionNotAllowed as exc:
                messages.error(request, f"{file.name}: {exc}")
                continue
            _report_removed_parts(request, file, document)
            replaced[int(document_id)] = document.pk
            data[f"{prefix}-document"] = str(document.pk)
        if not replaced:
            return
        try:
            try:
                set_photos(
                    release,
                    user=current_user(request),
                    replacements=replaced,
                    edit_token=data.get("edit_token", ""),
                )
                # This replacement is not a conflict.
                data["edit_token"] = release.edit_token
            except ActionNotAllowed:
                # Someone saved meanwhile. Store the file anyway: `_save_details` reports the conflict.
                set_photos(release, user=current_user(request), replacements=replaced)
        except ActionNotAllowed as exc:
            messages.error(request, str(exc))
            return
        request.POST = data  # type: ignore[assignment]

    def _save_consents(self, request: HttpRequest, photos: Any, photo_ids: set[int]) -> None:
        """Save the changed consent notes of photos of the release."""
        for form in photos:
            details = form.cleaned_data
            photo = Photo.objects.filter(pk__in=photo_ids & {details["photo"]}).first()
            if photo and details["consent"] != details["previous_consent"]:
                save_consent_or_warn(request, photo, details["consent"], details["previous_consent"])

    def _add(self, request: HttpRequest, release: Release, upload_form: Any) -> None:
        """Add uploaded and selected files after the existing ones, even if other fields have errors."""
        user = current_user(request)
        photos: list[Any] = []
        documents: list[Any] = []
        upload_form.is_valid()  # fills cleaned_data: valid files are added even if others are invalid
        files = upload_form.cleaned_data
        photos += list(files.get("press_kit", []))
        for field, add, added in (("pictures", add_photo, photos), ("documents", add_document, documents)):
            for file in files.get(field, []):
                try:
                    added.append(add(file, user=user))
                except ActionNotAllowed as exc:
                    upload_form.add_error(field, f"{file.name}: {exc}")
                else:
                    _report_removed_parts(request, file, added[-1])
        if not (photos or documents):
            return
        photo_details = [
            {"photo": item.pk, "alt": item.label_in(release.language), "credit": item.credit}
            for item in photos
        ]
        document_details = [
            {"document": item.pk, "title": "", "language": release.language} for item in documents
        ]
        try:
            set_photos(release, user=user, more_photos=photo_details, more_attachments=document_details)
        except ActionNotAllowed as exc:
            messages.error(request, str(exc))
            return
        if count := len(photos):
            messages.success(
                request,
                ngettext("%(count)s photo was added.", "%(count)s photos were added.", count)
                % {"count": count},
            )
        if count := len(documents):
            template = ngettext("%(count)s document was added.", "%(count)s documents were added.", count)
            messages.success(request, template % {"count": count})


def save_consent_or_warn(request: HttpRequest, photo: Photo, text: str, previous: str) -> None:
    """Save the consent note of `photo`. If someone else changed it meanwhile, keep theirs and show both."""
    if save_consent(photo, text=text, previous=previous, user=current_user(request)):
        return
    template = _(
        "Someone else added consent details for photo %(number)s while you were editing. Theirs were kept: "
        "“%(theirs)s”. Yours: “%(yours)s”."
    )
    messages.warning(request, template % {"number": photo.pk, "yours": text, "theirs": photo.consent})


def _report_removed_parts(request: HttpRequest, file: Any, item: Photo | Document) -> None:
    if message := get_removed_parts_message(file, item):
        messages.info(request, message)


def get_removed_parts_message(file: Any, item: Photo | Document) -> str:
    """Return what was removed from a PDF besides its metadata, or ""."""
    parts = getattr(item, "removed_parts", ())
    params = {"file": file.name, "parts": ", ".join(map(str, parts))}
    return _("Removed from %(file)s: %(parts)s.") % params if parts else ""


def _build_photo_formset(release: Release, data: Any = None, files: Any = None) -> Any:
    current = get_current_photos(release)
    consents = dict(
        Photo.objects.filter(pk__in=[details["photo"] for details in current]).values_list("pk", "consent")
    )
    available = [details for details in current if details["photo"] in consents]
    initial = []
    for number, details in enumerate(available, 1):
        consent = consents[details["photo"]]
        focus = dict(zip(("focus_x", "focus_y"), details.get("focus", ()), strict=False))
        initial.append(
            details | focus | {"position": number, "consent": consent, "previous_consent": consent}
        )
    return PhotoDetailsFormSet(
        data, files, initial=initial, prefix="photo", form_kwargs={"language": release.language}
    )


def _build_document_formset(release: Release, data: Any = None, files: Any = None) -> Any:
    initial = [
        details | {"position": number}
        for number, details in enumerate(get_current_photos(release, "attachments"), 1)
    ]
    return DocumentDetailsFormSet(data, files, initial=initial, prefix="document")


def _has_errors(formset: Any) -> bool:
    return formset.is_bound and not formset.is_valid()


def _get_ordered_values(formset: Any, current: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    """Return the submitted details of the `current` photos or documents by position, without those to remove.

    `key` is "photo" or "document". Items that others added after the form was opened follow at the end.
    """
    current_ids = {details[key] for details in current}
    ordered = sorted(
        (form.cleaned_data for form in formset if form.cleaned_data[key] in current_ids),
        key=lambda details: details["position"],
    )
    ordered_ids = {details[key] for details in ordered}
    return [details for details in ordered if not details["is_removed"]] + [
        details for details in current if details[key] not in ordered_ids
    ]


def _get_ordered_photos(formset: Any, current: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the submitted details like `_get_ordered_values`, with one lead photo at most.

    Marking another photo makes it the lead, also if the earlier lead is still marked.
    """
    photos = _get_ordered_values(formset, current, "photo")
    earlier = {details["photo"] for details in current if details.get("is_lead")}
    marked = [details["photo"] for details in photos if details.get("is_lead")]
    lead = min(marked, key=lambda photo_id: photo_id in earlier, default=None)
    return [details | {"is_lead": details["photo"] == lead} for details in photos]


def _build_text(release: Release, photos: Any, documents: Any) -> ReleaseText:
    """Return the current text of `release` with the submitted photos and documents."""
    current = ReleaseText.from_current(release)
    changes = {
        "photos": clean_photos(_get_ordered_photos(photos, get_current_photos(release))),
        "attachments": _get_ordered_values(documents, get_current_photos(release, "attachments"), "document"),
    }
    return ReleaseText(release, current.content | changes, current.topic_ids)


def _get_id(form: Any, key: str) -> int:
    value = str(form[key].value() or "")
    return int(value) if value.isdecimal() and len(value) < 19 else 0

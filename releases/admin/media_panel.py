"""Photos and documents in the release form: uploads, the library, and the cards with their texts."""

from collections import defaultdict
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import URLPattern
from django.utils.translation import gettext as _

from releases.actions.errors import ActionNotAllowed
from releases.actions.photos import add_document, add_photo, clean_focus
from releases.admin.base import MAX_SEARCH_WORDS, ReleaseViews, current_user, get_photo_base_url
from releases.admin.forms.media_entries import MEDIA_FIELDS, get_existing, parse_entries
from releases.admin.photos import get_removed_parts_message, save_consent_or_warn
from releases.models import Document, Photo, Release
from releases.search.analyzer import strip_accents
from releases.text.choices import Language

HIDDEN_FIELDS = (*MEDIA_FIELDS, "consents")  # of the form
MAX_LIBRARY_PHOTOS = 60  # in one answer of the search


class MediaPanelViews(ReleaseViews):
    def get_urls(self) -> list[URLPattern]:
        return [
            self.model_admin.admin_path("upload/", self.upload_view, "upload"),
            self.model_admin.admin_path("photo-library/", self.library_view, "photo_library"),
        ]

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        """Store one photo or PDF, and return its card as HTML. The release gets it when its form is saved."""
        if not (
            self.model_admin.has_change_permission(request) and request.user.has_perm("releases.add_photo")
        ):
            raise PermissionDenied
        file: Any = request.FILES.get("file")
        if file is None:
            return JsonResponse({"error": _("Choose a file.")}, status=400)
        is_pdf = b"%PDF-" in file.read(1024)
        file.seek(0)
        user, language = current_user(request), get_language_of(request)
        try:
            if is_pdf:
                document = add_document(file, user=user)
                html = render_document_card(
                    {"document": document.pk, "title": "", "language": language}, document
                )
                return JsonResponse({"html": html, "message": get_removed_parts_message(file, document)})
            photo = add_photo(file, user=user)
        except ActionNotAllowed as exc:
            is_picture = str(file.content_type).startswith("image/")
            hint = "" if is_pdf or is_picture else _("Export Word and other files as PDF.")
            return JsonResponse({"error": f"{file.name}: {exc} {hint}".strip()}, status=400)
        return JsonResponse({"html": render_photo_card(build_entry(photo, language), photo, language)})

    def library_view(self, request: HttpRequest) -> HttpResponse:
        """Return the newest photos of the newsroom that match ?q=, each with its card, as HTML."""
        if not self.model_admin.has_change_permission(request):
            raise PermissionDenied
        language = get_language_of(request)
        photos = search_photos(request.GET.get("q", ""), language)
        context = {
            "items": [
                (photo, text, render_photo_card(entry, photo, language)) for photo, text, entry in photos
            ],
            "is_search": bool(request.GET.get("q", "").strip()),
            "base_url": get_photo_base_url(),
        }
        html = render_to_string("admin/releases/release/_photo_library.html", context, request)
        return JsonResponse({"html": html})


def get_language_of(request: HttpRequest) -> str:
    """Return the language of the release that the request is about."""
    value = request.POST.get("language") or request.GET.get("language", "")
    return value if value in Language.values else Language.ENGLISH.value


def build_entry(photo: Photo, language: str, last_use: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the entry of `photo` in a release, with the texts of its last use in that language."""
    last_use = last_use or {}
    return {
        "photo": photo.pk,
        "alt": last_use.get("alt") or photo.label_in(language),
        "caption": "",
        "credit": last_use.get("credit") or photo.credit,
    }


def search_photos(query: str, language: str) -> list[tuple[Photo, str, dict[str, Any]]]:
    """Return photos whose texts contain all words of `query`, newest first. Accents and case don't matter.

    With each come what it shows, and its entry in a release in `language`.
    """
    alts: dict[int, str] = {}
    texts: dict[int, list[str]] = defaultdict(list)
    last_uses: dict[int, dict[str, Any]] = {}
    uses = Release.objects.exclude(photos=[]).order_by("-updated_at", "-pk")
    for headline, own_language, entries in uses.values_list("headline", "language", "photos"):
        for entry in entries:
            pk, alt = entry["photo"], entry.get("alt", "")
            alts[pk] = alts.get(pk) or alt
            texts[pk] += [alt, entry.get("caption", ""), entry.get("credit", ""), headline]
            if own_language == language:
                last_uses.setdefault(pk, entry)
    words = [strip_accents(word) for word in query.split()[:MAX_SEARCH_WORDS]]
    found = []
    for photo in Photo.objects.all():
        known = [photo.label, photo.label_es, photo.credit, *texts[photo.pk]]
        folded = strip_accents(" ".join(known))
        if all(word in folded for word in words):
            text = alts.get(photo.pk) or next(filter(None, known), str(photo))
            found.append((photo, text, build_entry(photo, language, last_uses.get(photo.pk))))
        if len(found) == MAX_LIBRARY_PHOTOS:
            break
    return found


def render_photo_card(entry: dict[str, Any], photo: Photo, language: str, consents: Any = None) -> str:
    """Return the card of a photo. `consents` has changed notes by photo id, as in the form."""
    changed: Any = (consents or {}).get(str(photo.pk))
    is_changed = isinstance(changed, list) and len(changed) == 2
    context = {
        "entry": entry,
        "photo": photo,
        "thumbnail": f"{get_photo_base_url()}{photo.name}/{photo.thumbnail}",
        "picture": f"{get_photo_base_url()}{photo.name}/{photo.fallback}",
        "release_language": language,
        "focus": clean_focus(entry.get("focus")),
        "consent": changed[0] if is_changed else photo.consent,
        "previous_consent": changed[1] if is_changed else photo.consent,
    }
    return render_to_string("admin/releases/release/_photo_card.html", context)


def render_document_card(entry: dict[str, Any], document: Document) -> str:
    context = {"entry": entry, "document": document, "languages": Language.choices}
    return render_to_string("admin/releases/release/_document_card.html", context)


def build_cards(form: Any, language: str) -> dict[str, list[Any]]:
    """Return the hidden fields of the form, and the cards of the photos and documents in them."""
    changed = parse_consents(form["consents"].value())
    photos = get_existing(parse_entries(form["photos"].value()), "photo", Photo)
    documents = get_existing(parse_entries(form["attachments"].value()), "document", Document)
    return {
        "media_fields": [form[name] for name in HIDDEN_FIELDS],
        "photo_cards": [render_photo_card(entry, photo, language, changed) for entry, photo in photos],
        "document_cards": [render_document_card(entry, document) for entry, document in documents],
    }


def parse_consents(value: Any) -> dict[str, Any]:
    """Return the changed consent notes in a submitted or autosaved field, as JSON text."""
    decoded = parse_entries(f"[{value}]") if isinstance(value, str) and value else []
    return decoded[0] if decoded else {}


def save_consents(
    request: HttpRequest, consents: dict[int, tuple[str, str]], entries: list[dict[str, Any]]
) -> None:
    """Save the changed consent notes of the photos in `entries`."""
    in_release = {entry["photo"] for entry in entries}
    for photo in Photo.objects.filter(pk__in=in_release & consents.keys()):
        save_consent_or_warn(request, photo, *consents[photo.pk])

"""The live preview next to the release form: what its user typed, as readers would see it."""

import uuid
from contextlib import suppress
from datetime import date
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_sameorigin

from releases.actions.errors import ActionNotAllowed
from releases.actions.photos import clean_attachments, clean_photos
from releases.admin.base import ReleaseViews, current_user, get_document_base_url, get_photo_base_url, is_id
from releases.admin.diffs import ReleaseText
from releases.admin.editor_panel import build_query_dict, read_form
from releases.admin.forms.media_entries import MEDIA_FIELDS, UNREADABLE, load_json
from releases.models import Autosave, Release, get_content_fields
from releases.models.validation import normalize_text
from releases.text.choices import Language, Status
from releases.text.datelines import FIRST_YEAR, LAST_YEAR, translate_place
from releases.views.previews import render_preview

EMPTY_PAGE = {"preview": {"look": "page"}, "is_live_preview": True}
NEW_RELEASE_ID = 0  # an id without a row: a new release needs one for its queries, which find nothing


class LivePreviewViews(ReleaseViews):
    def get_urls(self) -> list[URLPattern]:
        # Only this page may be in a frame, and only on our own pages.
        view: Any = csp_replace({"frame-ancestors": [SELF]})(
            xframe_options_sameorigin(self.live_preview_view)
        )
        return [self.model_admin.admin_path("live-preview/", view, "live_preview")]

    def live_preview_view(self, request: HttpRequest) -> HttpResponse:
        """Render the release of a form with the user's autosave, or else as it is saved.

        The query contains the id of a `release` or the `client_id` of the form of a new one, and the `look`
        of `render_preview`. Nothing is saved.
        """
        request.is_background = True  # type: ignore[attr-defined]
        if not self.model_admin.has_view_permission(request):
            raise PermissionDenied
        release = self._get_release(request)
        autosave = _find_autosave(request, release)
        if release is None and autosave is None:
            return render(request, "releases/live_preview_empty.html", EMPTY_PAGE)
        release = release or Release(pk=NEW_RELEASE_ID)
        topic_ids = apply_typed_fields(release, autosave.data) if autosave else None
        if not release.headline:
            with translation.override(release.language):
                release.headline = Release.describe_missing_headline(None)
        return render_preview(
            request,
            release,
            request.GET.get("look", "page"),
            photo_base_url=get_photo_base_url(),
            document_base_url=get_document_base_url(release),
            topic_ids=topic_ids,
            is_live_preview=True,
        )

    def _get_release(self, request: HttpRequest) -> Release | None:
        """Return the release in the query, or None if it names none. Raises Http404 if it doesn't exist."""
        pk = request.GET.get("release", "")
        if not pk:
            return None
        release: Release | None = self.model_admin.get_object(request, pk) if is_id(pk) else None
        if release is None:
            raise Http404
        return release


def _find_autosave(request: HttpRequest, release: Release | None) -> Autosave | None:
    """Return what this user typed into the form of `release`, or into the form of a new one."""
    autosaves = Autosave.objects.filter(user=current_user(request), release=release)
    if release is None:
        try:
            autosaves = autosaves.filter(client_id=uuid.UUID(request.GET.get("client_id", "")))
        except ValueError:
            return None
    return autosaves.first()


def apply_typed_fields(release: Release, typed: dict[str, Any]) -> list[int]:
    """Set the fields of `release` to those of an autosave, in memory, and return the ids of its topics.

    A value that can't be shown, like half a date, counts as empty, and a list of photos that can't be read
    as unchanged.
    """
    current = ReleaseText.from_current(release)
    if release.status == Status.DRAFT and typed.get("language") in Language.values:
        release.language = typed["language"]
    typed_content, topic_ids = read_form(build_query_dict(typed))
    content = dict(current.content)
    content |= {name: value for name, value in typed_content.items() if name not in MEDIA_FIELDS}
    if "signers" not in typed:
        content["signers"] = current.content["signers"]
    for name, clean in (("photos", clean_photos), ("attachments", clean_attachments)):
        with suppress(ActionNotAllowed, *UNREADABLE):
            content[name] = clean(load_json(typed[name]))
    for name, field in get_content_fields().items():
        value = content.get(name)
        if isinstance(value, date) and not FIRST_YEAR <= value.year <= LAST_YEAR:
            content[name] = None
        elif isinstance(value, str) and field.max_length:
            content[name] = value[: field.max_length]
    release.apply_content(content)
    normalize_text(release)
    release.dateline = translate_place(release.dateline, release.language)
    return topic_ids if "tags" in typed else list(current.topic_ids)

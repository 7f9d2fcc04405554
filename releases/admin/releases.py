"""Admin of releases: the list, the form and its permissions. `VIEWS` adds the other pages of a release."""

import json
import uuid
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from releases import search
from releases.actions.autosaves import ping
from releases.actions.locking import set_history_metadata
from releases.actions.permissions import may_write
from releases.actions.revisions import save_revision
from releases.admin.action_registry import is_scheduled_with
from releases.admin.action_views import get_primary_action, get_revision_differences, render_body
from releases.admin.actions import get_undo_seconds_left
from releases.admin.autosave import AutosaveViews, find_conflicts, get_saved_fields, get_typed_fields
from releases.admin.base import BaseModelAdmin, current_user, get_editor_context
from releases.admin.diffs import ReleaseText, get_translation_changes
from releases.admin.editor_panel import build_notes_context, build_panel_context
from releases.admin.forms import ReleaseForm
from releases.admin.forms.media_entries import MEDIA_FIELDS
from releases.admin.media_panel import save_consents
from releases.admin.prefilled_forms import get_prefilled_fields, get_templates
from releases.admin.release_fieldsets import ADDING_FIELDS, READ_ONLY, build_fieldsets
from releases.admin.release_list import FILTERS, ORDERINGS, ReleaseChangeList
from releases.admin.release_pages import VIEWS
from releases.admin.side_by_side import get_translation_context
from releases.admin_site import render_typed_text
from releases.models import Autosave, NewsroomSettings, PendingRevision, Release
from releases.models.states import describe_state
from releases.text import localtime
from releases.text.choices import DEFAULT_PLACE, Language, Status

# What a form sends besides the text. If only these have changed, a save makes no new version.
TECHNICAL_FIELDS = {"edit_token", "client_id", "confirm_empty_body", "consents"}


@admin.register(Release)
class ReleaseAdmin(BaseModelAdmin):
    form = ReleaseForm
    list_display = ("headline",)  # change_list.html shows the rows of ReleaseChangeList
    list_filter = FILTERS
    search_fields = ("headline",)  # only displays the search box; `get_search_results` does the search
    list_per_page = 50
    ordering = ORDERINGS["date"][1]  # of the search of the desk, too
    add_title = gettext_lazy("New release")

    class Media:
        css = {
            "all": [
                "css/admin_forms.css",
                "css/admin_editor.css",
                "css/admin_editor_tools.css",
                "css/admin_quotations.css",
                "css/admin_live_preview.css",
            ]
        }
        js = [
            "js/release_form.js",
            "js/autosave.js",
            "js/paste.js",
            "js/press_check.js",
            "js/media_cards.js",
            "js/media_upload.js",
            "js/editor_panel.js",
            "js/quotations.js",
            "js/editor_blocks.js",
            "js/editor_photos.js",
            "js/shortcuts.js",
            "js/live_preview.js",
        ]

    # --- Permissions --------------------------------------------------------------------------------------
    # Writers change drafts and the pending revisions of public releases, but not scheduled releases.

    def has_change_permission(self, request: HttpRequest, obj: Release | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or may_write(obj, request.user))

    def has_delete_permission(self, request: HttpRequest, obj: Release | None = None) -> bool:
        return (obj is None or obj.status == Status.DRAFT) and super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Release | None = None) -> tuple[str, ...]:
        locked = ("slug", "language") if obj and obj.status != Status.DRAFT else ()
        return (*READ_ONLY.values(), "withdrawn", "withdrawal_reason", "replacement", *locked)

    def get_form(
        self, request: HttpRequest, obj: Release | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.autosave = self._get_autosave(request, obj) if request.method == "GET" else None
        for field, permission in ADDING_FIELDS.items():
            if not request.user.has_perm(permission):
                form.base_fields.pop(field, None)
        return form

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        # Omit the links that add, change or delete a release.
        if db_field.name == "current_notice" and field:
            field.widget = field.widget.widget
        return field

    def _get_autosave(self, request: HttpRequest, release: Release | None) -> Autosave | None:
        """Return the user's autosave of `release`.

        If `release` is None: the autosave of a new release with the client id in ?unsaved=.
        """
        autosaves = Autosave.objects.filter(user=current_user(request))
        if release:
            return autosaves.filter(release=release).first()
        try:
            return autosaves.filter(release=None, client_id=uuid.UUID(request.GET.get("unsaved", ""))).first()
        except ValueError:
            return None

    def get_fieldsets(self, request: HttpRequest, obj: Release | None = None) -> Any:
        can_change = obj is None or self.has_change_permission(request, obj)
        return build_fieldsets(obj, request.user, can_change=can_change)

    def get_urls(self) -> list[URLPattern]:
        return [*(url for views in VIEWS for url in views(self).get_urls()), *super().get_urls()]

    @admin.display(description=gettext_lazy("body"))
    def body_html(self, release: Release) -> str:
        return render_body(release)

    @admin.display(description=gettext_lazy("signing organizations"))
    def signer_names(self, release: Release) -> str:
        return ReleaseText.from_current(release).format_field("signers")

    @admin.display(description=gettext_lazy("media contacts"))
    def contact_names(self, release: Release) -> str:
        return ReleaseText.from_current(release).format_field("contacts")

    # --- The list -------------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Release]:
        return super().get_queryset(request).select_related("pending_revision")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ReleaseChangeList]:
        return ReleaseChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Release], search_term: str
    ) -> tuple[QuerySet[Release], bool]:
        """Search with the index of the public pages, in both languages, including drafts."""
        query = search.parse_query(search_term, get_language())
        return (
            queryset.filter(search.build_staff_filter(search_term, query))
            if search_term.strip()
            else queryset
        ), False

    @admin.display(description=gettext_lazy("withdrawn"))
    def withdrawn(self, release: Release) -> str:
        return localtime.format_datetime(release.withdrawn_at) if release.withdrawn_at else ""

    # --- The form -------------------------------------------------------------------------------------------

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Release | None:
        try:
            release: Release | None = super().get_object(request, object_id, from_field)
            if release and request.method == "POST" and transaction.get_connection().in_atomic_block:
                # Django saves the whole row. The lock prevents an action from changing it in between.
                release.refresh_from_db(from_queryset=Release.objects.select_for_update())
                set_history_metadata(release, current_user(request), "write")
        except (Release.DoesNotExist, OverflowError):
            return None
        return release

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        if not object_id:
            return self._add_once(request, form_url, extra_context)
        # `get_object` locks the row, so that of two saves of the same version only one succeeds.
        with transaction.atomic():
            self.ensure_unlocked(request)
            # If someone deleted or published the release in the meantime, show the typed text, so that the
            # user can copy it.
            release = self.get_object(request, unquote(object_id))
            if release is None:
                return render_typed_text(request, _("This release was deleted in the meantime."))
            if self.has_view_permission(request, release) and not self.has_change_permission(
                request, release
            ):
                reason = _("You can no longer change this release. Its status: %(state)s.") % {
                    "state": describe_state(release)
                }
                return render_typed_text(request, reason)
            if self.has_change_permission(request, release) and (
                response := AutosaveViews(self).render_conflict(request, release)
            ):
                return response
            return super().changeform_view(request, object_id, form_url, extra_context)

    def _add_once(
        self, request: HttpRequest, form_url: str, extra_context: dict[str, Any] | None
    ) -> HttpResponse:
        """Create a release, once for each form, however often it is sent: by a double click, or after Back.

        The text of a later request is compared with the saved one, so that nothing typed is lost.
        """
        try:
            client_id = uuid.UUID(request.POST.get("client_id", ""))
        except ValueError:
            typed = json.dumps(get_typed_fields(request) | {"client_id": ""}, sort_keys=True)
            client_id = uuid.uuid5(uuid.NAMESPACE_OID, f"{current_user(request).pk} {typed}")
            post: Any = request.POST.copy()
            post["client_id"] = str(client_id)
            request.POST = post
        created = Release.objects.filter(creation_key=client_id)
        if not created.exists():
            try:
                with transaction.atomic():
                    return super().changeform_view(request, None, form_url, extra_context)
            except IntegrityError:
                if not created.exists():  # another constraint failed
                    raise
        release = created.get()
        if find_conflicts(release, "", get_typed_fields(request), get_saved_fields(release)):
            return self.changeform_view(request, str(release.pk), form_url, extra_context)
        return self._redirect_after_save(
            request, release, _("This release was already saved."), messages.INFO
        )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Prefill a new release from a template or another release, or with the language and Los Angeles."""
        initial = super().get_changeform_initial_data(request) | get_prefilled_fields(self, request)
        language = initial.get("language", get_language())
        return {"language": language, "dateline": DEFAULT_PLACE.get(language, "")} | initial

    def save_model(self, request: HttpRequest, obj: Release, form: Any, change: bool) -> None:
        form.add_new_signers()
        form.add_new_contact()
        obj.apply_content({name: form.cleaned_data[name] for name in MEDIA_FIELDS})
        if not change:
            obj.author, obj.creation_key = current_user(request), form.cleaned_data["client_id"]
        elif obj.is_public() or set(form.changed_data) <= TECHNICAL_FIELDS:
            return  # `save_related` saves public releases; an unchanged form is not a new version
        obj.changed_by = current_user(request)
        if change:
            obj.bump_text_version()
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the topics and delete the autosave.

        For a public release, save the text and topics as its pending revision instead.
        """
        autosaves = Autosave.objects.filter(user=current_user(request))
        (
            autosaves.filter(release=form.instance)
            if change
            else autosaves.filter(release=None, client_id=form.cleaned_data["client_id"])
        ).delete()
        photos = [*form.cleaned_data["photos"], *(form.initial.get("photos") or [])]
        save_consents(request, form.cleaned_data["consents"], photos)
        form.cleaned_data["tags"] = form.get_topics()
        if not form.instance.is_public():
            super().save_related(request, form, formsets, change)
            return
        tags = [topic.pk for topic in form.cleaned_data["tags"]]
        content = form.instance.content()
        save_revision(form.instance, user=current_user(request), content=content, topic_ids=tags)

    # Django's admin log would only repeat part of the history, which records each change with its text.
    def log_addition(self, request: HttpRequest, object: Any, message: Any) -> Any:  # noqa: A002
        return None

    def log_change(self, request: HttpRequest, object: Any, message: Any) -> Any:  # noqa: A002
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return None

    def view_on_site(self, obj: Release) -> str | None:
        return obj.get_absolute_url() if obj.is_public() or obj.status == Status.WITHDRAWN else None

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        release: Release | None = kwargs.get("obj") or (args[3] if len(args) > 3 else None)
        can_publish = request.user.has_perm("releases.publish_release")
        revision = PendingRevision.for_release(release) if release else None
        can_change = bool(release and self.has_change_permission(request, release))
        review_request = release.notes.open_review_requests().first() if release else None
        translation = release.translation if release else None
        pinned, pinned_until = (
            NewsroomSettings.current().get_pin(release.language) if release else (None, None)
        )
        context |= get_editor_context(request, context["media"]) | {
            "release_templates": None if release else get_templates(request),
            "state": describe_state(release) if release else _("New"),
            "language_label": dict(Language.choices).get(
                release.language if release else context["adminform"].form["language"].value(), ""
            ),
            "can_publish": can_publish,
            "is_draft": release is None or release.status == Status.DRAFT,
            "autosave": Autosave.for_release(release) if release else self._get_autosave(request, None),
            "other_editors": ping(release, user=current_user(request)) if release and can_change else [],
            "is_public": bool(release and release.is_public()),
            "pending_revision": revision,
            **get_translation_context(translation),
            "translation_is_withdrawn": bool(translation and translation.status == Status.WITHDRAWN),
            "translation_changes": get_translation_changes(release) if release else [],
            "undo_both_languages": bool(release and translation and is_scheduled_with(release, translation)),
            "changes": get_revision_differences(release) if revision and release else [],
            "review_request": review_request,
            "next_action": get_primary_action(
                release, can_publish=can_publish, is_in_review=bool(review_request)
            ),
            **build_panel_context(
                release,
                context["adminform"],
                can_change=release is None or can_change,
                review_request=review_request,
            ),
            "undo_seconds_left": get_undo_seconds_left(release) if can_publish else 0,
            "pinned_until": pinned_until if release and pinned == release else None,
            "is_scheduled": bool(release and release.is_scheduled),
            **(build_notes_context(release, current_user(request)) if release else {}),
        }
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def _redirect_after_save(
        self, request: HttpRequest, release: Release, message: Any, level: int = messages.SUCCESS
    ) -> HttpResponse:
        """Redirect to the page of the action whose button was clicked, else to the form, with `message`."""
        action_name = ""
        if "_publish" in request.POST and request.user.has_perm("releases.publish_release"):
            action_name = "publish" if release.status == Status.DRAFT else "publish_revision"
        elif "_review" in request.POST:
            action_name = "request_review"
        if not action_name:
            messages.add_message(request, level, message)
        url_name = f"admin:releases_release_{action_name or 'change'}"
        return HttpResponseRedirect(reverse(url_name, args=[release.pk]))

    def response_add(
        self, request: HttpRequest, obj: Release, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._redirect_after_save(request, obj, _("The draft is saved."))

    def response_change(self, request: HttpRequest, obj: Release) -> HttpResponse:
        if not obj.is_public():
            return self._redirect_after_save(request, obj, _("Saved."))
        if PendingRevision.for_release(obj) is None:
            messages.info(request, _("Nothing to publish: this matches the published version."))
            return HttpResponseRedirect(reverse("admin:releases_release_change", args=[obj.pk]))
        message = _("Saved. Readers still see the published version.")
        return self._redirect_after_save(request, obj, message)

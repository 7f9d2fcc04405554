"""Pages of the release actions: a form, then the result or the error."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from releases.actions.errors import ActionNotAllowed
from releases.actions.withdrawal import default_withdrawal_reason
from releases.admin.action_registry import ACTIONS, ReleaseAction
from releases.admin.autosave import find_conflicts, get_saved_fields
from releases.admin.base import ReleaseViews, current_user, update_submitted_data
from releases.admin.checklist import get_checklist_links
from releases.admin.diffs import Difference, ReleaseText, compare_texts, get_translation_changes
from releases.admin.forms import PressCheckForm, PublishForm, RescheduleForm, TimingForm
from releases.admin.press_check import build_report
from releases.admin.publish_page import build_publish_context
from releases.models import Autosave, PendingRevision, Release
from releases.text import datelines, localtime, richtext
from releases.text.choices import Status


def get_primary_action(release: Release | None, *, can_publish: bool, is_in_review: bool) -> str:
    """Return the action of the primary button in the form of `release` (None for a new one).

    Return "" if the next step is somebody else's.
    """
    if not can_publish:
        revision = PendingRevision.for_release(release) if release else None
        is_open = release is None or release.status == Status.DRAFT or release.is_public()
        is_waiting = is_in_review or bool(revision and revision.public_at)
        return "request_review" if is_open and not is_waiting else ""
    if release is None or release.status == Status.DRAFT:
        return "publish"
    if release.status == Status.WITHDRAWN:
        return "republish"
    if release.is_scheduled:
        return "return_to_draft"
    revision = PendingRevision.for_release(release)
    return "unschedule_revision" if revision and revision.public_at else "publish_revision"


def render_body(release: Release) -> str:
    """Return the body of `release` as safe HTML."""
    return mark_safe(richtext.sanitize(release.body))  # noqa: S308  (the sanitizer keeps only the allow-list)


class ActionViews(ReleaseViews):
    """One page for each of ACTIONS."""

    def get_urls(self) -> list[URLPattern]:
        return [self._action_path(action) for action in ACTIONS]

    def _action_path(self, action: ReleaseAction) -> URLPattern:
        def view(request: HttpRequest, release_id: int) -> HttpResponse:
            return self.action_view(request, release_id, action)

        return self.model_admin.admin_path(f"<int:release_id>/{action.path}/", view, action.name)

    def action_view(self, request: HttpRequest, release_id: int, action: ReleaseAction) -> HttpResponse:
        """Show the form of `action`, and perform the action on POST.

        ActionNotAllowed becomes an error of the form.
        """
        if not (
            request.user.has_perm(f"releases.{action.permission}")
            and self.model_admin.has_view_permission(request)
        ):
            raise PermissionDenied
        release = self.model_admin.get_object(request, str(release_id))
        if release is None:
            return self.model_admin.redirect_missing(request)
        translation = release.translation
        both_allowed = bool(
            translation and action.can_apply_to_both and action.can_apply_to_both(release, translation)
        )
        data = request.POST if request.method == "POST" else None
        form = action.form(
            data,
            initial=_get_initial_values(action, release) | _get_planned_time(request),
            release=release,
            user=current_user(request),
            translation=translation if both_allowed else None,
        )
        if data and data.get("both_languages") and not both_allowed and form.is_valid():
            form.add_error(
                None,
                _(
                    "The other version changed in the meantime, so nothing was done to either. Check it and "
                    "try again."
                ),
            )
        if request.method == "POST" and form.is_valid():
            try:
                message = action.perform(release, form, current_user(request))
            except ActionNotAllowed as exc:
                form.add_error(None, str(exc))
                release = self.model_admin.get_object(request, str(release_id))
                if release is None:
                    return self.model_admin.redirect_missing(request)
                update_submitted_data(form, edit_token=release.edit_token)
            else:
                messages.success(request, message)
                return HttpResponseRedirect(reverse("admin:releases_release_change", args=[release.pk]))
        context = self._get_context(request, action, release, translation, both_allowed)
        context |= {"form": form, "media": self.model_admin.media + form.media}
        if isinstance(form, PressCheckForm):
            context |= _get_reports(form)
        if isinstance(form, TimingForm):
            context["tomorrow"] = f"{localtime.local_date(timezone.now()) + timedelta(days=1)}T09:00"
        return TemplateResponse(request, "admin/releases/release/action.html", context)

    def _get_context(
        self,
        request: HttpRequest,
        action: ReleaseAction,
        release: Release,
        translation: Release | None,
        both_allowed: bool,
    ) -> dict[str, Any]:
        """Return what the page shows besides the form."""
        context: dict[str, Any] = {
            "title": action.title,
            "button_label": action.button_label,
            "explanation": action.explanation,
            "release": release,
            "translation": translation,
            "opts": self.model_admin.opts,
            "translation_changes": None,
        }
        if action.shows == "preview" or action.name == "publish_revision":
            context |= build_publish_context(release)
        if action.name == "request_review":
            context["checklist"] = get_checklist_links(release)
        if action.shows == "preview":
            if both_allowed and translation and not translation.missing_fields():
                context["translation_preview"] = self._get_published_preview(translation)
        elif action.shows == "changes":
            context["changes"] = get_revision_differences(release)
            context["changes_heading"] = _("Changes that readers will see")
            if action.name == "discard_revision":
                context["changes_heading"] = _("Change to be discarded")
            if action.name == "discard_revision" and (revision := PendingRevision.for_release(release)):
                context["changed_by"] = revision.changed_by
        elif action.shows == "translation_changes":
            context["translation_changes"] = get_translation_changes(release)
        elif action.shows == "autosave":
            context["autosave"] = Autosave.for_release(release)
            context["autosave_changes"] = get_autosave_differences(release)
        return self.model_admin.admin_site.each_context(request) | context

    def _get_published_preview(self, release: Release) -> dict[str, Any]:
        """Return what the public would see if `release` were published now."""
        day = release.date or localtime.local_date(timezone.now())
        return {
            "dateline": datelines.format_dateline(day, release.dateline, release.language),
            "body": render_body(release),
        }


def _get_reports(form: PressCheckForm) -> dict[str, Any]:
    """Return what the press check found in the release, and in its translation if it has some findings."""
    reports = {"press_check": build_report(form.release, form.findings, form.confirmed)}
    if form.translation and form.translation_findings:
        reports["translation_press_check"] = build_report(
            form.translation, form.translation_findings, form.confirmed
        )
    return reports


def _get_initial_values(action: ReleaseAction, release: Release) -> dict[str, Any]:
    initial: dict[str, Any] = {
        "edit_token": release.edit_token,
        "slug": release.slug,
        "replacement": release.replacement,
    }
    if release.withdrawal_reason != default_withdrawal_reason(release.language):
        initial["reason"] = release.withdrawal_reason
    if action.form is RescheduleForm:
        initial["at"] = release.public_at
    return initial


def _get_planned_time(request: HttpRequest) -> dict[str, Any]:
    """Return the time and the embargo in the URL, with which links suggest to schedule a release again."""
    try:
        at = parse_datetime(request.GET.get("at", ""))
    except ValueError:
        at = None
    if at is None or timezone.is_naive(at) or at <= timezone.now():
        return {}
    return {"when": PublishForm.LATER, "at": at, "is_embargoed": "embargoed" in request.GET}


def get_autosave_differences(release: Release) -> list[Difference]:
    """Return the differences between the saved text of `release` and its autosave; [] without one.

    Invalid values appear as typed.
    """
    autosave = Autosave.for_release(release)
    if autosave is None:
        return []
    mine, theirs = autosave.data, get_saved_fields(release)
    return [
        Difference(conflict.label, conflict.lines)
        for conflict in find_conflicts(release, autosave.edit_token, mine, theirs)
    ]


def get_revision_differences(release: Release) -> list[Difference]:
    """Return the differences between the text of `release` and its pending revision; [] without one."""
    revision = PendingRevision.for_release(release)
    return (
        compare_texts(
            ReleaseText.from_release(release), ReleaseText(release, revision.content, revision.topic_ids)
        )
        if revision
        else []
    )

"""The pages of the verbs: each asks what its verb needs, does it, and says what happened or why not."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from releases import clock, datelines, prose, publishing
from releases.admin.base import DeskAdmin, shown_again, staff
from releases.admin.comparing import Difference, Text, differences, since
from releases.admin.unsaved import conflicts, sent_by_a_form_of
from releases.admin.verbs import VERBS, Verb, state_of
from releases.forms import RescheduleForm
from releases.models import Release, UnsavedText, WorkingCopy
from releases.vocabulary import Language, Status


class VerbViews(DeskAdmin):
    """What the writing desk can do with a release beside saving it."""

    def may(self, request: HttpRequest, right: str) -> bool:
        return request.user.has_perm(f"releases.{right}")

    def next_verb(self, release: Release | None) -> str:
        """The one thing that comes next: the primary button of the form."""
        if release is None or release.status == Status.DRAFT:
            return "publish"
        if release.status == Status.WITHDRAWN:
            return "publish_again"
        if release.is_scheduled:
            return "return_to_draft"
        copy = WorkingCopy.of(release)
        return "put_off_change" if copy and copy.public_at else "publish_change"

    @admin.display(description=gettext_lazy("body"))
    def printed_body(self, release: Release) -> str:
        return mark_safe(prose.sanitised(release.body))  # noqa: S308  (it is the allow-list that makes it safe)

    def get_urls(self) -> list[URLPattern]:
        return [*map(self._url, VERBS), *super().get_urls()]

    def _url(self, verb: Verb) -> URLPattern:
        def view(request: HttpRequest, release_id: int) -> HttpResponse:
            return self.verb_view(request, release_id, verb)

        return self.door(f"<int:release_id>/{verb.address}/", view, verb.name)

    def verb_view(self, request: HttpRequest, release_id: int, verb: Verb) -> HttpResponse:
        """Ask what a verb needs, do it, and say what happened; a refusal is shown where it was asked for."""
        if not (self.may(request, verb.right) and self.has_view_permission(request)):
            raise PermissionDenied
        release = self.get_object(request, str(release_id))
        if release is None:
            return self.not_there(request)
        initial = {"seen": release.opened_as, "slug": release.slug, "replacement": release.replacement}
        if release.withdrawal_reason != publishing.neutral_sentence(release.language):
            initial["reason"] = release.withdrawal_reason
        if verb.form is RescheduleForm:
            initial["at"] = release.public_at
        other = release.counterpart
        fits = bool(other and verb.together and verb.together(release, other))
        sent = request.POST if request.method == "POST" else None
        form = verb.form(sent, initial=initial, release=release, by=staff(request), other=other if fits else None)
        if sent and sent.get("together") and not fits and form.is_valid():
            form.add_error(None, _("The other version changed in the meantime, so this was done to neither. Look again."))
        if request.method == "POST" and form.is_valid():
            try:
                done = verb.do(release, form, staff(request))
            except publishing.Refusal as refusal:
                form.add_error(None, str(refusal))
                release = self.get_object(request, str(release_id))
                if release is None:
                    return self.not_there(request)
                shown_again(form, seen=release.opened_as)
            else:
                messages.success(request, done)
                return HttpResponseRedirect(reverse("admin:releases_release_change", args=[release.pk]))
        context = self.admin_site.each_context(request) | {
            "title": verb.title,
            "button": verb.button,
            "form": form,
            "release": release,
            "printed": self._as_printed(release) if verb.shows == "printed" else None,
            "changes": changes_of(release) if verb.shows == "changes" else None,
            "counterpart": other,
            "since": since(release) if verb.shows == "counterpart" else None,
            "printed_other": self._as_printed(other) if fits and other and verb.shows == "printed" and not other.missing() else None,
            "unsaved": UnsavedText.of(release) if verb.shows == "unsaved" else None,
            "typed": unsaved_of(release) if verb.shows == "unsaved" else None,
            "changed_by": copy.changed_by if verb.name == "discard_change" and (copy := WorkingCopy.of(release)) else None,
            "missing": release.missing() if verb.shows == "printed" else {},
            "now": clock.in_words(timezone.now()),
            "state": state_of(release),
            "opts": self.opts,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/releases/release/verb.html", context)

    def _as_printed(self, release: Release) -> dict[str, Any]:
        """What the public would read if it were published now."""
        day = release.date or clock.day_of(timezone.now())
        return {
            "dateline": datelines.in_house_form(day, release.dateline, release.language),
            "body": self.printed_body(release),
            "language": Language(release.language).label if get_language() == "en" else Language(release.language).label.lower(),
            "kind": release.get_kind_display(),
            "has_run_out": release.has_run_out(),
        }


def unsaved_of(release: Release) -> list[Difference]:
    """What is typed and not saved, against what was saved last; what no field can be stands as it was typed."""
    text = UnsavedText.of(release)
    if text is None:
        return []
    mine, theirs = text.contents, sent_by_a_form_of(release)
    return [Difference(conflict.label, conflict.lines) for conflict in conflicts(release, text.opened, mine, theirs)]


def changes_of(release: Release) -> list[Difference]:
    """What the working copy of a release would change for the public; nothing without one."""
    copy = WorkingCopy.of(release)
    return differences(Text.of(release), Text(release, copy.printed, copy.tags)) if copy else []

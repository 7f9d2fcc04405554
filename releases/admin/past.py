"""A release as it was: who changed what and when, any two versions side by side, and the way back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from releases import clock, publishing
from releases.admin.base import DeskAdmin, shown_again, staff
from releases.admin.comparing import Difference, Names, Text, differences
from releases.forms import VerbForm
from releases.models import Release, Version, name_of, versions_of
from releases.vocabulary import Status

VERSIONS_A_PAGE = 20

# What was done, as the history names it.
DONE = {
    "write": gettext_lazy("Saved"),
    "import": gettext_lazy("Imported"),
    "publish": gettext_lazy("Published"),
    "reschedule": gettext_lazy("Scheduled"),
    "return_to_draft": gettext_lazy("Back to draft"),
    "withdraw": gettext_lazy("Withdrawn"),
    "explain": gettext_lazy("Reason given"),
    "publish_again": gettext_lazy("Published again"),
    "change_address": gettext_lazy("Address changed"),
    "typo": gettext_lazy("Change published: typo"),
    "correction": gettext_lazy("Change published: correction"),
    "update": gettext_lazy("Change published: update"),
    "restore": gettext_lazy("Earlier version brought back"),
    "restore_everything": gettext_lazy("Everything put back to an earlier moment"),
    "photos": gettext_lazy("Photos and documents changed"),
    "pair": gettext_lazy("Paired with a release in the other language"),
    "unpair": gettext_lazy("Pair taken apart"),
    "begin_counterpart": gettext_lazy("Begun from the other language"),
    "merge_topics": gettext_lazy("Topics merged"),
    "erase": gettext_lazy("Text removed"),
    "+": gettext_lazy("Written"),
    "~": gettext_lazy("Changed"),
    "-": gettext_lazy("Deleted"),
}
SAVED_APART = gettext_lazy("Change saved, not public")
DISCARDED = gettext_lazy("Change discarded")


@dataclass(frozen=True)
class Entry:
    """One line of the history: who did what and when, and what that changed."""

    key: str
    moment: datetime
    by: str
    done: str
    differences: list[Difference]


class PastViews(DeskAdmin):
    def get_urls(self) -> list[URLPattern]:
        def of_a_release(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
            def page(request: HttpRequest, release_id: int, **words: Any) -> HttpResponse:
                if not self.has_view_permission(request):
                    raise PermissionDenied
                release = self.get_object(request, str(release_id))
                return view(request, release, versions_of(release), **words) if release else self.not_there(request)

            return self.door(f"<int:release_id>/{route}", page, name)

        return [
            of_a_release("history/", self.history_of, "history"),
            of_a_release("compare/", self.compare_view, "compare"),
            of_a_release("restore/<slug:key>/", self.restore_view, "restore"),
            *super().get_urls(),
        ]

    def history_of(self, request: HttpRequest, release: Release, versions: list[Version]) -> HttpResponse:
        """Every change of a release, newest first."""
        page = Paginator(versions, VERSIONS_A_PAGE).get_page(request.GET.get("p"))
        first = page.start_index() - 1
        names = Names()
        entries = [_entry(version, _before(version, versions[number + 1 :]), names) for number, version in enumerate(page, first)]
        return self._page(request, release, "history.html", _("History"), entries=entries, page=page)

    def compare_view(self, request: HttpRequest, release: Release, versions: list[Version]) -> HttpResponse:
        """Two versions, the older first whichever was named first."""
        asked = {request.GET.get("one"), request.GET.get("other")}
        two = [version for version in versions if version.key in asked][::-1]
        if len(two) != 2:
            messages.warning(request, _("Mark two different versions, then compare."))
            return HttpResponseRedirect(reverse("admin:releases_release_history", args=[release.pk]))
        old, new = two
        names = Names()
        return self._page(
            request,
            release,
            "compare.html",
            _("Two versions"),
            differences=differences(text_of(old, names), text_of(new, names)),
            old=_entry(old, None, names),
            new=_entry(new, None, names),
        )

    def restore_view(self, request: HttpRequest, release: Release, versions: list[Version], key: str) -> HttpResponse:
        """Bring an earlier text back, after a look at what that changes."""
        if not self.has_change_permission(request, release):
            raise PermissionDenied
        then = next((version for version in versions if version.key == key), None)
        if then is None:
            messages.warning(request, _("This version is not one of this release."))
            return HttpResponseRedirect(reverse("admin:releases_release_history", args=[release.pk]))
        form = VerbForm(
            request.POST if request.method == "POST" else None,
            initial={"seen": release.opened_as},
            release=release,
            by=staff(request),
        )
        if request.method == "POST" and form.is_valid():
            try:
                publishing.restore(release, by=staff(request), key=key, seen=form.cleaned_data["seen"])
            except publishing.Refusal as refusal:
                form.add_error(None, str(refusal))
                release.refresh_from_db()
                shown_again(form, seen=release.opened_as)
            else:
                done = _("The earlier text is back. The public reads it when you publish the change.")
                messages.success(request, done if release.is_public() else _("The earlier text is back."))
                return HttpResponseRedirect(reverse("admin:releases_release_change", args=[release.pk]))
        changes = differences(Text.at_hand(release), Text(release, then.release.printed(), then.tags))
        return self._page(
            request, release, "restore.html", _("Bring this version back"), differences=changes, old=_entry(then, None, Names()), form=form
        )

    def _page(self, request: HttpRequest, release: Release, template: str, title: str, **context: Any) -> HttpResponse:
        context |= self.admin_site.each_context(request) | {"title": title, "release": release, "opts": self.opts}
        context |= {"may_restore": self.has_change_permission(request, release), "is_public": release.is_public()}
        return TemplateResponse(request, f"admin/releases/release/{template}", context)


def text_of(version: Version, names: Names) -> Text:
    """A version's text for comparing, with where it stood and at which address."""
    release = version.release
    told = {
        _("state"): _state(release),
        _("address"): release.slug,
        _("reason for the withdrawal"): release.withdrawal_reason,
        _("what replaces it"): release.replacement,
    }
    return Text(release, release.printed(), version.tags, told, names)


def _entry(version: Version, older: Version | None, names: Names) -> Entry:
    record = version.record
    changes: Iterable[Difference] = differences(text_of(older, names), text_of(version, names)) if older else []
    done = _done(version)
    return Entry(version.key, record.history_date, name_of(record.history_user), str(done), list(changes))


def _before(version: Version, older: list[Version]) -> Version | None:
    """What `version` is compared with: the version before; what is public with what was public before."""
    return next((other for other in older if version.of_copy or not other.of_copy), None)


def _done(version: Version) -> Any:
    record = version.record
    if version.of_copy:
        return DISCARDED if record.history_type == "-" else SAVED_APART
    reason = record.history_change_reason or record.history_type
    if reason == "publish" and record.public_at and record.public_at > record.history_date:
        reason = "reschedule"
    return DONE.get(reason, DONE[record.history_type])


def _state(release: Release) -> str:
    if release.status == Status.PUBLISHED and release.public_at:
        words = _("embargoed until %(moment)s") if release.is_embargoed else _("public from %(moment)s")
        return words % {"moment": clock.in_words(release.public_at)}
    return str(Status(release.status).label)

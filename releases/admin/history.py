"""History of a release: list its versions, compare any two of them, and restore one."""

from collections.abc import Callable, Iterable, Iterator
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

from releases.actions.errors import ActionNotAllowed
from releases.actions.restoration import restore
from releases.admin.base import ReleaseViews, current_user, update_submitted_data
from releases.admin.diffs import Difference, NameLookup, ReleaseText, compare_texts
from releases.admin.forms import ActionForm
from releases.models import Release, Version, display_name, get_versions
from releases.text import localtime
from releases.text.choices import Status
from releases.text.press_check import RULES

VERSIONS_PER_PAGE = 20

# Labels of the history records, by change reason or, without a known reason, by simple_history's history
# type.
ACTION_LABELS = {
    "write": gettext_lazy("Saved"),
    "import": gettext_lazy("Imported"),
    "publish": gettext_lazy("Published"),
    "reschedule": gettext_lazy("Scheduled"),
    "return_to_draft": gettext_lazy("Returned to draft"),
    "withdraw": gettext_lazy("Withdrawn"),
    "set_withdrawal_reason": gettext_lazy("Withdrawal reason added"),
    "republish": gettext_lazy("Published again"),
    "change_slug": gettext_lazy("Web address changed"),
    "typo": gettext_lazy("Change published: typo"),
    "correction": gettext_lazy("Change published: correction"),
    "update": gettext_lazy("Change published: update"),
    "restore": gettext_lazy("Earlier version restored"),
    "restore_everything": gettext_lazy("Everything restored to an earlier time"),
    "photos": gettext_lazy("Photos and documents changed"),
    "link_translations": gettext_lazy("Linked to a release in the other language"),
    "unlink_translations": gettext_lazy("Versions unlinked"),
    "create_translation": gettext_lazy("Started from the other language"),
    "merge_topics": gettext_lazy("Topics merged"),
    "undo_merge": gettext_lazy("Merge of topics undone"),
    "redact": gettext_lazy("Text removed"),
    "+": gettext_lazy("Created"),
    "~": gettext_lazy("Changed"),
    "-": gettext_lazy("Deleted"),
}
PUBLISHING_ACTIONS = ("publish", "republish", "typo", "correction", "update")
REVISION_SAVED = gettext_lazy("Change saved, not published")
REVISION_DISCARDED = gettext_lazy("Change discarded")
# What is listed only if the text changed. Anything else is an action that staff look for.
TEXT_CHANGES = (ACTION_LABELS["write"], ACTION_LABELS["photos"], ACTION_LABELS["~"], REVISION_SAVED)


@dataclass(frozen=True)
class HistoryEntry:
    """One entry of the history: who did what and when, and the differences from the previous version.

    `passed_rules` names what was published although the press check had found it.
    """

    key: str
    date: datetime
    user: str
    label: str
    differences: list[Difference]
    passed_rules: str = ""


class HistoryViews(ReleaseViews):
    def get_urls(self) -> list[URLPattern]:
        def release_path(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
            def release_view(request: HttpRequest, release_id: int, **kwargs: Any) -> HttpResponse:
                if not self.model_admin.has_view_permission(request):
                    raise PermissionDenied
                release = self.model_admin.get_object(request, str(release_id))
                return (
                    view(request, release, get_versions(release), **kwargs)
                    if release
                    else self.model_admin.redirect_missing(request)
                )

            return self.model_admin.admin_path(f"<int:release_id>/{route}", release_view, name)

        return [
            release_path("history/", self.history_view, "history"),
            release_path("compare/", self.compare_view, "compare"),
            release_path("restore/<slug:key>/", self.restore_view, "restore"),
        ]

    def history_view(self, request: HttpRequest, release: Release, versions: list[Version]) -> HttpResponse:
        """List the versions of a release with a visible change or an action, newest first."""
        changes = list(_find_changes(versions))
        page = Paginator(changes, VERSIONS_PER_PAGE).get_page(request.GET.get("p"))
        name_lookup = NameLookup()
        entries = [_build_entry(version, previous, name_lookup) for version, previous in page]
        return self._render(request, release, "history.html", _("History"), entries=entries, page=page)

    def compare_view(self, request: HttpRequest, release: Release, versions: list[Version]) -> HttpResponse:
        """Compare the two versions in the query string, the older one first."""
        keys = {request.GET.get("first"), request.GET.get("other")}
        selected = [version for version in versions if version.key in keys][::-1]
        if len(selected) != 2:
            messages.warning(request, _("Select two versions to compare."))
            return HttpResponseRedirect(reverse("admin:releases_release_history", args=[release.pk]))
        old, new = selected
        name_lookup = NameLookup()
        return self._render(
            request,
            release,
            "compare.html",
            _("Two versions"),
            differences=compare_texts(get_version_text(old, name_lookup), get_version_text(new, name_lookup)),
            old=_build_entry(old, None, name_lookup),
            new=_build_entry(new, None, name_lookup),
        )

    def restore_view(
        self, request: HttpRequest, release: Release, versions: list[Version], key: str
    ) -> HttpResponse:
        """Show what restoring a version would change, and restore it on POST."""
        if not self.model_admin.has_change_permission(request, release):
            raise PermissionDenied
        version = next((version for version in versions if version.key == key), None)
        if version is None:
            messages.warning(request, _("This version doesn't belong to this release."))
            return HttpResponseRedirect(reverse("admin:releases_release_history", args=[release.pk]))
        form = ActionForm(
            request.POST if request.method == "POST" else None,
            initial={"edit_token": release.edit_token},
            release=release,
            user=current_user(request),
        )
        if request.method == "POST" and form.is_valid():
            try:
                restore(
                    release,
                    user=current_user(request),
                    version_key=key,
                    edit_token=form.cleaned_data["edit_token"],
                )
            except ActionNotAllowed as exc:
                form.add_error(None, str(exc))
                release.refresh_from_db()
                update_submitted_data(form, edit_token=release.edit_token)
            else:
                message = _("Earlier version restored. Readers see it after you publish the change.")
                messages.success(request, message if release.is_public() else _("Earlier version restored."))
                return HttpResponseRedirect(reverse("admin:releases_release_change", args=[release.pk]))
        differences = compare_texts(
            ReleaseText.from_current(release),
            ReleaseText(release, version.release.content(), version.topic_ids),
        )
        return self._render(
            request,
            release,
            "restore.html",
            _("Restore this version"),
            differences=differences,
            version=_build_entry(version, None, NameLookup()),
            form=form,
        )

    def _render(
        self, request: HttpRequest, release: Release, template: str, title: str, **context: Any
    ) -> HttpResponse:
        context |= self.model_admin.admin_site.each_context(request) | {
            "title": title,
            "release": release,
            "opts": self.model_admin.opts,
        }
        context |= {
            "can_restore": self.model_admin.has_change_permission(request, release),
            "is_public": release.is_public(),
        }
        return TemplateResponse(request, f"admin/releases/release/{template}", context)


def get_version_text(version: Version, names: NameLookup) -> ReleaseText:
    """Return the text of a version for a comparison, including its status, slug and withdrawal."""
    release = version.release
    extra_fields = {
        _("status"): _get_status_label(release),
        _("web address"): release.slug,
        _("reason for the withdrawal"): release.withdrawal_reason,
        _("replacement link"): release.replacement,
    }
    return ReleaseText(release, release.content(), version.topic_ids, extra_fields, names)


def _build_entry(version: Version, previous: Version | None, names: NameLookup) -> HistoryEntry:
    record = version.record
    differences: Iterable[Difference] = (
        compare_texts(get_version_text(previous, names), get_version_text(version, names)) if previous else []
    )
    label = _get_action_label(version)
    return HistoryEntry(
        version.key,
        record.history_date,
        display_name(record.history_user),
        str(label),
        list(differences),
        "" if version.is_pending_revision else describe_passed_rules(record),
    )


def _find_changes(versions: list[Version]) -> Iterator[tuple[Version, Version | None]]:
    """Yield the versions that the history lists, each with the one it is compared with."""
    for number, version in enumerate(versions):
        previous = _get_previous_version(version, versions[number + 1 :])
        if (
            previous is None
            or _get_action_label(version) not in TEXT_CHANGES
            or _get_visible_values(version) != _get_visible_values(previous)
        ):
            yield version, previous


def _get_visible_values(version: Version) -> tuple[Any, ...]:
    """Return everything that `get_version_text` shows, unformatted."""
    release = version.release
    fields = ("status", "public_at", "is_embargoed", "slug", "withdrawal_reason", "replacement")
    return release.content(), version.topic_ids, *(getattr(release, field) for field in fields)


def _get_previous_version(version: Version, older: list[Version]) -> Version | None:
    """Return the version that `version` is compared with, or None.

    `older` has the earlier versions, newest first.

    A pending revision is compared with the version directly before it, any other version with the last one
    that isn't a pending revision.
    """
    return next(
        (
            candidate
            for candidate in older
            if version.is_pending_revision or not candidate.is_pending_revision
        ),
        None,
    )


def _get_action_label(version: Version) -> Any:
    if version.is_pending_revision:
        return get_revision_label(version.record)
    return get_release_label(version.record)


def get_revision_label(record: Any) -> Any:
    """Return what happened to a pending revision, from its history record."""
    return REVISION_DISCARDED if record.history_type == "-" else REVISION_SAVED


def get_release_label(record: Any) -> Any:
    """Return what happened to a release, from its history record."""
    if record.history_type == "-":  # whatever the reason of the request was
        return ACTION_LABELS["-"]
    action = record.history_change_reason or record.history_type
    if action == "publish" and record.public_at and record.public_at > record.history_date:
        action = "reschedule"
    return ACTION_LABELS.get(action, ACTION_LABELS[record.history_type])


def describe_passed_rules(record: Any) -> str:
    """Return the rules of the press check that were passed over when the record made a text public."""
    if record.history_change_reason not in PUBLISHING_ACTIONS:
        return ""
    return ", ".join(str(RULES[rule]) for rule in record.passed_rules.split() if rule in RULES)


def _get_status_label(release: Release) -> str:
    if release.status == Status.PUBLISHED and release.public_at:
        template = _("embargoed until %(moment)s") if release.is_embargoed else _("public from %(moment)s")
        return template % {"moment": localtime.format_datetime(release.public_at)}
    return str(Status(release.status).label)

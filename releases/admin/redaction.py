"""The page that removes a name everywhere, after showing every occurrence."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _

from releases.actions.errors import ActionNotAllowed
from releases.actions.redaction import Occurrence, find_occurrences, redact
from releases.admin.base import ReleaseViews, current_user, update_submitted_data
from releases.admin.forms import RedactionForm
from releases.models import NewsroomSettings, Release
from releases.text import localtime


@dataclass
class OccurrenceGroup:
    """The occurrences in one release, or outside of releases, and their number in its history."""

    headline: str
    occurrences: list[Occurrence]
    history_count: int = 0


def group_occurrences(occurrences: list[Occurrence]) -> list[OccurrenceGroup]:
    """Group `occurrences` by release, in the order in which they were found."""
    releases = Release.objects.only("headline").filter(pk__in={each.release for each in occurrences})
    headlines = {release.pk: release.title for release in releases}
    groups: dict[int | None, OccurrenceGroup] = {}
    for occurrence in occurrences:
        fallback = _("Deleted release") if occurrence.release else _("Topics and other fields")
        group = groups.setdefault(
            occurrence.release, OccurrenceGroup(headlines.get(occurrence.release or 0, fallback), [])
        )
        if occurrence.is_history:
            group.history_count += 1
        else:
            group.occurrences.append(occurrence)
    return list(groups.values())


class RedactionViews(ReleaseViews):
    def get_urls(self) -> list[URLPattern]:
        return [self.model_admin.admin_path("remove-a-name/", self.redact_view, "redact")]

    def redact_view(self, request: HttpRequest) -> HttpResponse:
        """List the occurrences of the submitted names, and remove them once the user has seen the list.

        Names are submitted only by POST, so that they appear in no URL or access log.
        """
        if not request.user.has_perm("releases.publish_release"):
            raise PermissionDenied
        form = RedactionForm(request.POST if request.method == "POST" else None)
        context = self.model_admin.admin_site.each_context(request) | {
            "title": _("Remove a name everywhere"),
            "form": form,
            "opts": self.model_admin.opts,
        }
        if request.method == "POST" and form.is_valid():
            names = form.cleaned_data["names"]
            try:
                if "_remove" in request.POST and form.was_previewed:
                    occurrences, storage_purged = redact(names, user=current_user(request))
                    context |= {
                        "removed_count": len(occurrences),
                        "storage_purged": storage_purged,
                        "backups_until": self._get_backup_expiry(),
                    }
                else:
                    occurrences = find_occurrences(names)
                    context |= {
                        "results": group_occurrences(occurrences),
                        "count": len(occurrences),
                        "has_searched": True,
                    }
                    update_submitted_data(form, previewed_names=names)
            except ActionNotAllowed as exc:
                form.add_error("names", str(exc))
        response = TemplateResponse(request, "admin/releases/release/redact.html", context)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _get_backup_expiry(self) -> date:
        return localtime.local_date(
            timezone.now() + timedelta(days=NewsroomSettings.current().backup_retention_days)
        )

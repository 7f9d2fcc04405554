"""The page that removes a name everywhere: it shows every place first, and asks once."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _

from releases import clock, publishing
from releases.admin.base import DeskAdmin, shown_again, staff
from releases.forms import EraseForm
from releases.models import Newsroom, Release


@dataclass
class Found:
    """What was found about one release, or about none: the places of today, and how many stand in the history."""

    headline: str
    places: list[publishing.Place]
    past: int = 0


def found_about(places: list[publishing.Place]) -> list[Found]:
    """The places by what they are about, in the order in which they were found."""
    headlines = dict(Release.objects.filter(pk__in={place.release for place in places}).values_list("pk", "headline"))
    found: dict[int | None, Found] = {}
    for place in places:
        gone = _("A release that was deleted") if place.release else _("Topics and the rest")
        one = found.setdefault(place.release, Found(headlines.get(place.release or 0, gone), []))
        if place.is_past:
            one.past += 1
        else:
            one.places.append(place)
    return list(found.values())


class ErasingView(DeskAdmin):
    def get_urls(self) -> list[URLPattern]:
        return [
            self.door("remove-a-name/", self.erase_view, "erase"),
            *super().get_urls(),
        ]

    def erase_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for the name; list where it stands; remove it when that was seen. The name is in no address and no log."""
        if not request.user.has_perm("releases.publish_release"):
            raise PermissionDenied
        form = EraseForm(request.POST if request.method == "POST" else None)
        context = self.admin_site.each_context(request) | {"title": _("Remove a name everywhere"), "form": form, "opts": self.opts}
        if request.method == "POST" and form.is_valid():
            names = form.cleaned_data["names"]
            try:
                if "_remove" in request.POST and form.was_looked_for:
                    places, scrubbed = publishing.erase(names, by=staff(request))
                    context |= {"removed": len(places), "scrubbed": scrubbed, "backups_until": self._backups_until()}
                else:
                    places = publishing.places_of(names)
                    context |= {"found": found_about(places), "count": len(places), "looked": True}
                    shown_again(form, looked_for=names)
            except publishing.Refusal as refusal:
                form.add_error("names", str(refusal))
        response = TemplateResponse(request, "admin/releases/release/erase.html", context)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _backups_until(self) -> date:
        return clock.day_of(timezone.now() + timedelta(days=Newsroom.current().days_backups_are_kept))

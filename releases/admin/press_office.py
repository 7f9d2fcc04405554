"""What the newsroom has decided once for all releases, for those who may."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from releases.admin.base import DeskAdmin
from releases.models import Newsroom


@admin.register(Newsroom)
class NewsroomAdmin(DeskAdmin):
    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one, so the list of them is its page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:releases_newsroom_change", args=[Newsroom.current().pk]))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Newsroom | None = None) -> bool:
        return False

"""The pages that lock and unlock the newsroom. Only managers can open them."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from releases.actions.errors import ActionNotAllowed
from releases.actions.newsroom_lock import lock_newsroom, unlock_newsroom
from releases.admin.base import BaseModelAdmin, current_user
from releases.admin.forms import LockForm
from releases.admin.recent_changes import PERIOD, get_recent_changes, get_unscheduled
from releases.models import NewsroomSettings, User


class NewsroomLockViews:
    """Pages in addition to those of `model_admin`, the admin of the settings."""

    def __init__(self, model_admin: BaseModelAdmin) -> None:
        self.model_admin = model_admin

    def get_urls(self) -> list[URLPattern]:
        wrap = self.model_admin.admin_site.admin_view
        return [
            path("lock/", wrap(self.lock_view), name="lock_newsroom"),
            path("unlock/", wrap(self.unlock_view), name="unlock_newsroom"),
        ]

    def lock_view(self, request: HttpRequest) -> HttpResponse:
        """Explain what locking does, and lock the newsroom on POST. That ends the session of the user too."""
        user = get_manager(request)
        if NewsroomSettings.find_lock():
            return HttpResponseRedirect(reverse("admin:unlock_newsroom"))
        form = LockForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                lock_newsroom(user, keeps_schedule=form.cleaned_data["schedule"] == LockForm.KEEP)
            except ActionNotAllowed as exc:
                form.add_error(None, str(exc))
            else:
                self._log(request, gettext_noop("Locked the newsroom."))
                logout(request)
                context = self.model_admin.admin_site.each_context(request)
                context |= {"title": _("The newsroom is locked"), "help_url": ""}
                return TemplateResponse(request, "admin/newsroom_locked.html", context)
        context = {"title": _("Lock the newsroom"), "form": form}
        return self._render(request, "admin/lock_newsroom.html", context)

    def unlock_view(self, request: HttpRequest) -> HttpResponse:
        """Show what changed before and since the lock, and unlock the newsroom on POST.

        The page after that lists what to schedule again.
        """
        user = get_manager(request)
        lock = NewsroomSettings.find_lock()
        if lock is None or lock.locked_at is None:
            return self._show_unlocked(request)
        since = lock.locked_at - PERIOD
        context = {
            "title": _("Unlock the newsroom"),
            "since": since,
            "unscheduled": get_unscheduled(lock.locked_at),
        }
        if request.method == "POST":
            try:
                unlock_newsroom(user)
            except ActionNotAllowed as exc:  # someone else was faster
                messages.warning(request, str(exc))
                return HttpResponseRedirect(reverse("admin:index"))
            self._log(request, gettext_noop("Unlocked the newsroom."))
            return HttpResponseRedirect(f"{request.path}?{urlencode({'at': lock.locked_at.isoformat()})}")
        context["changes"], context["has_more"] = get_recent_changes(since)
        return self._render(request, "admin/unlock_newsroom.html", context)

    def _show_unlocked(self, request: HttpRequest) -> HttpResponse:
        """List what the last lock unscheduled, if the URL has its time, and redirect otherwise."""
        try:
            locked_at = parse_datetime(request.GET.get("at", ""))
        except ValueError:
            locked_at = None
        if locked_at is None or timezone.is_naive(locked_at):
            messages.info(request, _("The newsroom isn't locked."))
            return HttpResponseRedirect(reverse("admin:index"))
        context = {
            "title": _("The newsroom is unlocked"),
            "unscheduled": get_unscheduled(locked_at),
            "is_unlocked": True,
        }
        return self._render(request, "admin/unlock_newsroom.html", context)

    def _log(self, request: HttpRequest, message: str) -> None:
        self.model_admin.log_change(request, NewsroomSettings.current(), message)

    def _render(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        context = self.model_admin.admin_site.each_context(request) | {"now": timezone.now()} | context
        return TemplateResponse(request, template, context)


def get_manager(request: HttpRequest) -> User:
    """Return the signed-in manager. Raises PermissionDenied for everyone else."""
    user = current_user(request)
    if not user.is_superuser:
        raise PermissionDenied
    return user

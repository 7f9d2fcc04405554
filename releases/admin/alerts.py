"""The pages that publish an alert and end it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from releases.actions.alerts import end_alert, publish_alert
from releases.actions.errors import ActionNotAllowed
from releases.admin.base import BaseModelAdmin, current_user, is_id, update_submitted_data
from releases.admin.forms import AlertForm
from releases.admin.forms.alerts import get_initial
from releases.models import Alert, User
from releases.text.choices import Language
from releases.views.alerts import build_banner

MAX_PAST_ALERTS = 20


class AlertViews:
    """Pages in addition to those of `model_admin`, the admin of the settings."""

    def __init__(self, model_admin: BaseModelAdmin) -> None:
        self.model_admin = model_admin

    def get_urls(self) -> list[URLPattern]:
        wrap = self.model_admin.admin_site.admin_view
        return [
            path("alert/", wrap(self.publish_view), name="publish_alert"),
            path("alert/end/", wrap(self.end_view), name="end_alert"),
        ]

    def publish_view(self, request: HttpRequest) -> HttpResponse:
        """Show the form, filled in with the active alert, and publish or preview a new one on POST."""
        user, now = get_publisher(request), timezone.now()
        active = Alert.objects.active(now).first()
        form = AlertForm(request.POST if request.method == "POST" else None, initial=get_initial(active, now))
        preview = []
        if request.method == "POST" and form.is_valid():
            alert: Alert = form.instance
            if "_preview" in request.POST:
                preview = [build_banner(alert, language, now) for language in Language.values]
            elif self._publish(form, alert, user):
                messages.success(request, _("The alert is on every public page now."))
                return HttpResponseRedirect(reverse("admin:index"))
        past = Alert.objects.exclude(pk=active.pk) if active else Alert.objects.all()
        context: dict[str, Any] = {
            "title": _("Change the alert") if active else _("Publish an alert"),
            "form": form,
            "active": active,
            "preview": preview,
            "past_alerts": past.select_related("created_by", "ended_by")[:MAX_PAST_ALERTS],
        }
        context = self.model_admin.admin_site.each_context(request) | context
        return TemplateResponse(request, "admin/publish_alert.html", context)

    def _publish(self, form: AlertForm, alert: Alert, user: User) -> bool:
        """Publish `alert` and return True, or add what prevents it to `form`."""
        try:
            publish_alert(alert, user=user, replaces=form.cleaned_data["replaces"])
        except ActionNotAllowed as exc:
            active = Alert.objects.active(timezone.now()).first()
            update_submitted_data(form, replaces=str(active.pk) if active else "")
            form.add_error(None, str(exc))
            return False
        return True

    def end_view(self, request: HttpRequest) -> HttpResponse:
        """End the alert that the user saw on the dashboard."""
        user = get_publisher(request)
        alert_id = request.POST.get("alert", "")
        if request.method == "POST" and is_id(alert_id):
            try:
                end_alert(int(alert_id), user=user)
            except ActionNotAllowed as exc:
                messages.warning(request, str(exc))
            else:
                messages.success(request, _("The alert has ended. No public page shows it anymore."))
        return HttpResponseRedirect(reverse("admin:index"))


def get_publisher(request: HttpRequest) -> User:
    """Return the signed-in user. Raises PermissionDenied for everyone who may not publish."""
    user = current_user(request)
    if not user.has_perm("releases.publish_release"):
        raise PermissionDenied
    return user

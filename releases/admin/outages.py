"""The admin's error page for what can't be saved now: an outage, or a conflict with someone else's save."""

import sys
from collections.abc import Callable
from typing import Any

from csp.decorators import csp_update
from django.contrib import admin
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from releases.admin_site import ADMIN_CSP, get_typed_text
from releases.database import describe_outage, is_outage, is_unconfirmed
from releases.middleware import is_admin_request
from releases.request_bodies import APPROVAL_PREFIX
from releases.views.site import server_error as public_server_error

RETRY_AFTER_SECONDS = 10
CONFLICT = gettext_lazy("Someone else changed the same thing at the same moment.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Render the error page, with status 503 if the database or the disk is the cause."""
    error = sys.exc_info()[1]
    is_desk = is_admin_request(request) and not request.path_info.startswith(APPROVAL_PREFIX)
    if isinstance(error, IntegrityError) and is_desk and request.method == "POST":
        return render_error(request, CONFLICT, 409)
    if error is None or not is_outage(error):
        return public_server_error(request, 500, get_typed_text(request))
    if is_desk:
        response = render_error(request, describe_outage(error), 503, is_unconfirmed(error))
    else:
        response = public_server_error(request, 503, get_typed_text(request))  # a reviewer's comment
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    return response


def render_error(
    request: HttpRequest, reason: Any, status: int, is_unconfirmed: bool = False
) -> HttpResponse:
    """Render what staff see instead of a page of the admin, with the CSP of the admin."""
    render: Callable[..., HttpResponse] = csp_update(ADMIN_CSP)(_render)  # type: ignore[arg-type, assignment]
    # The session of a sign-in may have failed outside LanguageMiddleware.
    is_sign_in = request.path_info == reverse("admin:login")
    language = translation.get_language_from_request(request) if is_sign_in else translation.get_language()
    with translation.override(language):
        return render(request, reason, status, is_sign_in, is_unconfirmed)


def get_title(is_form: bool, is_unconfirmed: bool) -> str:
    if not is_form:
        return _("The newsroom isn't available right now")
    return _("Perhaps this was not saved") if is_unconfirmed else _("This was not saved")


def _render(
    request: HttpRequest, reason: Any, status: int, is_sign_in: bool, is_unconfirmed: bool
) -> HttpResponse:
    """Render the page without the session and the database."""
    if "application/json" in request.headers.get("accept", ""):
        message = _("The newsroom cannot save right now. Trying again…")
        return JsonResponse({"error": message}, status=503)  # of a conflict too: autosave tries again
    is_form = request.method == "POST" and not is_sign_in
    context: dict[str, Any] = {
        "site_header": admin.site.site_header,
        "site_title": admin.site.site_title,
        "title": get_title(is_form, is_unconfirmed),
        "is_unconfirmed": is_unconfirmed,
        "reason": reason,
        "is_sign_in": is_sign_in,
        "is_form": is_form,
        "request": request,
    }
    if is_form:
        has_passwords = any("password" in name for name in request.POST)
        context |= {
            "csrf_token": get_token(request),
            "has_files": bool(request.FILES),
            "can_retry": not has_passwords and not request.FILES and bool(request.POST),
            "fields": [
                (name, value)
                for name, values in request.POST.lists()
                if name != "csrfmiddlewaretoken"
                for value in values
            ],
            "submitted_texts": get_typed_text(request),
        }
    return HttpResponse(render_to_string("admin/outage.html", context), status=status)

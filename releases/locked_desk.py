"""Refuse changes at the News desk while the newsroom is locked. Only managers may sign in: see SignInForm."""

import re
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _

from releases.models import NewsroomSettings

READING_METHODS = {"GET", "HEAD", "OPTIONS"}

# The names of the URLs that accept changes: those of the own account, unlocking, and the accounts of others.
# Managers must be able to close an account before they unlock the newsroom. Otherwise an attacker who knows
# its password could sign in again first.
ALLOWED = re.compile(
    "account.*|end_session|sign_out_everywhere|language|unlock_newsroom"
    "|releases_user_(change|reset_password|reset_second_factor|close)"
)

# URLs that scripts request.
JSON_NAMES = {"releases_release_autosave", "releases_release_ping"}

REFUSAL = _("The newsroom is locked, so this was not saved. A manager can unlock it.")


def is_refused(request: HttpRequest) -> bool:
    """Return whether the request is a change that is refused because the newsroom is locked."""
    if request.method in READING_METHODS or ALLOWED.fullmatch(get_url_name(request)):
        return False
    return NewsroomSettings.find_lock() is not None


def render_json(request: HttpRequest, reason: Any) -> JsonResponse | None:
    """Return the refusal for a script, or None if a person sent the request.

    The form shows the reason and goes on trying, because the newsroom may be unlocked again.
    """
    if get_url_name(request) not in JSON_NAMES:
        return None
    return JsonResponse({"error": reason}, status=403)


def get_url_name(request: HttpRequest) -> str:
    return getattr(request.resolver_match, "url_name", "") or ""

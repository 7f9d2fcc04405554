"""The section about signing in."""

from typing import Any

from django.http import HttpRequest
from django.utils.dateparse import parse_datetime

from releases.accounts import failures
from releases.dashboard.viewer import Viewer
from releases.models.second_factors import has_second_factor


def get_sign_in_context(request: HttpRequest, viewer: Viewer) -> dict[str, Any]:
    last_sign_in = parse_datetime(request.session.get("last_sign_in", ""))
    return {
        "last_sign_in": last_sign_in,
        "own_failures": failures.count_since(viewer.user, last_sign_in) if last_sign_in else 0,
        "has_second_factor": has_second_factor(viewer.user),
        "failed_sign_ins": failures.get_recent_counts() if viewer.user.is_superuser else [],
        "failed_sign_in_days": failures.SHOWN_DAYS,
    }

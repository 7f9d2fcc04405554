"""What the dashboard of the admin lists."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from releases.dashboard.alerts import get_active_alert
from releases.dashboard.coming_up import get_coming_up
from releases.dashboard.first_steps import get_first_steps
from releases.dashboard.needs import get_needs
from releases.dashboard.published import get_published_lately
from releases.dashboard.sign_ins import get_sign_in_context
from releases.dashboard.viewer import Viewer
from releases.dashboard.writing import get_drafts, get_returned_reviews
from releases.diagnosis import find_problems
from releases.diagnosis.findings import Level
from releases.models import Note, ReleaseTemplate, User

MAX_NOTES = 5


def get_dashboard_context(request: HttpRequest) -> dict[str, Any]:
    """Return what the dashboard shows. All lists are limited.

    Return {} if the user may not view releases.
    """
    user = request.user
    if not (isinstance(user, User) and user.has_perm("releases.view_release")):
        return {}
    viewer = Viewer(user, timezone.now())
    problems = find_problems() if user.is_superuser else None
    returned = get_returned_reviews(viewer)
    return {
        "can_view_releases": True,
        "can_publish": viewer.can_publish,
        "alert": get_active_alert(viewer),
        "release_templates": ReleaseTemplate.objects.to_choose_from(user, get_language()),
        "needs": get_needs(viewer, returned, problems.findings if problems else []),
        "drafts": get_drafts(viewer, except_for={note.release_id for note in returned}),
        "coming_up": get_coming_up(viewer),
        "published": get_published_lately(viewer),
        "first_steps": get_first_steps(viewer),
        "notes": Note.objects.select_related("release", "author").defer("release__body")[:MAX_NOTES],
        "problems": problems,
        "warnings": [each for each in problems.findings if each.level is not Level.ERROR] if problems else [],
        **get_sign_in_context(request, viewer),
    }

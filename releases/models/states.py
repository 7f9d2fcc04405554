"""The state of a release as the desk shows it: a name that selects its color, and text."""

from django.utils.translation import gettext as _

from releases.models.drafts import PendingRevision
from releases.models.release import Release
from releases.text import localtime
from releases.text.choices import Status


def get_state_name(release: Release) -> str:
    """Return "draft", "scheduled", "public", "changed" (an unpublished change) or "withdrawn"."""
    if release.is_scheduled:
        return "scheduled"
    if release.is_public():
        return "changed" if PendingRevision.for_release(release) else "public"
    return str(release.status)


def describe_state(release: Release) -> str:
    """Return the state of a release as text, including when it or its revision becomes public."""
    if release.is_scheduled and release.public_at:
        template = _("Embargoed until %(moment)s") if release.is_embargoed else _("Scheduled for %(moment)s")
        return template % {"moment": localtime.format_datetime(release.public_at)}
    if release.is_public():
        revision = PendingRevision.for_release(release)
        if revision and revision.public_at:
            return _("Public, with a change scheduled for %(moment)s") % {
                "moment": localtime.format_datetime(revision.public_at)
            }
        return _("Public, with an unpublished change") if revision else _("Public")
    return str(Status(release.status).label)

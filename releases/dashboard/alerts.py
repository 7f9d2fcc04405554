"""The active alert on the dashboard, in both languages."""

from typing import Any

from releases.dashboard.viewer import Viewer
from releases.models import Alert
from releases.text.choices import Language


def get_active_alert(viewer: Viewer) -> dict[str, Any] | None:
    """Return the alert that readers see now, with its texts by language, or None."""
    alert = Alert.objects.active(viewer.now).select_related("created_by").first()
    if alert is None:
        return None
    return {
        "id": alert.pk,
        "severity": alert.get_severity_display(),
        "texts": [(language, alert.text_in(language)) for language in Language.values],
        "until": viewer.format_moment(alert.ends_at),
        "author": viewer.format_author(alert.created_by, alert.created_at),
    }

"""What readers see of an alert in one language."""

from datetime import datetime
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import override

from releases.models import Alert
from releases.text import localtime
from releases.views.base import PublicContext


class Banner(NamedTuple):
    """An alert as a page shows it. `url` may be empty."""

    language: str
    severity: str  # the key, for the style
    label: str
    text: str
    url: str
    until: str
    ends_at: datetime


def build_banner(alert: Alert, language: str, at: datetime) -> Banner:
    """Return `alert` in `language`. `at` (aware) decides whether a release that it links to is public."""
    with override(language):
        return Banner(
            language,
            alert.severity,
            str(alert.get_severity_display()),
            alert.text_in(language),
            alert.get_url(language, at),
            localtime.format_until(alert.ends_at),
            alert.ends_at,
        )


def render_alert(ctx: PublicContext) -> SafeString:
    """Return the alert at the top of a public page, rendered once per cache generation, or ""."""
    alert = ctx.generation.alert
    if alert is None:
        return SafeString()

    def render() -> SafeString:
        banner = build_banner(alert, ctx.language, ctx.at)
        return SafeString(render_to_string("releases/_alert.html", {"banner": banner}).strip())

    return ctx.generation.get_or_set(("alert", ctx.language), render)

"""The desk through the client: its addresses, and what its form sends."""

from datetime import date, timedelta

from django.utils import timezone

from releases.models import Release

NEXT_YEAR = timezone.now().year + 1
# The night in March on which the clock jumps from two to three.
GAP = date(NEXT_YEAR, 3, 8) + timedelta(days=(6 - date(NEXT_YEAR, 3, 8).weekday()) % 7)

# The night in November on which the hour from one to two comes twice.
TWICE = date(NEXT_YEAR, 11, 1) + timedelta(days=(6 - date(NEXT_YEAR, 11, 1).weekday()) % 7)

LIST = "/admin/releases/release/"
ADD = f"{LIST}add/"
FORM = {
    "headline": "A ruling",
    "date": "",
    "dateline": "Los Angeles",
    "summary": "Families stay.",
    "body": "<p>More.</p>",
    "kind": "press_release",
    "language": "en",
}


def address(release: Release, door: str) -> str:
    return f"{LIST}{release.pk}/{door}/"


def form_of(release: Release, **changes: str) -> dict[str, object]:
    """What the form of `release` sends when it was opened just now."""
    return FORM | {"date": "2015-03-04", "opened": release.version} | changes


def errors(response) -> dict[str, list[str]]:
    return dict(response.context["adminform"].form.errors)

"""Helpers for tests of the dashboard."""

import re
from datetime import datetime, timedelta
from html import unescape

from django.test import Client
from django.utils import timezone

from releases.actions.revisions import save_revision
from releases.models import Release, User

NO_ALT = [{"photo": 1, "alt": "", "is_decorative": False}]


def get_page(client: Client) -> str:
    response = client.get("/admin/")
    assert response.status_code == 200
    return " ".join(unescape(response.content.decode()).split())


def get_sections(page: str) -> dict[str, str]:
    """Return the markup of each section of the dashboard by the id of its heading."""
    return dict(re.findall(r'aria-labelledby="([a-z-]+)"> ?<h2[^>]*>(.*?)</section>', page))


def days_from_now(days: float) -> datetime:
    return timezone.now() + timedelta(days=days)


def save_change(release: Release, user: User) -> None:
    save_revision(release, user=user, content=release.content() | {"summary": "New."}, topic_ids=[])

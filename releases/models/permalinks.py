"""The URLs of releases."""

from functools import lru_cache

from django.urls import reverse
from django.utils import translation


def build_permalink(language: str, year: int, month: int, slug: str) -> str:
    """Return the URL of a release, which depends only on these values."""
    before, after = _get_permalink_parts(language, year, month)
    return f"{before}{slug}{after}"


@lru_cache(4096)
def _get_permalink_parts(language: str, year: int, month: int) -> tuple[str, str]:
    """Return the parts of the URLs of a month before and after the slug, cached.

    Without the cache, `reverse` took most of the time of a sitemap.
    """
    with translation.override(language):
        before, _slug, after = reverse("release", args=[f"{year:04}", f"{month:02}", "a-slug"]).rpartition(
            "a-slug"
        )
    return before, after

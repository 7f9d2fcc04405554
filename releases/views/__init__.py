"""The public pages, and the previews of what is not public yet."""

from releases.views.pages import (
    archive,
    broken,
    card,
    follow,
    health,
    month,
    news,
    not_found,
    notices,
    privacy,
    release,
    robots,
    topic,
    topics,
    year,
)
from releases.views.previews import approve_link, open_link, read_link
from releases.views.searching import search

__all__ = [
    "approve_link",
    "archive",
    "broken",
    "card",
    "follow",
    "health",
    "month",
    "news",
    "not_found",
    "notices",
    "open_link",
    "privacy",
    "read_link",
    "release",
    "robots",
    "search",
    "topic",
    "topics",
    "year",
]

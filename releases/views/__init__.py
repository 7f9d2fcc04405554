"""The public pages, and the previews of what is not public yet."""

from releases.views.pages import archive, broken, health, month, news, not_found, release, robots, topic, topics, year
from releases.views.previews import approve_link, open_link, read_link

__all__ = [
    "approve_link",
    "archive",
    "broken",
    "health",
    "month",
    "news",
    "not_found",
    "open_link",
    "read_link",
    "release",
    "robots",
    "topic",
    "topics",
    "year",
]

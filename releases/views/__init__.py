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
from releases.views.photos import attachment, photo, photos_zip
from releases.views.press import calendar, for_the_press, in_the_news, text
from releases.views.previews import approve_link, open_link, read_document, read_link, read_photo, read_text
from releases.views.searching import search

__all__ = [
    "approve_link",
    "archive",
    "attachment",
    "broken",
    "calendar",
    "card",
    "follow",
    "for_the_press",
    "health",
    "in_the_news",
    "month",
    "news",
    "not_found",
    "notices",
    "open_link",
    "photo",
    "photos_zip",
    "privacy",
    "read_document",
    "read_link",
    "read_photo",
    "read_text",
    "release",
    "robots",
    "search",
    "text",
    "topic",
    "topics",
    "year",
]

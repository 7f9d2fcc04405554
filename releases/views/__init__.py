"""Views of the public pages, and of previews of releases that are not public yet."""

from releases.views.health_checks import health, live, ready
from releases.views.lists import archive, month, news, notices, topic, topics, year
from releases.views.photos import attachment, photo, photos_zip, share_photo
from releases.views.press import calendar, for_the_press, in_the_news, text
from releases.views.previews import (
    approve_preview,
    open_preview,
    preview_document,
    preview_page,
    preview_photo,
    preview_text,
)
from releases.views.releases import release, share_image
from releases.views.search import search
from releases.views.site import follow, not_found, privacy, robots, security_txt

__all__ = [
    "approve_preview",
    "archive",
    "attachment",
    "calendar",
    "follow",
    "for_the_press",
    "health",
    "in_the_news",
    "live",
    "month",
    "news",
    "not_found",
    "notices",
    "open_preview",
    "photo",
    "photos_zip",
    "preview_document",
    "preview_page",
    "preview_photo",
    "preview_text",
    "privacy",
    "ready",
    "release",
    "robots",
    "search",
    "security_txt",
    "share_image",
    "share_photo",
    "text",
    "topic",
    "topics",
    "year",
]

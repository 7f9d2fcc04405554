"""The banner of the News desk while the newsroom is locked."""

from typing import Any

from django import template

from releases.models import NewsroomSettings

register = template.Library()


@register.inclusion_tag("admin/_newsroom_lock.html", takes_context=True)
def newsroom_lock(context: dict[str, Any]) -> dict[str, Any]:
    """Render the banner for signed-in staff. The page about an outage has no user, and needs no query."""
    user = context.get("user")
    is_staff = bool(user and user.is_active and user.is_staff)
    match = getattr(context.get("request"), "resolver_match", None)
    is_unlock_page = getattr(match, "url_name", "") == "unlock_newsroom"
    return {
        "lock": NewsroomSettings.find_lock() if is_staff else None,
        "can_unlock": getattr(user, "is_superuser", False) and not is_unlock_page,
    }


@register.simple_tag
def is_newsroom_locked() -> bool:
    return NewsroomSettings.find_lock() is not None

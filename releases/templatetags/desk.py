"""Template tags of the desk: icons, and the state of a release."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from releases.models import Release
from releases.models.states import describe_state, get_state_name

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return the symbol `name` of static/img/icons.svg. It is decoration: text must stand next to it."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("img/icons.svg"), name
    )


@register.filter
def state_label(release: Release) -> str:
    """Return the state of a release as text, with the time when it or its revision becomes public."""
    return describe_state(release)


@register.filter
def state_name(release: Release) -> str:
    """Return the name of the state, which selects its color."""
    return get_state_name(release)

"""What the pages that publish a text show: the whole public page, where it appears, and who learns of it."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from releases.admin.base import get_document_base_url, get_photo_base_url
from releases.admin.checklist import get_checklist_links
from releases.models import PendingRevision, Release
from releases.text import localtime
from releases.text.choices import LANGUAGE_NAMES, Language
from releases.views.previews import render_article


def build_publish_context(release: Release) -> dict[str, Any]:
    """Return the article as readers will see it, the facts beside it, and the checklist.

    `is_blocked` means that something is missing without which it can't be published.
    """
    shown = Release.objects.select_related("pending_revision").get(pk=release.pk)
    article = render_article(
        shown, photo_base_url=get_photo_base_url(), document_base_url=get_document_base_url(release)
    )
    checklist = get_checklist_links(release)
    return {
        "article": article,
        "facts": _get_facts(release, shown),
        "checklist": checklist,
        "is_blocked": any(item.is_required for item in checklist),
        "expires_at": shown.valid_until if shown.is_expired() else None,
    }


def _get_facts(release: Release, shown: Release) -> list[tuple[str, str]]:
    """Return labels and sentences. `shown` has the text and the date that readers will see."""
    topics = shown.topics
    language = str(LANGUAGE_NAMES[Language(release.language)])
    kind = _("%(kind)s in %(language)s") % {"kind": shown.get_kind_display(), "language": language}
    names = ", ".join(topic.name_in(get_language()) for topic in topics)
    facts = [
        (_("What"), kind),
        (_("Where"), _get_url(release, shown)),
        (_("Topics"), names or _("None")),
    ]
    told = _("The news page and the feeds show it at once. Readers get no mail.")
    if PendingRevision.for_release(release):
        told = _("The page and the feeds show the change at once. Readers get no mail.")
    return [*facts, (_("Who is told"), told), (_("Time now"), localtime.format_datetime(timezone.now()))]


def _get_url(release: Release, shown: Release) -> str:
    """Return the URL that the release has, or gets if it is published now."""
    if release.is_public():
        return f"{settings.SITE_URL}{release.get_absolute_url()}"
    public = Release.objects.withdrawn() | Release.objects.published()
    shown.slug = release.slug or public.unique_slug(release.headline, release.language)
    url = f"{settings.SITE_URL}{shown.get_absolute_url()}"
    return url if release.date else _("%(url)s, if published today") % {"url": url}

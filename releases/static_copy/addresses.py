"""The addresses that the export starts from. It finds all others through links."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils import translation

from releases.models import Release, SlugRedirect, Topic, TopicAlias
from releases.models.permalinks import build_permalink
from releases.text.choices import Language, Status

FILES = ("robots", "security-txt", "sitemap", "news-sitemap")
PAGES = (
    *("news", "notices", "topics", "archive", "search", "follow", "privacy", "for-the-press", "in-the-news"),
    *("rss-feed", "atom-feed", "json-feed"),
)
TOPIC_PAGES = ("topic", "topic-rss-feed", "topic-atom-feed", "topic-json-feed")
NOT_FOUND_PAGE = "404.html"


def get_start_addresses() -> set[str]:
    """Return the addresses of everything that may be public. Some of them may return 404."""
    addresses = {reverse(name) for name in FILES}
    addresses |= {f"/{path.name}" for path in Path(settings.WHITENOISE_ROOT).iterdir()}
    for language in Language.values:
        with translation.override(language):
            addresses |= {reverse(name) for name in PAGES}
            addresses |= {
                reverse(name, args=[slug]) for name in TOPIC_PAGES for slug in _get_topic_slugs(language)
            }
        addresses |= _get_release_addresses(language)
    return addresses | get_not_found_addresses() | _get_former_addresses()


def get_not_found_addresses() -> set[str]:
    """Return the addresses under which the copy has the page for unknown addresses, in each language."""
    addresses = set()
    for language in Language.values:
        with translation.override(language):
            addresses.add(f"{reverse('news')}{NOT_FOUND_PAGE}")
    return addresses


def get_search_addresses() -> dict[str, str]:
    """Return the language of each search page, by its address."""
    addresses = {}
    for language in Language.values:
        with translation.override(language):
            addresses[reverse("search")] = language
    return addresses


def is_exported(address: str) -> bool:
    """Return whether visitors may see what is at `address`, and it makes sense without the newsroom."""
    first = unquote(address).partition("?")[0].strip("/").partition("/")[0]
    return first.lower() not in {"admin", "preview", "health"}


def _get_topic_slugs(language: str) -> set[str]:
    field = "slug_es" if language == Language.SPANISH else "slug"
    return {
        slug for model in (Topic, TopicAlias) for slug in model._default_manager.values_list(field, flat=True)
    }


def _get_release_addresses(language: str) -> set[str]:
    """Return the pages of the releases that are public or withdrawn."""
    releases = Release.objects.in_language(language)
    return {
        build_permalink(language, day.year, day.month, slug)
        for queryset in (releases.published(), releases.withdrawn())
        for day, slug in queryset.values_list("date", "slug")
        if day
    }


def _get_former_addresses() -> set[str]:
    """Return the former addresses of the public releases, with the files under them."""
    published = Release.objects.published()
    rows: tuple[Any, ...] = (
        *SlugRedirect.objects.filter(release__in=published).values_list(
            "language", "release__date", "slug", "release"
        ),
        *Release.history.filter(
            id__in=published.values("pk"), status=Status.PUBLISHED, public_at__lte=F("history_date")
        )
        .values_list("language", "date", "slug", "id")
        .distinct()
        .order_by(),
    )
    releases = {
        release.pk: release for release in published.only("slug", "date", "language", "photos", "attachments")
    }
    addresses = set()
    for language, day, slug, release_id in rows:
        page = build_permalink(language, day.year, day.month, slug)
        if release_id in releases and page != releases[release_id].get_absolute_url():
            addresses |= {page, f"{page}card.png"}
            if releases[release_id].photos:
                addresses.add(f"{page}photo-card.jpg")
            addresses |= {f"{page.rstrip('/')}.{ending}" for ending in ("txt", "md", "ics")}
            addresses |= {f"{page}{name}.pdf" for name, _entry in releases[release_id].attachments_by_slug}
    return addresses

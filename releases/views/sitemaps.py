"""Sitemaps for search engines: all public pages, and the news of the last two days.

https://www.sitemaps.org/protocol.html
https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation

from releases.models import Release
from releases.models.permalinks import build_permalink
from releases.models.querysets import ReleaseQuerySet
from releases.text.choices import Language
from releases.text.cleaning import clean_line
from releases.views.base import PublicContext, or_404, public_page, url_in_language

# With more releases, each year has its own sitemap, so that publishing changes few of them.
MAX_SINGLE = 5_000
NEWS_PERIOD = timedelta(days=2)
MAX_NEWS = 1000
SITEMAP_SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"


@public_page
def sitemap(request: HttpRequest, ctx: PublicContext, year: int | None = None) -> HttpResponse:
    """Serve the sitemap of all public pages and their translations.

    With more than MAX_SINGLE releases it is an index of one sitemap per year. The newest one also has the
    list pages.
    """
    years: Counter[int] = Counter()
    for month_count in (*ctx.month_counts(), *ctx.in_other_language().month_counts()):
        years[month_count.year] += month_count.total
    is_split = years.total() > MAX_SINGLE
    if year is None and is_split:
        parts = (
            f"<sitemap><loc>{_build_absolute_url(reverse('sitemap-part', args=[part_year]))}</loc></sitemap>"
            for part_year in sorted(years)
        )
        return _build_xml_response(f'<sitemapindex xmlns="{SITEMAP_SCHEMA}">', parts, "</sitemapindex>")
    releases = Release.objects.published(ctx.at).order_by("pk")
    if year is not None:
        or_404(is_split and year in years)
        releases = releases.dated_in(year)
    entries = [
        *(_get_list_entries(ctx) if year in (None, max(years, default=None)) else ()),
        *_get_release_entries(releases, ctx.at),
    ]
    # The releases of a year may all be samples, and the protocol does not allow an empty sitemap.
    if not entries:
        entries = [_format_entry(url_in_language(ctx.language, "news"), {})]
    return _build_xml_response(
        f'<urlset xmlns="{SITEMAP_SCHEMA}" xmlns:xhtml="http://www.w3.org/1999/xhtml">', entries, "</urlset>"
    )


@public_page
def news_sitemap(request: HttpRequest, ctx: PublicContext) -> HttpResponse:
    """Serve the sitemap of the releases published in the last two days, in both languages, newest first."""
    recent = get_recent_releases(ctx.at).order_by("-public_at", "-pk")[:MAX_NEWS]
    entries = (
        f"<url><loc>{_build_absolute_url(release.get_absolute_url())}</loc><news:news>"
        "<news:publication><news:name>CARECEN</news:name>"
        f"<news:language>{release.language}</news:language></news:publication>"
        f"<news:publication_date>{_format_datetime(release.public_at)}</news:publication_date>"
        f"<news:title>{escape(clean_line(release.headline))}</news:title>"
        "</news:news></url>"
        for release in recent.only("language", "slug", "date", "headline", "public_at")
    )
    return _build_xml_response(
        f'<urlset xmlns="{SITEMAP_SCHEMA}" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">',
        entries,
        "</urlset>",
    )


def get_recent_releases(at: datetime) -> ReleaseQuerySet:
    """Return the releases that belong in the news sitemap at `at` (aware)."""
    return Release.objects.published(at).filter(public_at__gt=at - NEWS_PERIOD)


def _get_release_entries(releases: ReleaseQuerySet, at: datetime) -> Iterator[str]:
    """Yield an entry for each of `releases` except sample translations, with its public translation."""
    rows = list(
        releases.filter(is_sample_translation=False).values_list(
            "language", "slug", "date", "translation_key", "public_at", "corrected_at"
        )
    )
    paths_by_key: dict[Any, dict[str, str]] = {}
    for start in range(0, len(rows), 500):
        keys = [row[3] for row in rows[start : start + 500]]
        for translation_key, language, slug, date in (
            Release.objects.published(at)
            .filter(translation_key__in=keys, is_sample_translation=False)
            .values_list("translation_key", "language", "slug", "date")
        ):
            paths_by_key.setdefault(translation_key, {})[language] = _get_release_path(language, slug, date)
    for language, slug, date, translation_key, public_at, corrected_at in rows:
        yield _format_entry(
            _get_release_path(language, slug, date),
            paths_by_key.get(translation_key, {}),
            max(filter(None, (public_at, corrected_at))),
        )


def _get_list_entries(ctx: PublicContext) -> Iterator[str]:
    """Yield an entry for each list page, in each language with public releases."""
    languages = ctx.newsroom.languages

    def get_urls(url: Callable[[], str]) -> dict[str, str]:
        urls = {}
        for language in languages:
            with translation.override(language):
                urls[language] = url()
        return urls

    for name in ("news", "notices", "topics", "archive", "for-the-press", "in-the-news", "follow", "privacy"):
        urls = get_urls(lambda name=name: reverse(name))  # type: ignore[misc]
        for url in urls.values():
            yield _format_entry(url, urls)
    topics: dict[Any, dict[str, str]] = {}
    months: dict[tuple[int, int], dict[str, str]] = {}
    contexts = {context.language: context for context in (ctx, ctx.in_other_language())}
    for language in languages:
        for topic in contexts[language].topics():
            topics.setdefault(topic.pk, {})[language] = topic.get_absolute_url(language)
        for month_count in contexts[language].month_counts():
            months.setdefault(month_count[:2], {})[language] = url_in_language(
                language, "month", month_count.year, month_count.month
            )
    for urls in (*topics.values(), *months.values()):
        for url in urls.values():
            yield _format_entry(url, urls)


def _format_entry(path: str, alternates: dict[str, str], changed: datetime | None = None) -> str:
    translations = alternates if len(alternates) > 1 else {}
    links = [
        f'<xhtml:link rel="alternate" hreflang="{language}" href="{_build_absolute_url(translation_path)}"/>'
        for language, translation_path in translations.items()
    ]
    if Language.ENGLISH in translations:
        links.append(
            '<xhtml:link rel="alternate" hreflang="x-default" '
            f'href="{_build_absolute_url(translations[Language.ENGLISH])}"/>'
        )
    lastmod = f"<lastmod>{_format_datetime(changed)}</lastmod>" if changed else ""
    return f"<url><loc>{_build_absolute_url(path)}</loc>{lastmod}{''.join(links)}</url>"


def _get_release_path(language: str, slug: str, date: Any) -> str:
    return build_permalink(language, date.year, date.month, slug)


def _build_absolute_url(path: str) -> str:
    return escape(f"{settings.SITE_URL}{path}")


def _format_datetime(value: datetime | None) -> str:
    return (
        timezone.localtime(value, timezone.get_default_timezone()).isoformat(timespec="seconds")
        if value
        else ""
    )


def _build_xml_response(opening: str, entries: Iterable[str], closing: str) -> HttpResponse:
    content = "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', opening, *entries, closing])
    return HttpResponse(content, content_type="application/xml; charset=utf-8")

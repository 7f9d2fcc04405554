"""What search engines are told: every public page with its other language (https://www.sitemaps.org/protocol.html), and the news
of the last two days (https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap)."""

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
from releases.models.release import permalink
from releases.prose import without_control_characters
from releases.querysets import ReleaseQuerySet
from releases.views.asked import Asked, address_in, found, public_page
from releases.vocabulary import Language

MOST = 5_000  # releases; with more, each year has a sitemap of its own, so that most stay as they are when something is published
NEWS = timedelta(days=2)
MOST_NEWS = 1000
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


@public_page
def sitemap(request: HttpRequest, asked: Asked, number: int | None = None) -> HttpResponse:
    """All pages; with more than MOST releases an index of sitemaps that are numbered by year, the newest of which has the lists, too."""
    years: Counter[int] = Counter()
    for shelf in (*asked.shelves(), *asked.elsewhere().shelves()):
        years[shelf.year] += shelf.releases
    has_parts = years.total() > MOST
    if number is None and has_parts:
        names = (f"<sitemap><loc>{_whole(reverse('sitemap-part', args=[year]))}</loc></sitemap>" for year in sorted(years))
        return _xml(f'<sitemapindex xmlns="{SITEMAP}">', names, "</sitemapindex>")
    releases = Release.objects.published(asked.at).order_by("pk")
    if number is not None:
        found(has_parts and number in years)
        releases = releases.dated(number)
    entries = [*(_lists(asked) if number in (None, max(years, default=None)) else ()), *_releases(releases, asked.at)]
    if not entries:  # the releases of a year may all be samples, and the protocol does not allow an empty sitemap
        entries = [_entry(address_in(asked.language, "news"), {})]
    return _xml(f'<urlset xmlns="{SITEMAP}" xmlns:xhtml="http://www.w3.org/1999/xhtml">', entries, "</urlset>")


@public_page
def news_sitemap(request: HttpRequest, asked: Asked) -> HttpResponse:
    """What went public in the last two days, both languages, newest first."""
    recent = Release.objects.published(asked.at).filter(public_at__gt=asked.at - NEWS).order_by("-public_at", "-pk")[:MOST_NEWS]
    entries = (
        f"<url><loc>{_whole(release.get_absolute_url())}</loc><news:news><news:publication><news:name>CARECEN</news:name>"
        f"<news:language>{release.language}</news:language></news:publication>"
        f"<news:publication_date>{_moment(release.public_at)}</news:publication_date>"
        f"<news:title>{escape(' '.join(without_control_characters(release.headline).split()))}</news:title></news:news></url>"
        for release in recent.only("language", "slug", "date", "headline", "public_at")
    )
    return _xml(f'<urlset xmlns="{SITEMAP}" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">', entries, "</urlset>")


def _releases(releases: ReleaseQuerySet, at: datetime) -> Iterator[str]:
    """An entry for each of `releases` that is no sample, with its public counterpart in the other language."""
    rows = list(releases.filter(is_sample_translation=False).values_list("language", "slug", "date", "pair", "public_at", "corrected_at"))
    pairs: dict[Any, dict[str, str]] = {}
    for start in range(0, len(rows), 500):
        here = [row[3] for row in rows[start : start + 500]]
        for pair, language, slug, date in (
            Release.objects.published(at).filter(pair__in=here, is_sample_translation=False).values_list("pair", "language", "slug", "date")
        ):
            pairs.setdefault(pair, {})[language] = _address(language, slug, date)
    for language, slug, date, pair, public_at, corrected_at in rows:
        yield _entry(_address(language, slug, date), pairs.get(pair, {}), max(filter(None, (public_at, corrected_at))))


def _lists(asked: Asked) -> Iterator[str]:
    """The pages that list, in each language that has something to read."""
    languages = asked.newsroom.languages

    def in_each(address: Callable[[], str]) -> dict[str, str]:
        addresses = {}
        for language in languages:
            with translation.override(language):
                addresses[language] = address()
        return addresses

    for name in ("news", "notices", "topics", "archive", "for-the-press", "in-the-news", "follow", "privacy"):
        addresses = in_each(lambda name=name: reverse(name))  # type: ignore[misc]
        for address in addresses.values():
            yield _entry(address, addresses)
    topics: dict[Any, dict[str, str]] = {}
    months: dict[tuple[int, int], dict[str, str]] = {}
    both = {one.language: one for one in (asked, asked.elsewhere())}
    for language in languages:
        for topic in both[language].topics():
            topics.setdefault(topic.pk, {})[language] = topic.get_absolute_url(language)
        for shelf in both[language].shelves():
            months.setdefault(shelf[:2], {})[language] = address_in(language, "month", shelf.year, shelf.month)
    for addresses in (*topics.values(), *months.values()):
        for address in addresses.values():
            yield _entry(address, addresses)


def _entry(address: str, alternates: dict[str, str], changed: datetime | None = None) -> str:
    others = alternates if len(alternates) > 1 else {}
    links = [f'<xhtml:link rel="alternate" hreflang="{language}" href="{_whole(other)}"/>' for language, other in others.items()]
    if Language.ENGLISH in others:
        links.append(f'<xhtml:link rel="alternate" hreflang="x-default" href="{_whole(others[Language.ENGLISH])}"/>')
    lastmod = f"<lastmod>{_moment(changed)}</lastmod>" if changed else ""
    return f"<url><loc>{_whole(address)}</loc>{lastmod}{''.join(links)}</url>"


def _address(language: str, slug: str, date: Any) -> str:
    return permalink(language, date.year, date.month, slug)


def _whole(address: str) -> str:
    return escape(f"{settings.SITE_URL}{address}")


def _moment(moment: datetime | None) -> str:
    return timezone.localtime(moment, timezone.get_default_timezone()).isoformat(timespec="seconds") if moment else ""


def _xml(opening: str, entries: Iterable[str], closing: str) -> HttpResponse:
    content = "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', opening, *entries, closing])
    return HttpResponse(content, content_type="application/xml; charset=utf-8")

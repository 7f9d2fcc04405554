"""The search page: the parsed query, its hits, and links to filter them."""

import re
from datetime import date
from functools import partial
from html import escape
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from releases import search as index
from releases.models import Release
from releases.text import datelines
from releases.text.choices import Kind, Language
from releases.text.cleaning import truncate
from releases.views.base import PublicContext, public_page, query_params, url_in_language
from releases.views.pagination import get_page_number
from releases.views.rendering import render_page

HITS_PER_PAGE = 10
MIN_HITS = 5  # with fewer hits the other language is searched as well


class Hit(NamedTuple):
    """A search result: the release, its highlighted headline and excerpt, and its card's footer."""

    release: Release
    headline: SafeString
    excerpt: SafeString
    footer: SafeString


class FacetLink(NamedTuple):
    """Link that adds or removes a filter. `hit_count` is empty if not all hits were counted."""

    label: str
    hit_count: str
    url: str


@public_page
@query_params("q", "topic", "kind", "year", "order", "page", is_cached=False)
def search(request: HttpRequest, ctx: PublicContext) -> HttpResponse:
    """Search for `?q=` with `topic` (a slug), `kind`, `year`, `order=date` and `page`.

    Invalid values are ignored. Nobody may store the page, because its URL contains the words of the reader.
    """
    query = index.parse_query(request.GET.get("q", "")[:1000], ctx.language)
    filters = parse_filters(request, ctx)
    if query.is_empty:
        active_filters = get_active_filters(query, filters, ctx.language)
        alternates = _get_alternates("", ctx)
        return render_page(
            request,
            "releases/search.html",
            ctx,
            section="search",
            query=query,
            filters=filters,
            active_filters=active_filters,
            alternates=alternates,
        )
    facets = {name: filters[name] for name in ("topic", "kind", "year")}
    hits = index.find(
        query, ctx.language, ctx.at, **facets, by_date=bool(filters["order"]), hidden=ctx.get_hidden_ids()
    )
    page: Any = Paginator(hits.release_ids, HITS_PER_PAGE).get_page(get_page_number(request) or 1)
    releases = ctx.get_releases_for_cards(page.object_list)
    page.object_list = _build_hits(releases, query, ctx)
    build_url = partial(
        _build_url, url_in_language(ctx.language, "search"), _build_params(query, filters, ctx.language)
    )
    url_without_year, url_without_kind = build_url(year=""), build_url(kind="")

    return render_page(
        request,
        "releases/search.html",
        ctx,
        section="search",
        page=page,
        query=query,
        filters=filters,
        hits=hits,
        other_language_hits=_find_in_other_language(query.text, releases, ctx, facets)
        if page.number == 1 and len(hits.release_ids) < MIN_HITS
        else [],
        alternates=_get_alternates(query.text, ctx),
        period=_format_period(query, ctx.language),
        years=[
            FacetLink(str(year), _format_count(count, hits), f"{url_without_year}&year={year}")
            for year, count in hits.years
        ],
        kinds=[
            FacetLink(str(Kind(kind).label), _format_count(count, hits), f"{url_without_kind}&kind={kind}")
            for kind, count in hits.kinds
        ],
        active_filters=get_active_filters(query, filters, ctx.language),
        querystring=f"{build_url().partition('?')[2]}&",
        newest_first_url=build_url(order="date"),
        best_match_url=build_url(order=""),
    )


def _format_count(count: int, hits: index.Hits) -> str:
    """Return the count of a facet, or "" if the index found more releases than it counts."""
    return "" if hits.has_more else str(count)


def parse_filters(request: HttpRequest, ctx: PublicContext) -> dict[str, Any]:
    slug = request.GET.get("topic", "")
    topic = (
        next((topic for topic in ctx.topics() if topic.slug_in(ctx.language) == slug), None) if slug else None
    )
    kind, year = request.GET.get("kind", ""), request.GET.get("year", "")
    return {
        "topic": topic,
        "kind": kind if kind in Kind.values else "",
        "year": int(year) if re.fullmatch("(?:19|20)[0-9]{2}", year, re.ASCII) else None,
        "order": "date" if request.GET.get("order") == "date" else "",
    }


def _build_hits(releases: list[Release], query: index.SearchQuery, ctx: PublicContext) -> list[Hit]:
    highlighter = index.Highlighter(query, ctx.language)
    headlines = {release.pk: highlighter.highlight(release.headline) for release in releases}
    excerpts = {release.pk: highlighter.excerpt(release.summary) for release in releases}
    # A headline that contains the only search term needs no excerpt from the body.
    matched_in_headline = {
        pk
        for pk, fragments in headlines.items()
        if len(query.words) == 1 and any(fragment.is_match for fragment in fragments)
    }
    unmatched_ids = [
        pk for pk, fragments in excerpts.items() if not fragments and pk not in matched_in_headline
    ]

    for document in _get_documents(ctx, unmatched_ids):
        excerpts[document.release_id] = highlighter.excerpt(document.body)
    return [
        Hit(
            release,
            _render_fragments(headlines[release.pk]),
            _render_fragments(
                excerpts[release.pk]
                or [index.Fragment(truncate(release.summary, index.EXCERPT_LENGTH), is_match=False)]
            ),
            ctx.render_card(release, "releases/_release_card_footer.html"),
        )
        for release in releases
    ]


def _get_documents(ctx: PublicContext, ids: list[int]) -> list[index.SearchDocument]:
    """Return the search documents of the public releases with these `ids`, cached per generation."""
    return ctx.generation.get_many_or_set(
        "bodies",
        ids,
        lambda missing_ids: {
            document.release_id: document for document in index.get_documents(missing_ids, ctx.at)
        },
    )


def _find_in_other_language(
    text: str, releases: list[Release], ctx: PublicContext, facets: dict[str, Any]
) -> list[Hit]:
    """Return hits for `text` in the other language, except translations of `releases`.

    The text is stemmed in that language.
    """
    other_ctx = ctx.in_other_language()
    if other_ctx.language not in ctx.newsroom.languages:
        return []
    query = index.parse_query(text, other_ctx.language)
    hits = index.find(query, other_ctx.language, ctx.at, **facets, hidden=ctx.get_hidden_ids())
    if hits.is_any_word_fallback and releases:
        return []
    known_urls = {release.translation_url for release in releases}
    cards = [
        card
        for card in other_ctx.get_releases_for_cards(hits.release_ids[:HITS_PER_PAGE])
        if card.get_absolute_url() not in known_urls
    ]
    return _build_hits(cards[:MIN_HITS], query, other_ctx)


def _get_alternates(text: str, ctx: PublicContext) -> dict[str, str]:
    """Return the URLs of the search for `text` by language, if both have public releases."""
    if len(ctx.newsroom.languages) < 2:
        return {}
    return {
        language: _build_url(url_in_language(language, "search"), {"q": text}).rstrip("?")
        for language in ctx.newsroom.languages
    }


def _render_fragments(fragments: list[index.Fragment]) -> SafeString:
    return mark_safe(  # noqa: S308
        "".join(f"<mark>{escape(text)}</mark>" if is_match else escape(text) for text, is_match in fragments)
    )


def _build_params(query: index.SearchQuery, filters: dict[str, Any], language: str) -> dict[str, Any]:
    """Return the query parameters of this search."""
    return {
        "q": query.text,
        **filters,
        "topic": filters["topic"].slug_in(language) if filters["topic"] else "",
    }


def _build_url(path: str, params: dict[str, Any], **changes: object) -> str:
    """Return the URL of this search with `changes`, on its first page."""
    return f"{path}?{urlencode({name: value for name, value in (params | changes).items() if value})}"


def get_active_filters(query: index.SearchQuery, filters: dict[str, Any], language: str) -> list[FacetLink]:
    """Return the active filters, each with the URL of the search without it."""
    labels = {
        "topic": filters["topic"] and filters["topic"].name_in(language),
        "kind": filters["kind"] and Kind(filters["kind"]).label,
        "year": filters["year"],
    }
    params = _build_params(query, filters, language)
    path = url_in_language(language, "search")
    return [
        FacetLink(str(label), "", _build_url(path, params, **{name: ""}))
        for name, label in labels.items()
        if label
    ]


def _format_period(query: index.SearchQuery, language: str) -> str:
    """Return the period in the query, such as “March 2015” or “4 de marzo de 2015”; empty without a month."""
    if not (query.year and query.month):
        return ""
    if query.day:
        return datelines.format_date(date(query.year, query.month, query.day), language)
    month = datelines.MONTHS[Language(language)][query.month - 1]
    return f"{month} de {query.year}" if language == Language.SPANISH else f"{month} {query.year}"

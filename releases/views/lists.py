"""Lists of releases: news, notices, years, months, topics and the archive."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from releases.models import Release, TopicAlias
from releases.models.querysets import MonthCount
from releases.text import localtime
from releases.text.choices import Kind, Language
from releases.text.datelines import FIRST_YEAR
from releases.views.base import (
    PermanentRedirect,
    PublicContext,
    or_404,
    public_page,
    query_params,
    url_in_language,
)
from releases.views.pagination import paginate
from releases.views.rendering import render_page

NOTICES_ON_NEWS_PAGE = 3
MAX_TOPICS_IN_ROW = 12  # on the news page; about two lines on a wide screen


@public_page
@query_params("page", "kind")
def news(request: HttpRequest, ctx: PublicContext) -> HttpResponse:
    """Show the home page, or with `?kind=` the releases of one kind. An unknown kind returns 404."""
    month_counts = ctx.month_counts()
    counts_by_kind: Counter[str] = Counter()
    for month_count in month_counts:
        counts_by_kind.update(month_count.kinds)
    kind = request.GET.get("kind", "")
    querystring = f"kind={kind}&" if kind else ""
    if kind:
        or_404(kind in Kind.values)
        page = paginate(
            request, ctx, lambda: ctx.published.filter(kind=kind), counts_by_kind[kind], querystring
        )
    else:
        page = paginate(request, ctx, lambda: ctx.published, counts_by_kind.total())
    is_first = page.number == 1 and not kind
    releases = page.object_list
    has_lead = is_first and releases and not releases[0].is_expired(ctx.at)
    return render_page(
        request,
        "releases/news.html",
        ctx,
        section="news",
        page=page,
        is_first=is_first,
        lead=ctx.render_card(releases[0], "releases/_lead_story.html") if has_lead else "",
        other_releases=releases[1:] if has_lead else releases,
        pinned=ctx.newsroom.get_public_pin(ctx.language, ctx.at) if is_first else None,
        notices=ctx.generation.get_or_set(
            ("current notices on news", ctx.language), lambda: get_news_notices(ctx)
        )
        if is_first
        else [],
        kind=Kind(kind).label if kind else "",
        querystring=querystring,
        kinds=[
            (value, Kind(value).label, counts_by_kind[value])
            for value in Kind.values
            if counts_by_kind[value]
        ],
        only_in_other_language=ctx.get_releases_only_in_other_language() if is_first else [],
        topics=ctx.topics(),
        topic_row=get_most_used_topics(ctx),
        years=get_years(month_counts),
    )


def get_most_used_topics(ctx: PublicContext) -> list[Any]:
    """Return the topics with the most releases, sorted by name."""

    def load() -> list[Any]:
        topics = ctx.topics()
        most_used = sorted(topics, key=lambda topic: -topic.count)[:MAX_TOPICS_IN_ROW]
        ids = {topic.pk for topic in most_used}
        return [topic for topic in topics if topic.pk in ids]

    return ctx.generation.get_or_set(("topic row", ctx.language), load)


def get_news_notices(ctx: PublicContext) -> list[Release]:
    """Return the notices for the home page: those with the nearest deadlines."""
    return ctx.get_releases_for_cards(
        ctx.notices().current_notices(*ctx.notice_dates).values_list("pk", flat=True)[:NOTICES_ON_NEWS_PAGE]
    )


@public_page
@query_params("page")
def notices(request: HttpRequest, ctx: PublicContext) -> HttpResponse:
    """Show the current service notices by deadline, then the expired ones."""
    expired = ctx.notices().expired_notices(*ctx.notice_dates)
    page = paginate(
        request,
        ctx,
        lambda: expired,
        ctx.generation.get_or_set(("expired notices", ctx.language), expired.count),
    )
    current_ids = ctx.notices().current_notices(*ctx.notice_dates).values_list("pk", flat=True)
    current = (
        ctx.get_releases_for_cards(
            ctx.generation.get_or_set(("current notices", ctx.language), lambda: list(current_ids))
        )
        if page.number == 1
        else []
    )
    return render_page(
        request, "releases/notices.html", ctx, section="notices", page=page, current_notices=current
    )


@public_page
@query_params("page")
def year(request: HttpRequest, ctx: PublicContext, year: int) -> HttpResponse:
    month_counts = ctx.month_counts()
    months = [month_count for month_count in month_counts if month_count.year == year]
    count = sum(month_count.total for month_count in months)
    or_404(count or is_past_period(ctx, year))
    page = paginate(request, ctx, lambda: ctx.published.dated_in(year), count)
    return render_page(
        request,
        "releases/year.html",
        ctx,
        section="archive",
        page=page,
        period_start=date(year, 1, 1),
        months=months,
        alternates=get_period_alternates(ctx, year),
        topics=ctx.topics(),
        years=get_years(month_counts),
    )


@public_page
@query_params("page")
def month(request: HttpRequest, ctx: PublicContext, year: int, month: int) -> HttpResponse:
    month_counts = ctx.month_counts()
    count = sum(
        month_count.total
        for month_count in month_counts
        if (month_count.year, month_count.month) == (year, month)
    )
    or_404(count or is_past_period(ctx, year, month))
    page = paginate(request, ctx, lambda: ctx.published.dated_in(year, month), count)
    return render_page(
        request,
        "releases/month.html",
        ctx,
        section="archive",
        page=page,
        period_start=date(year, month, 1),
        alternates=get_period_alternates(ctx, year, month),
        topics=ctx.topics(),
        years=get_years(month_counts),
    )


def is_past_period(ctx: PublicContext, year: int, month: int = 1) -> bool:
    """Return whether the year, or month, has begun and is not before CARECEN was founded.

    Such a period without releases has an empty list, so that a link to it never breaks.
    """
    return year >= FIRST_YEAR and date(year, month, 1) <= localtime.local_date(ctx.at)


@public_page
@query_params("page")
def topic(request: HttpRequest, ctx: PublicContext, slug: str) -> HttpResponse:
    topics = ctx.topics()
    topic = get_topic_or_redirect(slug, ctx, "topic", topics)
    count = topic.count if topic in topics else 0
    page = paginate(request, ctx, lambda: ctx.release_tags.filter(tag=topic), count)
    return render_page(
        request,
        "releases/topic.html",
        ctx,
        section="topics",
        page=page,
        topic=topic,
        count=count,
        topics=topics,
        alternates=get_topic_alternates(ctx, topic),
        years=get_years(ctx.month_counts()),
    )


def get_period_alternates(ctx: PublicContext, *period: int) -> dict[str, str]:
    """Return the URLs of a year, or a month, by language. Empty unless both languages have releases in it."""
    name = "month" if len(period) > 1 else "year"
    exists_in_other_language = any(
        (month_count.year, month_count.month)[: len(period)] == period
        for month_count in ctx.in_other_language().month_counts()
    )
    return ctx.get_alternate_urls(
        reverse(name, args=period),
        url_in_language(ctx.other_language, name, *period) if exists_in_other_language else None,
    )


def get_topic_alternates(ctx: PublicContext, topic: Any) -> dict[str, str]:
    """Return the URLs of a topic by language; empty unless both languages have releases on it."""
    exists_in_other_language = any(
        translated_topic.pk == topic.pk for translated_topic in ctx.in_other_language().topics()
    )
    return ctx.get_alternate_urls(
        topic.get_absolute_url(ctx.language),
        topic.get_absolute_url(ctx.other_language) if exists_in_other_language else None,
    )


def get_topic_or_redirect(
    slug: str, ctx: PublicContext, url_name: str, topics: list[Any] | None = None
) -> Any:
    """Return the topic at `slug`, of those with public releases in this or in the other language.

    A merged topic or another case redirects to the page `url_name` of the topic. Raises Http404 for an
    unknown slug.
    """
    topics = ctx.topics() if topics is None else topics

    def find(matches: Callable[[Any], bool]) -> Any:
        return next(filter(matches, topics), None) or next(
            filter(matches, ctx.in_other_language().topics()), None
        )

    topic = find(lambda topic: topic.slug_in(ctx.language) == slug.lower())
    if topic is None:
        field = "slug_es" if ctx.language == Language.SPANISH else "slug"
        alias = or_404(TopicAlias.objects.filter(**{field: slug.lower()}).first())
        topic = or_404(find(lambda topic: topic.pk == alias.topic_id))
        raise PermanentRedirect(reverse(url_name, args=[topic.slug_in(ctx.language)]))
    if slug != slug.lower():
        raise PermanentRedirect(reverse(url_name, args=[topic.slug_in(ctx.language)]))
    return topic


@public_page
def archive(request: HttpRequest, ctx: PublicContext) -> HttpResponse:
    years = [
        (year, list(months))
        for year, months in groupby(ctx.month_counts(), key=lambda month_count: month_count.year)
    ]
    return render_page(request, "releases/archive.html", ctx, section="archive", years=years)


@public_page
def topics(request: HttpRequest, ctx: PublicContext) -> HttpResponse:
    return render_page(
        request,
        "releases/topics.html",
        ctx,
        section="topics",
        topics=ctx.topics(),
        newest_releases=ctx.get_newest_releases(),
    )


def get_years(month_counts: list[MonthCount]) -> list[tuple[int, int]]:
    """Return each year with its number of releases, newest first."""
    return [
        (year, sum(month_count.total for month_count in months))
        for year, months in groupby(month_counts, key=lambda month_count: month_count.year)
    ]

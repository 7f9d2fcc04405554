"""The public pages. Each asks `published`, none asks who is reading, and each reads: what, may they, how shown."""

from collections import Counter
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from releases import search
from releases.models import Release, TopicAlias
from releases.querysets import Shelf
from releases.views import photos, press, quoting, sharing
from releases.views.asked import Asked, Elsewhere, address_in, found, page_of, public_page, show
from releases.vocabulary import Kind, Language

NOTICES_IN_A_STRIP = 3  # on the home page
RELATED = 3  # under a release

# --- Lists ------------------------------------------------------------------------------------------------------------


@public_page
def news(request: HttpRequest, asked: Asked) -> HttpResponse:
    """`?kind=` shows one kind alone; a kind that has nothing is no page."""
    shelves = asked.shelves()
    kinds: Counter[str] = Counter()
    for shelf in shelves:
        kinds.update(shelf.kinds)
    kind = request.GET.get("kind", "")
    kept = f"kind={kind}&" if kind else ""
    if kind:
        page = page_of(request, asked, lambda: asked.public.filter(kind=kind), found(kinds[kind] if kind in Kind.values else 0), kept)
    else:
        page = page_of(request, asked, lambda: asked.public, kinds.total())
    is_first = page.number == 1 and not kind
    return show(
        request,
        "releases/news.html",
        asked,
        section="news",
        page=page,
        pinned=asked.newsroom.pinned_in(asked.language, asked.at) if is_first else None,
        notices=asked.edition.once(("strip", asked.language), lambda: strip(asked)) if is_first else [],
        kind=Kind(kind).label if kind else "",
        kept=kept,
        kinds=[(one, Kind(one).label, kinds[one]) for one in Kind.values if kinds[one]],
        only_elsewhere=asked.only_elsewhere() if is_first else [],
        topics=asked.topics(),
        years=years_of(shelves),
    )


def strip(asked: Asked) -> list[Release]:
    """The notices that stand on the home page: those with the nearest deadlines."""
    return asked.cards(asked.notices().holding(*asked.days).values_list("pk", flat=True)[:NOTICES_IN_A_STRIP])


@public_page
def notices(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Service notices: what holds by its deadline, and below what no longer does."""
    past = asked.notices().past(*asked.days)
    page = page_of(request, asked, lambda: past, asked.edition.once(("past notices", asked.language), past.count))
    holding = asked.notices().holding(*asked.days).values_list("pk", flat=True)
    current = asked.cards(asked.edition.once(("notices", asked.language), lambda: list(holding))) if page.number == 1 else []
    return show(request, "releases/notices.html", asked, section="notices", page=page, current=current)


@public_page
def year(request: HttpRequest, asked: Asked, year: int) -> HttpResponse:
    shelves = asked.shelves()
    months = [shelf for shelf in shelves if shelf.year == year]
    page = page_of(request, asked, lambda: asked.public.dated(year), found(sum(shelf.releases for shelf in months)))
    return show(
        request,
        "releases/year.html",
        asked,
        section="archive",
        page=page,
        day=date(year, 1, 1),
        months=months,
        alternates=alternates_of_shelf(asked, year),
        topics=asked.topics(),
        years=years_of(shelves),
    )


@public_page
def month(request: HttpRequest, asked: Asked, year: int, month: int) -> HttpResponse:
    shelves = asked.shelves()
    count = sum(shelf.releases for shelf in shelves if (shelf.year, shelf.month) == (year, month))
    page = page_of(request, asked, lambda: asked.public.dated(year, month), found(count))
    return show(
        request,
        "releases/month.html",
        asked,
        section="archive",
        page=page,
        day=date(year, month, 1),
        alternates=alternates_of_shelf(asked, year, month),
        topics=asked.topics(),
        years=years_of(shelves),
    )


@public_page
def topic(request: HttpRequest, asked: Asked, slug: str) -> HttpResponse:
    topics = asked.topics()
    topic = topic_at(slug, asked, "topic", topics)
    page = page_of(request, asked, lambda: asked.ties.filter(tag=topic), topic.count)
    return show(
        request,
        "releases/topic.html",
        asked,
        section="topics",
        page=page,
        topic=topic,
        topics=topics,
        alternates=alternates_of_topic(asked, topic),
        years=years_of(asked.shelves()),
    )


def alternates_of_shelf(asked: Asked, *numbers: int) -> dict[str, str]:
    """The addresses of a year or a month, when both languages have something in it."""
    name = "month" if len(numbers) > 1 else "year"
    is_there = any((shelf.year, shelf.month)[: len(numbers)] == numbers for shelf in asked.elsewhere().shelves())
    return asked.in_both(reverse(name, args=numbers), address_in(asked.other_language, name, *numbers) if is_there else None)


def alternates_of_topic(asked: Asked, topic: Any) -> dict[str, str]:
    """The addresses of a topic, when both languages have something on it."""
    is_there = any(one.pk == topic.pk for one in asked.elsewhere().topics())
    return asked.in_both(topic.get_absolute_url(asked.language), topic.get_absolute_url(asked.other_language) if is_there else None)


def topic_at(slug: str, asked: Asked, name: str, topics: list[Any] | None = None) -> Any:
    """The topic at `slug`, of those that have something public; a merged one, or another spelling, leads to the page `name` of it."""
    topics = asked.topics() if topics is None else topics
    topic = next((topic for topic in topics if topic.slug_in(asked.language) == slug.lower()), None)
    if topic is None:
        field = "slug_es" if asked.language == Language.SPANISH else "slug"
        merged = found(TopicAlias.objects.filter(**{field: slug.lower()}).first())
        topic = found(next((topic for topic in topics if topic.pk == merged.topic_id), None))
        raise Elsewhere(reverse(name, args=[topic.slug_in(asked.language)]))
    if slug != slug.lower():
        raise Elsewhere(reverse(name, args=[topic.slug_in(asked.language)]))
    return topic


@public_page
def archive(request: HttpRequest, asked: Asked) -> HttpResponse:
    years = [(year, list(months)) for year, months in groupby(asked.shelves(), key=lambda shelf: shelf.year)]
    return show(request, "releases/archive.html", asked, section="archive", archive=years)


@public_page
def topics(request: HttpRequest, asked: Asked) -> HttpResponse:
    return show(request, "releases/topics.html", asked, section="topics", topics=asked.topics())


# --- One release ------------------------------------------------------------------------------------------------------


@csp_update({"script-src": [SELF]})  # two buttons of ours, beside links that need none (static/js/share.js)
@public_page
def release(request: HttpRequest, asked: Asked, year: int, month: int, slug: str) -> HttpResponse:
    at_slug = [one for one in Release.objects.published_at_slug(slug.lower(), asked.at) if one.language == asked.language]
    release = next(iter(asked.with_topics(at_slug).values()), None)
    if release and request.path != release.get_absolute_url():
        raise Elsewhere(release.get_absolute_url())
    if release:
        corrections = list(release.corrections.all()) if release.corrected_at else []
        figures = photos.figures_of(release)
        counterpart = quoting.counterpart_of(release, asked)
        quoted = quoting.with_quotes(release, counterpart, is_public=True)
        body, gallery = photos.with_photos(quoted, figures)
        share = sharing.Share.of(release, figures[0].photo if figures else None)
        beside = asked.edition.once(("around", release.pk), lambda: around(release, asked))
        context = beside._asdict() | {"language": asked.language}
        return show(
            request,
            "releases/release.html",
            asked,
            release=release,
            has_run_out=release.has_run_out(asked.at),
            is_old=asked.newsroom.is_old(release, asked.at),
            corrections=corrections,
            body=body,
            gallery=gallery,
            figures=figures,
            picture_alt=(figures[0].alt if figures else "") or release.headline,
            attached=photos.attached_to(release),
            article=sharing.article(release, corrections, share.picture),
            share=share,
            contacts=press.contacts_of(release, asked.newsroom, asked.at, press.people(asked)),
            take=press.take_of(release),
            stories=press.stories(asked, release),
            is_over=release.is_over(asked.at),
            is_release=True,
            alternates=alternates_of(release, counterpart),
            has_sample=release.is_sample_translation or bool(counterpart and counterpart.is_sample_translation),
            newer_counterpart=quoting.newer(counterpart),
            shows_legal_help=sharing.shows_legal_help(release, asked.newsroom),
            current=beside.current,
            beside=asked.edition.once(("beside", release.pk), lambda: render_to_string("releases/_beside.html", context)),
        )
    if moved := asked.public.once_at(slug.lower()).first():
        raise Elsewhere(moved.get_absolute_url())
    withdrawn = Release.objects.withdrawn().in_language(asked.language).dated(year, month).among(Q(slug=slug)).first()
    return show(request, "410.html", asked, status=410, release=found(withdrawn))


def alternates_of(release: Release, counterpart: Release | None) -> dict[str, str]:
    """The addresses of a release by their language, when the public can read it in both."""
    both = [release, counterpart] if counterpart else []
    return {one.language: one.get_absolute_url() for one in sorted(both, key=lambda one: one.language)}


class Around(NamedTuple):
    """What stands around a release: the next newer and older one, the notice that holds instead of it, and what is like it."""

    newer: Release | None
    older: Release | None
    current: Release | None
    related: list[Release]


def around(release: Release, asked: Asked) -> Around:
    # The release itself and its neighbors may be among the related ones.
    all_topics, any_topic = search.related(release, asked.hidden(), RELATED + 3)
    found = asked.public.around(release, also=Q(pk__in={*all_topics, *any_topic}))
    beside = sorted(found.only("kind", "headline", "slug", "date", "language", "public_at", "valid_until"), key=lambda other: other.place)
    newer = next((other for other in beside if other.place > release.place), None)
    older = next((other for other in reversed(beside) if other.place < release.place), None)
    current = next((other for other in beside if other.pk == release.current_notice_id and not other.has_run_out(asked.at)), None)
    shown = {other.pk for other in (release, newer, older, current) if other}
    alike = [other for other in reversed(beside) if other.pk in {*all_topics, *any_topic} and other.pk not in shown]
    alike.sort(key=lambda other: other.pk not in all_topics)
    return Around(newer, older, current, alike[:RELATED])


@public_page
def card(request: HttpRequest, asked: Asked, year: int, month: int, slug: str) -> HttpResponse:
    """The picture of a public release for where it is shared."""
    release = found(asked.public.dated(year, month).among(Q(slug=slug)).first())
    etag = f'"{release.pk}.{release.version}"'
    response = HttpResponse(content_type="image/png", headers={"ETag": etag})
    answer = get_conditional_response(request, etag=etag, response=response) or response
    if answer.status_code == 200:  # only then is it drawn
        answer.content = sharing.card_of(release)
    return answer


# --- For those who follow, and what we keep ---------------------------------------------------------------------------


@public_page
def follow(request: HttpRequest, asked: Asked) -> HttpResponse:
    return show(request, "releases/follow.html", asked, section="follow", topics=asked.topics())


@public_page
def privacy(request: HttpRequest, asked: Asked) -> HttpResponse:
    return show(request, "releases/privacy.html", asked, section="privacy")


# --- Machines and faults ----------------------------------------------------------------------------------------------


@csrf_exempt
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /preview/", ""]
    lines += [f"Sitemap: {settings.SITE_URL}{reverse(name)}" for name in ("sitemap", "news-sitemap")]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@csrf_exempt
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 while the database answers, 503 while it does not; for a monitor, so nothing may keep it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        status, word = 200, "ok"
    except DatabaseError:
        status, word = 503, "the database does not answer"
    return HttpResponse(f"{word}\n", status=status, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same page for what is hidden and for what never was: it says nothing of the address that was asked for."""
    response = show(request, "404.html", Asked.now(), status=404)
    response.headers["Cache-Control"] = "no-cache"
    return response


def broken(request: HttpRequest) -> HttpResponse:
    """Something failed, perhaps the database: a page that asks nothing of anyone."""
    return render(request, "500.html", {"language": translation.get_language()}, status=500)


def years_of(shelves: list[Shelf]) -> list[tuple[int, int]]:
    """Each year with its count, newest first."""
    return [(year, sum(shelf.releases for shelf in months)) for year, months in groupby(shelves, key=lambda shelf: shelf.year)]

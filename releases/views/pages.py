"""The public pages. Each asks `published`, none asks who is reading, and each reads: what, may they, how shown."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from itertools import groupby
from typing import Any, TypeVar

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db import DatabaseError, connection
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from releases import publishing
from releases.models import Newsroom, Release, Topic, TopicAlias
from releases.querysets import ReleaseQuerySet, Shelf
from releases.vocabulary import READ_IN, Language

RELEASES_A_PAGE = 10

View = Callable[..., HttpResponse]
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Asked:
    """What a page is made for: one language, one moment, and the newsroom's decisions as they stand then."""

    language: str
    at: datetime
    newsroom: Newsroom

    @classmethod
    def now(cls) -> "Asked":
        at = timezone.now()
        return cls(translation.get_language(), at, Newsroom.for_the_public(at))

    @property
    def public(self) -> ReleaseQuerySet:
        """What the public may read here and now."""
        return Release.objects.published(self.at).in_language(self.language)

    def topics(self) -> list[Any]:
        return list(Topic.objects.with_counts(self.language, self.at))

    def shelves(self) -> list[Shelf]:
        """The months that hold something, newest first."""
        return self.public.shelves()


class Elsewhere(Exception):
    """What was asked for has its one address at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url


def public_page(view: View) -> View:
    """GET and HEAD only; made for one language and one moment; asked for again each time it is shown.

    Changes of public texts whose moment has come take their place first, so that no page is late.
    """

    @csrf_exempt  # there is nothing to send, and who tries is told so
    @require_safe
    @wraps(view)
    def page(request: HttpRequest, **words: Any) -> HttpResponse:
        asked = Asked.now()
        if asked.newsroom.has_due_changes:  # type: ignore[attr-defined]
            publishing.publish_due_changes(asked.at)
            asked = Asked.now()
        try:
            response = view(request, asked, **words)
        except Elsewhere as elsewhere:
            response = HttpResponsePermanentRedirect(elsewhere.url)
        response.headers.setdefault("Cache-Control", "no-cache")
        return response

    return page


# --- Lists ------------------------------------------------------------------------------------------------------------


@public_page
def news(request: HttpRequest, asked: Asked) -> HttpResponse:
    shelves = asked.shelves()
    page = page_of(request, asked.public, sum(shelf.releases for shelf in shelves))
    pinned = asked.newsroom.pinned_in(asked.language, asked.at) if page.number == 1 else None
    return show(
        request, "releases/news.html", asked, section="news", page=page, pinned=pinned, topics=asked.topics(), years=years_of(shelves)
    )


@public_page
def year(request: HttpRequest, asked: Asked, year: int) -> HttpResponse:
    shelves = asked.shelves()
    months = [shelf for shelf in shelves if shelf.year == year]
    page = page_of(request, asked.public.dated(year), found(sum(shelf.releases for shelf in months)))
    return show(
        request,
        "releases/year.html",
        asked,
        section="archive",
        page=page,
        day=date(year, 1, 1),
        months=months,
        topics=asked.topics(),
        years=years_of(shelves),
    )


@public_page
def month(request: HttpRequest, asked: Asked, year: int, month: int) -> HttpResponse:
    shelves = asked.shelves()
    count = sum(shelf.releases for shelf in shelves if (shelf.year, shelf.month) == (year, month))
    page = page_of(request, asked.public.dated(year, month), found(count))
    return show(
        request,
        "releases/month.html",
        asked,
        section="archive",
        page=page,
        day=date(year, month, 1),
        topics=asked.topics(),
        years=years_of(shelves),
    )


@public_page
def topic(request: HttpRequest, asked: Asked, slug: str) -> HttpResponse:
    topics = asked.topics()
    topic = next((topic for topic in topics if topic.slug_in(asked.language) == slug.lower()), None)
    if topic is None:
        field = "slug_es" if asked.language == Language.SPANISH else "slug"
        merged = found(TopicAlias.objects.filter(**{field: slug.lower()}).first())
        raise Elsewhere(found(next((topic for topic in topics if topic.pk == merged.topic_id), None)).get_absolute_url())
    if slug != slug.lower():
        raise Elsewhere(topic.get_absolute_url())
    page = page_of(request, asked.public.tagged(topic), topic.count)
    return show(
        request,
        "releases/topic.html",
        asked,
        section="topics",
        page=page,
        topic=topic,
        topics=topics,
        years=years_of(asked.shelves()),
    )


@public_page
def archive(request: HttpRequest, asked: Asked) -> HttpResponse:
    years = [(year, list(months)) for year, months in groupby(asked.shelves(), key=lambda shelf: shelf.year)]
    return show(request, "releases/archive.html", asked, section="archive", archive=years)


@public_page
def topics(request: HttpRequest, asked: Asked) -> HttpResponse:
    return show(request, "releases/topics.html", asked, section="topics", topics=asked.topics())


# --- One release ------------------------------------------------------------------------------------------------------


@public_page
def release(request: HttpRequest, asked: Asked, year: int, month: int, slug: str) -> HttpResponse:
    at_address = Q(slug=slug.lower())
    release = asked.public.among(at_address).with_topics().first()
    if release and request.path != release.get_absolute_url():
        raise Elsewhere(release.get_absolute_url())
    if release:
        newer, older, current = around(release, asked)
        return show(
            request,
            "releases/release.html",
            asked,
            release=release,
            corrections=release.corrections.all() if release.corrected_at else [],
            has_run_out=release.has_run_out(asked.at),
            current=current,
            is_old=asked.newsroom.is_old(release, asked.at),
            newer=newer,
            older=older,
        )
    if moved := asked.public.once_at(slug.lower()).first():
        raise Elsewhere(moved.get_absolute_url())
    withdrawn = Release.objects.withdrawn().in_language(asked.language).dated(year, month).among(Q(slug=slug)).first()
    return show(request, "410.html", asked, status=410, release=found(withdrawn))


def around(release: Release, asked: Asked) -> tuple[Release | None, Release | None, Release | None]:
    """The next newer and the next older public release, and the public notice that holds instead of this one."""
    place = (release.date, release.public_at, release.pk)
    beside = sorted(
        asked.public.around(release).only("headline", "slug", "date", "language", "public_at", "valid_until"),
        key=lambda other: (other.date, other.public_at, other.pk),
    )
    newer = next((other for other in beside if (other.date, other.public_at, other.pk) > place), None)
    older = next((other for other in reversed(beside) if (other.date, other.public_at, other.pk) < place), None)
    current = next((other for other in beside if other.pk == release.current_notice_id and not other.has_run_out(asked.at)), None)
    return newer, older, current


# --- Machines and faults ----------------------------------------------------------------------------------------------


@csrf_exempt
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse("User-agent: *\nDisallow: /admin/\nDisallow: /preview/\n", content_type="text/plain; charset=utf-8")


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


# --- What the pages are made of ---------------------------------------------------------------------------------------


def years_of(shelves: list[Shelf]) -> list[tuple[int, int]]:
    """Each year with its count, newest first."""
    return [(year, sum(shelf.releases for shelf in months)) for year, months in groupby(shelves, key=lambda shelf: shelf.year)]


def found(thing: Thing | None) -> Thing:
    if not thing:
        raise Http404
    return thing


def number_of(request: HttpRequest) -> int | None:
    """The number that ?page= asks for, 1 when it does not ask; None when that is no number of a page."""
    asked = request.GET.get("page", "1")
    return int(asked) if re.fullmatch("[1-9][0-9]{0,8}", asked, re.ASCII) else None


def page_of(request: HttpRequest, releases: ReleaseQuerySet, count: int) -> Page:
    """The page of `releases` that ?page= asks for. The first has one address, the bare one; what is no page is not found."""
    paginator = Paginator(releases.in_order().for_cards(), RELEASES_A_PAGE)
    paginator.count = count  # known already, so the database need not count again
    if request.GET.get("page") in ("", "1"):
        raise Elsewhere(request.path)
    number = found(number_of(request))
    if number > paginator.num_pages:
        raise Http404
    page = paginator.page(number)
    page.object_list = list(page.object_list)
    return page


def show(request: HttpRequest, template: str, asked: Asked, status: int = 200, **context: Any) -> HttpResponse:
    """`template` with what every page needs: its language, the way to the other one, and its full address."""
    other = next((other for other in asked.newsroom.languages if other != asked.language), None)
    if other:
        with translation.override(other):
            context["other"] = {"language": other, "name": READ_IN[Language(other)], "url": reverse("news")}
    query = ""
    if page := context.get("page"):
        context["numbers"] = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
        query = f"?page={page.number}" if page.number > 1 else ""
    if status == 200 and context.get("section") != "search":  # the other pages say nothing of the address that was asked for
        context["canonical"] = f"{settings.SITE_URL}{request.path}{query}"
    context |= {"language": asked.language, "at": asked.at}
    return render(request, template, context, status=status)

"""The public pages. Each asks `published`, none asks who is reading, and each reads: what, may they, how shown."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import wraps
from itertools import groupby
from typing import Any, TypeVar

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from releases.models import Release, Topic, TopicAlias
from releases.querysets import ReleaseQuerySet, Shelf
from releases.vocabulary import READ_IN, Language

RELEASES_A_PAGE = 10

View = Callable[..., HttpResponse]
Thing = TypeVar("Thing")


class Elsewhere(Exception):
    """What was asked for has its one address at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url


def public_page(view: View) -> View:
    """GET and HEAD only; the one moment and language a page is made for; asked for again each time it is shown."""

    @csrf_exempt  # there is nothing to send, and who tries is told so
    @require_safe
    @wraps(view)
    def page(request: HttpRequest, **words: Any) -> HttpResponse:
        try:
            response = view(request, language=translation.get_language(), at=timezone.now(), **words)
        except Elsewhere as elsewhere:
            response = HttpResponsePermanentRedirect(elsewhere.url)
        response.headers.setdefault("Cache-Control", "no-cache")
        return response

    return page


# --- Lists ------------------------------------------------------------------------------------------------------------


@public_page
def news(request: HttpRequest, language: str, at: datetime) -> HttpResponse:
    shelves = shelves_of(language, at)
    page = page_of(request, public(language, at), sum(shelf.releases for shelf in shelves.here))
    return show(request, "releases/news.html", shelves, section="news", page=page, topics=topics_of(language, at))


@public_page
def year(request: HttpRequest, language: str, at: datetime, year: int) -> HttpResponse:
    shelves = shelves_of(language, at)
    months = [shelf for shelf in shelves.here if shelf.year == year]
    page = page_of(request, public(language, at).dated(year), found(sum(shelf.releases for shelf in months)))
    return show(
        request,
        "releases/year.html",
        shelves,
        section="archive",
        page=page,
        day=date(year, 1, 1),
        months=months,
        topics=topics_of(language, at),
    )


@public_page
def month(request: HttpRequest, language: str, at: datetime, year: int, month: int) -> HttpResponse:
    shelves = shelves_of(language, at)
    count = sum(shelf.releases for shelf in shelves.here if (shelf.year, shelf.month) == (year, month))
    page = page_of(request, public(language, at).dated(year, month), found(count))
    return show(
        request, "releases/month.html", shelves, section="archive", page=page, day=date(year, month, 1), topics=topics_of(language, at)
    )


@public_page
def topic(request: HttpRequest, language: str, at: datetime, slug: str) -> HttpResponse:
    topics = topics_of(language, at)
    topic = next((topic for topic in topics if topic.slug_in(language) == slug.lower()), None)
    if topic is None:
        merged = found(TopicAlias.objects.filter(**{"slug_es" if language == Language.SPANISH else "slug": slug.lower()}).first())
        raise Elsewhere(found(next((topic for topic in topics if topic.pk == merged.topic_id), None)).get_absolute_url())
    if slug != slug.lower():
        raise Elsewhere(topic.get_absolute_url())
    page = page_of(request, public(language, at).tagged(topic), topic.count)
    return show(request, "releases/topic.html", shelves_of(language, at), section="topics", page=page, topic=topic, topics=topics)


@public_page
def archive(request: HttpRequest, language: str, at: datetime) -> HttpResponse:
    shelves = shelves_of(language, at)
    years = [(year, list(months)) for year, months in groupby(shelves.here, key=lambda shelf: shelf.year)]
    return show(request, "releases/archive.html", shelves, section="archive", archive=years)


@public_page
def topics(request: HttpRequest, language: str, at: datetime) -> HttpResponse:
    return show(request, "releases/topics.html", shelves_of(language, at), section="topics", topics=topics_of(language, at))


# --- One release ------------------------------------------------------------------------------------------------------


@public_page
def release(request: HttpRequest, language: str, at: datetime, year: int, month: int, slug: str) -> HttpResponse:
    at_address = Release.objects.in_language(language).filter(slug=slug.lower())
    release = at_address.published(at).with_topics().first()
    if release and request.path != release.get_absolute_url():
        raise Elsewhere(release.get_absolute_url())
    if release:
        newer, older = neighbours(release, language, at)
        return show(request, "releases/release.html", spoken(at), release=release, newer=newer, older=older)
    if moved := public(language, at).once_at(slug.lower()).first():
        raise Elsewhere(moved.get_absolute_url())
    withdrawn = at_address.withdrawn().filter(slug=slug).dated(year, month).first()
    return show(request, "410.html", spoken(at), status=410, release=found(withdrawn))


def neighbours(release: Release, language: str, at: datetime) -> tuple[Release | None, Release | None]:
    """The next newer and the next older public release."""
    place = (release.date, release.public_at, release.pk)
    beside = list(public(language, at).neighbours_of(release).only("headline", "slug", "date", "language", "public_at"))
    newer = next((other for other in beside if (other.date, other.public_at, other.pk) > place), None)
    older = next((other for other in beside if (other.date, other.public_at, other.pk) < place), None)
    return newer, older


# --- Machines and faults ----------------------------------------------------------------------------------------------


@csrf_exempt
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse("User-agent: *\nDisallow: /admin/\n", content_type="text/plain; charset=utf-8")


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
    response = show(request, "404.html", spoken(timezone.now()), status=404)
    response.headers["Cache-Control"] = "no-cache"
    return response


def broken(request: HttpRequest) -> HttpResponse:
    """Something failed, perhaps the database: a page that asks nothing of anyone."""
    return render(request, "500.html", {"language": translation.get_language()}, status=500)


# --- What the pages are made of ---------------------------------------------------------------------------------------


def public(language: str, at: datetime) -> ReleaseQuerySet:
    return Release.objects.published(at).in_language(language)


def topics_of(language: str, at: datetime) -> list[Any]:
    return list(Topic.objects.with_counts(language, at))


class Shelves:
    """What stands around a page: the languages that have something public, and this one's months with their counts."""

    def __init__(self, languages: Iterable[str], here: Iterable[Shelf] = ()) -> None:
        self.languages = set(languages)
        self.here = list(here)

    @property
    def years(self) -> list[tuple[int, int]]:
        """Each year with its count, newest first."""
        return [(year, sum(shelf.releases for shelf in months)) for year, months in groupby(self.here, key=lambda shelf: shelf.year)]


def shelves_of(language: str, at: datetime) -> Shelves:
    shelves = Release.objects.published(at).shelves()
    return Shelves((shelf.language for shelf in shelves), (shelf for shelf in shelves if shelf.language == language))


def spoken(at: datetime) -> Shelves:
    """The languages that have something public, for pages without shelves."""
    here = translation.get_language()
    others = [language for language in Language.values if language != here and public(language, at).exists()]
    return Shelves([here, *others])


def found(thing: Thing | None) -> Thing:
    if not thing:
        raise Http404
    return thing


def page_of(request: HttpRequest, releases: ReleaseQuerySet, count: int) -> Page:
    """The page of `releases` that ?page= asks for. The first has one address, the bare one; what is no page is not found."""
    paginator = Paginator(releases.in_order().for_cards(), RELEASES_A_PAGE)
    paginator.count = count  # known already, so the database need not count again
    asked = request.GET.get("page")
    if asked in ("", "1"):
        raise Elsewhere(request.path)
    if asked is not None and not re.fullmatch("[1-9][0-9]{0,8}", asked, re.ASCII):
        raise Http404
    number = int(asked or 1)
    if number > paginator.num_pages:
        raise Http404
    return paginator.page(number)


def show(request: HttpRequest, template: str, shelves: Shelves, status: int = 200, **context: Any) -> HttpResponse:
    """`template` with what every page needs: its language, the way to the other one, and its full address."""
    language = translation.get_language()
    other = next((other for other in Language.values if other != language and other in shelves.languages), None)
    if other:
        with translation.override(other):
            context["other"] = {"language": other, "name": READ_IN[Language(other)], "url": reverse("news")}
    query = ""
    if page := context.get("page"):
        context["numbers"] = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
        query = f"?page={page.number}" if page.number > 1 else ""
    if status == 200:  # the other pages say nothing of the address that was asked for
        context["canonical"] = f"{settings.SITE_URL}{request.path}{query}"
    context |= {"language": language, "years": shelves.years}
    return render(request, template, context, status=status)

"""What every public page is made with: one language, one moment, and the public edition of that moment."""

import re
from array import array
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache, wraps
from typing import Any, NamedTuple, TypeVar

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from releases import clock, publishing, search
from releases.caching import Edition, cache_control, edition, fresh_edition
from releases.models import Newsroom, Release, ReleaseTag, Topic
from releases.querysets import ReleaseQuerySet, ReleaseTagQuerySet, Shelf
from releases.vocabulary import NOT_IN, READ_IN, READ_THIS_IN, Language

RELEASES_A_PAGE = 10
FAR_BACK = 500  # releases: from there on a list is known whole, and the database skips none
FRAGMENT_SECONDS = 24 * 60 * 60  # at midnight a new edition begins, and with it other fragments
ONLY_ELSEWHERE = 5  # releases of the other language that a list names
# Pages that are the same thing in each language; a list beyond its first page is not.
IN_BOTH_LANGUAGES = {"news", "notices", "topics", "archive", "search", "follow", "privacy", "for-the-press", "in-the-news"}

View = Callable[..., HttpResponse]
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Asked:
    """What a page is made for: one language, one moment, and the public edition of that moment."""

    language: str
    at: datetime
    edition: Edition

    @classmethod
    def now(cls) -> "Asked":
        at = timezone.now()
        return cls(translation.get_language(), at, fresh_edition(at) or edition(at))

    @property
    def newsroom(self) -> Newsroom:
        return self.edition.newsroom

    @property
    def public(self) -> ReleaseQuerySet:
        """What the public may read here and now."""
        return Release.objects.published(self.at).in_language(self.language)

    @property
    def days(self) -> tuple[date, date]:
        """Today in Los Angeles, and the day before which a release is old."""
        return clock.day_of(self.at), self.newsroom.old_before(self.at)

    @property
    def other_language(self) -> Language:
        return Language.ENGLISH if self.language == Language.SPANISH else Language.SPANISH

    def elsewhere(self) -> "Asked":
        """The same moment and edition in the other language."""
        return replace(self, language=self.other_language)

    def cards(self, ids: Iterable[int]) -> list[Release]:
        """What lists show of the public releases with these ids, in this order, each with its topics and the address of its
        public counterpart. Nobody may change them."""

        def make(ids: list[int]) -> dict[int, Release]:
            found = self.with_topics(self.public.among(Q(pk__in=ids)).for_cards())
            pairs = {one.pair: one for one in found.values()}
            if len(self.newsroom.languages) > 1:
                # In either language: with one SQLite would walk through all that is in it, and not look the pairs up.
                in_either = Release.objects.published(self.at).order_by().filter(pair__in=pairs)
                for other in in_either.only("pair", "language", "date", "slug", "headline"):
                    if other.language != self.language:
                        here = pairs[other.pair]
                        here.counterpart_url, here.counterpart_headline = other.get_absolute_url(), other.headline
            return found

        return self.edition.each("card", ids, make)

    def render_card(self, release: Release, template: str) -> SafeString:
        """Return `template`, a part of the card of a public release, rendered once for an edition."""

        def render() -> SafeString:
            other = {"language": self.other_language.value, "this": READ_THIS_IN[self.other_language]}
            context = {"release": release, "language": self.language, "at": self.at, "newsroom": self.newsroom, "other": other}
            with translation.override(self.language):  # a search shows hits of the other language, too
                return render_to_string(template, context)

        return self.edition.once((template, self.language, release.pk), render)

    def only_elsewhere(self) -> list[Release]:
        """The newest releases that the public can read in the other language alone."""

        def make() -> list[Release]:
            return list(self.elsewhere().public.alone(self.at).in_order().for_cards()[:ONLY_ELSEWHERE])

        return self.edition.once(("only elsewhere", self.language), make)

    def with_topics(self, releases: Iterable[Release]) -> dict[int, Release]:
        """`releases` by their ids, each with its topics, for one question at most."""
        found = {one.pk: one for one in releases}
        topics = self.every_topic()

        def make(ids: list[int]) -> dict[int, tuple[int, ...]]:
            ties: dict[int, tuple[int, ...]] = dict.fromkeys(ids, ())
            for release, topic in (
                ReleaseTag.objects.filter(content_object__in=ids).order_by("pk").values_list("content_object_id", "tag_id")
            ):
                ties[release] += (topic,)
            return ties

        for one, its in zip(found.values(), self.edition.each("ties", found, make), strict=True):
            one.known_topics = [topics[topic] for topic in its if topic in topics]  # a newer topic comes with the next edition
        return found

    @property
    def ties(self) -> ReleaseTagQuerySet:
        """The topics of what the public may read here and now."""
        return ReleaseTag.objects.published(self.at).in_language(self.language)

    def notices(self) -> ReleaseQuerySet:
        return self.public.service_notices()

    def other(self, alternates: dict[str, str], is_page: bool) -> dict[str, str] | None:
        """The other language, when it has something to read: the same page in it, of `alternates`, or else where it begins, with
        a sentence that says so when it `is_page` that is left."""
        other = self.other_language
        if other not in self.newsroom.languages:
            return None
        begins = self.edition.once(("begins", other), lambda: address_in(other, "news"))
        url = alternates.get(other) or (f"{begins}#{NOT_IN[other]}" if is_page else begins)
        return {"language": other.value, "name": READ_IN[other], "this": READ_THIS_IN[other], "url": url}

    def in_both(self, here: str, there: str | None) -> dict[str, str]:
        """The addresses of a page by language, English first; none unless it is `there`, in the other language, too."""
        addresses = {self.language: here, str(self.other_language): there or ""}
        return {language.value: addresses[language] for language in Language} if there else {}

    def alternates(self, name: str) -> dict[str, str]:
        """The addresses of the page `name` by language, when both languages have something to read and it is in both."""
        languages = self.newsroom.languages
        if name not in IN_BOTH_LANGUAGES or len(languages) < 2:
            return {}
        return {language: address_in(language, name) for language in languages}

    def hidden(self) -> frozenset[int]:
        """The ids of all releases the public may not read now."""
        return self.edition.once("hidden", lambda: search.hidden_ids(self.at))

    def topics(self) -> list[Any]:
        """Topics that have something to read here, each with its `count`, by name."""

        def make() -> list[Any]:
            counts = self.ties.by_topic()
            here: list[Any] = [copy(topic) for topic in self.every_topic().values() if topic.pk in counts]
            for topic in here:
                topic.count = counts[topic.pk]
            return sorted(here, key=lambda topic: topic.key_in(self.language))

        return self.edition.once(("topics", self.language), make)

    def every_topic(self) -> dict[int, Topic]:
        """All topics by their ids, whether or not there is anything to read. Nobody may change them."""
        return self.edition.once("every topic", lambda: Topic.objects.in_bulk())

    def shelves(self) -> list[Shelf]:
        """The months that hold something, newest first."""
        return self.edition.once(("shelves", self.language), lambda: self.public.shelves())


@lru_cache(1024)
def address_in(language: str, name: str, *words: int | str) -> str:
    """The address of the page `name` in `language`, made once."""
    with translation.override(language):
        return reverse(name, args=words)


class Elsewhere(Exception):
    """What was asked for has its one address at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url


def public_page(view: View) -> View:
    """GET and HEAD only; made for one language and one moment; asked for again each time it is shown.

    Scheduled changes that are due are published first, so that no page is late.
    """

    @csrf_exempt  # there is nothing to send, and who tries is told so
    @require_safe
    @wraps(view)
    def page(request: HttpRequest, **words: Any) -> HttpResponse:
        asked = Asked.now()
        if asked.edition.has_due_changes and publishing.publish_due_changes(asked.at):
            asked = Asked.now()
        try:
            response = view(request, asked, **words)
            response.edition = asked.edition  # type: ignore[attr-defined]  # it may be kept for this one
        except Elsewhere as elsewhere:
            response = HttpResponsePermanentRedirect(elsewhere.url)
        response.headers.setdefault("Cache-Control", cache_control())
        return response

    return page


def found(thing: Thing | None) -> Thing:
    if not thing:
        raise Http404
    return thing


def number_of(request: HttpRequest) -> int | None:
    """The number that ?page= asks for, 1 when it does not ask; None when that is no number of a page."""
    asked = request.GET.get("page", "1")
    return int(asked) if re.fullmatch("[1-9][0-9]{0,8}", asked, re.ASCII) else None


def page_of(
    request: HttpRequest, asked: Asked, releases: Callable[[], ReleaseQuerySet | ReleaseTagQuerySet], count: int, kept: str = ""
) -> Page:
    """The page of `releases`, `count` of them, that ?page= asks for. The first has one address, without it; what is no page is
    not found. Which releases a page holds is known once for an edition; of pages far back, of all of them at once.

    `releases` may be their ties to a topic. `kept` is what its address has beside the page, "kind=statement&".
    """
    paginator = Paginator(range(count), RELEASES_A_PAGE)
    if request.GET.get("page") in ("", "1"):
        raise Elsewhere(f"{request.path}?{kept}".rstrip("?&"))
    number = found(number_of(request))
    if number > paginator.num_pages:
        raise Http404
    page: Any = paginator.page(number)
    first, name = (number - 1) * RELEASES_A_PAGE, (request.path, kept)

    def ids() -> Any:
        return releases().ids_in_order()

    if first < FAR_BACK:
        here = asked.edition.once((*name, first), lambda: list(ids()[first : first + RELEASES_A_PAGE]))
    else:
        here = list(asked.edition.once((*name, "all"), lambda: array("q", ids().iterator()))[first : first + RELEASES_A_PAGE])
    page.object_list = asked.cards(here)
    for release in page.object_list:
        release.card_html = asked.render_card(release, "releases/_card.html")
    return page  # type: ignore[no-any-return]


class Step(NamedTuple):
    """A way from one page of a list to another: its number, or an ellipsis, and its address; none for where one is."""

    words: str
    url: str = ""
    is_here: bool = False


class Steps(NamedTuple):
    """The ways from a page of a list: to what is newer, to the numbers, to what is older."""

    newer: str
    numbers: list[Step]
    older: str


def steps(page: Page, path: str, kept: str) -> Steps:
    """The ways from `page` of the list at `path`; `kept` is what its address has beside the page."""

    def address(number: int) -> str:
        return f"?{kept}page={number}" if number > 1 else f"{path}?{kept}".rstrip("?&")

    numbers = [
        Step(str(one), "" if one == page.number else address(one), one == page.number) if isinstance(one, int) else Step(str(one))
        for one in page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    ]
    newer = address(page.number - 1) if page.has_previous() else ""
    return Steps(newer, numbers, address(page.number + 1) if page.has_next() else "")


def show(request: HttpRequest, template: str, asked: Asked, status: int = 200, **context: Any) -> HttpResponse:
    """`template` with what every page needs: its language, the way to the other one, and its full address."""
    name = getattr(request.resolver_match, "url_name", "") or ""
    if "alternates" not in context:
        context["alternates"] = asked.edition.once(("alternates", name), lambda: asked.alternates(name)) if status == 200 else {}
    context["other"] = asked.other(context["alternates"], is_page=status == 200 and name not in IN_BOTH_LANGUAGES)
    context["not_here"] = NOT_IN[Language(asked.language)]
    query = ""
    if page := context.get("page"):
        kept = context.get("kept", "")
        context["steps"] = steps(page, request.path, kept) if page.has_other_pages() else None
        query = f"?{kept}page={page.number}" if page.number > 1 else f"?{kept}".rstrip("?&")
    if status == 200 and context.get("section") != "search":  # the other pages say nothing of the address that was asked for
        context["canonical"] = f"{settings.SITE_URL}{request.path}{query}"
    context = {"preview": None, "page": None, "kind": "", "link": None} | context  # a name that a template does not find costs it much
    context |= {
        "language": asked.language,
        "at": asked.at,
        "newsroom": asked.newsroom,
        "generation": asked.edition.key,
        "fragment_seconds": FRAGMENT_SECONDS,
        "site": settings.SITE_URL,
    }
    # Not with the request: what Django would add from it says who is reading, and no public page may know.
    return HttpResponse(render_to_string(template, context), status=status)

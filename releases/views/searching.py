"""The search page: what was understood, what was found, and how to narrow it."""

import re
from datetime import date
from functools import partial
from html import escape
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from releases import datelines
from releases import search as index
from releases.models import Release
from releases.prose import cut
from releases.views.asked import Asked, address_in, number_of, public_page, show
from releases.vocabulary import Kind, Language

FOUND_A_PAGE = 10
FEW_HERE = 5  # with fewer hits the other language is asked as well


class Hit(NamedTuple):
    """A release that was found, its headline and an excerpt with the words found marked, and the foot of its card."""

    release: Release
    headline: SafeString
    text: SafeString
    foot: SafeString


class Way(NamedTuple):
    """A way to narrow what was found, or to widen it again; no count where not everything was counted."""

    words: str
    many: str
    url: str


@public_page
def search(request: HttpRequest, asked: Asked) -> HttpResponse:
    """`?q=` with `topic` (its address), `kind`, `year`, `order=date` and `page`; what cannot be one of these is left aside."""
    question = index.understood(request.GET.get("q", "")[:1000], asked.language)
    given = _narrowed(request, asked)
    if question.is_empty:
        taken = _taken(question, given, asked.language)
        alternates = _in_both("", asked)
        return show(
            request, "releases/search.html", asked, section="search", question=question, given=given, taken=taken, alternates=alternates
        )
    narrowed = {name: given[name] for name in ("topic", "kind", "year")}
    hits = index.find(question, asked.language, asked.at, **narrowed, by_date=bool(given["order"]), hidden=asked.hidden())
    page: Any = Paginator(hits.releases, FOUND_A_PAGE).get_page(number_of(request) or 1)
    here = asked.cards(page.object_list)
    page.object_list = _marked(here, question, asked)
    address = partial(_with, address_in(asked.language, "search"), _words(question, given, asked.language))
    without_year, without_kind = address(year=""), address(kind="")

    def counted(count: int) -> str:
        return "" if hits.has_more else str(count)

    return show(
        request,
        "releases/search.html",
        asked,
        section="search",
        page=page,
        question=question,
        given=given,
        hits=hits,
        elsewhere=_elsewhere(question.text, here, asked, narrowed) if page.number == 1 and len(hits.releases) < FEW_HERE else [],
        alternates=_in_both(question.text, asked),
        period=_in_words(question, asked.language),
        years=[Way(str(one), counted(count), f"{without_year}&year={one}") for one, count in hits.years],
        kinds=[Way(str(Kind(one).label), counted(count), f"{without_kind}&kind={one}") for one, count in hits.kinds],
        taken=_taken(question, given, asked.language),
        kept=f"{address().partition('?')[2]}&",
        by_date=address(order="date"),
        by_match=address(order=""),
    )


def _narrowed(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    slug = request.GET.get("topic", "")
    topic = next((topic for topic in asked.topics() if topic.slug_in(asked.language) == slug), None) if slug else None
    kind, year = request.GET.get("kind", ""), request.GET.get("year", "")
    return {
        "topic": topic,
        "kind": kind if kind in Kind.values else "",
        "year": int(year) if re.fullmatch("(?:19|20)[0-9]{2}", year, re.ASCII) else None,
        "order": "date" if request.GET.get("order") == "date" else "",
    }


def _marked(releases: list[Release], question: index.Question, asked: Asked) -> list[Hit]:
    marker = index.Marker(question, asked.language)
    headlines = {one.pk: marker.whole(one.headline) for one in releases}
    found = {one.pk: marker.cut(one.summary) for one in releases}
    # Why it was found is told by the headline already, when that has the one word that was looked for.
    is_told = {pk for pk, pieces in headlines.items() if len(question.words) == 1 and any(piece.is_found for piece in pieces)}
    elsewhere = [pk for pk, pieces in found.items() if not pieces and pk not in is_told]

    for texts in _texts(asked, elsewhere):
        found[texts.release] = marker.cut(texts.body)
    return [
        Hit(
            one,
            _with_marks(headlines[one.pk]),
            _with_marks(found[one.pk] or [index.Piece(cut(one.summary, index.WIDTH), is_found=False)]),
            asked.render_card(one, "releases/_card_foot.html"),
        )
        for one in releases
    ]


def _texts(asked: Asked, ids: list[int]) -> list[index.Texts]:
    """The bodies of the public releases with these `ids`, read once for an edition."""
    return asked.edition.each("bodies", ids, lambda missing: {one.release: one for one in index.bodies_of(missing, asked.at)})


def _elsewhere(text: str, here: list[Release], asked: Asked, narrowed: dict[str, Any]) -> list[Hit]:
    """What the same words find in the other language, by its own stems, but for what was found `here` already."""
    other = asked.elsewhere()
    if other.language not in asked.newsroom.languages:
        return []
    question = index.understood(text, other.language)
    hits = index.find(question, other.language, asked.at, **narrowed, hidden=asked.hidden())
    if hits.has_some and here:
        return []
    found = {one.counterpart_url for one in here}
    cards = [card for card in other.cards(hits.releases[:FOUND_A_PAGE]) if card.get_absolute_url() not in found]
    return _marked(cards[:FEW_HERE], question, other)


def _in_both(text: str, asked: Asked) -> dict[str, str]:
    """The addresses of the search for `text` by language, when both languages have something to find."""
    if len(asked.newsroom.languages) < 2:
        return {}
    return {one: _with(address_in(one, "search"), {"q": text}).rstrip("?") for one in asked.newsroom.languages}


def _with_marks(pieces: list[index.Piece]) -> SafeString:
    return mark_safe("".join(f"<mark>{escape(words)}</mark>" if is_found else escape(words) for words, is_found in pieces))  # noqa: S308


def _words(question: index.Question, given: dict[str, Any], language: str) -> dict[str, Any]:
    """What the address of this search asks for."""
    return {"q": question.text, **given, "topic": given["topic"].slug_in(language) if given["topic"] else ""}


def _with(path: str, words: dict[str, Any], **changes: object) -> str:
    """The address of this search with `changes`; the page begins anew."""
    return f"{path}?{urlencode({name: word for name, word in (words | changes).items() if word})}"


def _taken(question: index.Question, given: dict[str, Any], language: str) -> list[Way]:
    """What the search is narrowed to, each with the address that takes it away."""
    names = {
        "topic": given["topic"] and given["topic"].name_in(language),
        "kind": given["kind"] and Kind(given["kind"]).label,
        "year": given["year"],
    }
    kept = _words(question, given, language)
    here = address_in(language, "search")
    return [Way(str(words), "", _with(here, kept, **{name: ""})) for name, words in names.items() if words]


def _in_words(question: index.Question, language: str) -> str:
    """“March 2015”, “4 de marzo de 2015”: the period that was understood."""
    if not (question.year and question.month):
        return ""
    if question.day:
        return datelines.printed_date(date(question.year, question.month, question.day), language)
    month = datelines.MONTHS[Language(language)][question.month - 1]
    return f"{month} de {question.year}" if language == Language.SPANISH else f"{month} {question.year}"

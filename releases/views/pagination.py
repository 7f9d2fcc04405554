"""Pagination of release lists."""

import re
from array import array
from collections.abc import Callable
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest

from releases.models.querysets import ReleaseQuerySet
from releases.models.topics import ReleaseTagQuerySet
from releases.views.base import PermanentRedirect, PublicContext, or_404

RELEASES_PER_PAGE = 10
# From this offset on, all ids of the list are cached, because a large OFFSET is slow.
FULL_LIST_OFFSET = 500


def get_page_number(request: HttpRequest) -> int | None:
    """Return the number in ?page= (1 without it), or None if it is not a page number."""
    value = request.GET.get("page", "1")
    return int(value) if re.fullmatch("[1-9][0-9]{0,8}", value, re.ASCII) else None


def paginate(
    request: HttpRequest,
    ctx: PublicContext,
    releases: Callable[[], ReleaseQuerySet | ReleaseTagQuerySet],
    count: int,
    querystring: str = "",
) -> Page:
    """Return the page of `releases` that ?page= names. `count` is their number.

    ?page=1 redirects to the URL without it. A number without a page raises Http404. The ids of each page are
    cached for one cache generation. `releases` may be topic assignments. `querystring` is the rest of the
    query string, for example "kind=statement&".
    """
    paginator = Paginator(range(count), RELEASES_PER_PAGE)
    if request.GET.get("page") in ("", "1"):
        raise PermanentRedirect(f"{request.path}?{querystring}".rstrip("?&"))
    number = or_404(get_page_number(request))
    if number > paginator.num_pages:
        raise Http404
    page: Any = paginator.page(number)
    offset, key = (number - 1) * RELEASES_PER_PAGE, (request.path, querystring)

    def ordered_ids() -> Any:
        return releases().ids_newest_first()

    if offset < FULL_LIST_OFFSET:
        page_ids = ctx.generation.get_or_set(
            (*key, offset), lambda: list(ordered_ids()[offset : offset + RELEASES_PER_PAGE])
        )
    else:
        page_ids = list(
            ctx.generation.get_or_set((*key, "all"), lambda: array("q", ordered_ids().iterator()))[
                offset : offset + RELEASES_PER_PAGE
            ]
        )
    page.object_list = ctx.get_releases_for_cards(page_ids)
    for release in page.object_list:
        release.card_html = ctx.render_card(release, "releases/_release_card.html")
    return page  # type: ignore[no-any-return]


class PageLink(NamedTuple):
    """Link to a page of a list: its number, or an ellipsis. The current page and the ellipsis have no URL."""

    label: str
    url: str = ""
    is_current: bool = False


class PaginationLinks(NamedTuple):
    """Links from one page of a list to the others. `newer` and `older` are URLs, empty at the ends."""

    newer: str
    pages: list[PageLink]
    older: str


def get_pagination_links(page: Page, path: str, querystring: str) -> PaginationLinks:
    """Return the links from `page` of the list at `path`.

    `querystring` is the query string without the page.
    """

    def page_url(number: int) -> str:
        return f"?{querystring}page={number}" if number > 1 else f"{path}?{querystring}".rstrip("?&")

    links = [
        PageLink(str(number), "" if number == page.number else page_url(number), number == page.number)
        if isinstance(number, int)
        else PageLink(str(number))
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    ]
    newer = page_url(page.number - 1) if page.has_previous() else ""
    return PaginationLinks(newer, links, page_url(page.number + 1) if page.has_next() else "")

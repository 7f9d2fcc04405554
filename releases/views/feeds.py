"""RSS 2.0, Atom and JSON Feed 1.1 with full text, per language and per topic.

The id of an entry does not change with its URL. A correction changes its `updated` date, a fixed typo does
not. Feeds send an ETag and no Last-Modified: that date would go backwards when a release is withdrawn, and
feed readers would keep it.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import feedgenerator
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _

from releases.models import Topic
from releases.text.cleaning import clean_text
from releases.views import sharing
from releases.views.base import PublicContext, public_page
from releases.views.lists import get_topic_or_redirect
from releases.views.signers import build_signers, get_organizations

MAX_ENTRIES = 20  # per feed


class Rss(feedgenerator.Rss201rev2Feed):
    """RSS 2.0 with the full text as `content:encoded` (https://web.resource.org/rss/1.0/modules/content/)."""

    content_type = "application/rss+xml; charset=utf-8"

    def rss_attributes(self) -> dict[str, str]:
        return super().rss_attributes() | {"xmlns:content": "http://purl.org/rss/1.0/modules/content/"}

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        handler.addQuickElement("generator", "CARECEN News")

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["content"])

    def latest_post_date(self) -> datetime:
        return get_latest_date(self.items)


class Atom(feedgenerator.Atom1Feed):
    """Atom (RFC 4287) with the full text as `content`."""

    content_type = "application/atom+xml; charset=utf-8"

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html"})

    def latest_post_date(self) -> datetime:
        return get_latest_date(self.items)


@public_page
def feed(request: HttpRequest, ctx: PublicContext, format_name: str, slug: str = "") -> HttpResponse:
    """Serve the newest releases as `format_name`: "rss", "atom" or "json".

    These are all releases, or those of the topic at `slug`.

    Sorted by publication time, not by date: a release published long after its date would never appear in the
    feed.
    """
    topic = get_topic_or_redirect(slug, ctx, f"topic-{format_name}-feed") if slug else None
    if topic:
        content, content_type, etag = _render_feed(request, ctx, format_name, topic)
    else:  # cached, because most subscribers poll these feeds
        content, content_type, etag = ctx.generation.get_or_set(
            ("feed", format_name, ctx.language), lambda: _render_feed(request, ctx, format_name)
        )
    response = HttpResponse(
        content,
        content_type=content_type,
        headers={
            "Content-Language": ctx.language,
            "X-Robots-Tag": "noindex",
            "Access-Control-Allow-Origin": "*",  # so that feed readers in a browser can load it
        },
    )
    response.headers["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response


def _render_feed(
    request: HttpRequest, ctx: PublicContext, format_name: str, topic: Topic | None = None
) -> tuple[bytes, str, str]:
    """Return the feed, its content type and its ETag."""
    newest_ids = (
        ctx.release_tags.filter(tag=topic).ids_by_publication()
        if topic
        else ctx.published.ids_by_publication()
    )
    ids = ctx.generation.get_or_set(
        ("newest", ctx.language, topic and topic.pk), lambda: list(newest_ids[:MAX_ENTRIES])
    )
    releases = ctx.published.restricted_to(Q(pk__in=ids)).order_by("-public_at", "-pk")
    organizations = get_organizations(ctx)
    entries = [
        sharing.build_feed_entry(release, build_signers(release, organizations))
        for release in releases.with_topics().prefetch_related("corrections")
    ]
    info = _build_feed_info(request, topic, ctx)
    content, content_type = (
        _render_json(info, entries)
        if format_name == "json"
        else _render_xml(Rss if format_name == "rss" else Atom, info, entries)
    )
    return content.encode(), content_type, f'"{hashlib.sha256(content.encode()).hexdigest()[:32]}"'


def get_latest_date(items: list[dict[str, Any]]) -> datetime:
    """Return when an entry was last published or corrected.

    Without entries: the start of 1983, the year in which CARECEN was founded.
    """
    dates = [item["updateddate"] for item in items]
    return max(dates) if dates else datetime(1983, 1, 1, tzinfo=UTC)


def _build_feed_info(request: HttpRequest, topic: Topic | None, ctx: PublicContext) -> dict[str, str]:
    path = topic.get_absolute_url(ctx.language) if topic else reverse("news")
    info = {
        "title": f"CARECEN – {topic.name_in(ctx.language)}" if topic else _("CARECEN News"),
        "link": f"{settings.SITE_URL}{path}",
        "description": (topic and topic.about_in(ctx.language))
        or _(
            "Press releases, statements and notices from CARECEN, the Central American Resource Center, Los "
            "Angeles."
        ),
        "language": ctx.language,
        "feed_url": f"{settings.SITE_URL}{request.path}",
    }
    return {name: clean_text(value) for name, value in info.items()}


def _render_xml(
    feed_class: type[Rss] | type[Atom], info: dict[str, str], entries: list[dict[str, Any]]
) -> tuple[str, str]:
    feed = feed_class(**info, author_name="CARECEN")  # type: ignore[arg-type]
    for entry in entries:
        feed.add_item(**entry, unique_id_is_permalink=False, author_name="CARECEN")
    return feed.writeString("utf-8"), feed_class.content_type


def _render_json(info: dict[str, str], entries: list[dict[str, Any]]) -> tuple[str, str]:
    """Return a JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/) and its content type."""
    items = [
        {
            "id": entry["unique_id"],
            "url": entry["link"],
            "title": entry["title"],
            "summary": entry["description"],
            "content_html": entry["content"],
            "date_published": entry["pubdate"].isoformat(),
            "date_modified": entry["updateddate"].isoformat(),
            "tags": entry["categories"],
            "language": entry["language"],
        }
        for entry in entries
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": info["title"],
        "home_page_url": info["link"],
        "feed_url": info["feed_url"],
        "description": info["description"],
        "language": info["language"],
        "authors": [{"name": "CARECEN"}],
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False), "application/feed+json; charset=utf-8"

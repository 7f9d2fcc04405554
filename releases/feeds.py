"""Feeds for those who follow: RSS 2.0, Atom and JSON Feed 1.1, of everything or of one topic, in one language, whole texts.

An entry keeps its id when its address changes; a correction moves its `updated`, a typo does not. What a feed answers with is
told apart by its bytes alone (ETag): a date would go backwards when a release is withdrawn, and readers would keep it.
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
from releases.prose import without_control_characters
from releases.views import sharing
from releases.views.asked import Asked, public_page
from releases.views.pages import topic_at

MOST = 20  # entries of a feed


class Rss(feedgenerator.Rss201rev2Feed):
    """RSS 2.0 with the whole text as `content:encoded` (https://web.resource.org/rss/1.0/modules/content/)."""

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
        return latest(self.items)


class Atom(feedgenerator.Atom1Feed):
    """Atom (RFC 4287) with the whole text as `content`."""

    content_type = "application/atom+xml; charset=utf-8"

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html"})

    def latest_post_date(self) -> datetime:
        return latest(self.items)


@public_page
def feed(request: HttpRequest, asked: Asked, form: str, slug: str = "") -> HttpResponse:
    """What went public last as `form` ("rss", "atom" or "json"), of everything or of the topic at `slug`.

    Not by the printed date: a text that waited would never reach those who follow.
    """
    topic = topic_at(slug, asked, f"topic-{form}-feed") if slug else None
    if topic:
        content, kind, etag = _made(request, asked, form, topic)
    else:  # these few are what most who follow ask for, every hour
        content, kind, etag = asked.edition.once(("feed", form, asked.language), lambda: _made(request, asked, form))
    response = HttpResponse(content, content_type=kind, headers={"Content-Language": asked.language, "X-Robots-Tag": "noindex"})
    response.headers["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response


def _made(request: HttpRequest, asked: Asked, form: str, topic: Topic | None = None) -> tuple[bytes, str, str]:
    """The feed, its type and its ETag."""
    newest = asked.ties.filter(tag=topic).ids_by_moment() if topic else asked.public.ids_by_moment()
    ids = asked.edition.once(("newest", asked.language, topic and topic.pk), lambda: list(newest[:MOST]))
    public = asked.public.among(Q(pk__in=ids)).order_by("-public_at", "-pk")
    entries = [sharing.entry(release) for release in public.with_topics().prefetch_related("corrections")]
    words = _about(request, topic, asked)
    content, kind = _json(words, entries) if form == "json" else _xml(Rss if form == "rss" else Atom, words, entries)
    return content.encode(), kind, f'"{hashlib.sha256(content.encode()).hexdigest()[:32]}"'


def latest(items: list[dict[str, Any]]) -> datetime:
    """When the newest of what a feed holds was published or corrected; the first day of the newsroom when it holds nothing."""
    moments = [item["updateddate"] for item in items]
    return max(moments) if moments else datetime(1983, 1, 1, tzinfo=UTC)


def _about(request: HttpRequest, topic: Topic | None, asked: Asked) -> dict[str, str]:
    page = topic.get_absolute_url(asked.language) if topic else reverse("news")
    words = {
        "title": f"CARECEN – {topic.name_in(asked.language)}" if topic else _("CARECEN – News"),
        "link": f"{settings.SITE_URL}{page}",
        "description": (topic and topic.about_in(asked.language))
        or _("Press releases, statements and notices of CARECEN, the Central American Resource Center, Los Angeles."),
        "language": asked.language,
        "feed_url": f"{settings.SITE_URL}{request.path}",
    }
    return {name: without_control_characters(word) for name, word in words.items()}


def _xml(form: type[Rss] | type[Atom], words: dict[str, str], entries: list[dict[str, Any]]) -> tuple[str, str]:
    feed = form(**words, author_name="CARECEN")  # type: ignore[arg-type]
    for entry in entries:
        feed.add_item(**entry, unique_id_is_permalink=False, author_name="CARECEN")
    return feed.writeString("utf-8"), form.content_type


def _json(words: dict[str, str], entries: list[dict[str, Any]]) -> tuple[str, str]:
    """JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
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
        "title": words["title"],
        "home_page_url": words["link"],
        "feed_url": words["feed_url"],
        "description": words["description"],
        "language": words["language"],
        "authors": [{"name": "CARECEN"}],
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False), "application/feed+json; charset=utf-8"

"""Context and decorator of public pages: one language, one time, and its cache generation."""

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache, wraps
from typing import Any, TypeVar

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from releases import search
from releases.actions.due_revisions import publish_due_revisions
from releases.caching import CacheGeneration, find_generation, get_cache_control, get_recent_generation
from releases.models import NewsroomSettings, Release, ReleaseTag, Topic
from releases.models.permalinks import build_permalink
from releases.models.querysets import MonthCount, ReleaseQuerySet
from releases.models.topics import ReleaseTagQuerySet
from releases.text import localtime
from releases.text.choices import LANGUAGE_LABELS, NOT_TRANSLATED_FRAGMENTS, READ_TRANSLATION_LABELS, Language
from releases.views.figures import get_card_figures

# A new cache generation starts at midnight, so fragments are never older than a day.
FRAGMENT_SECONDS = 24 * 60 * 60
MAX_ONLY_IN_OTHER_LANGUAGE = 5  # releases listed that exist in the other language only
MAX_NEWEST = 5  # releases listed next to the content of other pages
# Pages with the same content in each language. Later pages of a list are not: their releases differ.
SHARED_PAGES = {
    "news",
    "notices",
    "topics",
    "archive",
    "search",
    "follow",
    "privacy",
    "for-the-press",
    "in-the-news",
}

View = Callable[..., HttpResponse]
T = TypeVar("T")


class UndeclaredParameter(LookupError):
    """Raised when a public view reads a query parameter that `query_params` does not declare for it."""


class DeclaredQuery(QueryDict):
    """The query parameters of a request, of which a public view can read those that it declares.

    They are also those in the key of its cached pages.
    """

    declared: frozenset[str] = frozenset()

    @classmethod
    def from_request(cls, request: HttpRequest, names: Iterable[str]) -> "DeclaredQuery":
        query: Any = cls(request.META.get("QUERY_STRING", ""))
        query.declared = frozenset(names)
        return query  # type: ignore[no-any-return]

    def __getitem__(self, key: str) -> Any:
        self._check(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._check(key)
        return super().__contains__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self._check(key)
        return super().get(key, default)

    def getlist(self, key: str, default: Any = None) -> list[Any]:
        self._check(key)
        return super().getlist(key, default)

    def _check(self, key: object) -> None:
        if not self._mutable and key not in self.declared:  # Django fills it while it is mutable
            raise UndeclaredParameter(key)


@dataclass(frozen=True)
class PublicContext:
    """The language, time (aware) and cache generation that a public page is rendered for."""

    language: str
    at: datetime
    generation: CacheGeneration

    @classmethod
    def now(cls) -> "PublicContext":
        at = timezone.now()
        return cls(translation.get_language(), at, get_recent_generation(at) or find_generation(at))

    @property
    def newsroom(self) -> NewsroomSettings:
        return self.generation.newsroom

    @property
    def published(self) -> ReleaseQuerySet:
        """The releases that are public at `at`, in `language`."""
        return Release.objects.published(self.at).in_language(self.language)

    def find_release(self, slug: str) -> Release | None:
        """Return the public release with `slug`, in any case, in `language`."""
        return Release.objects.find_at_slug(slug, self.language, self.at)

    @property
    def notice_dates(self) -> tuple[date, date]:
        """Today in Los Angeles, and the date before which a release counts as old."""
        return localtime.local_date(self.at), self.newsroom.old_before(self.at)

    @property
    def other_language(self) -> Language:
        return Language.ENGLISH if self.language == Language.SPANISH else Language.SPANISH

    def in_other_language(self) -> "PublicContext":
        """Return this context with the other language."""
        return replace(self, language=self.other_language)

    def get_releases_for_cards(self, ids: Iterable[int]) -> list[Release]:
        """Return the public releases with these ids, in this order, as lists show them.

        Each has its topics, its photo, and the URL and headline of its public translation. They are cached:
        do not modify them.
        """

        def load(ids: list[int]) -> dict[int, Release]:
            releases = self.attach_topics(self.published.restricted_to(Q(pk__in=ids)).for_cards())
            by_key = {release.translation_key: release for release in releases.values()}
            if len(self.newsroom.languages) > 1:
                # Not filtered by language: with that filter SQLite scans the whole language instead of using
                # the index of the key.
                versions = Release.objects.published(self.at).order_by().filter(translation_key__in=by_key)
                for version in versions.only("translation_key", "language", "date", "slug", "headline"):
                    if version.language != self.language:
                        release = by_key[version.translation_key]
                        release.translation_url, release.translation_headline = (
                            version.get_absolute_url(),
                            version.headline,
                        )
            for pk, figure in get_card_figures(releases.values()).items():
                releases[pk].card_figure = figure
            return releases

        return self.generation.get_many_or_set("card", ids, load)

    def render_card(self, release: Release, template: str) -> SafeString:
        """Render `template`, a part of the card of a public release, once per cache generation."""

        def render() -> SafeString:
            context = {
                "release": release,
                "language": self.language,
                "at": self.at,
                "newsroom": self.newsroom,
                "other_language": {
                    "language": self.other_language.value,
                    "read_this_in": READ_TRANSLATION_LABELS[self.other_language],
                },
            }
            with translation.override(self.language):  # search results include hits in the other language
                return render_to_string(template, context)

        return self.generation.get_or_set((template, self.language, release.pk), render)

    def get_releases_only_in_other_language(self) -> list[Release]:
        """Return the newest public releases that have no public translation into `language`."""

        def load() -> list[Release]:
            return list(
                self.in_other_language()
                .published.without_public_translation(self.at)
                .newest_first()
                .for_cards()[:MAX_ONLY_IN_OTHER_LANGUAGE]
            )

        return self.generation.get_or_set(("only in other language", self.language), load)

    def get_newest_releases(self) -> list[Release]:
        """Return the newest public releases in `language`, as short lists show them. Do not modify them."""
        fields = ("language", "date", "slug", "headline")
        return self.generation.get_or_set(
            ("newest releases", self.language),
            lambda: list(self.published.newest_first().only(*fields)[:MAX_NEWEST]),
        )

    def attach_topics(self, releases: Iterable[Release]) -> dict[int, Release]:
        """Return `releases` by id, each with its topics, in one query at most."""
        by_id = {release.pk: release for release in releases}
        topics = self.all_topics()

        def load(ids: list[int]) -> dict[int, tuple[int, ...]]:
            topic_ids: dict[int, tuple[int, ...]] = dict.fromkeys(ids, ())
            for release_id, topic_id in (
                ReleaseTag.objects.filter(content_object__in=ids)
                .order_by("pk")
                .values_list("content_object_id", "tag_id")
            ):
                topic_ids[release_id] += (topic_id,)
            return topic_ids

        for release, ids in zip(
            by_id.values(), self.generation.get_many_or_set("topic ids", by_id, load), strict=True
        ):
            # A newer topic is in the next cache generation.
            release.cached_topics = [topics[pk] for pk in ids if pk in topics]
        return by_id

    @property
    def release_tags(self) -> ReleaseTagQuerySet:
        """The topic assignments of the releases that are public at `at`, in `language`."""
        return ReleaseTag.objects.published(self.at).in_language(self.language)

    def notices(self) -> ReleaseQuerySet:
        return self.published.service_notices()

    def get_language_link(self, alternates: dict[str, str], is_page: bool) -> dict[str, str] | None:
        """Return the link to the other language, or None while nothing is public in it.

        It leads to the same page (`alternates`, URLs by language). Without one it leads to the home page; if
        `is_page`, to the notice there that this page is not translated.
        """
        language = self.other_language
        if language not in self.newsroom.languages:
            return None
        home_url = self.generation.get_or_set(
            ("home url", language), lambda: url_in_language(language, "news")
        )
        url = alternates.get(language) or (
            f"{home_url}#{NOT_TRANSLATED_FRAGMENTS[language]}" if is_page else home_url
        )
        return {
            "language": language.value,
            "name": LANGUAGE_LABELS[language],
            "read_this_in": READ_TRANSLATION_LABELS[language],
            "url": url,
        }

    def get_alternate_urls(self, url: str, translation_url: str | None) -> dict[str, str]:
        """Return the URLs of a page by language, English first; empty without a `translation_url`."""
        urls = {self.language: url, str(self.other_language): translation_url or ""}
        return {language.value: urls[language] for language in Language} if translation_url else {}

    def get_page_alternates(self, name: str) -> dict[str, str]:
        """Return the URLs of the page `name` by language.

        Empty unless both languages have the page and have public releases.
        """
        languages = self.newsroom.languages
        if name not in SHARED_PAGES or len(languages) < 2:
            return {}
        return {language: url_in_language(language, name) for language in languages}

    def get_hidden_ids(self) -> frozenset[int]:
        """Return the ids of all releases that are not public at `at`."""
        return self.generation.get_or_set("hidden", lambda: search.get_hidden_ids(self.at))

    def topics(self) -> list[Any]:
        """Return the topics with public releases in `language`, sorted by name.

        Each has its `count` of releases.
        """

        def load() -> list[Any]:
            counts = self.release_tags.counts_by_topic()
            topics: list[Any] = [copy(topic) for topic in self.all_topics().values() if topic.pk in counts]
            for topic in topics:
                topic.count = counts[topic.pk]
            return sorted(topics, key=lambda topic: topic.key_in(self.language))

        return self.generation.get_or_set(("topics", self.language), load)

    def all_topics(self) -> dict[int, Topic]:
        """Return all topics by id, used or not. They are cached: do not modify them."""
        return self.generation.get_or_set("all topics", lambda: Topic.objects.in_bulk())

    def month_counts(self) -> list[MonthCount]:
        """Return the months with public releases in `language`, newest first."""
        return self.generation.get_or_set(
            ("month counts", self.language), lambda: self.published.counts_by_month()
        )


@lru_cache(1024)
def url_in_language(language: str, name: str, *args: int | str) -> str:
    """Return the URL of the page `name` in `language`."""
    with translation.override(language):
        return reverse(name, args=args)


class PermanentRedirect(Exception):
    """Raised by a public view to redirect permanently to `url`, the canonical URL of the requested page."""

    def __init__(self, url: str) -> None:
        self.url = url


def get_release_or_redirect(
    request: HttpRequest, ctx: PublicContext, year: int, month: int, slug: str
) -> Release:
    """Return the public release whose file was requested.

    If the release has another address now, redirect to the same file there. Raises Http404.
    """
    release = ctx.find_release(slug)
    if release and release.get_absolute_url() == build_permalink(ctx.language, year, month, slug):
        return release
    moved = or_404(release or ctx.published.with_former_slug(slug.lower()).first())
    suffix = request.path.partition(f"/{year:04}/{month:02}/{slug}")[2]
    raise PermanentRedirect(f"{moved.get_absolute_url().rstrip('/')}{suffix}")


def query_params(*names: str, is_cached: bool = True) -> Callable[[View], View]:
    """Declare the query parameters that a view reads, and whether its pages may be cached.

    Write it below `public_page`.
    """

    def declare(view: View) -> View:
        view.query_params, view.is_cached = names, is_cached  # type: ignore[attr-defined]
        return view

    return declare


def public_page(view: View) -> View:
    """Make `view` a cacheable public page that answers GET and HEAD only, and pass it a `PublicContext`.

    Scheduled changes that are due are published first, so that no page shows them late.
    """

    @csrf_exempt  # so that a POST gets 405, not a CSRF error
    @require_safe
    @wraps(view)
    def page(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        request.GET = DeclaredQuery.from_request(request, getattr(view, "query_params", ()))  # type: ignore[assignment]
        ctx = PublicContext.now()
        if ctx.generation.has_due_revisions and publish_due_revisions(ctx.at):
            ctx = PublicContext.now()
        try:
            response = view(request, ctx, **kwargs)
            response.generation = ctx.generation  # type: ignore[attr-defined]  # the page cache stores it for this generation
        except PermanentRedirect as exc:
            response = HttpResponsePermanentRedirect(exc.url)
        is_cached = getattr(view, "is_cached", True)
        has_alert = ctx.generation.alert is not None
        cache_control = get_cache_control(has_alert=has_alert) if is_cached else "no-store"
        response.headers.setdefault("Cache-Control", cache_control)
        return response

    return page


def or_404(value: T | None) -> T:
    """Return `value`, or raise Http404 when it is empty."""
    if not value:
        raise Http404
    return value

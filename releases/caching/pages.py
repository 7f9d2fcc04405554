"""The page cache of one process: public pages of one cache generation, bounded in bytes.

A page costs about a millisecond to render and is rendered once per change and process, so processes do not
share their pages.
"""

import gzip
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, lru_cache
from hashlib import blake2b
from urllib.parse import parse_qsl, urlencode

from cachetools import LRUCache
from django.conf import settings
from django.http import HttpResponse
from django.urls import Resolver404, resolve
from django.utils import translation

from releases.caching.generation import CacheGeneration
from releases.text.choices import Language

MAX_KEY_LENGTH = 400
MAX_PAGE_SIZE = 512 * 1024
# Pages for one person, files that are cached elsewhere, and the news sitemap, which depends on the time (it
# lists two days).
UNCACHEABLE_PATHS = re.compile(
    r"/(?:admin|preview|static|photos|health|\.well-known|news-sitemap\.xml)(?:/|$)|.*\.(?:png|jpg|ico|pdf|zip|ics)$"
)
CACHEABLE_TYPES = (
    "text/",
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/xml",
)
RENDER_WAIT_SECONDS = 10.0  # seconds to wait for another request that renders the same page


EncodedPage = tuple[list[tuple[str, str]], bytes]


@dataclass
class CachedPage:
    """A page: its ETag and headers without those of the encoding, and its body."""

    etag: str
    headers: dict[str, str]
    body: bytes
    _encoded: dict[str, "EncodedPage"] = field(default_factory=dict, repr=False)  # by encoding

    @property
    def size(self) -> int:
        """Return the memory use in bytes: an upper bound that includes the compressed body."""
        return 2 * len(self.body) + 2000

    def encode(self, encoding: str) -> EncodedPage:
        """Return headers and body in `encoding` ("gzip" or ""), compressed once.

        Copy the headers: servers may change the list.
        """
        encoded = self._encoded.get(encoding)
        if encoded is None:
            body = compress(self.body, encoding)
            headers = self.headers | {
                "ETag": format_etag(self.etag, encoding),
                "Content-Length": str(len(body)),
            }
            if encoding:
                headers["Content-Encoding"] = encoding
            encoded = self._encoded[encoding] = list(headers.items()), body
        return encoded


class PageCache:
    """The pages of the latest generation in two LRU caches: for URLs with and without a query string.

    A request that began with an earlier generation neither finds nor stores a page. Anyone can make
    up query strings, so they have a cache of their own and evict no other page.
    """

    def __init__(self, max_bytes: int) -> None:
        self._lock = threading.Lock()  # cachetools is not thread-safe
        self._generation: CacheGeneration | None = None
        self._plain = LRUCache[str, CachedPage](max_bytes * 3 // 4, getsizeof=lambda page: page.size)
        self._with_query = LRUCache[str, CachedPage](max_bytes // 4, getsizeof=lambda page: page.size)
        self._rendering: dict[str, threading.Event] = {}

    def get(self, generation: CacheGeneration, key: str) -> CachedPage | None:
        """Return the page under `key`, if it was cached for this generation."""
        with self._lock:
            return self._get(generation, key)

    def put(self, generation: CacheGeneration, key: str, page: CachedPage) -> None:
        with self._lock:
            pages = self._get_partition(key)
            if self._begin(generation) and page.size <= min(MAX_PAGE_SIZE, pages.maxsize):
                pages[key] = page

    @contextmanager
    def render_once(self, generation: CacheGeneration, key: str) -> Iterator[CachedPage | None]:
        """Let one request render the page of `key` while others wait for it.

        Yield None to the request that is to render it, and the page to the others, or None if it was not
        cached in time.
        """
        name = f"{generation.key} {key}"
        with self._lock:
            # Another request may have cached it just now.
            page = self._get(generation, key)
            event = self._rendering.get(name)
            if page is None and event is None:
                self._rendering[name] = threading.Event()
        if page is not None:
            yield page
            return
        if event is not None:
            event.wait(RENDER_WAIT_SECONDS)
            yield self.get(generation, key)
            return
        try:
            yield None
        finally:
            with self._lock:
                self._rendering.pop(name).set()

    # The caller of these methods must have the lock.

    def _get(self, generation: CacheGeneration, key: str) -> CachedPage | None:
        return self._get_partition(key).get(key) if self._begin(generation) else None

    def _begin(self, generation: CacheGeneration) -> bool:
        """Clear both caches for a new generation. Return False if `generation` is an earlier one."""
        current = self._generation
        if current is None or generation.key != current.key:
            if current and generation.queried_at < current.queried_at:
                return False
            self._generation = generation
            self._plain.clear()
            self._with_query.clear()
        return True

    def _get_partition(self, key: str) -> LRUCache[str, CachedPage]:
        return self._with_query if "?" in key else self._plain


@cache
def get_page_cache() -> PageCache | None:
    """Return the page cache of this process, or None if it is disabled in the settings."""
    return PageCache(settings.PAGE_CACHE_MB * 1024 * 1024) if settings.PAGE_CACHE_MB else None


# --- Requests and responses ---------------------------------------------------------------------------------


@lru_cache(1024)
def get_query_params(path: str) -> frozenset[str] | None:
    """Return the query parameters that the view of `path` declares. All others are ignored.

    None if its pages are not cached.
    """
    language = Language.SPANISH if path.startswith("/es/") else Language.ENGLISH
    try:
        with translation.override(language):
            view = resolve(path).func
    except Resolver404:
        return frozenset()
    return frozenset(getattr(view, "query_params", ())) if getattr(view, "is_cached", True) else None


def make_cache_key(method: str | None, path: str, query: str) -> str | None:
    """Return the cache key of a request: its path and the query parameters that its view declares, sorted.

    None if it is never cached.
    """
    if method not in ("GET", "HEAD") or UNCACHEABLE_PATHS.match(path) or "\0" in path or "?" in path:
        return None
    if not query:
        return path if len(path) <= MAX_KEY_LENGTH else None
    # Django reads these in another way: bytes that are not ASCII, and NUL characters, which
    # NullByteMiddleware removes.
    if len(query) > 4 * MAX_KEY_LENGTH or not query.isascii() or "%00" in query or "\0" in query:
        return None
    names = get_query_params(path)
    if names is None:
        return None
    values = {name: value for name, value in parse_qsl(query, keep_blank_values=True) if name in names}
    params = sorted(values.items())
    key = f"{path}?{urlencode(params)}" if params else path
    return key if len(key) <= MAX_KEY_LENGTH else None


def make_cacheable_page(response: HttpResponse) -> CachedPage | None:
    """Return the cache entry for `response`, or None if it must not be cached."""
    if (
        response.status_code != 200
        or response.streaming
        or response.cookies
        or "no-store" in response.get("Cache-Control", "")
        or "Cookie" in response.get("Vary", "")
    ):
        return None
    if not response.get("Content-Type", "").startswith(CACHEABLE_TYPES):
        return None
    etag = response.get("ETag", "").strip('"') or make_etag(response.content)
    headers = dict(response.headers.items()) | {"Vary": "Accept-Encoding"}
    return CachedPage(etag, headers, response.content)


def get_cache_control(*, has_alert: bool = False) -> str:
    """Return the Cache-Control header of all public pages: anyone may cache them, and must revalidate them.

    With CDN_MAX_AGE, shared caches may serve a page for so many seconds without revalidation, and show
    changes so much later. They must always revalidate a page with an alert, so that none outlives its end.
    """
    shared = (
        f", max-age=0, must-revalidate, s-maxage={settings.CDN_MAX_AGE}"
        if settings.CDN_MAX_AGE and not has_alert
        else ", no-cache"
    )
    return f"public{shared}"


def make_etag(body: bytes) -> str:
    """Return the ETag of a page. It depends on the bytes alone, so it reveals nothing about other changes."""
    return blake2b(body, digest_size=12).hexdigest()


def format_etag(etag: str, encoding: str) -> str:
    return f'"{etag}-{encoding}"' if encoding else f'"{etag}"'


def get_not_modified_headers(tag: str, page: CachedPage) -> list[tuple[str, str]]:
    """Return the headers of a 304 response for `tag`, an ETag of `page`."""
    cache_control = page.headers.get("Cache-Control", get_cache_control())
    return [("ETag", tag), ("Cache-Control", cache_control), ("Vary", "Accept-Encoding")]


def match_etag(none_match: str, etag: str) -> str:
    """Return the tag in `none_match` (an If-None-Match header) that matches `etag`, or "".

    The tag includes the encoding.
    """
    for encoding in ("gzip", ""):
        if (tag := format_etag(etag, encoding)) in none_match:
            return tag
    return ""


def choose_encoding(accepted: str) -> str:
    """Return "gzip" when an Accept-Encoding header accepts it, else ""."""
    return "gzip" if len(accepted) <= 200 and _accepts_gzip(accepted) else ""


@lru_cache(512)
def _accepts_gzip(accepted: str) -> bool:
    for part in accepted.lower().split(","):
        name, _semicolon, quality = part.strip().partition(";")
        if name.strip() == "gzip":
            try:
                return float(quality.strip().removeprefix("q=") or 1) > 0
            except ValueError:
                return False
    return False


def compress(body: bytes, encoding: str) -> bytes:
    return gzip.compress(body, 6 if len(body) < MAX_PAGE_SIZE else 1, mtime=0) if encoding == "gzip" else body

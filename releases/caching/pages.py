"""The page cache of one process: whole public pages of one cache generation, plain and compressed with gzip, bounded in bytes.

A page costs about a millisecond to render and is rendered once per change and process, so processes do not share their pages.
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

from releases.caching.editions import Edition

# What an address may ask of a public page; nothing else is a difference between two pages.
ASKED_FOR = {"page", "kind", "q", "topic", "year", "order"}
LONGEST_KEY = 400
LARGEST_PAGE = 512 * 1024
# Where there is something for one person, nothing to keep, or what another clock ends (the news of two days).
NEVER = re.compile(r"/(?:admin|preview|static|photos|health|news-sitemap\.xml)(?:/|$)|.*\.(?:png|pdf|zip|ics)$")
KEPT_TYPES = ("text/", "application/rss+xml", "application/atom+xml", "application/feed+json", "application/xml")
PATIENCE = 10.0  # seconds that a reader waits for someone else's rendering of the same page


Sent = tuple[list[tuple[str, str]], bytes]


@dataclass
class Page:
    """A page whole: its ETag without the encoding, its headers but those that follow from the encoding, its bytes."""

    etag: str
    headers: dict[str, str]
    body: bytes
    _sent: dict[str, "Sent"] = field(default_factory=dict, repr=False)  # by encoding

    @property
    def size(self) -> int:
        """The bytes it takes in memory, an upper bound that includes the compressed body."""
        return 2 * len(self.body) + 2000

    def sent(self, encoding: str) -> Sent:
        """Headers and bytes in `encoding` ("gzip" or ""), compressed once. Copy the headers: servers may change the list they get."""
        sent = self._sent.get(encoding)
        if sent is None:
            body = compressed(self.body, encoding)
            headers = self.headers | {"ETag": tagged(self.etag, encoding), "Content-Length": str(len(body))}
            if encoding:
                headers["Content-Encoding"] = encoding
            sent = self._sent[encoding] = list(headers.items()), body
        return sent


class PageStore:
    """The pages of the latest generation in two LRU caches: plain addresses, and addresses with a query string.

    Anyone can make up query strings, so they have a cache of their own and evict no plain address.
    """

    def __init__(self, max_bytes: int) -> None:
        self._lock = threading.Lock()  # cachetools leaves locking to its users
        self._edition = ""
        self._plain = LRUCache[str, Page](max_bytes * 3 // 4, getsizeof=lambda page: page.size)
        self._with_query = LRUCache[str, Page](max_bytes // 4, getsizeof=lambda page: page.size)
        self._being_made: dict[str, threading.Event] = {}

    def get(self, edition: Edition, key: str) -> Page | None:
        """Return the page under `key`, if it was cached for this generation."""
        with self._lock:
            return self._cache(edition, key).get(key)

    def put(self, edition: Edition, key: str, page: Page) -> None:
        with self._lock:
            pages = self._cache(edition, key)
            if page.size <= min(LARGEST_PAGE, pages.maxsize):
                pages[key] = page

    @contextmanager
    def rendering(self, edition: Edition, key: str) -> Iterator[Page | None]:
        """While one request makes the page of `key`, others wait for it: they get it here; the one who is to make it gets None."""
        name = f"{edition.key} {key}"
        with self._lock:
            event = self._being_made.get(name)
            mine = event is None
            if mine:
                self._being_made[name] = threading.Event()
        if event is not None:
            event.wait(PATIENCE)
            yield self.get(edition, key)
            return
        try:
            yield None
        finally:
            with self._lock:
                self._being_made.pop(name).set()

    def _cache(self, edition: Edition, key: str) -> LRUCache[str, Page]:
        """Return the cache that `key` belongs to, emptied first when the generation is another one. Takes the lock in hand."""
        if edition.key != self._edition:
            self._edition = edition.key
            self._plain.clear()
            self._with_query.clear()
        return self._with_query if "?" in key else self._plain


@cache
def store() -> PageStore | None:
    """The store of this process; None when settings turn it off."""
    return PageStore(settings.PAGE_STORE_MB * 1024 * 1024) if settings.PAGE_STORE_MB else None


# --- What a request asks for, and what may be kept of its answer ------------------------------------------------------


def key_of(method: str | None, path: str, query: str) -> str | None:
    """The name of the page that is asked for: its address with what pages know of its query, sorted. None for what is never kept."""
    if method not in ("GET", "HEAD") or NEVER.match(path) or "\0" in path or "?" in path:
        return None
    if not query:
        return path if len(path) <= LONGEST_KEY else None
    # What Django would read otherwise than it stands here: bare bytes, and signs that are taken out before it reads.
    if len(query) > 4 * LONGEST_KEY or not query.isascii() or "%00" in query or "\0" in query:
        return None
    asked = sorted({name: words for name, words in parse_qsl(query, keep_blank_values=True) if name in ASKED_FOR}.items())
    key = f"{path}?{urlencode(asked)}" if asked else path
    return key if len(key) <= LONGEST_KEY else None


def kept_page(response: HttpResponse) -> Page | None:
    """`response`, made by a public page, as it is kept; None when it is only for this reader, or no page."""
    if response.status_code != 200 or response.streaming or response.cookies or "Cookie" in response.get("Vary", ""):
        return None
    if not response.get("Content-Type", "").startswith(KEPT_TYPES):
        return None
    etag = response.get("ETag", "").strip('"') or etag_of(response.content)
    headers = dict(response.headers.items()) | {"Vary": "Accept-Encoding"}
    return Page(etag, headers, response.content)


def cache_control() -> str:
    """The same on every public page: anyone may keep it, and asks each time whether it still stands. With SHARED_SECONDS a
    cache for many may answer for so long without asking, and shows a change so much later."""
    shared = f", max-age=0, must-revalidate, s-maxage={settings.SHARED_SECONDS}" if settings.SHARED_SECONDS else ", no-cache"
    return f"public{shared}"


def etag_of(body: bytes) -> str:
    """The ETag of a page: from its bytes alone, so that it moves when the page does, and says nothing of what else was saved."""
    return blake2b(body, digest_size=12).hexdigest()


def tagged(etag: str, encoding: str) -> str:
    return f'"{etag}-{encoding}"' if encoding else f'"{etag}"'


def not_modified(tag: str) -> list[tuple[str, str]]:
    """The headers of a 304 that says so of `tag`."""
    return [("ETag", tag), ("Cache-Control", cache_control()), ("Vary", "Accept-Encoding")]


def tag_in(none_match: str, etag: str) -> str:
    """What `none_match`, an If-None-Match header, says of `etag`: that tag with its encoding, or ""."""
    for encoding in ("gzip", ""):
        if (tag := tagged(etag, encoding)) in none_match:
            return tag
    return ""


def encoding_in(accepted: str) -> str:
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


def compressed(body: bytes, encoding: str) -> bytes:
    return gzip.compress(body, 6 if len(body) < LARGEST_PAGE else 1, mtime=0) if encoding == "gzip" else body

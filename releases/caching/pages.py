"""Public pages as they go out: kept whole for one public edition, in each encoding that was asked for, within a number of bytes.

In this process's memory first; behind it, where `CACHE_URL` names a Redis, for all processes. What is found there counts only
with our seal, and what is slow or absent there is left aside for a while: the page is made anew instead.
"""

import gzip
import json
import re
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import brotli
from django.conf import settings
from django.http import HttpResponse

from releases.caching.bounded import Bounded
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
        """Bytes it takes in memory, or will when it was asked for in every encoding."""
        return 2 * len(self.body) + 2000

    def sent(self, encoding: str) -> Sent:
        """Headers and bytes in `encoding` ("br", "gzip" or ""), compressed once."""
        sent = self._sent.get(encoding)
        if sent is None:
            body = compressed(self.body, encoding)
            headers = self.headers | {"ETag": tagged(self.etag, encoding), "Content-Length": str(len(body))}
            if encoding:
                headers["Content-Encoding"] = encoding
            sent = self._sent[encoding] = list(headers.items()), body
        return sent


class PageStore:
    """The pages of the latest edition, the least wanted out first: plain addresses, and apart from them all that have a query,
    which anyone can make up, so that a thousand odd questions push out none of the others."""

    def __init__(self, most: int) -> None:
        self.most = most  # bytes
        self._lock = threading.Lock()
        self._edition = ""
        self._shelves = [Bounded[Page](part, lambda page: page.size) for part in (most * 3 // 4, most // 4)]
        self._being_made: dict[str, threading.Event] = {}

    def get(self, edition: Edition, key: str) -> Page | None:
        """The page under `key`, if it was kept for this edition."""
        page = self.at_hand(edition, key)
        if page is None and (page := shared_get(edition, key)):
            self._keep(edition, key, page)
        return page

    def at_hand(self, edition: Edition, key: str) -> Page | None:
        """The page under `key`, if this process has it for this edition."""
        with self._lock:
            page: Page | None = self._shelf(edition, key).get(key)
            return page

    def put(self, edition: Edition, key: str, page: Page) -> None:
        if page.size <= LARGEST_PAGE:
            self._keep(edition, key, page)
            shared_put(edition, key, page)

    def _keep(self, edition: Edition, key: str, page: Page) -> None:
        with self._lock:
            self._shelf(edition, key).put(key, page)

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

    def _shelf(self, edition: Edition, key: str) -> Bounded[Page]:
        """Where `key` belongs; another edition begins with nothing."""
        if edition.key != self._edition:
            self._edition = edition.key
            for shelf in self._shelves:
                shelf.clear()
        return self._shelves["?" in key]


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
    return blake2b(body, key=build(), digest_size=12).hexdigest()


def tagged(etag: str, encoding: str) -> str:
    return f'"{etag}-{encoding}"' if encoding else f'"{etag}"'


def not_modified(tag: str) -> list[tuple[str, str]]:
    """The headers of a 304 that says so of `tag`."""
    return [("ETag", tag), ("Cache-Control", cache_control()), ("Vary", "Accept-Encoding")]


def tag_in(none_match: str, etag: str) -> str:
    """What `none_match`, an If-None-Match header, says of `etag`: that tag with its encoding, or ""."""
    for encoding in ("br", "gzip", ""):
        if (tag := tagged(etag, encoding)) in none_match:
            return tag
    return ""


def encoding_in(accepted: str) -> str:
    """The encoding that an Accept-Encoding header wants most of those we have: "br", "gzip" or ""."""
    return _encoding_in(accepted) if len(accepted) <= 200 else ""


@lru_cache(512)
def _encoding_in(accepted: str) -> str:
    wanted = {}
    for part in accepted.lower().split(","):
        name, _semicolon, quality = part.strip().partition(";")
        try:
            wanted[name.strip()] = float(quality.strip().removeprefix("q=") or 1)
        except ValueError:
            return ""
    return next((name for name in ("br", "gzip") if wanted.get(name, 0) > 0), "")


def compressed(body: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return bytes(brotli.compress(body, quality=6 if len(body) < LARGEST_PAGE else 1))
    return gzip.compress(body, 6 if len(body) < LARGEST_PAGE else 1, mtime=0) if encoding == "gzip" else body


@cache
def build() -> bytes:
    """What tells one build of the newsroom from another, and our keys from all others: code, templates, words, static files."""
    here = Path(settings.BASE_DIR)
    files = [*here.glob("releases/**/*.py"), *here.glob("templates/**/*.html"), *here.glob("releases/locale/**/*.mo")]
    files += [Path(settings.STATIC_ROOT) / "staticfiles.json"]
    known = [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in sorted(files) if path.exists()]
    words = "\n".join([settings.SECRET_KEY, settings.SITE_URL, *known])
    return blake2b(words.encode()).digest()


# --- For all processes: Redis -----------------------------------------------------------------------------------------

WAITING_FOR_REDIS = 0.1  # seconds for one question
LEFT_ASIDE = 5.0  # seconds after a fault
SEAL = 32

_asked_again_at = 0.0


@cache
def redis_client() -> Any:
    import redis  # only where it is wanted
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return redis.Redis.from_url(
        settings.CACHE_URL,
        socket_timeout=WAITING_FOR_REDIS,
        socket_connect_timeout=WAITING_FOR_REDIS,
        retry=Retry(NoBackoff(), 0),
        protocol=2,
    )


def shared_get(edition: Edition, key: str) -> Page | None:
    """The page from Redis, when it is there and bears our seal; no fault of Redis is one of ours."""
    sealed = _ask_redis("get", _name(edition, key)) if settings.CACHE_URL else None
    if not isinstance(sealed, bytes) or not secrets.compare_digest(sealed[:SEAL], _seal(edition, key, sealed[SEAL:])):
        return None
    head, _newline, body = sealed[SEAL:].partition(b"\n")
    words = json.loads(head)
    return Page(words["etag"], words["headers"], body)


def shared_put(edition: Edition, key: str, page: Page) -> None:
    if not settings.CACHE_URL:
        return
    content = json.dumps({"etag": page.etag, "headers": page.headers}).encode() + b"\n" + page.body
    seconds = max(1, int((edition.until - edition.since).total_seconds()) + 1)
    _ask_redis("set", _name(edition, key), _seal(edition, key, content) + content, ex=seconds)


def _ask_redis(command: str, *words: Any, **options: Any) -> Any:
    global _asked_again_at
    if time.monotonic() < _asked_again_at:
        return None
    try:
        return getattr(redis_client(), command)(*words, **options)
    except Exception:  # whatever it is, the page is made without it
        _asked_again_at = time.monotonic() + LEFT_ASIDE
        return None


def _name(edition: Edition, key: str) -> str:
    return "carecen-news:" + blake2b(f"{edition.key} {key}".encode(), key=build(), digest_size=16).hexdigest()


def _seal(edition: Edition, key: str, content: bytes) -> bytes:
    return blake2b(f"{edition.key} {key}\n".encode() + content, key=build(), digest_size=SEAL).digest()

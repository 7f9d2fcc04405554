"""Serve cached pages before Django runs, while the cache generation is known to be current.

It sends no query and renders nothing. Django handles all other requests, and its first middleware
(releases/middleware.py) queries, renders and caches.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from releases.caching.generation import get_recent_generation
from releases.caching.pages import (
    choose_encoding,
    get_not_modified_headers,
    get_page_cache,
    make_cache_key,
    match_etag,
)

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@cache
def get_cacheable_hosts() -> frozenset[str]:
    """Return the hosts for which cached pages are served: SITE_URL's and this machine's."""
    return frozenset(
        [
            urlsplit(settings.SITE_URL).netloc,
            *(f"{name}:{settings.PORT}" for name in ("127.0.0.1", "localhost", "[::1]")),
        ]
    )


def with_page_cache(application: Application) -> Application:
    """Return the WSGI `application` with cached pages served before it."""
    proxy_header, https = settings.SECURE_PROXY_SSL_HEADER or ("", "https")

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        pages = get_page_cache()
        if (
            pages is None
            or environ.get("HTTP_HOST") not in get_cacheable_hosts()
            or (settings.HTTPS and environ.get(proxy_header) != https)
        ):
            return application(environ, start_response)
        path = environ.get("PATH_INFO", "")
        generation = get_recent_generation(timezone.now())
        key = (
            make_cache_key(environ["REQUEST_METHOD"], path, environ.get("QUERY_STRING", ""))
            if generation and path.isascii()
            else None
        )
        if generation is None or key is None or environ.get("SCRIPT_NAME"):
            return application(environ, start_response)
        page = pages.get(generation, key)
        if page is None:
            return application(environ, start_response)
        none_match = environ.get("HTTP_IF_NONE_MATCH", "")
        if none_match and (tag := match_etag(none_match, page.etag)):
            start_response("304 Not Modified", get_not_modified_headers(tag, page))
            return ()
        headers, body = page.encode(choose_encoding(environ.get("HTTP_ACCEPT_ENCODING", "")))
        start_response("200 OK", list(headers))  # a server may add to the list it gets
        return (body,) if environ["REQUEST_METHOD"] == "GET" else ()

    return answer

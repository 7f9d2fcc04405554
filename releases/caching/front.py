"""Ready pages before anything else runs: in front of Django, for what the store has while the edition is known to stand.

It asks no database and makes nothing. Whatever it cannot answer so goes on to Django, whose first middleware
(releases/middleware.py) asks, makes, and keeps.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from releases.caching.editions import fresh_edition
from releases.caching.pages import encoding_in, key_of, not_modified, store, tag_in

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@cache
def our_names() -> frozenset[str]:
    """The names under which ready pages are sent: our own, and this machine's. Under others that are allowed, Django answers."""
    return frozenset([urlsplit(settings.SITE_URL).netloc, *(f"{name}:{settings.PORT}" for name in ("127.0.0.1", "localhost", "[::1]"))])


def ready_first(application: Application) -> Application:
    """`application` (WSGI), with ready pages answered before it."""
    proxy_header, https = settings.SECURE_PROXY_SSL_HEADER or ("", "https")

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        pages = store()
        if pages is None or environ.get("HTTP_HOST") not in our_names() or (settings.HTTPS and environ.get(proxy_header) != https):
            return application(environ, start_response)
        path = environ.get("PATH_INFO", "")
        edition = fresh_edition(timezone.now())
        key = key_of(environ["REQUEST_METHOD"], path, environ.get("QUERY_STRING", "")) if edition and path.isascii() else None
        if edition is None or key is None or environ.get("SCRIPT_NAME"):
            return application(environ, start_response)
        page = pages.get(edition, key)
        if page is None:
            return application(environ, start_response)
        none_match = environ.get("HTTP_IF_NONE_MATCH", "")
        if none_match and (tag := tag_in(none_match, page.etag)):
            start_response("304 Not Modified", not_modified(tag))
            return ()
        headers, body = page.sent(encoding_in(environ.get("HTTP_ACCEPT_ENCODING", "")))
        start_response("200 OK", list(headers))  # a server may add to the list it gets
        return (body,) if environ["REQUEST_METHOD"] == "GET" else ()

    return answer

"""Middleware: database limits, page cache, security headers, language, sources, and sessions."""

import logging
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import BadRequest, DisallowedHost
from django.db import Error, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.deprecation import MiddlewareMixin

from releases import caching
from releases.accounts.attempts import hash_source
from releases.actions.due_revisions import publish_due_revisions
from releases.caching import CacheGeneration
from releases.database import (
    ADMIN_SECONDS,
    MIN_STATEMENT_SECONDS,
    NO_WAIT,
    PUBLIC_SECONDS,
    is_outage,
    limit_waiting,
    without_waiting_for_locks,
)
from releases.text.choices import Language

NULL_BYTE = re.compile("%00|\x00")
SOURCE_PREFIXES = ("/admin/", "/preview/")
# Other sites may embed photos, share images and icons, which feed readers and link previews show. Documents
# are here because Chrome's PDF viewer shows only the first page of some PDF files with `same-origin`:
# https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Cross-Origin-Resource-Policy
EMBEDDABLE_PATHS = re.compile(
    r"/photos/|/(?!admin/|preview/).*(?:/card\.png|/photo-card\.jpg|\.pdf)$"
    r"|/(?:favicon\.ico|apple-touch-icon(?:-precomposed)?\.png)$"
)

View = Callable[[HttpRequest], HttpResponse]

logger = logging.getLogger(__name__)


class WaitingLimitMiddleware:
    """Limits how long a request waits for the database. It is the first middleware.

    Editors wait longer than readers, because their text is at stake. While the database doesn't answer at
    all, readers' requests don't wait, so that they don't occupy the threads that serve cached pages.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        usual, while_down = (
            (ADMIN_SECONDS, MIN_STATEMENT_SECONDS) if is_admin_request(request) else (PUBLIC_SECONDS, NO_WAIT)
        )
        with limit_waiting(while_down if caching.is_database_down() else usual):
            return self.get_response(request)


class QueryRedirectMiddleware:
    """Keeps redirects with a query string out of caches: the query may be what a reader searches for."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "?" in response.get("Location", ""):
            response.headers["Cache-Control"] = "no-store"
        return response


def is_admin_request(request: HttpRequest) -> bool:
    return request.path_info.startswith(settings.SESSION_COOKIE_PATH)


class PageCacheMiddleware:
    """Serves public pages from the page cache, byte for byte, and caches new ones.

    It comes before all middleware that cached pages don't need.

    `caching.with_page_cache` serves the same pages before Django runs. Only 200 responses of `public_page`
    views without cookies are cached. Requests for the admin and for previews bypass the cache, and so do
    requests over plain HTTP if SITE_URL is https.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cache = caching.get_page_cache()
        query = request.META.get("QUERY_STRING", "")
        key = (
            caching.make_cache_key(request.method, request.path_info, query)
            if cache and self.is_cacheable_request(request)
            else None
        )
        try:
            generation = get_fresh_generation(timezone.now()) if key else None
        except Exception as error:
            request.generation_error = error  # type: ignore[attr-defined]
            return self.get_response(request)
        if cache is None or key is None or generation is None:
            return self.get_response(request)
        # Compared below, so that views always render the page.
        none_match = request.META.pop("HTTP_IF_NONE_MATCH", "")
        page = cache.get(generation, key)
        if page is None:
            with cache.render_once(generation, key) as page:
                if page is None:
                    response = self.get_response(request)
                    rendered_for: CacheGeneration | None = getattr(response, "generation", None)
                    page = caching.make_cacheable_page(response) if rendered_for else None
                    if page is None or rendered_for is None:
                        return response
                    cache.put(rendered_for, key, page)
        if none_match and (tag := caching.match_etag(none_match, page.etag)):
            return HttpResponse(status=304, headers=dict(caching.get_not_modified_headers(tag, page)))
        headers, body = page.encode(caching.choose_encoding(request.headers.get("accept-encoding", "")))
        return HttpResponse(body, headers=dict(headers))

    def process_view(self, request: HttpRequest, *_args: Any) -> None:
        """Raise the error of `get_fresh_generation` here, so that all middleware handles the error page."""
        if error := getattr(request, "generation_error", None):
            raise error

    def is_cacheable_request(self, request: HttpRequest) -> bool:
        """Return whether the request is for an allowed host, and over HTTPS if that is required."""
        if settings.HTTPS and not request.is_secure():
            return False
        if request.headers.get("host", "") in caching.get_cacheable_hosts():
            return True
        try:
            request.get_host()
        except DisallowedHost:
            return False
        return True


def get_fresh_generation(at: datetime) -> CacheGeneration:
    """Return the generation at `at`, after publishing due revisions. Raises the database's error."""
    generation = caching.find_generation(at)
    if generation.has_due_revisions and not caching.is_database_down() and publish_due_revisions(at):
        generation = caching.find_generation(timezone.now())
    return generation


class ResourcePolicyMiddleware:
    """Lets browsers load what the newsroom sends into its own pages only, except EMBEDDABLE_PATHS.

    The path decides and not the view, because browsers check redirects too. Error pages are the same for all
    paths.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_embeddable = response.status_code < 400 and EMBEDDABLE_PATHS.match(request.path_info)
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin" if is_embeddable else "same-origin"
        return response


class CachedCSPMiddleware(CSPMiddleware):
    """Builds the policy once for each way in which views change it, or each time if it has a nonce."""

    def __init__(self, get_response: View) -> None:
        super().__init__(get_response)
        self.policies: dict[str, str] = {}

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        if settings.DEBUG or HEADER in response or getattr(request, "_csp_nonce", None):
            return super().process_response(request, response)
        key = repr([(name, value) for name, value in vars(response).items() if name.startswith("_csp_")])
        if key not in self.policies:
            self.policies[key] = super().process_response(request, response).get(HEADER, "")
        if policy := self.policies[key]:
            response.headers[HEADER] = policy
        return response


class AdminOnlyMixin(MiddlewareMixin):
    """Runs a middleware in the admin only.

    On other pages nobody has a session, and browsers send no session cookie.
    """

    def __call__(self, request: HttpRequest) -> Any:
        return super().__call__(request) if is_admin_request(request) else self.get_response(request)


class SourceMiddleware:
    """Sets `request.source` to a digest of the client's network in the admin and for private links, or to "".

    Attempts to guess are counted by it. The address itself is not kept. Only a proxy knows it, and it passes
    it on for these pages only.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address = request.META.pop("HTTP_X_REAL_IP", "")
        if settings.TRUST_PROXY and address and request.path_info.startswith(SOURCE_PREFIXES):
            request.source = hash_source(address)  # type: ignore[attr-defined]
        return self.get_response(request)


class AdminSessionMiddleware(AdminOnlyMixin, SessionMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save the session, or let it end later, because it is used now.

        Requests that a page sends without its user (`request.is_background`) don't count as use.

        If that is impossible, a page is shown nevertheless, and a completed action still counts as done: only
        a message about it is lost. Signing in needs the session, so it fails.
        """
        try:
            saved: HttpResponse = super().process_response(request, response)
        except SessionInterrupted:
            return response  # it ended while the request was handled
        except Error as error:
            if not is_outage(error) or request.path_info == reverse(settings.LOGIN_URL):
                raise
            logger.warning("A session could not be saved: %s", error)
            return response
        if not getattr(request, "is_background", False) and request.session.needs_extension():  # type: ignore[attr-defined]
            self.extend(request)
        return saved

    def extend(self, request: HttpRequest) -> None:
        """Extend the session, unless the database can't be written right now."""
        try:
            with without_waiting_for_locks(), transaction.atomic():
                request.session.extend()  # type: ignore[attr-defined]
        except Error as error:
            logger.warning("A session could not be extended: %s", error)


class AdminAuthenticationMiddleware(AdminOnlyMixin, AuthenticationMiddleware):
    pass


class AdminMessageMiddleware(AdminOnlyMixin, MessageMiddleware):
    pass


class NullByteMiddleware:
    """Rejects NUL characters, which PostgreSQL cannot store and browsers never send.

    It refuses them in a path or a cookie, and removes them from a query string.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META["QUERY_STRING"] = NULL_BYTE.sub("", request.META.get("QUERY_STRING", ""))
        values = [request.path_info, unquote(request.META["QUERY_STRING"]), *request.COOKIES.values()]
        if any("\x00" in value for value in values):
            raise BadRequest("a NUL character")
        return self.get_response(request)


class LanguageMiddleware:
    """Sets the language: from the URL on public pages, from the account in the admin. It stores nothing.

    In the admin, the query `language` sets it for people whose account has none, or who are signed out.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = self.get_language(request)
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    def get_language(self, request: HttpRequest) -> str:
        prefix = request.path_info.split("/")[1] if "/" in request.path_info else ""
        if prefix == "admin":
            # The language of the account, or else of the query or the browser. /admin itself has no user.
            try:
                language = getattr(getattr(request, "user", None), "language", "")
            except Error:  # the view reports it
                language = ""
            if not language and request.GET.get("language") in Language.values:
                language = request.GET["language"]
            return language or translation.get_language_from_request(request)
        return Language.SPANISH.value if prefix == "es" else Language.ENGLISH.value

"""What every request passes: it must be readable, and it has a language."""

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
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import BadRequest, DisallowedHost
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.deprecation import MiddlewareMixin

from releases import caching, publishing
from releases.caching import Edition
from releases.vocabulary import Language

NUL = re.compile("%00|\x00")

View = Callable[[HttpRequest], HttpResponse]


class ReadyPagesMiddleware:
    """The first of all: answers public pages from what is ready, byte for byte as they went out before, and keeps what was made.

    Before Django itself stands `caching.ready_first`, which answers the same from memory alone.

    Only 200 responses of `public_page` views without cookies are cached. Requests for the admin and for previews bypass the cache, and
    so do requests over plain HTTP where SITE_URL is https.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        store = caching.store()
        query = request.META.get("QUERY_STRING", "")
        key = caching.key_of(request.method, request.path_info, query) if store and self.is_for_us(request) else None
        edition = edition_of(timezone.now()) if key else None
        if store is None or key is None or edition is None:
            return self.get_response(request)
        none_match = request.META.pop("HTTP_IF_NONE_MATCH", "")  # answered here, for all
        page = store.get(edition, key)
        if page is None:
            with store.rendering(edition, key) as page:
                if page is None:
                    response = self.get_response(request)
                    made_for: Edition | None = getattr(response, "edition", None)
                    page = caching.kept_page(response) if made_for else None
                    if page is None or made_for is None:
                        return response
                    store.put(made_for, key, page)
        if none_match and (tag := caching.tag_in(none_match, page.etag)):
            return HttpResponse(status=304, headers=dict(caching.not_modified(tag)))
        headers, body = page.sent(caching.encoding_in(request.headers.get("accept-encoding", "")))
        return HttpResponse(body, headers=dict(headers))

    def is_for_us(self, request: HttpRequest) -> bool:
        """Whether the request came to one of our names, and over https where that is wanted."""
        if settings.HTTPS and not request.is_secure():
            return False
        if request.headers.get("host", "") in caching.our_names():
            return True
        try:
            request.get_host()
        except DisallowedHost:
            return False
        return True


def edition_of(at: datetime) -> Edition | None:
    """Return the edition of `at`, after scheduled changes that are due; for a second after the database fails, the last one."""
    try:
        edition = caching.edition(at)
        if edition.has_due_changes and publishing.publish_due_changes(at):
            edition = caching.edition(timezone.now())
        return edition
    except DatabaseError:
        return caching.known_edition(at)


class PolicyMiddleware(CSPMiddleware):
    """Puts the policy together once for each way in which views change it; one with a nonce each time."""

    def __init__(self, get_response: View) -> None:
        super().__init__(get_response)
        self.known: dict[str, str] = {}

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        if settings.DEBUG or HEADER in response or getattr(request, "_csp_nonce", None):
            return super().process_response(request, response)
        changes = repr([(name, value) for name, value in vars(response).items() if name.startswith("_csp_")])
        if changes not in self.known:
            self.known[changes] = super().process_response(request, response).get(HEADER, "")
        if policy := self.known[changes]:
            response.headers[HEADER] = policy
        return response


class AtTheDesk(MiddlewareMixin):
    """Only at the desk is anything asked about the person: elsewhere nobody has a session, and browsers send no cookie of one."""

    def __call__(self, request: HttpRequest) -> Any:
        is_at_the_desk = request.path_info.startswith(settings.SESSION_COOKIE_PATH)
        return super().__call__(request) if is_at_the_desk else self.get_response(request)


class DeskSessionMiddleware(AtTheDesk, SessionMiddleware):
    pass


class DeskAuthenticationMiddleware(AtTheDesk, AuthenticationMiddleware):
    pass


class DeskMessageMiddleware(AtTheDesk, MessageMiddleware):
    pass


class ReadableMiddleware:
    """Keeps out the one character that PostgreSQL has no place for; browsers never send it.

    In an address or a cookie it is refused. Among the words asked for it says nothing, so the page is the one without it.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META["QUERY_STRING"] = NUL.sub("", request.META.get("QUERY_STRING", ""))
        sent = [request.path_info, unquote(request.META["QUERY_STRING"]), *request.COOKIES.values()]
        if any("\x00" in words for words in sent):
            raise BadRequest("a NUL character")
        return self.get_response(request)


class LanguageMiddleware:
    """The address decides on public pages, the account at the desk. Nothing is guessed or remembered."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = self.language_of(request)
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    def language_of(self, request: HttpRequest) -> str:
        first = request.path_info.split("/")[1] if "/" in request.path_info else ""
        if first == "admin":
            # Only here is anything about the person asked: their account's wish, before that their browser's.
            return getattr(request.user, "language", "") or translation.get_language_from_request(request)
        return Language.SPANISH.value if first == "es" else Language.ENGLISH.value

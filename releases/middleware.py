"""What every request passes: it must be readable, and it has a language."""

import re
from collections.abc import Callable
from urllib.parse import unquote

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from releases.vocabulary import Language

NUL = re.compile("%00|\x00")

View = Callable[[HttpRequest], HttpResponse]


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

"""The language of a request: the address decides on public pages, the account at the desk. Nothing is guessed or remembered."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from releases.vocabulary import Language


class LanguageMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
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

"""The newsroom as it is served, that also tells at /renderings/ how often each page was made; for `benchmarks.spike` alone."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.base import BaseHandler

from carecen_news.wsgi import application as newsroom

made: Counter[str] = Counter()
_resolve = BaseHandler.resolve_request


def counting(self: Any, request: Any) -> Any:
    made[request.get_full_path()] += 1
    return _resolve(self, request)


BaseHandler.resolve_request = counting  # type: ignore[method-assign]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/renderings/":
        body = json.dumps(made).encode()
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]
    return newsroom(environ, start_response)  # type: ignore[no-any-return]

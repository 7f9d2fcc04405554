"""The WSGI application with /renderings/, which returns how often each page was rendered."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.base import BaseHandler

from carecen_news.wsgi import application as newsroom

render_counts: Counter[str] = Counter()
_resolve_request = BaseHandler.resolve_request


def count_and_resolve_request(self: Any, request: Any) -> Any:
    render_counts[request.get_full_path()] += 1
    return _resolve_request(self, request)


BaseHandler.resolve_request = count_and_resolve_request  # type: ignore[method-assign]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/renderings/":
        body = json.dumps(render_counts).encode()
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]
    return newsroom(environ, start_response)  # type: ignore[no-any-return]

"""The score of the MDN HTTP Observatory, computed from the headers of a running newsroom."""

import re
from collections.abc import Callable
from copy import deepcopy

import pytest

from tests.e2e.test_serve import Response, fetch, run_server

pytestmark = [pytest.mark.one_database, pytest.mark.xdist_group("servers")]

HALF_A_YEAR = 15768000  # seconds
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
# Sources that allow what an attacker adds to a page, or any site.
UNSAFE_SOURCE = re.compile(r"'unsafe-|(^|\s)(data:|https?:|ftp:|\*)")


def parse_csp(response: Response) -> dict[str, str]:
    directives = response.headers.get("Content-Security-Policy", "").split(";")
    return dict(directive.strip().partition(" ")[::2] for directive in directives if directive.strip())


def score_csp(response: Response) -> int:
    csp = parse_csp(response)
    if not csp:
        return -25
    if "default-src" not in csp or any(UNSAFE_SOURCE.search(sources) for sources in csp.values()):
        return -20
    return 10 if csp["default-src"] == "'none'" else 5


def score_cookies(response: Response) -> int:
    cookies = [cookie.lower() for cookie in response.headers.get_all("Set-Cookie", [])]
    flags = ("; secure", "; httponly", "; samesite=lax")
    if not cookies:
        return 0
    return 5 if all(flag in cookie for cookie in cookies for flag in flags) else -40


def score_cors(response: Response) -> int:
    return -50 if "Access-Control-Allow-Credentials" in response.headers else 0


def score_referrer_policy(response: Response) -> int:
    policy = response.headers.get("Referrer-Policy")
    return 0 if policy is None else 5 if policy in PRIVATE else -5


def score_hsts(response: Response) -> int:
    age = re.match(r"max-age=(\d+)", response.headers.get("Strict-Transport-Security", ""))
    return -20 if not age else 0 if int(age[1]) >= HALF_A_YEAR else -10


def score_scripts(response: Response) -> int:
    """Scripts of other sites need a hash (SRI). Ours have none, so the bonus for hashes isn't counted."""
    return -50 if re.search(r'<script[^>]* src="(https?:)?//', response.body) else 0


def score_content_type_options(response: Response) -> int:
    return 0 if response.headers.get("X-Content-Type-Options") == "nosniff" else -5


def score_framing(response: Response) -> int:
    if "frame-ancestors" in parse_csp(response):
        return 5
    return 0 if response.headers.get("X-Frame-Options") in ("DENY", "SAMEORIGIN") else -20


def score_resource_policy(response: Response) -> int:
    policy = response.headers.get("Cross-Origin-Resource-Policy", "cross-origin")
    return 10 if policy in ("same-origin", "same-site") else 0 if policy == "cross-origin" else -5


# https://developer.mozilla.org/en-US/observatory/docs/tests_and_scoring. The test below checks the redirect.
RULES: list[Callable[[Response], int]] = [
    score_csp,
    score_cookies,
    score_cors,
    score_referrer_policy,
    score_hsts,
    score_scripts,
    score_content_type_options,
    score_framing,
    score_resource_policy,
]


def get_score(response: Response) -> int:
    """Return 100 and the points of all rules. A bonus counts only from 90 points without any."""
    points = [rule(response) for rule in RULES]
    score = 100 + sum(point for point in points if point < 0)
    return score + sum(point for point in points if point > 0) if score >= 90 else score


def replace_header(response: Response, name: str, value: str = "") -> Response:
    headers = deepcopy(response.headers)
    del headers[name]
    if value:
        headers[name] = value
    return response._replace(headers=headers)


def test_public_pages_and_the_sign_in_page_have_at_least_130_points(tmp_path):
    """The list of preloaded sites, for another 5 points, is kept by browsers and isn't a header."""
    site = {"Host": "news.example.org", "X_Forwarded_Proto": "https"}
    with run_server(tmp_path / "var", SITE_URL="https://news.example.org", TRUST_PROXY="1") as (
        address,
        _log,
    ):
        home = fetch(address, "/", **site)
        release = re.search(r'href="(/\d{4}/\d\d/[^"]+/)"', home.body)
        paths = ["/", "/es/", release[1], "/search/?q=daca", "/nowhere/", "/admin/login/"]
        responses = {path: fetch(address, path, **site) for path in paths * 2}  # the second is cached
        redirect = fetch(address, "/", Host="news.example.org")
        stylesheet = fetch(address, re.search(r'href="(/static/[^"]+\.css)"', home.body)[1], **site)
    assert (redirect.status, redirect.headers["Location"]) == (301, "https://news.example.org/")
    assert stylesheet.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert responses["/admin/login/"].headers["Set-Cookie"]
    scores = {path: get_score(response) for path, response in responses.items()}
    assert scores == dict.fromkeys(paths, 130) | {"/admin/login/": 135}
    for name, value in (
        ("Content-Security-Policy", ""),
        ("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'"),
        ("Content-Security-Policy", "default-src 'none'; script-src 'unsafe-inline'; frame-ancestors 'none'"),
        ("Cross-Origin-Resource-Policy", ""),
        ("Cross-Origin-Resource-Policy", "cross-origin"),
        ("Referrer-Policy", ""),
        ("Referrer-Policy", "origin"),
        ("Set-Cookie", "session=1; Secure; HttpOnly"),
        ("Strict-Transport-Security", ""),
        ("Strict-Transport-Security", "max-age=3600"),
        ("X-Content-Type-Options", ""),
    ):
        assert get_score(replace_header(responses["/"], name, value)) < 130, (name, value)

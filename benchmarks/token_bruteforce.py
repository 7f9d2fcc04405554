"""Try to open private previews by guessing: send 100,000 wrong tokens to a running server.

    .venv/bin/python -m benchmarks.token_bruteforce

starts a server, creates a few preview links, and sends random tokens, tokens with one wrong character,
references, and tokens of revoked and expired links, in URLs and in cookies. The exit code is 1 if any
response is not a 404.
"""

import argparse
import random
import secrets
import string
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import NamedTuple

from benchmarks.publish_latency import run_empty_newsroom


class Link(NamedTuple):
    token: str
    reference: str
    is_valid: bool


def create_links() -> list[Link]:
    """Create two valid preview links, a revoked one and an expired one."""
    from django.utils import timezone

    from releases.actions.preview_links import create_preview_link, revoke_preview_link
    from releases.models import PreviewLink, Release, User

    user = User.objects.create_superuser("benchmark")
    links = []
    for number, state in enumerate(["valid", "valid", "revoked", "expired"]):
        release = Release(headline=f"Hidden release {number}", summary="Words.", dateline="Los Angeles")
        release.save()
        link, token = create_preview_link(release, user=user, label="Ana", kind="reporter", hours=24)
        if state == "revoked":
            revoke_preview_link(link, user=user)
        if state == "expired":
            PreviewLink.objects.filter(pk=link.pk).update(expires_at=timezone.now())
        links.append(Link(token, link.reference, state == "valid"))
    return links


def make_guess(links: list[Link]) -> tuple[str, str]:
    """Return a path and a cookie value that must not open a preview."""
    letters = string.ascii_letters + string.digits + "-_"
    link = random.choice(links)
    other = random.choice([other for other in links if other.reference != link.reference])
    position = random.randrange(len(link.token))
    similar = (
        link.token[:position]
        + random.choice(letters.replace(link.token[position], ""))
        + link.token[position + 1 :]
    )
    expired = link.token if not link.is_valid else similar
    wrong = random.choice(
        [secrets.token_urlsafe(32), similar, link.reference, link.token.swapcase(), expired]
    )
    return random.choice(
        [
            (f"/preview/{wrong}/", ""),
            (f"/preview/read/{link.reference}/", wrong),
            (f"/preview/read/{other.reference}/", link.token),
            (f"/preview/read/{link.reference}/", ""),
        ]
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--guesses", type=int, default=100_000)
    options = parser.parse_args()
    with run_empty_newsroom() as port:
        links, local = create_links(), threading.local()

        def send_guess(_number: int) -> int:
            if not hasattr(local, "connection"):
                local.connection = HTTPConnection("127.0.0.1", port, timeout=60)
            path, cookie = make_guess(links)
            local.connection.request("GET", path, headers={"Cookie": f"preview={cookie}"} if cookie else {})
            response = local.connection.getresponse()
            response.read()
            return int(response.status)

        with ThreadPoolExecutor(8) as executor:
            statuses = Counter(executor.map(send_guess, range(options.guesses)))
    print(f"{options.guesses} guesses, responses by status: {dict(sorted(statuses.items()))}")
    return 0 if set(statuses) == {404} else 1


if __name__ == "__main__":
    sys.exit(main())

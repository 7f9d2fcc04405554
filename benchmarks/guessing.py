"""Whether anyone gets into a preview by guessing: a hundred thousand secrets against the running server.

    .venv/bin/python -m benchmarks.guessing

makes a few links on a server of its own, and tries random secrets, secrets that are almost right, digests, references and
secrets of links that ended, as addresses and as cookies. Exit code 1 when one answer was anything but “not found”.
"""

import argparse
import random
import secrets
import string
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import local

from benchmarks.on_the_second import newsroom


def links() -> list[tuple[str, str, bool]]:
    """The secret of each link, its reference, and whether it holds."""
    from django.utils import timezone

    from releases import publishing
    from releases.models import PreviewLink, Release, User

    by = User.objects.create_superuser("benchmark")
    made = []
    for number, end in enumerate(["holds", "holds", "revoked", "expired"]):
        release = Release(headline=f"Hidden release {number}", summary="Words.", dateline="Los Angeles")
        release.save()
        link, secret = publishing.make_link(release, by=by, label="Ana", kind="reporter", hours=24)
        if end == "revoked":
            publishing.revoke_link(link, by=by)
        if end == "expired":
            PreviewLink.objects.filter(pk=link.pk).update(expires_at=timezone.now())
        made.append((secret, link.reference, end == "holds"))
    return made


def guess(made: list[tuple[str, str, bool]]) -> tuple[str, str]:
    """A path and a cookie that should open nothing."""
    letters = string.ascii_letters + string.digits + "-_"
    secret, reference, holds = random.choice(made)
    _secret, other, _holds = random.choice([link for link in made if link[1] != reference])
    place = random.randrange(len(secret))
    near = secret[:place] + random.choice(letters.replace(secret[place], "")) + secret[place + 1 :]
    wrong = random.choice([secrets.token_urlsafe(32), near, reference, secret.swapcase(), secret if not holds else near])
    return random.choice(
        [
            (f"/preview/{wrong}/", ""),
            (f"/preview/read/{reference}/", wrong),
            (f"/preview/read/{other}/", secret),
            (f"/preview/read/{reference}/", ""),
        ]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--guesses", type=int, default=100_000)
    asked = parser.parse_args()
    with newsroom() as port:
        made, here = links(), local()

        def try_one(_number: int) -> int:
            if not hasattr(here, "connection"):
                here.connection = HTTPConnection("127.0.0.1", port, timeout=60)
            path, cookie = guess(made)
            here.connection.request("GET", path, headers={"Cookie": f"preview={cookie}"} if cookie else {})
            response = here.connection.getresponse()
            response.read()
            return int(response.status)

        with ThreadPoolExecutor(8) as readers:
            answers = Counter(readers.map(try_one, range(asked.guesses)))
    print(f"{asked.guesses} guesses: {dict(sorted(answers.items()))}")
    return 0 if set(answers) == {404} else 1


if __name__ == "__main__":
    sys.exit(main())

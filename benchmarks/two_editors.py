"""Whether any save is lost when many people save the same releases at once, through the running server.

    .venv/bin/python -m benchmarks.two_editors

lets sixteen clients save a thousand times over fifty drafts, each from the form as it had opened it, on a server of its own. Of
the saves of one version exactly one may win; every other must be answered with both texts, and no answer may be a fault of the
server. Exit code 1 when that is not so. With DATABASE_URL set it works on that database, which must be empty.
"""

import argparse
import random
import re
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from benchmarks.on_the_second import newsroom

PASSWORD = "a password for the benchmark"


class Client:
    """A person at the desk: signed in, with cookies."""

    def __init__(self, port: int, name: str) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        page = self.ask("GET", "/admin/login/")[1]
        self.ask("POST", "/admin/login/", {"username": name, "password": PASSWORD, "csrfmiddlewaretoken": token(page), "next": "/admin/"})

    def ask(self, method: str, path: str, fields: dict[str, Any] | None = None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if fields is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{self.connection.port}"}
        self.connection.request(method, path, urlencode(fields, doseq=True) if fields is not None else None, headers)
        response = self.connection.getresponse()
        for _name, value in response.getheaders():
            if _name.lower() == "set-cookie":
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(value).items()}
        return response.status, response.read().decode()


def token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found, page[:500]
    return found[1]


def fill(people: int, drafts: int) -> list[int]:
    """Accounts and drafts; the ids of the drafts."""
    from django.contrib.auth.models import Group

    from releases.models import Release, User

    group = Group.objects.get(name="Publishers")
    for number in range(people):
        user = User.objects.create_user(f"client{number}", password=PASSWORD, is_staff=True)
        user.groups.add(group)
    releases = [Release(headline=f"Draft {number}", summary="As it was.", dateline="Los Angeles") for number in range(drafts)]
    for release in releases:
        release.save()
    return [release.pk for release in releases]


def save(client: Client, pk: int, number: int) -> tuple[str, str, str]:
    """Open the form, think for a moment, save; what the save was based on, its words, and what came of it."""
    path = f"/admin/releases/release/{pk}/change/"
    status, page = client.ask("GET", path)
    opened = re.search(r'name="opened" value="([^"]*)"', page)
    if status >= 500 or not opened:
        return "", "", f"HTTP {status}"
    time.sleep(random.uniform(0, 0.05))
    words = f"Words of save {number}."
    fields = {"headline": f"Draft {pk}", "summary": words, "dateline": "Los Angeles", "kind": "press_release", "language": "en", "date": ""}
    status, answer = client.ask("POST", path, fields | {"opened": opened[1], "csrfmiddlewaretoken": token(page), "_continue": "x"})
    if status == 302:
        return opened[1], words, "won"
    shows_both = status == 200 and str(number) in answer and 'name="choose_summary"' in answer
    return opened[1], words, "shown both texts" if shows_both else f"HTTP {status}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--saves", type=int, default=1000)
    parser.add_argument("--drafts", type=int, default=50)
    parser.add_argument("--clients", type=int, default=16)
    asked = parser.parse_args()
    with newsroom() as port:
        drafts = fill(asked.clients, asked.drafts)
        local = threading.local()
        names = iter(range(asked.clients))

        def sign_in() -> None:
            local.client = Client(port, f"client{next(names)}")

        def one(number: int) -> tuple[int, tuple[str, str, str]]:
            # Several at a time are drawn to the same draft: that is what is to be seen.
            pk = drafts[(number // 4) % len(drafts)]
            return pk, save(local.client, pk, number)

        with ThreadPoolExecutor(asked.clients, initializer=sign_in) as people:
            results = list(people.map(one, range(asked.saves)))

        from releases.models import Release

        outcomes = Counter(outcome for _pk, (_opened, _words, outcome) in results)
        wins = Counter((pk, opened) for pk, (opened, _words, outcome) in results if outcome == "won")
        kept = {pk: set(Release.history.filter(id=pk).values_list("summary", flat=True)) for pk in drafts}
        lost = [words for pk, (_opened, words, outcome) in results if outcome == "won" and words not in kept[pk]]
    twice = [key for key, count in wins.items() if count > 1]
    faults = {outcome: count for outcome, count in outcomes.items() if outcome.startswith("HTTP")}
    print(f"{asked.saves} saves of {asked.drafts} drafts by {asked.clients} clients")
    print(f"  won {outcomes['won']}, shown both texts {outcomes['shown both texts']}, faults {faults or 0}")
    print(f"  versions won twice {len(twice)}, saves that won and are not in the history {len(lost)}")
    return 1 if twice or lost or faults or not outcomes["shown both texts"] else 0


if __name__ == "__main__":
    sys.exit(main())

"""Check that no save is lost when several editors save the same drafts at the same time, on a running server.

    .venv/bin/python -m benchmarks.two_editors

starts a server, and lets 16 clients save 50 drafts 1,000 times, each from the form as the client opened it.
Of the saves based on the same version exactly one may succeed. Every other one must get the page that shows
both texts, and no response may be a server error. The exit code is 1 otherwise. With DATABASE_URL set it uses
that database, which must be empty.
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
from typing import Any, NamedTuple
from urllib.parse import urlencode

from benchmarks.publish_latency import run_empty_newsroom

PASSWORD = "a password for the benchmark"


class SaveResult(NamedTuple):
    """One save: the draft, the version it was based on, its text, and "saved", "conflict" or "HTTP …"."""

    pk: int
    edit_token: str
    summary: str
    outcome: str


MAX_TRIES = 20


class EditorClient:
    """An HTTP client of a signed-in editor, with cookies."""

    def __init__(self, port: int, username: str) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        page = self.send("GET", "/admin/login/")[1]
        fields = {
            "username": username,
            "password": PASSWORD,
            "csrfmiddlewaretoken": get_csrf_token(page),
            "next": "/admin/",
        }
        self.send("POST", "/admin/login/", fields)

    def send(self, method: str, path: str, fields: dict[str, Any] | None = None) -> tuple[int, str]:
        """Send a request, again while the newsroom is busy. Return status and body of the response."""
        for _try in range(MAX_TRIES):
            status, page = self._send_once(method, path, fields)
            if status not in (429, 503):
                break
        return status, page

    def _send_once(self, method: str, path: str, fields: dict[str, Any] | None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if fields is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"http://127.0.0.1:{self.connection.port}",
            }
        self.connection.request(
            method, path, urlencode(fields, doseq=True) if fields is not None else None, headers
        )
        response = self.connection.getresponse()
        for header, value in response.getheaders():
            if header.lower() == "set-cookie":
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(value).items()}
        return response.status, response.read().decode()


def get_csrf_token(page: str) -> str:
    match = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert match, page[:500]
    return match[1]


def create_users_and_drafts(user_count: int, draft_count: int) -> list[int]:
    """Create the users and drafts, and return the ids of the drafts."""
    from django.contrib.auth.models import Group

    from releases.models import Release, User

    group = Group.objects.get(name="Publishers")
    for number in range(user_count):
        user = User.objects.create_user(f"client{number}", password=PASSWORD, is_staff=True)
        user.groups.add(group)
    drafts = [
        Release(headline=f"Draft {number}", summary="As it was.", dateline="Los Angeles")
        for number in range(draft_count)
    ]
    for draft in drafts:
        draft.save()
    return [draft.pk for draft in drafts]


def save_draft(client: EditorClient, pk: int, number: int) -> SaveResult:
    """Open the form of a draft, wait up to 50 ms, and save it."""
    path = f"/admin/releases/release/{pk}/change/"
    status, page = client.send("GET", path)
    match = re.search(r'name="edit_token" value="([^"]*)"', page)
    if status >= 500 or not match:
        return SaveResult(pk, "", "", f"HTTP {status}")
    edit_token = match[1]
    time.sleep(random.uniform(0, 0.05))
    summary = f"Words of save {number}."
    fields = {
        "headline": f"Draft {pk}",
        "summary": summary,
        "dateline": "Los Angeles",
        "kind": "press_release",
        "language": "en",
        "date": "",
    }
    fields |= {"edit_token": edit_token, "csrfmiddlewaretoken": get_csrf_token(page), "_continue": "x"}
    status, page = client.send("POST", path, fields)
    if status == 302:
        return SaveResult(pk, edit_token, summary, "saved")
    shows_both_texts = status == 200 and str(number) in page and 'name="choose_summary"' in page
    return SaveResult(pk, edit_token, summary, "conflict" if shows_both_texts else f"HTTP {status}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--saves", type=int, default=1000)
    parser.add_argument("--drafts", type=int, default=50)
    parser.add_argument("--clients", type=int, default=16)
    options = parser.parse_args()
    with run_empty_newsroom() as port:
        drafts = create_users_and_drafts(options.clients, options.drafts)
        local = threading.local()
        numbers = iter(range(options.clients))

        def sign_in() -> None:
            local.client = EditorClient(port, f"client{next(numbers)}")

        def save_numbered_draft(number: int) -> SaveResult:
            # Four consecutive saves go to the same draft, so that clients conflict.
            return save_draft(local.client, drafts[(number // 4) % len(drafts)], number)

        with ThreadPoolExecutor(options.clients, initializer=sign_in) as executor:
            results = list(executor.map(save_numbered_draft, range(options.saves)))

        from releases.models import Release

        saved = [result for result in results if result.outcome == "saved"]
        history = {pk: set(Release.history.filter(id=pk).values_list("summary", flat=True)) for pk in drafts}
    outcomes = Counter(result.outcome for result in results)
    saves_by_version = Counter((result.pk, result.edit_token) for result in saved)
    overwritten = [version for version, count in saves_by_version.items() if count > 1]
    lost = [result.summary for result in saved if result.summary not in history[result.pk]]
    errors = {outcome: count for outcome, count in outcomes.items() if outcome.startswith("HTTP")}
    print(f"{options.saves} saves of {options.drafts} drafts by {options.clients} clients")
    print(f"  saved {outcomes['saved']}, conflicts shown {outcomes['conflict']}, errors {errors or 0}")
    print(f"  versions saved twice {len(overwritten)}, saves missing from the history {len(lost)}")
    return 1 if overwritten or lost or errors or not outcomes["conflict"] else 0


if __name__ == "__main__":
    sys.exit(main())

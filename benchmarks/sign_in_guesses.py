"""Guess passwords on a running server, and measure what its readers and the owner of the account get.

    .venv/bin/python -m benchmarks.sign_in_guesses

starts a server, and lets 16 loops send 1,000 wrong passwords, half of them for an account that exists and the
others for invented names, while four readers load the list and a search. Meanwhile the owner signs in on a
device that is known. Then the owner signs in on a new one, after the stated wait (five minutes at most;
`--no-wait` skips it). With `--proxy` the server gets the addresses of clients from a proxy: the guesses come
from one address, and the owner signs in on a new device from another one while they go on. The exit code is 1
if more than 20 passwords were hashed within a minute, if the p95 of readers is above 50 ms, or if the owner
was refused. With WORKERS=2 the attempts are counted in the database.
"""

import argparse
import os
import statistics
import sys
import threading
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

from benchmarks.publish_latency import run_empty_newsroom
from benchmarks.two_editors import get_csrf_token

PASSWORD = "seven quiet tortoises"
LOOPS = 16
MAX_HASHES, MAX_P95_MS = 20, 50


class Browser:
    """An HTTP client with cookies and a connection of its own."""

    def __init__(self, port: int, address: str = "198.51.100.7") -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.address = address  # used only with --proxy
        self.cookies: dict[str, str] = {}
        self.token = ""

    def send(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str, Any]:
        """Return status, body and headers of the response."""
        headers = {"X-Real-IP": self.address} if path.startswith("/admin/") else {}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if fields:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, urlencode(fields) if fields else None, headers)
        response = self.connection.getresponse()
        text = response.read().decode()
        for value in response.headers.get_all("Set-Cookie") or []:
            name, _equals, rest = value.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return response.status, text, response.headers

    def sign_in(self, username: str, password: str) -> tuple[int, Any]:
        """Return the status and the headers of the response to a sign-in."""
        while not self.token:
            status, page, _headers = self.send("GET", "/admin/login/")
            if status == 200:  # and not 503, because too many wait
                self.token = get_csrf_token(page)
        fields = {"username": username, "password": password, "csrfmiddlewaretoken": self.token}
        status, _text, headers = self.send("POST", "/admin/login/", fields)
        if status == 302:
            self.token = ""
        return status, headers

    def sign_out(self) -> None:
        self.cookies.pop("sessionid", None)
        self.token = ""


class Readers:
    """Four readers that load pages until they are stopped. `milliseconds` has the times."""

    def __init__(self, port: int) -> None:
        self.port, self.is_stopped = port, threading.Event()
        self.milliseconds: list[float] = []
        self.threads = [threading.Thread(target=self.read) for _number in range(4)]

    def __enter__(self) -> "Readers":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error: Any) -> None:
        self.is_stopped.set()
        for thread in self.threads:
            thread.join()

    def read(self) -> None:
        browser = Browser(self.port)
        while not self.is_stopped.wait(0.01):
            for path in ("/", "/search/?q=ruling"):
                start = time.perf_counter()
                status = browser.send("GET", path)[0]
                assert status == 200, status
                self.milliseconds.append((time.perf_counter() - start) * 1000)

    def p95(self) -> float:
        return statistics.quantiles(self.milliseconds, n=20)[-1]


def send_guesses(port: int, count: int) -> list[tuple[float, int]]:
    """Send wrong passwords from LOOPS loops. Return the time and the status of each response."""
    results: list[tuple[float, int]] = []

    def guess(loop: int) -> None:
        browser = Browser(port)
        for number in range(loop, count, LOOPS):
            name = "ana" if number % 2 else f"name{number}"
            status, _headers = browser.sign_in(name, f"guess {number}")
            results.append((time.monotonic(), status))

    with ThreadPoolExecutor(LOOPS) as executor:
        list(executor.map(guess, range(LOOPS)))
    return results


def count_per_minute(times: list[float]) -> int:
    """Return the largest number of `times` (in seconds) within a minute."""
    return max((sum(start <= at < start + 60 for at in times) for start in times), default=0)


def sign_in_during(guesses: Future[Any], browser: Browser) -> tuple[int, int]:
    """Sign in while the guesses go on, again while too many wait (503). Return the tries and the status."""
    tries, status = 0, 503
    while status == 503 and not guesses.done():
        tries += 1
        status = browser.sign_in("ana", PASSWORD)[0]
        time.sleep(0.2 if status == 503 else 0)
    return tries, status


def sign_in_after(browser: Browser, waits: bool) -> tuple[int, int]:
    """Sign in after the guesses, and again after the stated wait. Return the wait and the last status."""
    status, headers = browser.sign_in("ana", PASSWORD)
    wait = int(headers.get("Retry-After", 0))
    if wait and waits:
        browser.connection.close()  # the server would close it meanwhile
        time.sleep(wait)
        status = browser.sign_in("ana", PASSWORD)[0]
    return wait, status


def measure(port: int, options: argparse.Namespace) -> bool:
    """Measure, print the figures, and return whether all of them are met."""
    from releases.models import Release, User

    User.objects.create_user("ana", password=PASSWORD, is_staff=True)
    Release(headline="A ruling", summary="Words.", dateline="Los Angeles").save()
    owner, new_device = Browser(port), Browser(port, "203.0.113.8")
    assert owner.sign_in("ana", PASSWORD)[0] == 302
    owner.sign_out()
    with Readers(port) as alone:
        time.sleep(options.seconds)
    started_at = time.monotonic()
    with Readers(port) as readers, ThreadPoolExecutor(1) as executor:
        guesses = executor.submit(send_guesses, port, options.guesses)
        time.sleep(1)
        known_status = owner.sign_in("ana", PASSWORD)[0]
        if options.proxy:
            tries, new_status = sign_in_during(guesses, new_device)
        results = guesses.result()
    seconds = time.monotonic() - started_at
    if not options.proxy:
        wait, new_status = sign_in_after(new_device, waits=not options.no_wait)
    statuses = Counter(status for _at, status in results)
    hashes = count_per_minute([at for at, status in results if status == 200])
    print(f"{len(results)} guesses in {seconds:.1f} s, responses by status: {dict(sorted(statuses.items()))}")
    print(f"passwords hashed in the busiest minute: {hashes} (at most {MAX_HASHES})")
    print(
        f"readers: p95 {readers.p95():.1f} ms of {len(readers.milliseconds)} requests beside the guesses, "
        f"{alone.p95():.1f} ms of {len(alone.milliseconds)} without (at most {options.max_p95_ms:.0f} ms)"
    )
    print(f"owner on a known device during the guesses: HTTP {known_status} at the first try")
    moment = f"during the guesses, at try {tries}" if options.proxy else f"after them and a wait of {wait} s"
    print(f"owner on a new device {moment}: HTTP {new_status}")
    return (
        hashes <= MAX_HASHES
        and readers.p95() <= options.max_p95_ms
        and known_status == 302
        and (options.no_wait or new_status == 302)
        and set(statuses) <= {200, 429, 503}
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--guesses", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=5, help="for the readers without guesses")
    parser.add_argument("--max-p95-ms", type=float, default=MAX_P95_MS, help="for readers; default 50")
    parser.add_argument("--proxy", action="store_true", help="behind a proxy that passes on addresses")
    parser.add_argument("--no-wait", action="store_true", help="don't sign in on a new device afterwards")
    options = parser.parse_args()
    os.environ["TRUST_PROXY"] = "1" if options.proxy else "0"
    with run_empty_newsroom() as port:
        return 0 if measure(port, options) else 1


if __name__ == "__main__":
    sys.exit(main())

"""Measure how exactly releases appear on schedule, and how fast withdrawn ones disappear.

    .venv/bin/python -m benchmarks.publish_latency

starts a server in a temporary folder, schedules 100 releases within a minute, requests the release, the list,
a topic and the archive continuously, and then withdraws 20 releases. With DATABASE_URL set it uses that
database, which must be empty. The exit code is 1 if a release appeared early, never, or more than `--late`
seconds late.
"""

import argparse
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.client import HTTPConnection
from typing import Any, NamedTuple

from benchmarks.server import find_free_port

PAGE_SIZE = 10  # releases on a list page
START_SECONDS = 120  # a new database on a busy machine takes half a minute
SURFACES = ["release", "list", "topic", "archive"]


class TimedResponse(NamedTuple):
    """A response, with the times when the request was sent and the response was received."""

    sent_at: float
    received_at: float
    status: int
    body: str


class TimedClient:
    """An HTTP client with one persistent connection that records when it sends and receives."""

    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=30)

    def get(self, path: str) -> TimedResponse:
        sent_at = time.time()
        self.connection.request("GET", path)
        response = self.connection.getresponse()
        body = response.read().decode()
        return TimedResponse(sent_at, time.time(), response.status, body)


def wait_for_server(server: subprocess.Popen[bytes], port: int) -> None:
    """Wait until the server answers.

    Raises `TimeoutError` if it stops, or takes longer than START_SECONDS.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if TimedClient(port).get("/health/").status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise TimeoutError(f"The server did not answer within {START_SECONDS} seconds.")


@contextmanager
def run_empty_newsroom() -> Iterator[int]:
    """Run a server with a new data folder and yield its port.

    Sets up Django in this process for the same database. PREPARED_FOLDER can name a data folder to copy,
    because the first start of an empty one takes some seconds.
    """
    folder = tempfile.mkdtemp(prefix="newsroom-benchmark-")
    if prepared := os.environ.get("PREPARED_FOLDER"):
        shutil.copytree(prepared, folder, dirs_exist_ok=True)
    port = find_free_port()
    os.environ |= {
        "DATA_DIR": folder,
        "SAMPLE": "no",
        "PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "carecen_news.settings",
    }
    os.environ.pop("DEBUG", None)
    server = subprocess.Popen([sys.executable, "manage.py", "serve"], stdout=subprocess.DEVNULL)
    try:
        wait_for_server(server, port)
        import django

        django.setup()
        yield port
    finally:
        server.terminate()
        server.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


def schedule_releases(count: int, seconds: float) -> tuple[list[Any], Any]:
    """Schedule `count` releases with one topic at random times within `seconds`.

    Returns them in that order, with their user.
    """
    from django.contrib.auth.models import Group
    from django.utils import timezone

    from releases.actions import publication
    from releases.models import Release, Topic, User

    publisher = User.objects.create_user("benchmark", is_staff=True)
    publisher.groups.add(Group.objects.get(name="Publishers"))
    topic = Topic.objects.create(name="Benchmark", name_es="Medida")
    start = timezone.now() + timedelta(seconds=3 + count * 0.05)
    times = sorted(start + timedelta(seconds=random.uniform(0, seconds)) for _release in range(count))
    releases = []
    for number, public_at in enumerate(times):
        release = Release(
            headline=f"Release number {number} of the benchmark",
            summary="Words.",
            dateline="Los Angeles",
            date="2020-01-02",
        )
        release.full_clean()
        release.save()
        release.tags.add(topic)
        publication.publish(release, user=publisher, at=public_at)
        releases.append(release)
    if times[0] <= timezone.now():
        raise SystemExit(
            "This machine is too busy to schedule the releases in time. Use a smaller --releases."
        )
    return releases, publisher


class VisibilityLog:
    """Compare what one surface shows with what it should show.

    `early` counts responses that show a release too early. `latency` has the delay of each release in
    seconds.
    """

    def __init__(self, public_times: list[float]) -> None:
        self.public_times = public_times
        self.early = 0
        self.seen: set[int] = set()
        self.latency: dict[int, float] = {}

    def record(self, sent_at: float, received_at: float, shown: set[int], page_size: int) -> None:
        """Record a response that shows the releases `shown`, of at most `page_size` newest ones."""
        self.early += sum(self.public_times[number] > received_at for number in shown)
        self.seen |= shown
        due = [number for number, public_at in enumerate(self.public_times) if public_at <= sent_at]
        # Releases that became public during the request may have pushed older ones off the page.
        due_during_request = sum(sent_at < public_at <= received_at for public_at in self.public_times)
        for number in due[max(len(due) - max(page_size - due_during_request, 0), 0) :]:
            if number in shown:
                self.latency.setdefault(number, 0.0)
            elif self.latency.get(number, 0.0) <= sent_at - self.public_times[number]:
                self.latency[number] = sent_at - self.public_times[number]


def watch_surfaces(port: int, releases: list[Any]) -> dict[str, VisibilityLog]:
    """Request all surfaces until two seconds after the last release is due. Return their logs."""
    public_times = [release.public_at.timestamp() for release in releases]
    paths = [release.get_absolute_url() for release in releases]
    logs = {surface: VisibilityLog(public_times) for surface in SURFACES}
    end = public_times[-1] + 2

    def find_listed(body: str) -> set[int]:
        return {
            int(number) for number in re.findall(r">Release number (\d+) of the benchmark</a></h[23]>", body)
        }

    def find_counted(body: str) -> set[int]:
        match = re.search(r'href="/2020/01/">\s*January\s*<span class="count">(\d+)</span>', body)
        return set(range(int(match[1]))) if match else set()

    def watch_page(surface: str, path: str, find_shown: Callable[[str], set[int]], page_size: int) -> None:
        client = TimedClient(port)
        while time.time() < end:
            response = client.get(path)
            logs[surface].record(response.sent_at, response.received_at, find_shown(response.body), page_size)

    def watch_release_pages() -> None:
        client, log = TimedClient(port), logs["release"]
        while (now := time.time()) < end:
            for number, public_at in enumerate(public_times):
                if public_at - 0.15 <= now <= public_at + 5 and number not in log.seen:
                    response = client.get(paths[number])
                    if response.status == 200:
                        log.early += public_at > response.received_at
                        log.seen.add(number)
                        log.latency.setdefault(number, max(response.sent_at - public_at, 0.0))
            time.sleep(0.002)

    threads = [
        threading.Thread(target=watch_release_pages),
        threading.Thread(target=watch_page, args=("list", "/", find_listed, PAGE_SIZE)),
        threading.Thread(target=watch_page, args=("topic", "/topics/benchmark/", find_listed, PAGE_SIZE)),
        threading.Thread(target=watch_page, args=("archive", "/archive/", find_counted, len(releases))),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return logs


def withdraw_releases(port: int, releases: list[Any], publisher: Any) -> list[float]:
    """Withdraw each release and return the seconds until it is gone from all surfaces.

    The list must show it before.
    """
    from releases.actions import withdrawal

    client, delays = TimedClient(port), []
    for release in releases:
        count_before = int(re.search(r'<span class="count">(\d+)</span>', client.get("/archive/").body)[1])  # type: ignore[index]
        withdrawal.withdraw(release, user=publisher)
        committed_at = time.time()
        headline = f">{release.headline}<"
        while True:
            sent_at = time.time()
            match = re.search(r'<span class="count">(\d+)</span>', client.get("/archive/").body)
            if (
                client.get(release.get_absolute_url()).status == 410
                and headline not in client.get("/").body
                and headline not in client.get("/topics/benchmark/").body
                and int(match[1] if match else 0) == count_before - 1
            ):
                break
            if sent_at - committed_at > 30:
                break
        delays.append(sent_at - committed_at)
    return delays


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--releases", type=int, default=100, help="number of releases to schedule")
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="period within which the releases are scheduled"
    )
    parser.add_argument("--withdraw", type=int, default=20, help="number of releases to withdraw")
    parser.add_argument("--late", type=float, default=1.0, help="highest delay in seconds that is allowed")
    options = parser.parse_args()
    with run_empty_newsroom() as port:
        releases, publisher = schedule_releases(options.releases, options.seconds)
        logs = watch_surfaces(port, releases)
        delays = withdraw_releases(port, releases[::-1][: options.withdraw], publisher)
    print(
        f"{options.releases} releases scheduled over {options.seconds:g} s ({datetime.now():%Y-%m-%d %H:%M})"
    )
    print(f"{'surface':<10}{'seen':>6}{'early':>7}{'delay, median':>15}{'delay, max':>14}")
    is_good = True
    for surface, log in logs.items():
        latency = list(log.latency.values())
        print(
            f"{surface:<10}{len(log.seen):>6}{log.early:>7}{statistics.median(latency):>13.3f} "
            f"s{max(latency):>12.3f} s"
        )
        is_good = (
            is_good and not log.early and max(latency) <= options.late and len(log.seen) == options.releases
        )
    print(
        f"{len(delays)} withdrawn: gone from all surfaces after {statistics.median(delays):.3f} s (median), "
        f"{max(delays):.3f} s (maximum)"
    )
    return 0 if is_good and max(delays) <= options.late else 1


if __name__ == "__main__":
    sys.exit(main())

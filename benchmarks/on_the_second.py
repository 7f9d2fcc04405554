"""Whether what is scheduled appears on its second, and what is withdrawn is gone within one, through the running server.

    .venv/bin/python -m benchmarks.on_the_second

schedules a hundred releases over a minute on a server of its own, in a folder that goes away, asks the release, the list, a
topic and the archive again and again, and then withdraws twenty. With DATABASE_URL set it works on that database, which must
be empty. Exit code 1 when anything was early, never seen, or later than `--late` seconds.
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
from typing import Any

from benchmarks.server import free_port

A_PAGE = 10  # releases a list shows
SURFACES = ["release", "list", "topic", "archive"]


class Asking:
    """One connection that asks for a page and tells when it asked, when it had the answer, and what that said."""

    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=30)

    def __call__(self, path: str) -> tuple[float, float, int, str]:
        asked = time.time()
        self.connection.request("GET", path)
        response = self.connection.getresponse()
        page = response.read().decode()
        return asked, time.time(), response.status, page


@contextmanager
def newsroom() -> Iterator[int]:
    """A server on a fresh folder, and Django set up in this process on the same database: its port."""
    folder = tempfile.mkdtemp(prefix="newsroom-benchmark-")
    port = free_port()
    os.environ |= {"DATA_DIR": folder, "SAMPLE": "no", "PORT": str(port), "DJANGO_SETTINGS_MODULE": "carecen_news.settings"}
    os.environ.pop("DEBUG", None)
    server = subprocess.Popen([sys.executable, "manage.py", "serve"], stdout=subprocess.DEVNULL)
    try:
        for _try in range(300):
            try:
                if Asking(port)("/health/")[2] == 200:
                    break
            except OSError:
                time.sleep(0.1)
        import django

        django.setup()
        yield port
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def schedule(count: int, seconds: float) -> tuple[list[Any], Any]:
    """`count` releases about one topic, each with a moment of its own within `seconds` from soon on; in the order of their moments."""
    from django.contrib.auth.models import Group
    from django.utils import timezone

    from releases import publishing
    from releases.models import Release, Topic, User

    publisher = User.objects.create_user("benchmark", is_staff=True)
    publisher.groups.add(Group.objects.get(name="Publishers"))
    topic = Topic.objects.create(name="Benchmark", name_es="Medida")
    start = timezone.now() + timedelta(seconds=3 + count * 0.05)
    moments = sorted(start + timedelta(seconds=random.uniform(0, seconds)) for _one in range(count))
    releases = []
    for number, moment in enumerate(moments):
        release = Release(headline=f"Release number {number} of the benchmark", summary="Words.", dateline="Los Angeles", date="2020-01-02")
        release.full_clean()
        release.save()
        release.tags.add(topic)
        publishing.publish(release, by=publisher, at=moment)
        releases.append(release)
    if moments[0] <= timezone.now():
        raise SystemExit("This machine is too busy to schedule them in time. Try fewer.")
    return releases, publisher


class Watch:
    """What one surface showed, against what it should have: `early` is a count, `late` in seconds, for each release."""

    def __init__(self, moments: list[float]) -> None:
        self.moments = moments
        self.early = 0
        self.seen: set[int] = set()
        self.late: dict[int, float] = {}

    def look(self, asked: float, answered: float, shown: set[int], room: int) -> None:
        """An answer that showed the releases `shown`, where there is `room` for that many, the latest first."""
        self.early += sum(self.moments[number] > answered for number in shown)
        self.seen |= shown
        due = [number for number, moment in enumerate(self.moments) if moment <= asked]
        while_asked = sum(asked < moment <= answered for moment in self.moments)
        for number in due[max(len(due) - max(room - while_asked, 0), 0) :]:
            if number in shown:
                self.late.setdefault(number, 0.0)
            elif self.late.get(number, 0.0) <= asked - self.moments[number]:
                self.late[number] = asked - self.moments[number]


def watch_everything(port: int, releases: list[Any]) -> dict[str, Watch]:
    moments = [release.public_at.timestamp() for release in releases]
    addresses = [release.get_absolute_url() for release in releases]
    watches = {surface: Watch(moments) for surface in SURFACES}
    end = moments[-1] + 2

    def listed(page: str) -> set[int]:
        return {int(number) for number in re.findall(r">Release number (\d+) of the benchmark</a></h3>", page)}

    def counted(page: str) -> set[int]:
        found = re.search(r'href="/2020/01/">\s*January\s*<span class="count">(\d+)</span>', page)
        return set(range(int(found[1]))) if found else set()

    def follow(surface: str, path: str, read: Callable[[str], set[int]], room: int) -> None:
        ask = Asking(port)
        while time.time() < end:
            asked, answered, _status, page = ask(path)
            watches[surface].look(asked, answered, read(page), room)

    def each_address() -> None:
        ask = Asking(port)
        while (now := time.time()) < end:
            for number, moment in enumerate(moments):
                if moment - 0.15 <= now <= moment + 5 and number not in watches["release"].seen:
                    asked, answered, status, _page = ask(addresses[number])
                    watch = watches["release"]
                    if status == 200:
                        watch.early += moment > answered
                        watch.seen.add(number)
                        watch.late.setdefault(number, max(asked - moment, 0.0))
            time.sleep(0.002)

    threads = [
        threading.Thread(target=each_address),
        threading.Thread(target=follow, args=("list", "/", listed, A_PAGE)),
        threading.Thread(target=follow, args=("topic", "/topics/benchmark/", listed, A_PAGE)),
        threading.Thread(target=follow, args=("archive", "/archive/", counted, len(releases))),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return watches


def withdraw(port: int, releases: list[Any], publisher: Any) -> list[float]:
    """Withdraw each of `releases`, which the list shows; the seconds until the last of its pages had let it go."""
    from releases import publishing

    ask, gone = Asking(port), []
    for release in releases:
        before = int(re.search(r'<span class="count">(\d+)</span>', ask("/archive/")[3])[1])  # type: ignore[index]
        publishing.withdraw(release, by=publisher)
        committed = time.time()
        words = f">{release.headline}<"
        while True:
            asked = time.time()
            left = re.search(r'<span class="count">(\d+)</span>', ask("/archive/")[3])
            if (
                ask(release.get_absolute_url())[2] == 410
                and words not in ask("/")[3]
                and words not in ask("/topics/benchmark/")[3]
                and int(left[1] if left else 0) == before - 1
            ):
                break
            if asked - committed > 30:
                break
        gone.append(asked - committed)
    return gone


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--releases", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--withdraw", type=int, default=20)
    parser.add_argument("--late", type=float, default=1.0, help="seconds that count as too late")
    asked = parser.parse_args()
    with newsroom() as port:
        releases, publisher = schedule(asked.releases, asked.seconds)
        watches = watch_everything(port, releases)
        gone = withdraw(port, releases[::-1][: asked.withdraw], publisher)
    print(f"{asked.releases} releases scheduled over {asked.seconds:g} s ({datetime.now():%Y-%m-%d %H:%M})")
    print(f"{'surface':<10}{'seen':>6}{'early':>7}{'late, median':>15}{'late, worst':>14}")
    good = True
    for surface, watch in watches.items():
        late = list(watch.late.values())
        print(f"{surface:<10}{len(watch.seen):>6}{watch.early:>7}{statistics.median(late):>13.3f} s{max(late):>12.3f} s")
        good = good and not watch.early and max(late) <= asked.late and len(watch.seen) == asked.releases
    print(f"{len(gone)} withdrawn: gone from all four after {statistics.median(gone):.3f} s (median), {max(gone):.3f} s (worst)")
    return 0 if good and max(gone) <= asked.late else 1


if __name__ == "__main__":
    sys.exit(main())

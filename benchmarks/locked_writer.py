"""Measure response times while another process holds the write lock and a scheduled revision is due.

    .venv/bin/python -m benchmarks.locked_writer [--seconds 5]

starts a server in a temporary folder, schedules a revision of a published release, and holds the lock (on
SQLite of the whole database, on PostgreSQL of the release) from before the revision is due until --seconds
later. Meanwhile it requests four pages continuously. It prints the response times, and how long after the
lock was released the revision appeared. The exit code is 1 if a request failed, the 95th percentile is over
50 ms, or the revision appeared more than 2 s late. With DATABASE_URL set it uses that database, which must be
empty.
"""

import argparse
import statistics
import sys
import threading
import time
from datetime import timedelta

from benchmarks.publish_latency import TimedClient, run_empty_newsroom

MAX_P95_MS, MAX_DELAY_SECONDS = 50.0, 2.0
READERS = 4


def schedule_revision(seconds: float) -> tuple[int, str]:
    """Publish a release, schedule a revision in `seconds`, and return the id and URL path of the release."""
    from releases.actions.publication import publish
    from releases.actions.revisions import publish_revision, save_revision
    from releases.models import Release, User

    user = User.objects.create_superuser("benchmark")
    release = Release(headline="A ruling", summary="Earlier text.", dateline="Los Angeles")
    release.full_clean()
    release.save()
    publish(release, user=user)
    save_revision(release, user=user, content=release.content() | {"summary": "New text."}, topic_ids=[])
    publish_revision(release, user=user, kind="typo", delay=timedelta(seconds=seconds))
    return release.pk, release.get_absolute_url()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--seconds", type=float, default=5.0, help="how long the lock is held after the revision is due"
    )
    seconds = parser.parse_args().seconds
    with run_empty_newsroom() as port:
        from django.db import transaction

        from releases.models import Release

        pk, release_path = schedule_revision(seconds=1.0)
        paths = [release_path, "/", "/archive/", "/feed/"]
        for path in paths:
            TimedClient(port).get(path)
        times: list[float] = []
        failed: list[int] = []
        stop_event = threading.Event()

        def request_pages(first: int) -> None:
            client, number = TimedClient(port), first
            while not stop_event.is_set():
                response = client.get(paths[number % len(paths)])
                times.append((response.received_at - response.sent_at) * 1000)
                if response.status != 200 or "New text." in response.body:
                    failed.append(response.status)
                number += 1
                time.sleep(0.005)

        with transaction.atomic():
            Release.objects.select_for_update().get(pk=pk)
            readers = [threading.Thread(target=request_pages, args=(number,)) for number in range(READERS)]
            for reader in readers:
                reader.start()
            time.sleep(1.0 + seconds)
            stop_event.set()
            for reader in readers:
                reader.join()
        released_at, client = time.time(), TimedClient(port)
        while "New text." not in client.get(release_path).body and time.time() < released_at + 30:
            time.sleep(0.02)
        delay = time.time() - released_at
    p95 = sorted(times)[len(times) * 95 // 100]
    print(f"{len(times)} pages while the lock was held, {len(failed)} failed or early")
    print(
        f"median {statistics.median(times):.1f} ms, 95th percentile {p95:.1f} ms (target {MAX_P95_MS:g}), "
        f"maximum {max(times):.1f} ms"
    )
    print(f"the revision appeared {delay:.2f} s after the lock was released (target {MAX_DELAY_SECONDS:g})")
    return int(bool(failed) or p95 > MAX_P95_MS or delay > MAX_DELAY_SECONDS)


if __name__ == "__main__":
    sys.exit(main())

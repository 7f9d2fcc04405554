"""How long readers wait while another process holds the write lock and a scheduled change is due.

    .venv/bin/python -m benchmarks.locked_writer [--seconds 5]

starts a server in a folder that goes away, schedules a change of a public release, holds the lock (on SQLite of the whole database, on
PostgreSQL of the release) from before the change is due until --seconds later, and requests four pages all the time. It prints how
long answers took meanwhile, and when the change was first seen after the lock was released. Exit code 1 when an answer failed, one of
twenty took more than 50 ms, or the change came later than 2 s. With DATABASE_URL set it works on that database, which must be empty.
"""

import argparse
import statistics
import sys
import threading
import time
from datetime import timedelta

from benchmarks.on_the_second import Asking, newsroom

MAX_P95_MS, MAX_LATE = 50.0, 2.0
READERS = 4


def schedule_change(seconds: float) -> tuple[int, str]:
    """Publish a release and schedule a change of it; return its id and address."""
    from releases import publishing
    from releases.models import Release, User

    by = User.objects.create_superuser("benchmark")
    release = Release(headline="A ruling", summary="Earlier text.", dateline="Los Angeles")
    release.full_clean()
    release.save()
    publishing.publish(release, by=by)
    publishing.write_change(release, by=by, printed=release.printed() | {"summary": "New text."}, tags=[])
    publishing.publish_change(release, by=by, kind="typo", wait=timedelta(seconds=seconds))
    return release.pk, release.get_absolute_url()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0)
    seconds = parser.parse_args().seconds
    with newsroom() as port:
        from django.db import transaction

        from releases.models import Release

        pk, address = schedule_change(seconds=1.0)
        paths = [address, "/", "/archive/", "/feed/"]
        for path in paths:
            Asking(port)(path)
        took: list[float] = []
        failed: list[int] = []
        is_over = threading.Event()

        def read(first: int) -> None:
            ask, number = Asking(port), first
            while not is_over.is_set():
                asked, answered, status, page = ask(paths[number % len(paths)])
                took.append((answered - asked) * 1000)
                if status != 200 or "New text." in page:
                    failed.append(status)
                number += 1
                time.sleep(0.005)

        with transaction.atomic():
            Release.objects.select_for_update().get(pk=pk)
            readers = [threading.Thread(target=read, args=(number,)) for number in range(READERS)]
            for reader in readers:
                reader.start()
            time.sleep(1.0 + seconds)
            is_over.set()
            for reader in readers:
                reader.join()
        released, ask = time.time(), Asking(port)
        while "New text." not in ask(address)[3] and time.time() < released + 30:
            time.sleep(0.02)
        late = time.time() - released
    p95 = sorted(took)[len(took) * 95 // 100]
    print(f"{len(took)} pages while the lock was held, {len(failed)} failed or early")
    print(
        f"median {statistics.median(took):.1f} ms, 95 of 100 within {p95:.1f} ms (at most {MAX_P95_MS:g}), the slowest {max(took):.1f} ms"
    )
    print(f"the change was seen {late:.2f} s after the lock was released (at most {MAX_LATE:g})")
    return int(bool(failed) or p95 > MAX_P95_MS or late > MAX_LATE)


if __name__ == "__main__":
    sys.exit(main())

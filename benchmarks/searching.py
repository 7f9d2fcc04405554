"""What a search costs beside other pages, by how common its words are.

    .venv/bin/python -m benchmarks.searching

asks in the database of `DATABASE_URL`, filled by `benchmarks.load`: for words found in few, some and most releases, the time in
the database of the question to the index and of everything, and the whole page as a multiple of one release's page.
"""

import statistics
import sys
import time
from collections.abc import Callable

from benchmarks import setup

TIMES = 15


def milliseconds(action: Callable[[], object]) -> float:
    """The median of several runs, after one that counts for nothing."""
    action()
    took = []
    for _number in range(TIMES):
        began = time.perf_counter()
        action()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def main() -> int:
    setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.utils import timezone

    from releases import search
    from releases.models import Release
    from releases.search.index import engine, kept_for

    call_command("collectstatic", interactive=False, verbosity=0)
    client, at = Client(SERVER_NAME="127.0.0.1"), timezone.now()
    one = Release.objects.published(at).in_language("en").in_order()[0]
    page = milliseconds(lambda: client.get(one.get_absolute_url()))
    print(f"{Release.objects.count()} releases on {connection.vendor}; one release's page: {page:.1f} ms\n")
    print(f"{'asked':28} {'hits':>6} {'index ms':>9} {'find ms':>8} {'page × release':>15}")
    words = sorted({word for text in one.body.split("<p>")[1:4] for word in text.split() if word.isalpha()}, key=len)[-4:]
    for asked in [
        "the",
        "was",
        "city",
        "people",
        "hospital",
        *words,
        "people harbour",
        "city zebra",
        "quetzal",
        "March 2018",
        '"the plan"',
    ]:
        question = search.understood(asked, "en")
        groups = search.asking._groups(question, "en") or [kept_for("en", [question.period])]
        index = milliseconds(lambda groups=groups: engine().newest(groups, at, search.asking.MOST + 1))
        find = milliseconds(lambda question=question: search.find(question, "en", at))
        whole = milliseconds(lambda asked=asked: client.get("/search/", {"q": asked}))
        hits = search.find(question, "en", at)
        print(f"{asked:28} {len(hits.releases):>5}{'+' if hits.has_more else ' '} {index:9.2f} {find:8.2f} {whole / page:15.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

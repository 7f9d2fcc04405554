"""Load generated releases into an empty database in bulk.

    .venv/bin/python -m benchmarks.load FILE

reads JSON Lines with the keys id, lang, slug, headline, summary, place, date, body and tags, writes them as
published releases with their topics into the database of `DATABASE_URL`, builds the search index, and prints
the CPU time of each step. It uses `bulk_create()` and skips the publishing actions and the history, so use it
only on a temporary database.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from benchmarks import setup_django
from benchmarks.releases import PARAGRAPHS, generate_lines
from benchmarks.server import ROOT


@contextmanager
def load_releases(count: int, paragraphs: int = PARAGRAPHS) -> Iterator[dict[str, str]]:
    """Load `count` generated releases into a temporary folder and yield the server's environment.

    The folder is deleted when the block ends.
    """
    folder = tempfile.mkdtemp(prefix="newsroom-benchmark-")
    environment = {"DATA_DIR": folder, "SAMPLE": "no", "DJANGO_SETTINGS_MODULE": "carecen_news.settings"}
    environment["RUN_WORKER"] = "no"  # benchmarks measure the newest process of the server
    try:
        path = Path(folder) / "releases.jsonl"
        with path.open("w") as file:
            file.writelines(f"{line}\n" for line in generate_lines(count, paragraphs))
        command = [sys.executable, "-m", "benchmarks.load", str(path)]
        process = subprocess.run(
            command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, check=True, text=True
        )
        print(process.stdout, end="", file=sys.stderr)
        path.unlink()
        yield environment
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def load_file(path: Path, batch_size: int = 1000) -> int:
    """Save the releases of a JSON Lines file with their topics, and return how many there are."""
    from releases.models import Release, ReleaseTag, Topic
    from releases.text import localtime
    from releases.text.choices import Status
    from releases.text.slugs import MAX_SLUG_LENGTH

    topics: dict[str, Topic] = {}
    count = 0
    with path.open() as file:
        while items := [json.loads(line) for line in islice(file, batch_size)]:
            releases = []
            for item in items:
                date = datetime.fromisoformat(item["date"])
                texts = {
                    "headline": item["headline"][:300],
                    "summary": item["summary"],
                    "body": item["body"],
                    "dateline": item["place"],
                }
                slug = f"{item['slug'][: MAX_SLUG_LENGTH - 8]}-{item['id']}"
                releases.append(
                    Release(
                        **texts,
                        slug=slug,
                        language=item["lang"],
                        date=localtime.local_date(date),
                        public_at=date + timedelta(seconds=1),
                        status=Status.PUBLISHED,
                    )
                )
            Release.objects.bulk_create(releases)
            for name in {name for item in items for name in item["tags"]} - topics.keys():
                topic = Topic(name=name, name_es=name)
                topic.clean()
                topic.save()
                topics[name] = topic
            release_tags = [
                ReleaseTag(
                    tag=topics[name], content_object=release, **ReleaseTag.denormalized_values(release)
                )
                for item, release in zip(items, releases, strict=True)
                for name in item["tags"]
            ]
            ReleaseTag.objects.bulk_create(release_tags)
            count += len(items)
    return count


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help="a file of JSON Lines, as benchmarks.releases prints them")
    path = parser.parse_args().file
    setup_django()
    from django.core.management import call_command

    from releases import caching, search

    call_command("migrate", verbosity=0)
    for label, step in (
        ("releases loaded", lambda: load_file(path)),
        ("releases indexed for search", search.rebuild),
    ):
        started = time.process_time()
        count = step()
        print(
            f"{count} {label}: {(time.process_time() - started) / max(count, 1) * 1000:.2f} ms CPU per "
            "release"
        )
    caching.invalidate_public_cache()
    return 0


if __name__ == "__main__":
    sys.exit(main())

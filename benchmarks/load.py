"""Load many releases at once, for measuring: JSON Lines of id, lang, slug, headline, summary, place, date, body and tags.

    .venv/bin/python -m benchmarks.load FILE

writes them as public releases into the database of `DATABASE_URL`, with their topics and the search index, and prints what each
part took. It writes past the verbs and the history, so it is for an empty newsroom that goes away.
"""

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

from benchmarks import setup
from benchmarks.releases import lines
from benchmarks.server import HERE


@contextmanager
def filled(many: int) -> Iterator[dict[str, str]]:
    """A newsroom with `many` made-up releases in a folder that goes away with the block: the environment to start it in."""
    folder = tempfile.mkdtemp(prefix="newsroom-benchmark-")
    environment = {"DATA_DIR": folder, "SAMPLE": "no", "DJANGO_SETTINGS_MODULE": "carecen_news.settings"}
    try:
        file = Path(folder) / "releases.jsonl"
        with file.open("w") as written:
            written.writelines(f"{line}\n" for line in lines(many))
        command = [sys.executable, "-m", "benchmarks.load", str(file)]
        run = subprocess.run(command, cwd=HERE, env=os.environ | environment, stdout=subprocess.PIPE, check=True, text=True)
        print(run.stdout, end="", file=sys.stderr)
        file.unlink()
        yield environment
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def load(file: Path, batch: int = 1000) -> int:
    from releases import clock
    from releases.models import Release, ReleaseTag, Topic
    from releases.slugs import LONGEST
    from releases.vocabulary import Status

    topics: dict[str, Topic] = {}
    count = 0
    with file.open() as written:
        while items := [json.loads(line) for line in islice(written, batch)]:
            releases = []
            for item in items:
                moment = datetime.fromisoformat(item["date"])
                words = {"headline": item["headline"][:300], "summary": item["summary"], "body": item["body"], "dateline": item["place"]}
                slug = f"{item['slug'][: LONGEST - 8]}-{item['id']}"
                releases.append(
                    Release(
                        **words,
                        slug=slug,
                        language=item["lang"],
                        date=clock.day_of(moment),
                        public_at=moment + timedelta(seconds=1),
                        status=Status.PUBLISHED,
                    )
                )
            Release.objects.bulk_create(releases)
            for name in {name for item in items for name in item["tags"]} - topics.keys():
                topic = Topic(name=name, name_es=name)
                topic.clean()
                topic.save()
                topics[name] = topic
            ties = [
                ReleaseTag(tag=topics[name], content_object=one, **ReleaseTag.said_of(one))
                for item, one in zip(items, releases, strict=True)
                for name in item["tags"]
            ]
            ReleaseTag.objects.bulk_create(ties)
            count += len(items)
    return count


def main() -> int:
    setup()
    from django.core.management import call_command

    from releases import caching, search

    call_command("migrate", verbosity=0)
    for words, part in (("releases loaded", lambda: load(Path(sys.argv[1]))), ("of them in the search index", search.rebuild)):
        began = time.process_time()
        count = part()
        print(f"{count} {words}: {(time.process_time() - began) / max(count, 1) * 1000:.2f} ms of this process each")
    caching.turn()
    return 0


if __name__ == "__main__":
    sys.exit(main())

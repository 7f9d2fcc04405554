"""What the import of a text file costs: processor time of the whole command for each release, with the search index."""

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from benchmarks.releases import release
from benchmarks.server import HERE
from benchmarks.table import Row

MANY = 2000
WANTED = 3.0  # ms


def import_cost(many: int) -> float:
    """Milliseconds of processor time for each of `many` releases, the start of the program included."""
    folder = tempfile.mkdtemp(prefix="newsroom-benchmark-")
    environment = os.environ | {"DATA_DIR": folder, "SAMPLE": "no", "DJANGO_SETTINGS_MODULE": "carecen_news.settings"}
    environment.pop("DATABASE_URL", None)  # each import is the first of its newsroom
    try:
        items = []
        for one in map(release, range(many)):
            day = datetime.fromisoformat(one["date"])
            body = "\n\n".join(re.findall("<p>(.*?)</p>", one["body"]))
            items.append(f"{one['headline']}\n\n({day:%B} {day.day}, {day.year}, Los Angeles) – {one['summary']}\n\n{body}\n")
        (Path(folder) / "page.txt").write_text("\n".join(items))
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=HERE, env=environment, check=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "manage.py", "import_releases", f"{folder}/page.txt"]
        subprocess.run(command, cwd=HERE, env=environment, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / many * 1000
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def row(rounds: int, many: int = MANY) -> Row:
    costs = [import_cost(many) for _round in range(rounds)]
    return Row(f"import with search index, of {many:,} releases", costs, WANTED, "ms CPU a release")

"""Measure the CPU time per release of importing a text file: the whole command, and the index."""

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from benchmarks.releases import build_release
from benchmarks.server import ROOT
from benchmarks.table import Row

RELEASE_COUNT = 2000
TARGET_MS = 3.0


def run_import(count: int) -> float:
    """Import `count` releases and return the milliseconds of CPU time per release.

    The time includes the start of the command.
    """
    folder = tempfile.mkdtemp(prefix="newsroom-benchmark-")
    environment = os.environ | {
        "DATA_DIR": folder,
        "SAMPLE": "no",
        "DJANGO_SETTINGS_MODULE": "carecen_news.settings",
    }
    environment.pop("DATABASE_URL", None)  # each import starts with an empty database
    try:
        items = []
        for release in map(build_release, range(count)):
            date = datetime.fromisoformat(release["date"])
            body = "\n\n".join(re.findall("<p>(.*?)</p>", release["body"]))
            items.append(
                f"{release['headline']}\n\n({date:%B} {date.day}, {date.year}, Los Angeles) – "
                f"{release['summary']}\n\n{body}\n"
            )
        (Path(folder) / "page.txt").write_text("\n".join(items))
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "manage.py", "import_releases", f"{folder}/page.txt"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / count * 1000
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure_import(rounds: int, count: int = RELEASE_COUNT) -> Row:
    """Run the import once per round and return its row."""
    times = [run_import(count) for _round in range(rounds)]
    return Row(f"import with search index, {count:,} releases", times, TARGET_MS, "ms CPU per release")

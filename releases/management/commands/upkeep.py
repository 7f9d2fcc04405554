"""Delete what has ended or was left behind, and forecast the growth of the history."""

import json
import logging
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error
from django.utils import timezone

from releases.actions.upkeep import TASKS
from releases.diagnosis.growth import check_history_growth

RECORD = "last-upkeep.json"  # in DATA_DIR; `doctor` reads it

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Delete ended sessions, old unsaved texts, old rows of the cache, and files that killed commands "
        "left. For a daily timer; the newsroom can be running. The exit code is 1 if a part failed."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        failed = 0
        for task, name in TASKS:
            try:
                count = task()
            except (Error, OSError) as error:
                failed += 1
                reason = " ".join(str(error).split())
                self.stderr.write(
                    f"{name.capitalize()} could not be done: {reason}. The next run tries again."
                )
                continue
            if count:
                self.stdout.write(f"Deleted: {count} {name}.")
        self.stdout.write(check_history_growth().found)
        if failed:
            sys.exit(1)
        record_upkeep()


def record_upkeep() -> None:
    """Record when everything was done."""
    path = Path(settings.DATA_DIR) / RECORD
    part = path.with_name(f".{RECORD}.part")
    part.write_text(json.dumps({"finished_at": timezone.now().isoformat()}))
    part.replace(path)

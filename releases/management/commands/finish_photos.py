"""Make missing renditions of photos. The newsroom runs this after each upload and at its start."""

import os
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand

from releases.actions.rendition_jobs import generate_renditions


class Command(BaseCommand):
    help = "Make the smaller copies of photos that still lack them. The newsroom calls it by itself, after each photo and at its start."
    requires_system_checks: list[str] = []  # they ran when the newsroom started

    def handle(self, *_args: Any, **_options: Any) -> None:
        with suppress(OSError):  # serving readers has priority
            os.nice(10)
        for photo, error in generate_renditions():
            if error:
                self.stderr.write(f"Photo {photo.pk} keeps its one copy: {error}")

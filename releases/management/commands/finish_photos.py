"""Makes the smaller copies of photos that still lack them; the newsroom calls it by itself after each photo."""

import os
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand

from releases import publishing


class Command(BaseCommand):
    help = "Make the smaller copies of photos that still lack them. The newsroom calls it by itself, after each photo and at its start."
    requires_system_checks: list[str] = []  # they were passed when the newsroom started

    def handle(self, *_args: Any, **_options: Any) -> None:
        with suppress(OSError):  # readers come first
            os.nice(10)
        for photo, fault in publishing.finish_photos():
            if fault:
                self.stderr.write(f"Photo {photo.pk} keeps its one copy: {fault}")

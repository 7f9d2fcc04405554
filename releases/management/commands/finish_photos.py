"""Make missing renditions of photos. The newsroom runs this after each upload and at its start."""

import logging
import os
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand

from releases.actions.rendition_jobs import generate_renditions, record_digests

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Generate missing sizes of photos. The newsroom runs this automatically, after each upload and when "
        "it starts."
    )
    requires_system_checks: list[str] = []  # they ran when the newsroom started

    def handle(self, *_args: Any, **_options: Any) -> None:
        with suppress(OSError):  # serving readers has priority
            os.nice(19)
        for photo, error in generate_renditions():
            if error:
                # Formatted here, because the same message about another photo is another fault.
                logger.error(f"Photo {photo.pk} is shown in one size only: {error}")
        record_digests()

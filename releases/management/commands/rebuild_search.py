"""Rebuild the search index and the release fields that topic assignments copy."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from releases import caching, search
from releases.models import Release, ReleaseTag


class Command(BaseCommand):
    help = (
        "Rebuild the search index and the topic lists. Needed after a restored backup, or after another "
        "program wrote releases."
    )

    @transaction.atomic
    def handle(self, *_args: Any, **_options: Any) -> None:
        tagged_releases = (
            Release.objects.exclude(release_tags=None)
            .only("language", "date", "public_at", "status")
            .order_by("pk")
        )
        # Locked, because the newsroom may be running.
        for release in tagged_releases.select_for_update().iterator():
            release.release_tags.update(**ReleaseTag.denormalized_values(release))
        caching.invalidate_public_cache()
        self.stdout.write(f"Indexed {search.rebuild()} releases.")

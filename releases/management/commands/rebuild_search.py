"""Rebuild the search index and the release fields that topic assignments copy."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from releases import caching, search
from releases.models import Release, ReleaseTag


class Command(BaseCommand):
    help = "Write the search index and the lists of topics anew. Needed after another program or a restored dump wrote releases."

    @transaction.atomic
    def handle(self, *_args: Any, **_options: Any) -> None:
        tagged_releases = Release.objects.exclude(release_tags=None).only("language", "date", "public_at", "status").order_by("pk")
        for release in tagged_releases.select_for_update().iterator():  # locked, because the newsroom may be running
            release.release_tags.update(**ReleaseTag.denormalized_values(release))
        caching.invalidate_public_cache()
        self.stdout.write(f"{search.rebuild()} releases can be found.")

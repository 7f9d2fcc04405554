"""Writes the search index, and what the topics of releases say of them, anew, from what the releases say now."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from releases import caching, search
from releases.models import Release, ReleaseTag


class Command(BaseCommand):
    help = "Write the search index and the lists of topics anew. Needed after another program or a restored dump wrote releases."

    @transaction.atomic
    def handle(self, *_args: Any, **_options: Any) -> None:
        said = Release.objects.exclude(tagging=None).only("language", "date", "public_at", "status").order_by("pk")
        for release in said.select_for_update().iterator():  # under their locks: the newsroom may be at work
            release.tagging.update(**ReleaseTag.said_of(release))
        caching.turn()
        self.stdout.write(f"{search.rebuild()} releases can be found.")

"""Writes the search index anew, from what the releases say now."""

from typing import Any

from django.core.management.base import BaseCommand

from releases import search


class Command(BaseCommand):
    help = "Write the search index anew. Needed after releases were written past the newsroom, by another program or a restored dump."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(f"{search.rebuild()} releases can be found.")

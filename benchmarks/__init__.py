"""Measurements: each runs by itself and prints its table; nothing here is part of the newsroom."""

import os


def setup() -> None:
    """Make Django ready in this process, for the database of `DATABASE_URL`."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carecen_news.settings")
    django.setup()

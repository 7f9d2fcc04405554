"""Measurements: each runs by itself and prints its table; nothing here is part of the newsroom."""

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context


def setup() -> None:
    """Make Django ready in this process, for the database of `DATABASE_URL`."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carecen_news.settings")
    django.setup()


@contextmanager
def inside(environment: dict[str, str]) -> Iterator[Executor]:
    """A process of its own that runs what it is given, with Django ready for the newsroom of `environment`."""
    with ProcessPoolExecutor(1, get_context("spawn"), _settle, (environment,)) as process:
        yield process


def _settle(environment: dict[str, str]) -> None:
    os.environ |= environment
    setup()

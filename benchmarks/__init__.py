"""Benchmarks.

Each module is a command that prints its own table. The application doesn't import this package.
"""

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context


def setup_django() -> None:
    """Set up Django in this process, with the database of `DATABASE_URL`."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carecen_news.settings")
    django.setup()


@contextmanager
def django_process(environment: dict[str, str]) -> Iterator[Executor]:
    """Yield an executor with one new process that set up Django with the variables of `environment`."""
    with ProcessPoolExecutor(1, get_context("spawn"), _initialize_process, (environment,)) as executor:
        yield executor


def _initialize_process(environment: dict[str, str]) -> None:
    os.environ |= environment
    setup_django()

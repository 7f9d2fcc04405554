"""Measure how the time of each text function grows when a hostile text becomes twice as long.

    .venv/bin/python -m benchmarks.hostile_texts [WORD ...]

processes 50,000 and 100,000 characters of each shape of tests/files/hostile_texts.json: alone, after a word
and before a closing tag. It prints the slowest shape of each function, and all shapes for which its CPU time
grows by more than MAX_GROWTH. The exit code is 1 if there are any. With words, it measures only the functions
whose names contain one of them.

A time that grows that much only once is not reported: a function that treats long texts differently has a
step there. So 25,000 to 50,000 characters, or 100,000 to 200,000, must grow by more than MAX_GROWTH too.

Each time is the minimum of several runs, without garbage collection and with empty caches. Times below
MIN_SECONDS are too short to compare.
"""

import argparse
import gc
import os
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

from benchmarks import setup_django

LENGTH = 100_000  # characters; the shorter text has half of them
LENGTHS = (LENGTH // 2, LENGTH)
OTHER_LENGTHS = ((LENGTH // 4, LENGTH // 2), (LENGTH, LENGTH * 2))
MAX_GROWTH = 2.5
MIN_SECONDS = 0.01
RUNS = 5


class Measurement(NamedTuple):
    """The CPU seconds of a function for a shape at half of LENGTH and at LENGTH."""

    function: str
    shape: str
    half: float
    full: float

    @property
    def growth(self) -> float:
        return self.full / max(self.half, 1e-6)

    def __str__(self) -> str:
        times = f"{self.half * 1000:.1f} → {self.full * 1000:.1f} ms"
        return f"{self.function}: {self.shape}: {times}, × {self.growth:.2f}"


def measure_once(function: Callable[[str], object], text: str) -> float:
    """Return the CPU seconds of `function` for `text`, in a transaction that is rolled back."""
    from django.core.cache import caches
    from django.db import transaction

    from releases import caching
    from releases.search import analyzer

    for cached in (analyzer.fold, analyzer.index_tokens, analyzer.query_tokens, caching.get_page_cache):
        cached.cache_clear()
    caches["template_fragments"].clear()
    gc.collect()
    with transaction.atomic():
        started = time.process_time()
        function(text)
        seconds = time.process_time() - started
        transaction.set_rollback(True)
    return seconds


def measure(name: str, function: Callable[[str], object], shape: str, texts: tuple[str, str]) -> Measurement:
    """Return the measurement of `function` for `texts`, the half and the full length of a shape.

    Short times and times that grow little are measured once.
    """
    half_text, full_text = texts
    full = measure_once(function, full_text)
    half = measure_once(function, half_text) if full > MIN_SECONDS else full
    for _run in range(RUNS - 1):
        if full <= MIN_SECONDS or full <= half * MAX_GROWTH:
            break
        half = min(half, measure_once(function, half_text))
        full = min(full, measure_once(function, full_text))
    return Measurement(name, shape, half, full)


def measure_function(name: str, function: Callable[[str], object]) -> list[Measurement]:
    from tests.hostile_texts import iter_texts

    pairs = zip(*map(iter_texts, LENGTHS), strict=True)
    return [measure(name, function, shape, (half, full)) for (shape, half), (_shape, full) in pairs]


def is_step(result: Measurement, function: Callable[[str], object]) -> bool:
    """Return whether the time grows by more than MAX_GROWTH between the two lengths of `result` only."""
    from tests.hostile_texts import iter_texts

    others = (
        measure(
            result.function, function, result.shape, tuple(dict(iter_texts(n))[result.shape] for n in lengths)
        )
        for lengths in OTHER_LENGTHS
    )
    return not any(other.growth > MAX_GROWTH for other in others)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("words", nargs="*", metavar="WORD")
    words = parser.parse_args().words
    os.environ.pop("DATABASE_URL", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"  # a temporary folder, and plain static files
    setup_django()
    return measure_all(words)


def measure_all(words: list[str]) -> int:
    """Measure all functions, or those whose names contain one of `words`, and return the exit code."""
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    from tests.hostile_texts import DATABASE_FUNCTIONS, TEXT_FUNCTIONS

    setup_test_environment()
    call_command("migrate", verbosity=0)
    gc.collect()
    gc.freeze()
    gc.disable()
    count = found = 0
    for name, function in (TEXT_FUNCTIONS | DATABASE_FUNCTIONS).items():
        if words and not any(word in name for word in words):
            continue
        results = measure_function(name, function)
        superlinear = [
            result
            for result in results
            if result.growth > MAX_GROWTH and result.full > MIN_SECONDS and not is_step(result, function)
        ]
        slowest = max(results, key=lambda result: result.full)
        print(f"{name}: {len(results)} texts, the slowest is “{slowest.shape}”: {slowest.full * 1000:.1f} ms")
        print("".join(f"    {result}\n" for result in superlinear), end="", flush=True)
        count, found = count + len(results), found + len(superlinear)
    print(f"{count} measurements, {found} of them grow more than × {MAX_GROWTH}.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

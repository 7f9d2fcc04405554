"""Measure the processor time of the press check of a release with 1,500 words, its translation and a change.

.venv/bin/python -m benchmarks.press_check_time
"""

import datetime as dt
import re
import time
from typing import TYPE_CHECKING, Any

from benchmarks.releases import build_release
from benchmarks.table import Row

if TYPE_CHECKING:
    from releases.text.press_check import CheckedRelease

WORDS = 1500
TARGET_MS = 50.0
SEED = (
    "María López, a DACA recipient, spoke on Tuesday, December 1, 2026, at 10 a.m. “We pay $465,” she said. "
    "Call 213-555-0142 before November 20, 2026. CARECEN has helped 1,200 families for 43 years."
)


def build_body() -> str:
    """Return paragraphs with WORDS words, among them dates, names and numbers."""
    paragraphs: list[str] = []
    number = count = 0
    while count < WORDS:
        for text in [SEED, *re.findall("<p>(.*?)</p>", build_release(number)["body"])]:
            paragraphs.append(f"<p>{text}</p>")
            count += len(text.split())
        number += 1
    return "".join(paragraphs)


def measure_press_check(rounds: int) -> Row:
    """Check the release once per round, and return the row with the milliseconds of processor time."""
    from releases.models import load_word_lists
    from releases.text.press_check import CheckedRelease, Context, check

    body, lists = build_body(), load_word_lists()

    def build(language: str, text: str) -> "CheckedRelease":
        values: dict[str, Any] = {
            "kind": "service_notice",
            "headline": "Daca renewal",
            "date": dt.date(2026, 11, 27),
        }
        return CheckedRelease(language=language, summary=text, body=body, **values)

    times = []
    for number in range(rounds + 1):
        release = build("en", f"The fee is ${number}.")
        context = Context(
            today=dt.date(2026, 11, 27),
            is_stored=True,
            translation=build("es", "La tarifa es de $465."),
            previous=build("en", "The fee is $465."),
        )
        started = time.process_time()
        check(release, lists, context)
        times.append((time.process_time() - started) * 1000)
    return Row(f"press check, {WORDS:,} words", times[1:], TARGET_MS, "ms CPU")

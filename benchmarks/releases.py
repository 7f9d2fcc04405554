"""Generate releases as JSON Lines for `benchmarks.load`. The output is the same each time.

    .venv/bin/python -m benchmarks.releases 10000 > releases.jsonl

Release n is the same for every number of releases. A release has about 650 words and three of sixty topics.
Seven of ten are in English. The dates cover twelve years.
"""

import argparse
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

FIRST_DATE, LAST_DATE = datetime(2014, 1, 1, 8, tzinfo=UTC), datetime(2025, 12, 30, 8, tzinfo=UTC)
PARAGRAPHS = 7
SUBJECTS = {
    "en": (
        "families parents students workers neighbors lawyers judges teachers organizers volunteers children "
        "tenants nurses elders"
    ).split(),
    "es": (
        "familias madres estudiantes trabajadores vecinos abogados jueces maestras voluntarios menores "
        "inquilinas enfermeras"
    ).split(),
}
VERBS = {
    "en": (
        "welcome question defend demand celebrate remember await organize explain challenge support "
        "translate publish study"
    ).split(),
    "es": (
        "celebran cuestionan defienden exigen recuerdan esperan organizan explican apoyan traducen publican "
        "estudian"
    ).split(),
}
OBJECTS = {
    "en": "the hearing|a new rule|the court's order|legal help|the deadline|a clinic|the hospital|fair wages|"
    "a school|the march".split("|"),
    "es": "la audiencia|una regla nueva|la orden de la corte|ayuda legal|el plazo|una clínica|el hospital|"
    "un salario justo|la marcha".split("|"),
}
PLACES = {
    "en": "Los Angeles|Pico Union|Washington|San Salvador".split("|"),
    "es": "Los Ángeles|Pico Union|Washington|San Salvador".split("|"),
}
TOPICS = [
    f"{subject} {letter}"
    for subject in ("Courts", "Schools", "Housing", "Health", "Work", "Borders")
    for letter in "ABCDEFGHIJ"
]


def build_release(number: int, paragraphs: int = PARAGRAPHS) -> dict[str, Any]:
    """Return release `number` in the format that `benchmarks.load` reads."""
    rng = random.Random(f"release {number}")
    language = "en" if rng.random() < 0.7 else "es"

    def make_sentence() -> str:
        parts = (
            rng.choice(phrases[language]) for phrases in (SUBJECTS, VERBS, OBJECTS, SUBJECTS, VERBS, OBJECTS)
        )
        return f"{' '.join(parts)}.".capitalize()

    headline = f"{make_sentence()[:-1]} {number}"
    body = [" ".join(make_sentence() for _sentence in range(8)) for _paragraph in range(paragraphs)]
    return {
        "id": number,
        "lang": language,
        "slug": f"release-{number}",
        "headline": headline,
        "summary": " ".join(make_sentence() for _sentence in range(4)),
        "place": rng.choice(PLACES[language]),
        "date": (
            FIRST_DATE + timedelta(seconds=rng.randrange(int((LAST_DATE - FIRST_DATE).total_seconds())))
        ).isoformat(),
        "body": "".join(f"<p>{paragraph}</p>" for paragraph in body),
        "tags": rng.sample(TOPICS, 3),
    }


def generate_lines(count: int, paragraphs: int = PARAGRAPHS) -> Iterator[str]:
    """Yield `count` releases as lines of JSON. Each paragraph of a body has about 80 words."""
    for number in range(count):
        yield json.dumps(build_release(number, paragraphs), ensure_ascii=False)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("number", type=int, help="how many releases")
    for line in generate_lines(parser.parse_args().number):
        print(line)

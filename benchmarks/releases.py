"""Made-up releases to measure with, the same ones each time: JSON Lines for `benchmarks.load`.

    .venv/bin/python -m benchmarks.releases 10000 > releases.jsonl

Release n never depends on how many there are: about 650 words, three of sixty topics, seven of ten in English, over twelve years.
"""

import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

FIRST, LAST = datetime(2014, 1, 1, 8, tzinfo=UTC), datetime(2025, 12, 30, 8, tzinfo=UTC)
WHO = {
    "en": "families|parents|students|workers|neighbors|lawyers|judges|teachers|organizers|volunteers|children|tenants|nurses|elders".split(
        "|"
    ),
    "es": "familias|madres|estudiantes|trabajadores|vecinos|abogados|jueces|maestras|voluntarios|menores|inquilinas|enfermeras".split("|"),
}
DOES = {
    "en": "welcome|question|defend|demand|celebrate|remember|await|organize|explain|challenge|support|translate|publish|study".split("|"),
    "es": "celebran|cuestionan|defienden|exigen|recuerdan|esperan|organizan|explican|apoyan|traducen|publican|estudian".split("|"),
}
WHAT = {
    "en": "the hearing|a new rule|the court's order|legal help|the deadline|a clinic|the hospital|fair wages|a school|the march".split("|"),
    "es": "la audiencia|una regla nueva|la orden de la corte|ayuda legal|el plazo|una clínica|el hospital|un salario justo|la marcha".split(
        "|"
    ),
}
WHERE = {
    "en": "Los Angeles|Pico Union|Washington|San Salvador".split("|"),
    "es": "Los Ángeles|Pico Union|Washington|San Salvador".split("|"),
}
TOPICS = [f"{one} {other}" for one in ("Courts", "Schools", "Housing", "Health", "Work", "Borders") for other in "ABCDEFGHIJ"]


def release(number: int) -> dict[str, Any]:
    """Release `number`, as `benchmarks.load` reads it."""
    chance = random.Random(f"release {number}")
    language = "en" if chance.random() < 0.7 else "es"

    def sentence() -> str:
        parts = (chance.choice(words[language]) for words in (WHO, DOES, WHAT, WHO, DOES, WHAT))
        return f"{' '.join(parts)}.".capitalize()

    headline = f"{sentence()[:-1]} {number}"
    paragraphs = [" ".join(sentence() for _sentence in range(8)) for _paragraph in range(7)]
    return {
        "id": number,
        "lang": language,
        "slug": f"release-{number}",
        "headline": headline,
        "summary": " ".join(sentence() for _sentence in range(4)),
        "place": chance.choice(WHERE[language]),
        "date": (FIRST + timedelta(seconds=chance.randrange(int((LAST - FIRST).total_seconds())))).isoformat(),
        "body": "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs),
        "tags": chance.sample(TOPICS, 3),
    }


def lines(many: int) -> Iterator[str]:
    for number in range(many):
        yield json.dumps(release(number), ensure_ascii=False)


if __name__ == "__main__":
    for line in lines(int(sys.argv[1])):
        print(line)

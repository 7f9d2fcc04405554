"""The sentences of tests/files/press_check.txt, and the word lists that the tests of the press check use."""

import datetime as dt
import re
from pathlib import Path

from releases.text.choices import Kind
from releases.text.press_check import CheckedRelease, Context, Spelling, WordLists

FILE = Path(__file__).parents[2] / "files" / "press_check.txt"
TODAY = dt.date(2026, 11, 27)
LISTS = WordLists(
    spellings=(
        Spelling("CARECEN", frozenset({"es"})),
        Spelling("ICE", frozenset({"en", "es"})),
        *map(Spelling, ("DACA", "DAPA", "TPS", "McCarthy", "Arévalo", "Grijalva")),
    ),
    acronyms={
        "DACA": {
            "en": "Deferred Action for Childhood Arrivals",
            "es": "Acción Diferida para los Llegados en la Infancia",
        },
        "TPS": {"en": "Temporary Protected Status", "es": "Estatus de Protección Temporal"},
    },
    avoided={
        "en": {"illegal immigrants": "undocumented immigrants", "illegals": "undocumented people"},
        "es": {"ilegales": "personas indocumentadas"},
    },
    public_contacts=frozenset({"2133857800", "press@example.org"}),
)
# The rules that the sentences are about. The others look at the whole release.
SENTENCE_RULES = frozenset(
    "letter_case avoided_term acronym quotation_marks weekday relative_day past_deadline missing_valid_until "
    "years contact_of_others case_number birth_date home_address name_with_status second_dateline end_mark "
    "release_line contact_block blank".split()
)


def load_sentences() -> list[tuple[str, list[str]]]:
    """Return each line with a sentence, and the findings that it expects."""
    cases: list[tuple[str, list[str]]] = []
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            cases[-1][1].append(line.strip())
        elif line and not line.startswith("#"):
            cases.append((line, []))
    return cases


def parse_case(line: str) -> tuple[CheckedRelease, Context]:
    """Return the release that a line of the file describes. The sentence is its body."""
    options, _bar, sentence = line.partition(" | ")
    language, *words = options.split()
    values = dict(word.split("=") for word in words if "=" in word)
    kind = next((word for word in words if word in Kind.values), Kind.MEDIA_ADVISORY)
    today = dt.date.fromisoformat(values.get("today", str(TODAY)))
    body = "<p>" + re.sub("&", "&amp;", sentence) + "</p>"
    release = CheckedRelease(
        language=language,
        kind=kind,
        date=dt.date.fromisoformat(values.get("date", str(TODAY))),
        body=body,
        has_contacts=True,
    )
    return release, Context(today=today, has_legal_help=True, office_address="2845 W. 7th Street")

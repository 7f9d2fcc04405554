"""Find where the sentences of a text end."""

import re
from collections.abc import Iterator

# “U.S.”, “Sen.” and “Dec.” don't end a sentence.
ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]\.)+|\b(?:Mr|Mrs|Ms|Dr|Dra|Sr|Sra|Sen|Rep|Gov|Gen|Rev|Hon|St|Jr|Inc|vs|No|Núm|Lic|Ing|Ave|Blvd|Prof|Fr|Msgr|Mons|Srta|Atty"
    r"|Jan|Feb|Mar|Apr|Aug|Sept|Oct|Nov|Dec|Mon|Tues|Wed|Thurs|Fri|a\. ?m|p\. ?m|EE\. ?UU)\.)$"
)
SENTENCE_END = re.compile(r"[.!?…][”\"»’')\]]{0,3}\s+(?=[¿¡“\"«(‘']{0,3}[A-ZÁÉÍÓÚÑ0-9])")


def iter_sentence_ends(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each sentence but the last ends, and where the next one begins."""
    for match in SENTENCE_END.finditer(text):
        if not (
            text[match.start()] == "."
            and ABBREVIATION.search(text[max(0, match.start() - 12) : match.start() + 1])
        ):
            yield match.start() + 1, match.end()

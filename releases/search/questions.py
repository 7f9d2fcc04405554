"""What a reader asks for: words that must all be there, words in a row, and a date that is understood as a date."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from releases.datelines import MONTH_NUMBERS
from releases.prose import without_control_characters
from releases.search import analyser
from releases.vocabulary import Language

LONGEST = 200  # characters of a question that are read
MOST_WORDS = 12
# Words that stand in every text; they are asked for only when nothing else is.
COMMON = {
    Language.ENGLISH: frozenset("a an and are as at by for from in is it of on or that the this to was with".split()),
    Language.SPANISH: frozenset("a al con de del el en es la las lo los o para por que se su un una y".split()),
}


@dataclass(frozen=True)
class Question:
    """`text` as it was understood. `words` must all be found; `phrases` are folded words that must stand in a row."""

    text: str
    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    year: int | None = None
    month: int | None = None
    day: int | None = None
    is_cut: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.year)

    @property
    def period(self) -> str:
        """The fact of an index that says when: “_2015”, “_201503”, “_20150304”; "" for any time."""
        return "".join(["_", f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part)]) if self.year else ""


def understood(text: str, language: str) -> Question:
    """The question in `text`. “March 2015” and the like, in either language, is a period; in quotation marks it is words."""
    plain = analyser.composed(" ".join(without_control_characters(text).split()))
    is_cut = len(plain) > LONGEST
    plain = plain[:LONGEST]
    quoted = re.findall(r'["“”«»]([^"“”«»]+)["“”«»]', plain)
    loose = re.sub(r'["“”«»][^"“”«»]+["“”«»]', " ", plain)
    year = month = day = None
    if (found := _date().search(loose)) and (when := _when(found)):
        year, month, day = when
        loose = f"{loose[: found.start()]} {loose[found.end() :]}"
    phrases = tuple(phrase for words in quoted if len(phrase := tuple(_folded_words(words))) > 1)
    words = [found[0] for part in (*quoted, loose) for found in analyser.words_of(part)]
    telling = [word for word in words if word.lower() not in COMMON[Language(language)]]
    words = list(dict.fromkeys(telling or words))
    return Question(plain, tuple(words[:MOST_WORDS]), phrases, year, month, day, is_cut or len(words) > MOST_WORDS)


def _folded_words(text: str) -> list[str]:
    return [word for found in analyser.words_of(text) if (word := analyser.folded(found[0]))]


def _when(found: re.Match[str]) -> tuple[int, int, int | None] | None:
    """Year, month and day of what looks like a date; None when there is no such day."""
    year, month = int(found["year"] or found["ano"]), MONTH_NUMBERS[(found["month"] or found["mes"]).lower()]
    day = found["day"] or found["dia"]
    try:
        return year, month, date(year, month, int(day or 1)).day if day else None
    except ValueError:
        return None


@cache
def _date() -> re.Pattern[str]:
    """“March 2015”, “Sept. 4, 2015”, “4 de marzo de 2015”, “4 March 2015”."""
    name = "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True))
    year = "(?:19[89][0-9]|20[0-9]{2})"
    english = rf"(?P<month>{name})\.?(?: (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?)?,? (?P<year>{year})"
    spanish = rf"(?:(?P<dia>[0-9]{{1,2}}) (?:de )?)?(?P<mes>{name})\.?(?: de| del)? (?P<ano>{year})"
    return re.compile(rf"\b(?:{english}|{spanish})\b", re.IGNORECASE | re.ASCII)

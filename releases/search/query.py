"""Search queries: words that must all match, phrases, and a date."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from releases.search import analyzer
from releases.text.choices import Language
from releases.text.cleaning import clean_line
from releases.text.datelines import MONTH_NUMBERS

MAX_QUERY_LENGTH = 200  # characters; the rest is ignored
MAX_WORDS = 12
# “SB54” finds “SB 54”, but not “SB 5 of 54”.
LETTERS_AND_DIGITS = re.compile(r"\b(?:[^\W\d_]+[0-9]+|[0-9]+[^\W\d_]+)\b")
# Common words. They are searched for only if there are no others.
STOP_WORDS = {
    Language.ENGLISH: frozenset(
        "a an and are as at by for from in is it of on or that the this to was with".split()
    ),
    Language.SPANISH: frozenset(
        "a al con de del el en es la las lo los o para por que se su un una y".split()
    ),
}


@dataclass(frozen=True)
class SearchQuery:
    """A parsed query. All `words` must match; `phrases` are folded words that must occur in this order."""

    text: str
    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    year: int | None = None
    month: int | None = None
    day: int | None = None
    is_truncated: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.year)

    @property
    def period(self) -> str:
        """Return the filter token of the date: “_2015”, “_201503”, “_20150304”, or "" for any time."""
        return (
            "".join(["_", f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part)])
            if self.year
            else ""
        )


def parse_query(text: str, language: str) -> SearchQuery:
    """Return the parsed `text`.

    “March 2015” and the like is a period, in either language, unless it is in quotation marks.
    """
    normalized = clean_line(text)
    is_truncated = len(normalized) > MAX_QUERY_LENGTH
    normalized = normalized[:MAX_QUERY_LENGTH]
    quoted = re.findall(r'["“”«»]([^"“”«»]+)["“”«»]', normalized)
    unquoted = re.sub(r'["“”«»][^"“”«»]+["“”«»]', " ", normalized)
    year = month = day = None
    if (match := _date_pattern().search(unquoted)) and (period := _parse_period(match)):
        year, month, day = period
        unquoted = f"{unquoted[: match.start()]} {unquoted[match.end() :]}"
    phrases = tuple(
        phrase
        for words in (*quoted, *LETTERS_AND_DIGITS.findall(unquoted))
        if len(phrase := tuple(_fold_words(words))) > 1
    )
    words = [match[0] for part in (*quoted, unquoted) for match in analyzer.iter_word_matches(part)]
    significant = [word for word in words if word.lower() not in STOP_WORDS[Language(language)]]
    words = list(dict.fromkeys(significant or words))
    return SearchQuery(
        normalized,
        tuple(words[:MAX_WORDS]),
        phrases,
        year,
        month,
        day,
        is_truncated or len(words) > MAX_WORDS,
    )


def _fold_words(text: str) -> list[str]:
    return [word for match in analyzer.iter_word_matches(text) if (word := analyzer.fold(match[0]))]


def _parse_period(match: re.Match[str]) -> tuple[int, int, int | None] | None:
    """Return the year, month and day of a matched date, or None if there is no such day."""
    year, month = int(match["year"] or match["ano"]), MONTH_NUMBERS[(match["month"] or match["mes"]).lower()]
    day = match["day"] or match["dia"]
    try:
        return year, month, date(year, month, int(day or 1)).day if day else None
    except ValueError:
        return None


@cache
def _date_pattern() -> re.Pattern[str]:
    """Return a pattern for “March 2015”, “Sept. 4, 2015”, “4 de marzo de 2015”, “4 March 2015”."""
    name = "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True))
    year = "(?:19[89][0-9]|20[0-9]{2})"
    english = rf"(?P<month>{name})\.?(?: (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?)?,? (?P<year>{year})"
    spanish = rf"(?:(?P<dia>[0-9]{{1,2}}) (?:de )?)?(?P<mes>{name})\.?(?: de| del)? (?P<ano>{year})"
    return re.compile(rf"\b(?:{english}|{spanish})\b", re.IGNORECASE | re.ASCII)

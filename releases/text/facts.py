"""Find the facts of a text that two versions must share: numbers, dates, times, links and names."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from releases.text.datelines import DATE_PATTERNS, MONTH_NUMBERS, WEEKDAY_NUMBERS
from releases.text.reading.lines import PHONE
from releases.text.speakers import VERBS

SCALES = {
    "thousand": 10**3, "mil": 10**3, "million": 10**6, "millón": 10**6, "millones": 10**6, "millon": 10**6,
    "billion": 10**9, "mil millones": 10**9, "trillion": 10**12, "billones": 10**12,
}  # fmt: skip
_SCALE = "|".join(sorted(SCALES, key=len, reverse=True))
NUMBER = re.compile(
    rf"(?<![\w.,/])(?<![^\W\d]-)[$€]? ?(?P<number>\d[\d.,]*\d|\d)(?:[ -](?P<scale>{_SCALE})\b)?(?P<rest> ?%"
    rf"|st\b|nd\b|rd\b|th\b|[.º°ª]{{1,2}}(?=[ºª])[ºª]|[ºª])?(?:(?![\w/])|(?<=\d0)(?=s\b))",
    re.IGNORECASE,
)
TIME = re.compile(
    r"(?<![\d,.$])(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d\d))? ?(?P<half>[ap]\.? ?m\b\.?"
    r"|de la (?:mañana|tarde|noche|madrugada))",
    re.IGNORECASE,
)
# Where a date can begin. The patterns of dates are slow to try at each word.
_DATE_WORDS = "|".join([*WEEKDAY_NUMBERS, *MONTH_NUMBERS, "primero"])
DIGIT = re.compile(r"\d|primero", re.IGNORECASE)
DATE_START = re.compile(rf"(?<![\w/.-])(?=\d{{1,2}}\W|(?:{_DATE_WORDS})\b)", re.IGNORECASE)
_MONTHS = "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True))
_RANGE = (
    r"(?P<first>\d{1,2})(?:st|nd|rd|th)?(?: ?[-–—] ?| (?:to|through|and|a|al|y) )"
    r"(?P<last>\d{1,2})(?:st|nd|rd|th)?\b"
)
_NO_TIME = r"(?!:| ?[ap]\.? ?m\b)"
DATE_RANGES = (
    re.compile(rf"\b(?P<month>{_MONTHS})\.? {_RANGE}{_NO_TIME}(?:,? (?P<year>\d{{4}})\b)?", re.I | re.A),
    re.compile(rf"\b{_RANGE} de (?P<month>{_MONTHS})\b(?: del? (?P<year>\d{{4}})\b)?", re.I | re.A),
)
NOTE = re.compile(r"\[\d{1,3}\]")
_COUNTED = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty".split(),
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciséis diecisiete dieciocho diecinueve veinte".split(),
)
NUMBER_WORDS = {
    word: number for words in _COUNTED for number, word in enumerate(words)
} | {
    "a": 1, "un": 1, "una": 1, "both": 2, "ambos": 2, "ambas": 2, "dozen": 12, "docena": 12, "thirty": 30,
    "treinta": 30, "forty": 40, "cuarenta": 40, "fifty": 50, "cincuenta": 50, "sixty": 60, "sesenta": 60,
    "seventy": 70, "setenta": 70, "eighty": 80, "ochenta": 80, "ninety": 90, "noventa": 90, "hundred": 100,
    "cien": 100, "ciento": 100, "thousand": 1000, "mil": 1000, "million": 10**6, "millón": 10**6,
}  # fmt: skip
_UPPER = "A-ZÁÉÍÓÚÜÑ"
# Two to four capitalized words, with words like “de la” between them.
# A full stop belongs to a name only after one or two letters: “Ana P. Ruiz”, but not “Ana Paz. She …”.
_NAME_WORD = rf"[{_UPPER}](?:[\w’'-]{{2,40}}|[\w’'-]?\.?)(?![\w’'-])"
PERSON = (
    rf"(?<![\w’'-]){_NAME_WORD}"
    rf"(?: (?:(?:de|del|la|las|los|y|van|von|da|dos) ){{0,2}}{_NAME_WORD}){{1,3}}"
)
_TITLE = (
    "Mr|Mrs|Ms|Dr|Dra|Sr|Sra|Sen|Rep|Gov|Rev|Lic|Hon|Senator|Senador|Senadora|Representative|Congressman"
    "|Congresswoman|Congresista|Governor|Gobernador|Gobernadora|Mayor|Alcalde|Alcaldesa|President|Presidente"
    "|Presidenta|Director|Directora|Judge|Juez|Jueza|Secretary|Secretario|Secretaria|Attorney General"
)
LEADING_TITLES = re.compile(rf"(?:(?:The|El|La|Executive|Legal|{_TITLE})\.? )+")
NAMES = (
    re.compile(rf"\b(?:{VERBS}) (?P<name>{PERSON})"),
    re.compile(rf"(?P<name>{PERSON}),? (?:{VERBS})\b"),
    re.compile(rf"\b(?:{_TITLE})\.? (?P<name>{PERSON})"),
    re.compile(rf"^[—–-] ?(?P<name>{PERSON})(?=,|$)", re.MULTILINE),
)


@dataclass(frozen=True)
class Fact:
    """A fact as it is written, where it starts, and a value that is equal in both languages."""

    kind: str  # "number", "date", "time" or "name"
    value: object
    text: str
    start: int


@dataclass(frozen=True)
class DayOfYear:
    """A date that may lack its year. Two of them agree if neither contradicts the other."""

    month: int
    day: int
    year: int | None = None

    def is_same_day(self, other: "DayOfYear") -> bool:
        same_day = (self.month, self.day) == (other.month, other.day)
        return same_day and (self.year == other.year or None in (self.year, other.year))


def iter_dates(text: str) -> Iterator[tuple[re.Match[str], DayOfYear]]:
    """Yield each date in words, in English or Spanish, with the match of its parts."""
    position = 0
    if not DIGIT.search(text):
        return
    for candidate in DATE_START.finditer(text):
        if candidate.start() < position:
            continue
        match = next(filter(None, (form.match(text, candidate.start()) for form in DATE_PATTERNS)), None)
        if match is None:
            continue
        position = match.end()
        # IGNORECASE also matches a few letters that are not Latin.
        if month := MONTH_NUMBERS.get(match["month"].lower()):
            day = 1 if match["day"].lower() == "primero" else int(match["day"])
            yield match, DayOfYear(month, day, int(match["year"]) if match["year"] else None)


def resolve_date(day: DayOfYear, near: dt.date) -> dt.date | None:
    """Return the date, in the year nearest to `near` if it has none, or None if there is no such day."""
    years = [day.year] if day.year else [near.year - 1, near.year, near.year + 1]
    days = []
    for year in years:
        try:
            days.append(dt.date(year, day.month, day.day))
        except ValueError:
            continue
    return min(days, key=lambda each: abs(each - near), default=None)


def get_weekday(match: re.Match[str]) -> int | None:
    """Return the number of the weekday in a date that `iter_dates` found."""
    return WEEKDAY_NUMBERS.get((match["weekday"] or "").lower())


def get_words(match: re.Match[str]) -> str:
    """Return a date that `iter_dates` found as it is written, without the end of its sentence."""
    return match[0].rstrip(".")


def find_facts(text: str) -> list[Fact]:
    """Return the dates, times, numbers and names in `text`, a line or paragraph."""
    facts: list[Fact] = []
    if not DIGIT.search(text):
        return find_names(text)
    rest = NOTE.sub(lambda match: " " * len(match[0]), PHONE.sub(lambda match: " " * len(match[0]), text))
    for pattern in DATE_RANGES:  # as two dates: “December 1 and December 3, 2026”
        for match in pattern.finditer(rest):
            month, year = MONTH_NUMBERS[match["month"].lower()], int(match["year"] or 0) or None
            for day in (match["first"], match["last"]):
                facts.append(Fact("date", DayOfYear(month, int(day), year), match[0], match.start()))
            rest = rest[: match.start()] + " " * len(match[0]) + rest[match.end() :]
    for match, day in iter_dates(rest):
        facts.append(Fact("date", day, get_words(match), match.start()))
        rest = rest[: match.start()] + " " * len(match[0]) + rest[match.end() :]
    for match in TIME.finditer(rest):
        hour = int(match["hour"]) % 12 + (
            12 if match["half"][0] in "pP" or match["half"].endswith(("tarde", "noche")) else 0
        )
        facts.append(Fact("time", (hour, int(match["minute"] or 0)), match[0], match.start()))
        rest = rest[: match.start()] + " " * len(match[0]) + rest[match.end() :]
    for match in NUMBER.finditer(rest):
        if match["rest"] and match["rest"].strip() != "%":
            continue  # “9th Circuit” is “Noveno Circuito”
        facts.append(Fact("number", _parse_number(match), match[0].strip(), match.start()))
    facts += find_names(text)
    return facts


def find_names(text: str) -> list[Fact]:
    """Return the names of people who say something, have a title or sign a quotation."""
    found: dict[str, int] = {}
    for pattern in NAMES:
        for match in pattern.finditer(text):
            title = LEADING_TITLES.match(match["name"])
            name = match["name"][title.end() if title else 0 :].rstrip(".")
            found.setdefault(name, match.start("name") + (title.end() if title else 0))
    return [Fact("name", name, name, start) for name, start in found.items()]


def find_number_words(text: str) -> set[object]:
    """Return the numbers that are written as words."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    found: set[object] = {NUMBER_WORDS[word] for word in words if word in NUMBER_WORDS}
    # “Three million”, “twenty-one” and “treinta y uno”.
    words = [word for word in words if word != "y"]
    for first, second in pairwise(words):
        number, other = NUMBER_WORDS.get(first, 0), NUMBER_WORDS.get(second, 0)
        if number and second in SCALES:
            found.add(number * SCALES[second])
        elif 20 <= number < 100 and 0 < other < 10:
            found.add(number + other)
    return found


def _parse_number(match: re.Match[str]) -> float:
    number = match["number"]
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", number):
        number = re.sub("[.,]", "", number)
    elif "," in number and "." in number:
        decimal = max(number.rfind(","), number.rfind("."))
        number = re.sub("[.,]", "", number[:decimal]) + "." + re.sub("[.,]", "", number[decimal + 1 :])
    else:
        head, _comma, tail = number.replace(",", ".").partition(".")
        number = f"{head}.{tail.replace('.', '')}"
    scale = SCALES.get((match["scale"] or "").lower(), 1)
    return round(float(number) * scale, 4)

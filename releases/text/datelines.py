"""Parse the datelines that real releases have into a date and a place, and format them in our style.

`parse_dateline` reads the beginning of a text. It returns a `Dateline` if it is certain, a `Doubt` if a
person has to decide, and None if there is no dateline. It never guesses. `format_dateline` and
`format_ap_dateline` format a dateline.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from functools import lru_cache

from releases.text.choices import Language


@dataclass(frozen=True)
class Dateline:
    date: date
    place: str  # as printed; "" if the dateline has none
    rest: str  # the text after it; "" if the date is alone on its line
    # The language of the month's name, or None if both languages spell it like this.
    language: Language | None = field(default=None, compare=False)


class DoubtReason(Enum):
    """Why a dateline is not certain."""

    NO_DATE = auto()  # a place and no date
    NO_YEAR = auto()  # a month and a day without their year
    NUMERIC_DATE = auto()  # 03/04/2015 is ambiguous
    NO_SUCH_DAY = auto()  # February 30
    YEAR_OUT_OF_RANGE = auto()  # before FIRST_YEAR or after LAST_YEAR
    WRONG_WEEKDAY = auto()  # a weekday that does not match the date
    UNKNOWN_PLACE = auto()  # a date, and a text that may or may not be a place
    UNKNOWN_FORM = auto()  # a form that the parser does not know


@dataclass(frozen=True)
class Doubt:
    reason: DoubtReason
    text: str  # the uncertain part of the text


# The possible years of a release: CARECEN was founded in 1983.
FIRST_YEAR, LAST_YEAR = 1983, 2099


# --- Formatting ---------------------------------------------------------------------------------------------

MONTHS = {
    Language.ENGLISH: (
        "January February March April May June July August September October November December".split()
    ),
    Language.SPANISH: (
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()
    ),
}
# AP style: the long months are shortened before a day, and the short ones spelled out.
AP_MONTHS = "Jan. Feb. March April May June July Aug. Sept. Oct. Nov. Dec.".split()

# Places whose names differ between the languages. Others are printed as they were written.
PLACE_NAMES = {
    "Los Angeles": "Los Ángeles",
    "Mexico City": "Ciudad de México",
    "Guatemala City": "Ciudad de Guatemala",
    "New York": "Nueva York",
    "Washington, D.C.": "Washington, D. C.",
}


@lru_cache(4096)
def format_date(day: date, language: str) -> str:
    """Return `day` as “March 4, 2015” or “4 de marzo de 2015”."""
    month = MONTHS[Language(language)][day.month - 1]
    return (
        f"{day.day} de {month} de {day.year}"
        if language == Language.SPANISH
        else f"{month} {day.day}, {day.year}"
    )


def translate_place(place: str, language: str) -> str:
    """Return the name of `place` in `language`, or `place` itself if PLACE_NAMES does not have it."""
    if language == Language.SPANISH:
        return PLACE_NAMES.get(place, place)
    return next((english for english, spanish in PLACE_NAMES.items() if spanish == place), place)


def format_dateline(day: date, place: str, language: str) -> str:
    """Return “(March 4, 2015, Los Angeles) –” or “(4 de marzo de 2015, Los Ángeles) –”.

    The place can be "".
    """
    return f"({', '.join(filter(None, [format_date(day, language), place]))}) –"


def format_ap_dateline(day: date, place: str, language: str) -> str:
    """Return the dateline in AP style: “BATON ROUGE, La. (Sept. 2, 2014) —”. The place can be "".

    Only the part of the place before the first comma is in capitals.
    """
    date_text = (
        format_date(day, language)
        if language == Language.SPANISH
        else f"{AP_MONTHS[day.month - 1]} {day.day}, {day.year}"
    )
    city, comma, state = place.partition(",")
    return f"{city.upper()}{comma}{state} ({date_text}) —".lstrip()


# --- Parsing: vocabulary ------------------------------------------------------------------------------------

MONTH_NUMBERS = {
    name.lower(): number for names in MONTHS.values() for number, name in enumerate(names, 1)
} | {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10,
    "nov": 11, "dec": 12, "ene": 1, "abr": 4, "ago": 8, "set": 9, "setiembre": 9, "dic": 12,
}  # fmt: skip
WEEKDAY_NUMBERS = {
    name: number
    for names in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "mon tues wed thurs fri sat sun",
        "lunes martes miércoles jueves viernes sábado domingo",
        "lunes martes miercoles jueves viernes sabado domingo",
    )
    for number, name in enumerate(names.split())
}

# Places that need no parentheses or capitals: where this newsroom and its partners write from.
KNOWN_PLACES = (
    "Los Angeles|Los Ángeles|East Los Angeles|Washington|Washington, D.C.|Washington, DC|Washington, D. C.|"
    "Sacramento|San Francisco|San Diego|San Jose|San José|Oakland|Fresno|Bakersfield|Riverside|"
    "San Bernardino|Santa Ana|Anaheim|Long Beach|Pasadena|Van Nuys|Murrieta|Adelanto|McFarland|New York|"
    "Nueva York|Chicago|Houston|Dallas|Austin|San Antonio|El Paso|McAllen|Phoenix|Tucson|Las Vegas|Miami|"
    "Boston|Baton Rouge|New Orleans|Silver Spring|Mexico City|Ciudad de México|San Salvador|Guatemala City|"
    "Ciudad de Guatemala|Tegucigalpa|San Pedro Sula|Managua|Tijuana|Tapachula"
).split("|")
KNOWN_BY_UPPERCASE = {place.upper(): place for place in KNOWN_PLACES}
# The states in AP style, as postal codes and in full. A city with a state need not be in KNOWN_PLACES.
US_STATES = set(
    "Ala.|Alaska|Ariz.|Ark.|Calif.|Colo.|Conn.|Del.|D.C.|D. C.|Fla.|Ga.|Hawaii|Idaho|Ill.|Ind.|Iowa|Kan.|"
    "Ky.|La.|Maine|Md.|Mass.|Mich.|Minn.|Miss.|Mo.|Mont.|Neb.|Nev.|N.H.|N.J.|N.M.|N.Y.|N.C.|N.D.|Ohio|Okla.|"
    "Ore.|Pa.|R.I.|S.C.|S.D.|Tenn.|Texas|Utah|Vt.|Va.|Wash.|W.Va.|Wis.|Wyo.|AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|"
    "GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|"
    "UT|VT|VA|WA|WV|WI|WY|Alabama|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|"
    "Illinois|Indiana|Kansas|Kentucky|Louisiana|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|"
    "Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|"
    "North Dakota|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Vermont|"
    "Virginia|Washington|West Virginia|Wisconsin|Wyoming".split("|")
)
# Words that occur in the position of a place and are not places.
NON_PLACE_WORDS = set(
    "release statement advisory immediate press media news update updated corrected correction embargo "
    "embargoed contact carecen day week comunicado prensa declaracion declaración convocatoria aviso "
    "inmediata publicacion publicación actualizado corregido embargado contacto dia día semana".split()
)
LOWERCASE_WORDS = {"de", "del", "la", "las", "los", "el", "y", "of", "the", "and"}
PLACE_WORD = re.compile(r"[^\W\d_]+(?:[.'-][^\W\d_]+)*\.?")


def is_place(text: str) -> bool:
    """Return whether `text` can be the place in a dateline.

    A place has up to eight capitalized words of letters, spaces and .'-,
    """
    parts = re.split(r",? ", text)
    return (
        len(parts) <= 8
        and all(
            PLACE_WORD.fullmatch(part) and (part[0].isupper() or part in LOWERCASE_WORDS) for part in parts
        )
        and text[0].isupper()
    )


def could_be_place(text: str) -> bool:
    """Return whether `text` looks like a place.

    Words such as a kind of release, a weekday or a month rule it out.
    """
    excluded_words = NON_PLACE_WORDS | WEEKDAY_NUMBERS.keys() | MONTH_NUMBERS.keys()
    return is_place(text) and not excluded_words & set(re.split(r"[ ,.]+", text.lower()))


def _find_known_place(place: str) -> str | None:
    """Return the spelling of a known place, alone or with its state, or None.

    Only text in capitals is changed.
    """
    city, comma, state = place.partition(", ")
    if place.upper() in KNOWN_BY_UPPERCASE:
        return KNOWN_BY_UPPERCASE[place.upper()] if place.isupper() else place
    if city.upper() in KNOWN_BY_UPPERCASE and comma and state in US_STATES:
        return (KNOWN_BY_UPPERCASE[city.upper()] if city.isupper() else city) + comma + state
    return None


def is_known_place(place: str) -> bool:
    """Return whether `place` is known, has a state of the USA, or is a known name in Spanish."""
    _city, comma, state = place.partition(", ")
    is_name = place in PLACE_NAMES or place in PLACE_NAMES.values()
    return bool(_find_known_place(place)) or is_name or (bool(comma) and state in US_STATES)


def _alternatives(numbers: dict[str, int]) -> str:
    return "|".join(sorted(map(re.escape, numbers), key=len, reverse=True))


_WEEKDAY = rf"(?:(?P<weekday>{_alternatives(WEEKDAY_NUMBERS)})\b\.?,? )?"
_MONTH = rf"(?P<month>{_alternatives(MONTH_NUMBERS)})\b\.?"
_DAY = r"(?P<day>[0-9]{1,2}|primero)(?:st|nd|rd|th|ro|\.?[ºo°])?(?![\w/])"
_YEAR = r"(?:(?:,? (?:del? )?|, ?)(?P<year>[0-9]{4})(?!\w))?"
DATE_PATTERNS = [
    re.compile(_WEEKDAY + _MONTH + " ?" + _DAY + _YEAR, re.IGNORECASE),
    re.compile(_WEEKDAY + _DAY + " (?:de |of )?" + _MONTH + _YEAR, re.IGNORECASE),
]
NUMERIC_DATE = re.compile(r"[0-9]{1,4}([/.-])[0-9]{1,2}\1[0-9]{1,4}(?!\w)")
DASH = re.compile(r" ?(?:--+|[‒–—―−_]) ?| [-‐‑] ")
DASH_OR_COLON = re.compile(DASH.pattern + r"|: ")
DASH_AFTER_PARENTHESIS = re.compile(r" ?(?:--+|[-‐‑‒–—―−_]) ?")
KIND_PREFIX = re.compile(
    r"(?:for immediate release|press (?:release|statement)|statement|media advisory|para (?:su "
    r")?publicaci[oó]n inmediata|"
    r"comunicado(?: de prensa)?|declaraci[oó]n|convocatoria de prensa)\b[:,]? ",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ParsedDate:
    """A date found in a text: the day, or why there is none, and where the date ends."""

    day: date | None
    reason: DoubtReason | None
    end: int
    language: Language | None = None


def parse_date(text: str, start: int = 0) -> ParsedDate | None:
    """Return the date in `text` at `start`, or None if there is no date."""
    if numbers := NUMERIC_DATE.match(text, start):
        return ParsedDate(None, DoubtReason.NUMERIC_DATE, numbers.end())
    match = next(filter(None, (form.match(text, start) for form in DATE_PATTERNS)), None)
    if not match:
        return None
    # IGNORECASE also matches a few letters that are not Latin. A name with one of them is in no table.
    month = MONTH_NUMBERS.get(match["month"].lower())
    weekday = WEEKDAY_NUMBERS.get((match["weekday"] or "").lower())
    if month is None or (match["weekday"] and weekday is None):
        return ParsedDate(None, DoubtReason.UNKNOWN_FORM, match.end())
    if not match["year"]:
        return ParsedDate(None, DoubtReason.NO_YEAR, match.end())
    if not FIRST_YEAR <= int(match["year"]) <= LAST_YEAR:
        return ParsedDate(None, DoubtReason.YEAR_OUT_OF_RANGE, match.end())
    try:
        day = date(int(match["year"]), month, 1 if match["day"].lower() == "primero" else int(match["day"]))
    except ValueError:
        return ParsedDate(None, DoubtReason.NO_SUCH_DAY, match.end())
    if weekday is not None and weekday != day.weekday():
        return ParsedDate(None, DoubtReason.WRONG_WEEKDAY, match.end())
    spelled_in = [
        language for language, names in MONTHS.items() if match["month"].lower() in map(str.lower, names)
    ]
    return ParsedDate(day, None, match.end(), spelled_in[0] if len(spelled_in) == 1 else None)


# --- Parsing: forms -----------------------------------------------------------------------------------------


def parse_dateline(text: str) -> Dateline | Doubt | None:
    """Return the dateline at the beginning of `text`, one paragraph or line.

    Any white space counts as one space.

    A `Doubt` means that a person has to decide: the date or the place is missing, in numbers, impossible, or
    may be part of a sentence. None means that there is no dateline.
    """
    text = " ".join(text.split())
    for parser in (_parse_parenthesized, _parse_date_first, _parse_place_first, _parse_kind_first):
        if result := parser(text):
            return result
    return None


def _parse_parenthesized(text: str) -> Dateline | Doubt | None:
    """Parse “(March 4, 2015, Los Angeles) – ”."""
    if not text.startswith("("):
        return None
    start = 2 if text.startswith("( ") else 1
    parsed = parse_date(text, start)
    close = text.find(")", start)
    if not parsed or not parsed.end <= close <= parsed.end + 80:
        return None
    place = text[parsed.end : close].strip(" ,").replace("’", "'")
    dash = DASH_AFTER_PARENTHESIS.match(text, close + 1)
    if (
        parsed.day
        and dash
        and (could_be_place(place) or (not place and not _continues_like_dateline(text[dash.end() :])))
    ):
        return Dateline(parsed.day, _find_known_place(place) or place, text[dash.end() :], parsed.language)
    if dash or parsed.reason == DoubtReason.NUMERIC_DATE or (place and _find_known_place(place)):
        return Doubt(parsed.reason or DoubtReason.UNKNOWN_FORM, text[: close + 1])
    return None


def _parse_date_first(text: str) -> Dateline | Doubt | None:
    """Parse “January 25, 2017, Los Angeles – ”, “JANUARY 12th, 2016—We”, and a date alone on its line."""
    parsed = parse_date(text)
    if not parsed:
        return None
    after = text[parsed.end :]
    if after.strip(" .") == "":
        return (
            Dateline(parsed.day, "", "", parsed.language)
            if parsed.day
            else Doubt(parsed.reason or DoubtReason.UNKNOWN_FORM, text)
        )
    if re.match(r",? (?:at )?[0-9]{1,2}:[0-9]{2}", after):  # a timestamp above the headline
        return Doubt(parsed.reason or DoubtReason.UNKNOWN_FORM, text[: parsed.end])
    dash = DASH.search(after)
    if not dash:
        return None
    place, rest = after[: dash.start()].strip(), after[dash.end() :]
    excerpt = text[: parsed.end + dash.start()]
    if not place:
        # A capital letter or a quotation mark begins a text; a lowercase letter continues a sentence.
        if not rest or rest[0].islower() or _continues_like_dateline(rest):
            return Doubt(DoubtReason.UNKNOWN_FORM, excerpt)
        return (
            Dateline(parsed.day, "", rest, parsed.language)
            if parsed.day
            else Doubt(parsed.reason or DoubtReason.UNKNOWN_FORM, excerpt)
        )
    if not place.startswith(","):
        return None
    place = place.removeprefix(",").strip()
    if not place or not is_place(place):
        return None
    if not (known := _find_known_place(place)):
        return Doubt(parsed.reason or DoubtReason.UNKNOWN_PLACE, excerpt)
    return (
        Dateline(parsed.day, known, rest, parsed.language)
        if parsed.day
        else Doubt(parsed.reason or DoubtReason.UNKNOWN_FORM, excerpt)
    )


def _continues_like_dateline(rest: str) -> bool:
    """Return whether the text after a date and a dash still belongs to the dateline.

    It may be the end of a date range, or a place with its own dash.
    """
    dash = DASH_OR_COLON.search(rest[:60])
    return bool(parse_date(rest)) or bool(dash and is_place(rest[: dash.start()].strip() or "-"))


def _parse_place_first(text: str) -> Dateline | Doubt | None:
    """Parse “LOS ANGELES (Sept. 2, 2014) — ” and “Los Angeles, March 4, 2015 – ”.

    A place without a date is in doubt.
    """
    opening = text.find("(", 0, 80)
    place = text[:opening].strip().replace("’", "'")
    if opening > 0 and place and is_place(place) and (parsed := parse_date(text, opening + 1)):
        close = text.find(")", parsed.end)
        dash = DASH_AFTER_PARENTHESIS.match(text, close + 1)
        if close - parsed.end in (0, 1) and dash:
            city, comma, state = place.partition(", ")
            known_place = _find_known_place(place) or (
                place if comma and city.isupper() and state in US_STATES else None
            )
            if parsed.day and known_place:
                return Dateline(parsed.day, known_place, text[dash.end() :], parsed.language)
            return Doubt(parsed.reason or DoubtReason.UNKNOWN_PLACE, text[: close + 1])
    for gap in re.finditer(", ", text[:60]):
        if (
            (known := _find_known_place(text[: gap.start()]))
            and (parsed := parse_date(text, gap.end()))
            and (dash := DASH.match(text, parsed.end))
        ):
            if parsed.day:
                return Dateline(parsed.day, known, text[dash.end() :], parsed.language)
            return Doubt(parsed.reason or DoubtReason.UNKNOWN_FORM, text[: parsed.end])
    if (dash := DASH_OR_COLON.search(text[:60])) and is_place(place := text[: dash.start()].strip() or "-"):
        city, comma, state = place.partition(", ")
        if _find_known_place(place) or (comma and city.isupper() and state in US_STATES):
            return Doubt(DoubtReason.NO_DATE, place)
    return None


def _parse_kind_first(text: str) -> Doubt | None:
    """Parse “Press Statement January 31, 2018 HEADLINE Los Angeles, CA – ” in one paragraph."""
    kind = KIND_PREFIX.match(text)
    if kind and (parsed := parse_date(text, kind.end())):
        return Doubt(DoubtReason.UNKNOWN_FORM, text[: parsed.end])
    return None

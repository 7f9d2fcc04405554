"""The dateline as data: a calendar date and a place, read from the forms real releases use and printed in ours.

`read` answers with what stands at the beginning of a text: a `Dateline` when it is certain, a `Doubt` when it looks like
one and a person has to say, None when the text simply begins. It never guesses. `in_house_form` and `in_ap_form` print.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from functools import lru_cache

from releases.vocabulary import Language


@dataclass(frozen=True)
class Dateline:
    date: date
    place: str  # as printed; "" when the dateline names none
    rest: str  # the text after it; "" when the date stood alone on its line
    language: Language | None = field(default=None, compare=False)  # of the month's name; None when both spell it so


class Why(Enum):
    """What keeps a dateline from being read."""

    NO_DATE = auto()  # a place and no date
    NO_YEAR = auto()  # a month and a day without their year
    NUMBERS = auto()  # 03/04/2015 reads two ways
    NO_SUCH_DAY = auto()  # February 30
    ODD_YEAR = auto()  # a year before the organization or a lifetime from now
    WRONG_WEEKDAY = auto()  # a weekday that is not that date's
    UNKNOWN_PLACE = auto()  # a date and words that may or may not be a place
    OTHER_FORM = auto()  # a dateline in a form that is not read


@dataclass(frozen=True)
class Doubt:
    why: Why
    text: str  # the words in question


# The years a release can be of: CARECEN was founded in 1983.
FIRST_YEAR, LAST_YEAR = 1983, 2099


# --- Printing ---------------------------------------------------------------------------------------------------------

MONTHS = {
    Language.ENGLISH: "January February March April May June July August September October November December".split(),
    Language.SPANISH: "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(),
}
# The Associated Press shortens the long months when a day follows and spells out the short ones.
AP_MONTHS = "Jan. Feb. March April May June July Aug. Sept. Oct. Nov. Dec.".split()

# Places whose name differs between the languages. Everything else is printed as it was written.
PLACE_NAMES = {
    "Los Angeles": "Los Ángeles",
    "Mexico City": "Ciudad de México",
    "Guatemala City": "Ciudad de Guatemala",
    "New York": "Nueva York",
    "Washington, D.C.": "Washington, D. C.",
}


@lru_cache(4096)
def printed_date(day: date, language: str) -> str:
    """`day` in words: “March 4, 2015”, “4 de marzo de 2015”."""
    month = MONTHS[Language(language)][day.month - 1]
    return f"{day.day} de {month} de {day.year}" if language == Language.SPANISH else f"{month} {day.day}, {day.year}"


def place_in(place: str, language: str) -> str:
    """`place` under its name in `language`, where the table above has one."""
    if language == Language.SPANISH:
        return PLACE_NAMES.get(place, place)
    return next((english for english, spanish in PLACE_NAMES.items() if spanish == place), place)


def in_house_form(day: date, place: str, language: str) -> str:
    """“(March 4, 2015, Los Angeles) –”, “(4 de marzo de 2015, Los Ángeles) –”; without a place, the date alone in the parentheses."""
    return f"({', '.join(filter(None, [printed_date(day, language), place]))}) –"


def in_ap_form(day: date, place: str, language: str) -> str:
    """“BATON ROUGE, La. (Sept. 2, 2014) —”: capitals before the first comma only. Without a place, the date alone in parentheses."""
    when = printed_date(day, language) if language == Language.SPANISH else f"{AP_MONTHS[day.month - 1]} {day.day}, {day.year}"
    city, comma, state = place.partition(",")
    return f"{city.upper()}{comma}{state} ({when}) —".lstrip()


# --- Reading: the words -----------------------------------------------------------------------------------------------

MONTH_NUMBERS = {name.lower(): number for names in MONTHS.values() for number, name in enumerate(names, 1)} | {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
    "ene": 1, "abr": 4, "ago": 8, "set": 9, "setiembre": 9, "dic": 12,
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

# Places that are believed without parentheses or capitals: where this newsroom and its partners write from.
KNOWN_PLACES = (
    "Los Angeles|Los Ángeles|East Los Angeles|Washington|Washington, D.C.|Washington, DC|Washington, D. C.|Sacramento|San Francisco|"
    "San Diego|San Jose|San José|Oakland|Fresno|Bakersfield|Riverside|San Bernardino|Santa Ana|Anaheim|Long Beach|Pasadena|Van Nuys|"
    "Murrieta|Adelanto|McFarland|New York|Nueva York|Chicago|Houston|Dallas|Austin|San Antonio|El Paso|McAllen|Phoenix|Tucson|"
    "Las Vegas|Miami|Boston|Baton Rouge|New Orleans|Silver Spring|Mexico City|Ciudad de México|San Salvador|Guatemala City|"
    "Ciudad de Guatemala|Tegucigalpa|San Pedro Sula|Managua|Tijuana|Tapachula"
).split("|")
KNOWN = {place.upper(): place for place in KNOWN_PLACES}
# The states as the Associated Press, the post and everyone write them; with one of these, a city need not be a known one.
STATES = set(
    "Ala.|Alaska|Ariz.|Ark.|Calif.|Colo.|Conn.|Del.|D.C.|D. C.|Fla.|Ga.|Hawaii|Idaho|Ill.|Ind.|Iowa|Kan.|Ky.|La.|Maine|Md.|Mass.|Mich.|"
    "Minn.|Miss.|Mo.|Mont.|Neb.|Nev.|N.H.|N.J.|N.M.|N.Y.|N.C.|N.D.|Ohio|Okla.|Ore.|Pa.|R.I.|S.C.|S.D.|Tenn.|Texas|Utah|Vt.|Va.|Wash.|"
    "W.Va.|Wis.|Wyo.|AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|"
    "PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|Alabama|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Illinois|"
    "Indiana|Kansas|Kentucky|Louisiana|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|"
    "New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|"
    "South Dakota|Tennessee|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming".split("|")
)
# Words that stand where a place may stand and are none.
NO_PLACE = set(
    "release statement advisory immediate press media news update updated corrected correction embargo embargoed contact carecen day week "
    "comunicado prensa declaracion declaración convocatoria aviso inmediata publicacion publicación actualizado corregido embargado "
    "contacto dia día semana".split()
)
SMALL_WORDS = {"de", "del", "la", "las", "los", "el", "y", "of", "the", "and"}
WORD = re.compile(r"[^\W\d_]+(?:[.'-][^\W\d_]+)*\.?")


def is_place(words: str) -> bool:
    """Whether `words` can stand as a place in a dateline: up to eight capitalised words of letters, spaces and .'-,"""
    parts = re.split(r",? ", words)
    return (
        len(parts) <= 8
        and all(WORD.fullmatch(part) and (part[0].isupper() or part in SMALL_WORDS) for part in parts)
        and words[0].isupper()
    )


def may_be_a_place(words: str) -> bool:
    """Whether `words` look like a place and hold no word that gives them away: a kind of release, a weekday, a month."""
    given_away = NO_PLACE | WEEKDAY_NUMBERS.keys() | MONTH_NUMBERS.keys()
    return is_place(words) and not given_away & set(re.split(r"[ ,.]+", words.lower()))


def _known(place: str) -> str | None:
    """`place` as it is written when it is a known one, alone or with its state; capitals are undone, nothing else is."""
    city, comma, state = place.partition(", ")
    if place.upper() in KNOWN:
        return KNOWN[place.upper()] if place.isupper() else place
    if city.upper() in KNOWN and comma and state in STATES:
        return (KNOWN[city.upper()] if city.isupper() else city) + comma + state
    return None


def _any_of(words: dict[str, int]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_WEEKDAY = rf"(?:(?P<weekday>{_any_of(WEEKDAY_NUMBERS)})\b\.?,? )?"
_MONTH = rf"(?P<month>{_any_of(MONTH_NUMBERS)})\b\.?"
_DAY = r"(?P<day>[0-9]{1,2}|primero)(?:st|nd|rd|th|ro|\.?[ºo°])?(?![\w/])"
_YEAR = r"(?:(?:,? (?:del? )?|, ?)(?P<year>[0-9]{4})(?!\w))?"
DATES = [
    re.compile(_WEEKDAY + _MONTH + " ?" + _DAY + _YEAR, re.IGNORECASE),
    re.compile(_WEEKDAY + _DAY + " (?:de |of )?" + _MONTH + _YEAR, re.IGNORECASE),
]
NUMBERS = re.compile(r"[0-9]{1,4}([/.-])[0-9]{1,2}\1[0-9]{1,4}(?!\w)")
DASH = re.compile(r" ?(?:--+|[‒–—―−_]) ?| [-‐‑] ")
DASH_OR_COLON = re.compile(DASH.pattern + r"|: ")
DASH_AFTER_PARENTHESIS = re.compile(r" ?(?:--+|[-‐‑‒–—―−_]) ?")
KIND_WORDS = re.compile(
    r"(?:for immediate release|press (?:release|statement)|statement|media advisory|para (?:su )?publicaci[oó]n inmediata|"
    r"comunicado(?: de prensa)?|declaraci[oó]n|convocatoria de prensa)\b[:,]? ",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _When:
    """A date found in a text: the day it names, or why it names none, and where its words end."""

    day: date | None
    why: Why | None
    end: int
    language: Language | None = None


def _when(text: str, start: int = 0) -> _When | None:
    """The date written in `text` at `start`; None when the words there are no date."""
    if numbers := NUMBERS.match(text, start):
        return _When(None, Why.NUMBERS, numbers.end())
    found = next(filter(None, (form.match(text, start) for form in DATES)), None)
    if not found:
        return None
    # Letters of other alphabets pass for ours when case is ignored; a name with one of them is in no table.
    month = MONTH_NUMBERS.get(found["month"].lower())
    weekday = WEEKDAY_NUMBERS.get((found["weekday"] or "").lower())
    if month is None or (found["weekday"] and weekday is None):
        return _When(None, Why.OTHER_FORM, found.end())
    if not found["year"]:
        return _When(None, Why.NO_YEAR, found.end())
    if not FIRST_YEAR <= int(found["year"]) <= LAST_YEAR:
        return _When(None, Why.ODD_YEAR, found.end())
    try:
        day = date(int(found["year"]), month, 1 if found["day"].lower() == "primero" else int(found["day"]))
    except ValueError:
        return _When(None, Why.NO_SUCH_DAY, found.end())
    if weekday is not None and weekday != day.weekday():
        return _When(None, Why.WRONG_WEEKDAY, found.end())
    spelled_in = [language for language, names in MONTHS.items() if found["month"].lower() in map(str.lower, names)]
    return _When(day, None, found.end(), spelled_in[0] if len(spelled_in) == 1 else None)


# --- Reading: the forms -----------------------------------------------------------------------------------------------


def read(text: str) -> Dateline | Doubt | None:
    """The dateline at the beginning of `text`, one paragraph or line; white space of every kind counts as one space.

    A `Dateline` is certain. A `Doubt` is a dateline that a person must read: the date or the place is missing, written in
    numbers, impossible, or not to be told from a sentence. None: the text begins with its first words.
    """
    text = " ".join(text.split())
    for form in (_in_parentheses, _date_first, _place_first, _kind_first):
        if found := form(text):
            return found
    return None


def _in_parentheses(text: str) -> Dateline | Doubt | None:
    """“(March 4, 2015, Los Angeles) – ”"""
    if not text.startswith("("):
        return None
    start = 2 if text.startswith("( ") else 1
    when = _when(text, start)
    close = text.find(")", start)
    if not when or not when.end <= close <= when.end + 80:
        return None
    place = text[when.end : close].strip(" ,").replace("’", "'")
    dash = DASH_AFTER_PARENTHESIS.match(text, close + 1)
    if when.day and dash and (may_be_a_place(place) or (not place and not _goes_on_like_a_dateline(text[dash.end() :]))):
        return Dateline(when.day, _known(place) or place, text[dash.end() :], when.language)
    if dash or when.why == Why.NUMBERS or (place and _known(place)):
        return Doubt(when.why or Why.OTHER_FORM, text[: close + 1])
    return None


def _date_first(text: str) -> Dateline | Doubt | None:
    """“January 25, 2017, Los Angeles – ”, “JANUARY 12th, 2016—We”, and a date alone on its line."""
    when = _when(text)
    if not when:
        return None
    after = text[when.end :]
    if after.strip(" .") == "":
        return Dateline(when.day, "", "", when.language) if when.day else Doubt(when.why or Why.OTHER_FORM, text)
    if re.match(r",? (?:at )?[0-9]{1,2}:[0-9]{2}", after):  # a stamp, set by a machine above the headline
        return Doubt(when.why or Why.OTHER_FORM, text[: when.end])
    dash = DASH.search(after)
    if not dash:
        return None
    place, rest = after[: dash.start()].strip(), after[dash.end() :]
    shown = text[: when.end + dash.start()]
    if not place:
        # “We” and a quotation begin a text; a small letter goes on with a sentence.
        if not rest or rest[0].islower() or _goes_on_like_a_dateline(rest):
            return Doubt(Why.OTHER_FORM, shown)
        return Dateline(when.day, "", rest, when.language) if when.day else Doubt(when.why or Why.OTHER_FORM, shown)
    if not place.startswith(","):
        return None
    place = place.removeprefix(",").strip()
    if not place or not is_place(place):
        return None
    if not (known := _known(place)):
        return Doubt(when.why or Why.UNKNOWN_PLACE, shown)
    return Dateline(when.day, known, rest, when.language) if when.day else Doubt(when.why or Why.OTHER_FORM, shown)


def _goes_on_like_a_dateline(rest: str) -> bool:
    """Whether what follows a date and a dash is the end of a range of dates, or a place with a dash of its own."""
    dash = DASH_OR_COLON.search(rest[:60])
    return bool(_when(rest)) or bool(dash and is_place(rest[: dash.start()].strip() or "-"))


def _place_first(text: str) -> Dateline | Doubt | None:
    """“LOS ANGELES (Sept. 2, 2014) — ”, “Los Angeles, March 4, 2015 – ”; a place with a dash and no date is in doubt."""
    opening = text.find("(", 0, 80)
    place = text[:opening].strip().replace("’", "'")
    if opening > 0 and place and is_place(place) and (when := _when(text, opening + 1)):
        close = text.find(")", when.end)
        dash = DASH_AFTER_PARENTHESIS.match(text, close + 1)
        if close - when.end in (0, 1) and dash:
            city, comma, state = place.partition(", ")
            printed = _known(place) or (place if comma and city.isupper() and state in STATES else None)
            if when.day and printed:
                return Dateline(when.day, printed, text[dash.end() :], when.language)
            return Doubt(when.why or Why.UNKNOWN_PLACE, text[: close + 1])
    for gap in re.finditer(", ", text[:60]):
        if (known := _known(text[: gap.start()])) and (when := _when(text, gap.end())) and (dash := DASH.match(text, when.end)):
            if when.day:
                return Dateline(when.day, known, text[dash.end() :], when.language)
            return Doubt(when.why or Why.OTHER_FORM, text[: when.end])
    if (dash := DASH_OR_COLON.search(text[:60])) and is_place(place := text[: dash.start()].strip() or "-"):
        city, comma, state = place.partition(", ")
        if _known(place) or (comma and city.isupper() and state in STATES):
            return Doubt(Why.NO_DATE, place)
    return None


def _kind_first(text: str) -> Doubt | None:
    """“Press Statement January 31, 2018 HEADLINE Los Angeles, CA – ”: everything in one paragraph."""
    kind = KIND_WORDS.match(text)
    if kind and (when := _when(text, kind.end())):
        return Doubt(Why.OTHER_FORM, text[: when.end])
    return None

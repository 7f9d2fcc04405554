"""Read dates and times of events and embargoes, like “Tuesday, December 1, 2026, 10–11:30 a.m.”."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from releases.text.datelines import ParsedDate, parse_date

_HALF = (
    r"(?P<{0}half>a\.? ?m\.?|p\.? ?m\.?|de la (?:madrugada|mañana|tarde|noche)"
    r"|in the (?:morning|afternoon|evening))"
)
_TIME = r"(?P<{0}hour>\d{{1,2}})(?:[:.h](?P<{0}minute>\d{{2}}))?(?: ?" + _HALF + r")?"
NOON = re.compile(r"\b(?:12(?::00)? *)?(?:al |del )?(?:noon|mediod[ií]a)\b", re.IGNORECASE)
# Times of other zones, and words that make a day or a time uncertain.
OTHER_ZONE = re.compile(
    r"\b(?:E[SD]?T|C[SD]?T|M[SD]?T|UTC|GMT)\b"
    r"|(?i:\b(?:eastern|central time|mountain time|hora del este|hora central|midnight|medianoche)\b)"
)
UNCERTAIN_DAY = re.compile(
    r"\b(?:today|tonight|tomorrow|yesterday|postponed|rescheduled|after|before|rsvp|hoy|ayer|pospuest[oa]"
    r"|despu[eé]s|antes)\b|(?<!la )\bmañana\b",
    re.IGNORECASE,
)
BEFORE_HOUR = re.compile(r"\b(?:at|from|by|a las?|de|desde)(?: las?)? $", re.IGNORECASE)
PERIOD = re.compile(
    r"(?<![\d,$])" + _TIME.format("first_") + r"(?: ?(?:[–—-]|to|until|a(?: las?)?|hasta(?: las?)?) ?"
    + _TIME.format("last_") + r")?(?![\d%,]*\w)",
    re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True)
class Period:
    """A day and its times, as far as the text is certain."""

    day: date | None
    start: time | None = None
    end: time | None = None

    @property
    def starts_at(self) -> datetime | None:
        """Return the start in Los Angeles (aware), or None if the day or the time is not certain."""
        return combine(self.day, self.start)

    @property
    def ends_at(self) -> datetime | None:
        ends_at = combine(self.day, self.end)
        starts_at = self.starts_at
        return ends_at + timedelta(days=1) if ends_at and starts_at and ends_at <= starts_at else ends_at


def combine(day: date | None, at: time | None) -> datetime | None:
    """Return the time in Los Angeles (aware), or None if it doesn't exist or exists twice: clocks change."""
    if day is None or at is None:
        return None
    zone = timezone.get_default_timezone()
    first, second = (datetime.combine(day, at.replace(fold=fold), zone) for fold in (0, 1))
    return first if first.utcoffset() == second.utcoffset() else None


def find_dates(text: str) -> list[tuple[int, ParsedDate]]:
    """Return the dates in `text`, each with its position."""
    found: list[tuple[int, ParsedDate]] = []
    end = 0
    for match in re.finditer(r"(?<![\w/.-])(?=[\w])", text):
        if match.start() >= end and (parsed := parse_date(text, match.start())):
            found.append((match.start(), parsed))
            end = parsed.end
    return found


def read_period(text: str) -> Period:
    """Return the only day in `text`, and its times, as far as they are certain.

    Two days, a day without a year, and a day near a word like “postponed” aren't. Neither are the times of
    other zones, nor several times, like those of the doors and of the event.
    """
    dates = find_dates(text)
    day = dates[0][1].day if len(dates) == 1 and not UNCERTAIN_DAY.search(text) else None
    rest = text
    for start, parsed in reversed(dates):
        rest = f"{rest[:start]} | {rest[parsed.end :]}"
    return Period(day, *(_read_times(NOON.sub("12 p.m.", rest)) or (None, None)))


def _read_times(text: str) -> tuple[time, time | None] | None:
    """Return start and end, or None if there is no certain time, or another one too."""
    found = []
    for match in PERIOD.finditer(text):
        last_half = match["last_half"]
        end = _make_time(match["last_hour"], match["last_minute"], last_half)
        start = _make_time(match["first_hour"], match["first_minute"], match["first_half"])
        if start is None and end is not None:  # “10–11:30 a.m.”
            start = _make_time(match["first_hour"], match["first_minute"], last_half)
            if start and start >= end:  # “11–1 p.m.”
                start = _make_time(match["first_hour"], match["first_minute"], "am")
        if start is not None and (end is not None or not match["last_hour"]):
            found.append((start, end))
        elif match["first_minute"] or match["last_hour"] or BEFORE_HOUR.search(text[: match.start()]):
            return None
    return found[0] if len(found) == 1 and not OTHER_ZONE.search(text) else None


def _make_time(hour: str | None, minute: str | None, half: str | None) -> time | None:
    """Return a time of day, or None if it's not clear whether it is in the morning."""
    if hour is None:
        return None
    number, half = int(hour), (half or "").lower().replace(" ", "").replace(".", "")
    if half in ("pm", "delatarde", "delanoche", "intheafternoon", "intheevening") and number < 12:
        number += 12
    elif half in ("am", "delamadrugada", "delamañana", "inthemorning") and number == 12:
        number = 0
    elif not half and not (minute and 13 <= number <= 23):
        return None
    return time(number, int(minute or 0)) if number < 24 and int(minute or 0) < 60 else None

"""Dates and times in Los Angeles."""

from datetime import date, datetime, time

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _


def local_date(at: datetime) -> date:
    """Return the calendar date of `at` (aware) in Los Angeles."""
    return timezone.localtime(at, timezone.get_default_timezone()).date()


def start_of_day(day: date) -> datetime:
    """Return when `day` begins in Los Angeles (aware)."""
    return datetime.combine(day, time.min, timezone.get_default_timezone())


def format_datetime(at: datetime) -> str:
    """Return “Nov. 24, 2026, 9 a.m. Los Angeles time”, in the active language."""
    local = timezone.localtime(at, timezone.get_default_timezone())
    return _("%(moment)s Los Angeles time") % {"moment": date_format(local, "DATETIME_FORMAT")}


def format_time(at: datetime) -> str:
    """Return “10:42 a.m.” for `at` in Los Angeles, in the active language."""
    return date_format(timezone.localtime(at, timezone.get_default_timezone()), "TIME_FORMAT")


def format_until(at: datetime) -> str:
    """Return “Until Nov. 29, 6 p.m.” for `at` in Los Angeles, in the active language."""
    day = date_format(local_date(at), pgettext("format of a day of this year", "N j"))
    time = format_time(at).replace(" ", "\xa0")
    return _("Until %(day)s, %(time)s") % {"day": day, "time": time}


def format_period(start: datetime, end: datetime | None) -> str:
    """Return when an event takes place: “Tuesday, Dec. 1, 2026, 10–11:30 a.m. PT”.

    The active language determines the format.

    `start` and `end` are aware. PT, or “hora del Pacífico”, is the time in Los Angeles in summer and in
    winter.
    """
    period = _format_period(start, end)
    return period[:1].upper() + period[1:]


def _format_period(start: datetime, end: datetime | None) -> str:
    first_day, first_time = _format_day_and_time(start)
    if end is None:
        return _("%(day)s, %(time)s PT") % {"day": first_day, "time": first_time}
    last_day, last_time = _format_day_and_time(end)
    if first_day == last_day:
        suffix = first_time.partition(" ")[2]
        if suffix and suffix == last_time.partition(" ")[2] and get_language() == "en":
            first_time = first_time.partition(" ")[0]  # AP style: 10–11:30 a.m.
        return _("%(day)s, %(start)s–%(end)s PT") % {"day": first_day, "start": first_time, "end": last_time}
    names = {"day": first_day, "start": first_time, "last_day": last_day, "end": last_time}
    return _("%(day)s, %(start)s to %(last_day)s, %(end)s PT") % names


def _format_day_and_time(at: datetime) -> tuple[str, str]:
    local = timezone.localtime(at, timezone.get_default_timezone())
    day = date_format(local, pgettext("format of the day of an event", "l, N j, Y"))
    return day, date_format(local, "TIME_FORMAT")

"""Dates and times in Los Angeles."""

from datetime import date, datetime, time

from django.utils import timezone
from django.utils.formats import date_format
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

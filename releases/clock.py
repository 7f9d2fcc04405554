"""Moments and days as the newsroom tells them: Los Angeles time, the zone always named."""

from datetime import date, datetime, time

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _


def day_of(moment: datetime) -> date:
    """The calendar date of an aware `moment` in Los Angeles."""
    return timezone.localtime(moment, timezone.get_default_timezone()).date()


def midnight(day: date) -> datetime:
    """The aware moment at which `day` begins in Los Angeles."""
    return datetime.combine(day, time.min, timezone.get_default_timezone())


def in_words(moment: datetime) -> str:
    """“Nov. 24, 2026, 9 a.m. Los Angeles time”, in the language in use."""
    local = timezone.localtime(moment, timezone.get_default_timezone())
    return _("%(moment)s Los Angeles time") % {"moment": date_format(local, "DATETIME_FORMAT")}


def time_in_words(moment: datetime) -> str:
    """“10:42 a.m.”, in Los Angeles and in the language in use."""
    return date_format(timezone.localtime(moment, timezone.get_default_timezone()), "TIME_FORMAT")

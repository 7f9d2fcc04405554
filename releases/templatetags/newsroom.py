"""How the newsroom prints what it knows as data: datelines, dates, topics."""

import re
from datetime import date, datetime
from functools import cache
from typing import Any

from django import template
from django.utils.translation import get_language

from releases import clock, datelines, prose
from releases.models import Newsroom, Release, Topic, User, name_of
from releases.vocabulary import Kind, Language

register = template.Library()
register.filter("cut", prose.cut)


@register.filter
def dateline(release: Release) -> str:
    """“(March 4, 2015, Los Angeles) –” in the language of the release; "" before it has a date."""
    return release.printed_dateline


@register.filter
def printed(day: date, language: str) -> str:
    return datelines.printed_date(day, language)


@register.filter
def iso(day: date | datetime) -> str:
    """A date or a moment for machines (ISO 8601)."""
    return day.isoformat()


@register.filter
def kind_name(row: Any) -> str:
    """The kind of a release or of a correction in words, in the language in use."""
    return _kind_name(type(row), row.kind, get_language())  # type: ignore[arg-type]  # a class can be a key


@cache
def _kind_name(model: Any, kind: str, _language: str) -> str:
    return str(model(kind=kind).get_kind_display())


@register.filter
def month_name(day: date | int, language: str) -> str:
    """The name of the month of a date, or of a month's number."""
    number = day if isinstance(day, int) else day.month
    return datelines.MONTHS[Language(language)][number - 1]


@register.filter
def has_run_out(release: Release, at: datetime) -> bool:
    """Whether a notice no longer holds at the moment `at`."""
    return release.has_run_out(at)


@register.filter
def day_of(moment: datetime) -> date:
    """The calendar date of a moment in Los Angeles."""
    return clock.day_of(moment)


@register.filter
def moment(moment: datetime) -> str:
    """“Nov. 24, 2026, 9 a.m. Los Angeles time”, in the language in use."""
    return clock.in_words(moment)


@register.filter
def person(user: User | None) -> str:
    return name_of(user)


@register.filter
def name_in(topic: Topic, language: str) -> str:
    return topic.name_in(language)


@register.filter
def url_in(topic: Topic, language: str) -> str:
    return topic.get_absolute_url(language)


@register.filter
def slug_in(topic: Topic, language: str) -> str:
    return topic.slug_in(language)


@register.filter
def about_in(topic: Topic, language: str) -> str:
    return topic.about_in(language)


@register.filter
def hours_in(newsroom: Newsroom, language: str) -> str:
    return newsroom.hours_in(language)


@register.filter
def warning_in(newsroom: Newsroom, language: str) -> str:
    return newsroom.warning_in(language)


@register.filter
def dialled(phone: str) -> str:
    """One telephone number, perhaps with an extension, as a link dials it (RFC 3966), with the country's code."""
    number, _between, extension = re.split("( *(?:ext|x)[. ]*)", phone, maxsplit=1) if re.search("ext|x", phone) else (phone, "", "")
    digits = re.sub("[^0-9+]", "", number)
    whole = digits if digits.startswith("+") else f"+{digits}" if len(digits) == 11 else f"+1{digits}"
    return f"{whole};ext={extension.strip()}" if extension else whole


@register.simple_tag
def is_old_guidance(release: Release, newsroom: Newsroom, at: datetime) -> bool:
    """Whether a notice without an end is so old that its rules may have changed."""
    return bool(newsroom and release.kind == Kind.SERVICE_NOTICE and newsroom.is_old(release, at))

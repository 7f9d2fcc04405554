"""Template filters and tags for datelines, dates, topics and phone numbers."""

from datetime import date, datetime
from functools import cache
from typing import Any

from django import template
from django.utils.translation import get_language

from releases.models import NewsroomSettings, Release, Topic, User, staff
from releases.text import cleaning, datelines, localtime
from releases.text.choices import LANGUAGE_NAMES, Kind, Language
from releases.text.links import format_phone

register = template.Library()
register.filter("truncate", cleaning.truncate)


@register.filter
def dateline(release: Release) -> str:
    """Return “(March 4, 2015, Los Angeles) –” in the language of the release; "" without a date."""
    return release.formatted_dateline


@register.filter
def format_date(value: date, language: str) -> str:
    return datelines.format_date(value, language)


@register.filter
def isoformat(value: date | datetime) -> str:
    """Return a date or datetime in ISO 8601."""
    return value.isoformat()


@register.filter
def kind_label(instance: Any) -> str:
    """Return the label of the kind of a release or correction, in the active language."""
    return _kind_label(type(instance), instance.kind, get_language())  # type: ignore[arg-type]  # a class is hashable


@cache
def _kind_label(model_class: Any, kind: str, _language: str) -> str:
    return str(model_class(kind=kind).get_kind_display())


@register.filter
def language_name(language: str) -> str:
    """Return the name of `language` as it is written within a sentence, in the active language."""
    return str(LANGUAGE_NAMES[Language(language)])


@register.filter
def other_language_name(language: str) -> str:
    """Return the name of the language that is not `language`, as it is written within a sentence."""
    return language_name(Language.SPANISH if language == Language.ENGLISH else Language.ENGLISH)


@register.filter
def format_event_time(release: Release) -> str:
    """Return when the event of `release` takes place, or an empty string without an event."""
    return localtime.format_period(release.event_at, release.event_until) if release.event_at else ""


@register.filter
def month_name(value: date | int, language: str) -> str:
    """Return the name of the month of a date, or of a month number (1–12)."""
    number = value if isinstance(value, int) else value.month
    return datelines.MONTHS[Language(language)][number - 1]


@register.filter
def is_expired(release: Release, at: datetime) -> bool:
    """Return whether the last valid day of a notice is before `at` (aware)."""
    return release.is_expired(at)


@register.filter
def local_date(value: datetime) -> date:
    """Return the date of an aware datetime in Los Angeles."""
    return localtime.local_date(value)


@register.filter
def format_datetime(value: datetime) -> str:
    """Return “Nov. 24, 2026, 9 a.m. Los Angeles time”, in the active language."""
    return localtime.format_datetime(value)


@register.filter
def display_name(user: User | None) -> str:
    return staff.display_name(user)


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
def hours_in(newsroom: NewsroomSettings, language: str) -> str:
    return newsroom.hours_in(language)


@register.filter
def warning_in(newsroom: NewsroomSettings, language: str) -> str:
    return newsroom.warning_in(language)


@register.filter
def phone_link(phone: str) -> str:
    """Return a phone number as a tel: link (RFC 3966) with its country code. An extension is included."""
    return format_phone(phone)


@register.simple_tag
def is_outdated_guidance(release: Release, newsroom: NewsroomSettings, at: datetime) -> bool:
    """Return whether a release is a service notice that is so old that its rules may have changed."""
    return bool(newsroom and release.kind == Kind.SERVICE_NOTICE and newsroom.is_old(release, at))

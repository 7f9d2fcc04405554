"""Dates and times in Los Angeles."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone, translation

from releases.text import localtime


def test_time_is_formatted_in_los_angeles_time_with_the_zone_name():
    assert (
        localtime.format_datetime(datetime(2026, 11, 24, 17, tzinfo=UTC))
        == "Nov. 24, 2026, 9 a.m. Los Angeles time"
    )


def test_time_is_formatted_in_spanish():
    with translation.override("es"):
        assert (
            localtime.format_datetime(datetime(2026, 11, 24, 17, tzinfo=UTC))
            == "24 de noviembre de 2026, 9:00\xa0a.\xa0m., hora de Los Ángeles"
        )


def test_end_is_a_day_and_a_time_without_the_year():
    end = datetime(2026, 11, 30, 2, tzinfo=UTC)
    assert localtime.format_until(end) == "Until Nov. 29, 6\xa0p.m."
    with translation.override("es"):
        assert localtime.format_until(end) == "Hasta el 29 de noviembre, 6:00\xa0p.\xa0m."


def test_date_is_computed_in_los_angeles_time():
    assert localtime.local_date(datetime(2026, 1, 2, 7, 59, tzinfo=UTC)) == date(2026, 1, 1)


def test_midnight_is_computed_in_los_angeles_time():
    assert localtime.start_of_day(date(2026, 7, 1)) == datetime(2026, 7, 1, 7, tzinfo=UTC)
    assert localtime.start_of_day(date(2026, 1, 1)) == datetime(2026, 1, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "english", "spanish"),
    [
        (
            (10, 0),
            None,
            "Tuesday, Dec. 1, 2026, 10 a.m. PT",
            "Martes 1 de diciembre de 2026, 10:00 a. m. (hora del Pacífico)",
        ),
        (
            (10, 0),
            (11, 30),
            "Tuesday, Dec. 1, 2026, 10–11:30 a.m. PT",
            "Martes 1 de diciembre de 2026, de 10:00 a. m. a 11:30 a. m. (hora del Pacífico)",
        ),
        (
            (10, 0),
            (13, 0),
            "Tuesday, Dec. 1, 2026, 10 a.m.–1 p.m. PT",
            "Martes 1 de diciembre de 2026, de 10:00 a. m. a 1:00 p. m. (hora del Pacífico)",
        ),
        (
            (10, 0),
            (12, 0),
            "Tuesday, Dec. 1, 2026, 10 a.m.–noon PT",
            "Martes 1 de diciembre de 2026, de 10:00 a. m. a 12:00 p. m. (hora del Pacífico)",
        ),
    ],
)
def test_event_time_names_the_weekday_and_the_day_once(start, end, english, spanish):
    def at(time):
        return time and datetime(2026, 12, 1, *time, tzinfo=timezone.get_default_timezone())

    for language, expected in (("en", english), ("es", spanish)):
        with translation.override(language):
            assert localtime.format_period(at(start), at(end)).replace("\xa0", " ") == expected


def test_event_of_two_days_names_both():
    start, end = datetime(2026, 12, 2, 6, tzinfo=UTC), datetime(2026, 12, 2, 10, tzinfo=UTC)
    expected = {
        "en": "Tuesday, Dec. 1, 2026, 10 p.m. to Wednesday, Dec. 2, 2026, 2 a.m. PT",
        "es": (
            "Martes 1 de diciembre de 2026, 10:00 p. m., hasta el miércoles 2 de diciembre de 2026, "
            "2:00 a. m. (hora del Pacífico)"
        ),
    }
    for language, period in expected.items():
        with translation.override(language):
            assert localtime.format_period(start, end).replace("\xa0", " ") == period

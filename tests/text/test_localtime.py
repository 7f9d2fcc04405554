from datetime import UTC, date, datetime

from django.utils import translation

from releases.text import localtime


def test_time_is_formatted_in_los_angeles_time_with_the_zone_name():
    assert localtime.format_datetime(datetime(2026, 11, 24, 17, tzinfo=UTC)) == "Nov. 24, 2026, 9 a.m. Los Angeles time"


def test_time_is_formatted_in_spanish():
    with translation.override("es"):
        assert (
            localtime.format_datetime(datetime(2026, 11, 24, 17, tzinfo=UTC)) == "24 de noviembre de 2026 a las 09:00, hora de Los Ángeles"
        )


def test_date_is_computed_in_los_angeles_time():
    assert localtime.local_date(datetime(2026, 1, 2, 7, 59, tzinfo=UTC)) == date(2026, 1, 1)


def test_midnight_is_computed_in_los_angeles_time():
    assert localtime.start_of_day(date(2026, 7, 1)) == datetime(2026, 7, 1, 7, tzinfo=UTC)
    assert localtime.start_of_day(date(2026, 1, 1)) == datetime(2026, 1, 1, 8, tzinfo=UTC)

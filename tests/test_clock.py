from datetime import UTC, date, datetime

from django.utils import translation

from releases import clock


def test_a_moment_is_told_in_los_angeles_with_its_zone():
    assert clock.in_words(datetime(2026, 11, 24, 17, tzinfo=UTC)) == "Nov. 24, 2026, 9 a.m. Los Angeles time"


def test_a_moment_is_told_in_spanish():
    with translation.override("es"):
        assert clock.in_words(datetime(2026, 11, 24, 17, tzinfo=UTC)) == "24 de noviembre de 2026 a las 09:00, hora de Los Ángeles"


def test_the_day_is_that_of_los_angeles():
    assert clock.day_of(datetime(2026, 1, 2, 7, 59, tzinfo=UTC)) == date(2026, 1, 1)


def test_midnight_is_that_of_los_angeles():
    assert clock.midnight(date(2026, 7, 1)) == datetime(2026, 7, 1, 7, tzinfo=UTC)
    assert clock.midnight(date(2026, 1, 1)) == datetime(2026, 1, 1, 8, tzinfo=UTC)

"""The number that orders the search index."""

from datetime import date

from releases.search.sort_key import count_kinds, count_years, make_sort_key, release_id_from_key
from releases.text.choices import Kind

EARLIER = make_sort_key(date(2014, 12, 31), 2**32 - 1, Kind.SERVICE_NOTICE)
LATER = make_sort_key(date(2015, 1, 1), 7, Kind.PRESS_RELEASE)


def test_later_date_has_a_higher_sort_key_that_fits_in_64_bits():
    assert EARLIER < LATER < 2**63
    assert list(map(release_id_from_key, (LATER, EARLIER))) == [7, 2**32 - 1]


def test_years_and_kinds_are_counted_from_sort_keys():
    keys = [LATER, EARLIER, make_sort_key(date(2014, 1, 1), 3, Kind.PRESS_RELEASE)]
    assert count_years(keys) == [(2015, 1), (2014, 2)]
    assert count_kinds(keys) == [(Kind.PRESS_RELEASE, 2), (Kind.SERVICE_NOTICE, 1)]
    assert count_years([]) == count_kinds([]) == []

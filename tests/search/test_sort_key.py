from datetime import date

from releases.search.sort_key import count_kinds, count_years, release_id_of, sort_key
from releases.vocabulary import Kind

EARLIER = sort_key(date(2014, 12, 31), 2**32 - 1, Kind.SERVICE_NOTICE)
LATER = sort_key(date(2015, 1, 1), 7, Kind.PRESS_RELEASE)


def test_a_later_date_is_a_higher_number_that_both_databases_can_store():
    assert EARLIER < LATER < 2**63
    assert list(map(release_id_of, (LATER, EARLIER))) == [7, 2**32 - 1]


def test_years_and_kinds_are_counted_from_the_numbers_alone():
    keys = [LATER, EARLIER, sort_key(date(2014, 1, 1), 3, Kind.PRESS_RELEASE)]
    assert count_years(keys) == [(2015, 1), (2014, 2)]
    assert count_kinds(keys) == [(Kind.PRESS_RELEASE, 2), (Kind.SERVICE_NOTICE, 1)]
    assert count_years([]) == count_kinds([]) == []

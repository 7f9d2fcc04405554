from datetime import date

from releases.search.sort_key import kind_of, release_id_of, sort_key, year_of
from releases.vocabulary import Kind


def test_a_later_date_is_a_higher_number_and_every_part_can_be_read_back():
    earlier = sort_key(date(2014, 12, 31), 2**32 - 1, Kind.SERVICE_NOTICE)
    later = sort_key(date(2015, 1, 1), 7, Kind.PRESS_RELEASE)
    assert later > earlier
    assert [(release_id_of(key), year_of(key), kind_of(key)) for key in (later, earlier)] == [
        (7, 2015, Kind.PRESS_RELEASE),
        (2**32 - 1, 2014, Kind.SERVICE_NOTICE),
    ]
    assert later < 2**63  # the largest integer of both databases

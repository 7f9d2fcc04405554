from datetime import date

from releases.search import places
from releases.vocabulary import Kind


def test_a_place_holds_date_id_and_kind_and_newest_is_highest():
    earlier = places.place(date(2014, 12, 31), 2**32 - 1, Kind.SERVICE_NOTICE)
    later = places.place(date(2015, 1, 1), 7, Kind.PRESS_RELEASE)
    assert later > earlier
    assert places.releases_at([later, earlier]) == [7, 2**32 - 1]
    assert later < 2**63  # what the databases hold


def test_years_and_kinds_are_counted_from_places_alone():
    days = [date(2014, 1, 1), date(2014, 12, 31), date(2016, 1, 1), date(2016, 12, 31)]
    kinds = [Kind.PRESS_RELEASE, *[Kind.STATEMENT] * 3]
    here = [places.place(day, number, kinds[number]) for number, day in enumerate(days)][::-1]
    assert places.years_in(here) == [(2016, 2), (2014, 2)]
    assert places.kinds_in(here) == [(Kind.STATEMENT, 3), (Kind.PRESS_RELEASE, 1)]
    assert places.years_in([]) == places.kinds_in([]) == []

import pytest

from releases.importers.spool import Spool


def test_records_come_back_in_the_order_of_their_numbers():
    spool = Spool()
    for number in (2, 0, 1):
        spool[number] = ["record", number]
    assert (len(spool), list(spool), spool[2]) == (3, [["record", 0], ["record", 1], ["record", 2]], ["record", 2])


def test_a_record_is_read_anew_each_time():
    spool = Spool([["one"]])
    spool[0].append("two")
    assert spool[0] == ["one"]


def test_a_record_may_be_put_while_others_are_read():
    spool = Spool("abc")
    for number, letter in enumerate(spool):
        spool[number] = letter.upper()
    assert list(spool) == ["A", "B", "C"]


def test_there_is_no_record_without_a_number():
    with pytest.raises(KeyError):
        Spool("a")[1]


def test_a_spool_without_records_is_empty():
    assert not Spool()

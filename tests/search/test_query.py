"""A search text is read as words, phrases and a period."""

import pytest

from releases.search.query import MAX_WORDS, parse_query


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("ruling March 2015", "_201503"),
        ("ruling Sept. 4, 2015", "_20150904"),
        ("ruling 4 de marzo de 2015", "_20150304"),
        ("ruling February 30, 2015", ""),
        ('ruling "March 2015"', ""),
    ],
)
def test_period_is_read_from_the_search_text(text, period):
    assert parse_query(text, "en").period == period


def test_words_in_quotation_marks_are_a_phrase_and_are_also_searched_as_words():
    query = parse_query('“Supreme Court” ruling "alone"', "en")
    assert query.phrases == (("supreme", "court"),)
    assert query.words == ("Supreme", "Court", "alone", "ruling")


def test_stop_words_are_searched_only_when_there_is_no_other_word():
    assert parse_query("the ruling", "en").words == ("ruling",)
    assert parse_query("to be the", "es").words == ("to", "be", "the")
    assert parse_query("the", "en").words == ("the",)


def test_long_search_text_is_truncated():
    query = parse_query(" ".join(f"word{number}" for number in range(MAX_WORDS + 1)), "en")
    assert (len(query.words), query.is_truncated) == (MAX_WORDS, True)
    assert parse_query("x" * 500, "en").is_truncated
    assert not parse_query("ruling", "en").is_truncated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releases.slugs import LONGEST, folded_key, slug_of, with_number


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("Raúl Grijalva", "raul-grijalva"),
        ("It’s Time to Be Bold, Mr. President", "its-time-to-be-bold-mr-president"),
        ("U.S.-Cuba: a “new approach”", "us-cuba-a-new-approach"),
        ("Niñez no acompañada", "ninez-no-acompanada"),
        ("under_score", "under-score"),
        ("¿…?", ""),
        ("нет", ""),
    ],
)
def test_an_address_is_lower_case_ascii(words, slug):
    assert slug_of(words) == slug


def test_an_address_is_cut_between_words():
    assert slug_of("immigrant " * 20) == "immigrant-" * 7 + "immigrant"


def test_one_endless_word_is_cut_all_the_same():
    assert slug_of("a" * 100) == "a" * LONGEST


def test_a_word_that_ends_at_the_limit_stays_whole():
    assert slug_of("a" * 40 + " " + "b" * 39 + " c") == "a" * 40 + "-" + "b" * 39


@given(st.text(max_size=200), st.integers(2, 9999))
def test_addresses_are_always_fit_for_an_address(words, number):
    for slug in (slug_of(words), with_number(slug_of(words) or "x", number)):
        assert len(slug) <= LONGEST
        assert slug == slug_of(slug)


@pytest.mark.parametrize("spelling", ["DACA Renewal", "daca-renewal", "Dácá  renewal", "DACARENEWAL"])
def test_spellings_of_one_name_share_a_key(spelling):
    assert folded_key(spelling) == "dacarenewal"

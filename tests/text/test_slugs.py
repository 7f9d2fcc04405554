"""Slugs, and normalized keys of names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releases.text.slugs import MAX_SLUG_LENGTH, make_slug, normalized_key, numbered_slug


@pytest.mark.parametrize(
    ("text", "slug"),
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
def test_slug_is_lowercase_ascii(text, slug):
    assert make_slug(text) == slug


def test_long_slug_is_cut_between_words():
    assert make_slug("immigrant " * 20) == "immigrant-" * 7 + "immigrant"


def test_slug_of_one_long_word_is_cut_at_the_limit():
    assert make_slug("a" * 100) == "a" * MAX_SLUG_LENGTH


def test_word_that_ends_at_the_length_limit_is_kept():
    assert make_slug("a" * 40 + " " + "b" * 39 + " c") == "a" * 40 + "-" + "b" * 39


@given(st.text(max_size=200), st.integers(2, 9999))
def test_slug_is_always_valid_and_within_the_length_limit(text, number):
    for slug in (make_slug(text), numbered_slug(make_slug(text) or "x", number)):
        assert len(slug) <= MAX_SLUG_LENGTH
        assert slug == make_slug(slug)


@pytest.mark.parametrize("spelling", ["DACA Renewal", "daca-renewal", "Dácá  renewal", "DACARENEWAL"])
def test_spellings_of_one_name_share_a_normalized_key(spelling):
    assert normalized_key(spelling) == "dacarenewal"

"""Cleaning of plain text."""

from releases.text import cleaning


def test_unusual_line_breaks_become_newlines():
    assert cleaning.clean_text("one\x0btwo\u2028three") == "one\ntwo\nthree"

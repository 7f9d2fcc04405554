"""Differences between two texts, word by word."""

import pytest

from releases.text import diffs
from releases.text.diffs import ChangeType, Segment, diff_lines


def render_diff(old: str, new: str) -> str:
    signs = {ChangeType.UNCHANGED: "{}", ChangeType.REMOVED: "[-{}-]", ChangeType.ADDED: "[+{}+]"}
    return "\n".join(
        "".join(signs[segment.change].format(segment.text) for segment in line)
        for line in diff_lines(old, new)
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("The court agreed.", "The court agreed.", "The court agreed."),
        ("He spoke on Monday.", "He spoke on Tuesday.", "He spoke on [-Monday-][+Tuesday+]."),
        ("one two three", "one 2 3 three", "one [-two-][+2 3+] three"),
        ("", "New words.", "[+New words.+]"),
        ("Old words.", "", "[-Old words.-]"),
        ("a\nb", "a\nx\nb", "a\n[+x+]\nb"),
        ("wholly other words", "nothing like it", "[-wholly other words-][+nothing like it+]"),
    ],
)
def test_diff_marks_only_the_changed_words(old, new, expected):
    assert render_diff(old, new) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("4,000", "3,800"),
        ("4,000", "4,000.5"),
        ("1.250,50", "1.200,50"),
        ("12%", "12.5%"),
        ("30 %", "35 %"),
        ("$1.2", "$1.35"),
        ("US$400", "US$450"),
        ("9th", "10th"),
        ("1.º", "2.º"),
        ("2024-25", "2025-26"),
        ("Dec. 3, 2026", "Dec. 13, 2026"),
        ("December 3", "November 30"),
        ("March 2026", "May 2026"),
        ("3 de diciembre de 2026", "4 de diciembre de 2026"),
        ("1.º de mayo", "2 de mayo"),
        ("diciembre de 2026", "enero de 2027"),
        ("10:30 a.m.", "10:45 a.m."),
        ("10:30 a. m.", "1:30 p. m."),
        ("9 am", "10 AM"),
        ("18:30", "19:00"),
        ("Raúl Grijalva", "Raul Grijalva"),
        ("Ana María Ruiz", "Ana Ruiz"),
        ("Ana P. Ruiz", "Ana Ruiz-Paz"),
        ("María de los Ángeles López", "María Ángeles López"),
        ("Ana Ruiz’s", "Ana Paz’s"),
        ("Corte Suprema de California", "Corte Superior de California"),
    ],
)
@pytest.mark.parametrize("sentence", ["CARECEN said that {} was agreed, and more.", "Dijo que {}, y más."])
def test_numbers_dates_times_and_names_are_compared_as_wholes(sentence, old, new):
    expected = sentence.format(f"[-{old}-][+{new}+]")
    assert render_diff(sentence.format(old), sentence.format(new)) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("We won. Ana Ruiz left.", "We lost. Ana Ruiz left.", "We [-won-][+lost+]. Ana Ruiz left."),
        ("In May 4,000 came.", "In May 5,000 came.", "In May [-4,000-][+5,000+] came."),
        ("On Dec. 3, Ana came.", "On Dec. 4, Ana came.", "On [-Dec. 3-][+Dec. 4+], Ana came."),
        ("It cost 5, not 6.", "It cost 5, not 7.", "It cost 5, not [-6-][+7+]."),
        (
            "Immigrant Families Win Major Court Ruling",
            "Immigrant Families Lose Major Court Ruling",
            "Immigrant Families [-Win-][+Lose+] Major Court Ruling",
        ),
    ],
)
def test_whole_tokens_end_where_the_number_or_name_ends(old, new, expected):
    assert render_diff(old, new) == expected


def test_both_texts_can_be_rebuilt_from_the_diff():
    old = "The march begins at 9 a.m.\nBring water.\nAll are welcome."
    new = "The march begins at 10 a.m. sharp.\nAll are welcome, always.\nBring friends."
    diff = diff_lines(old, new)
    for change, text in ((ChangeType.REMOVED, old), (ChangeType.ADDED, new)):
        lines = [
            "".join(segment.text for segment in line if segment.change in (ChangeType.UNCHANGED, change))
            for line in diff
        ]
        assert "\n".join(filter(None, lines)) == text


def test_very_long_texts_get_a_coarse_diff():
    old, new = "x\ny\n" * 1200, "x\nz\n" * 1200
    segments = [segment for line in diff_lines(f"start\n{old}end", f"start\n{new}end") for segment in line]
    assert (segments[0], segments[-1]) == (
        Segment(ChangeType.UNCHANGED, "start"),
        Segment(ChangeType.UNCHANGED, "end"),
    )
    assert {segment.change for segment in segments} == set(ChangeType)
    assert diff_lines("a b " * 2000, "b a " * 2000) == [
        [Segment(ChangeType.REMOVED, "a b " * 2000), Segment(ChangeType.ADDED, "b a " * 2000)]
    ]


@pytest.mark.parametrize("word", ["Los Angeles, California, ", "María ", "a b a c ", "1,"])
def test_repeated_words_are_compared_within_a_limited_number_of_steps(word, monkeypatch):
    budget = diffs._Budget(1000)
    monkeypatch.setattr(diffs, "_Budget", lambda: budget)
    old, new = word * 100, f"{word * 50}x {word * 50}"
    (line,) = diffs.diff_lines(old, new)
    assert "".join(text for change, text in line if change != "added") == old
    assert "".join(text for change, text in line if change != "removed") == new

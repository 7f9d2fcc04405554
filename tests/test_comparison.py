import pytest

from releases.comparison import Mark, Piece, compared


def told(old: str, new: str) -> str:
    signs = {Mark.SAME: "{}", Mark.GONE: "[-{}-]", Mark.NEW: "[+{}+]"}
    return "\n".join("".join(signs[piece.mark].format(piece.words) for piece in line) for line in compared(old, new))


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("The court agreed.", "The court agreed.", "The court agreed."),
        ("He spoke on Monday.", "He spoke on Tuesday.", "He spoke on [-Monday-][+Tuesday+]."),
        ("one two three", "one 2 3 three", "one [-two-][+2 3+] three"),
        ("", "New words.", "[+New words.+]"),
        ("Old words.", "", "[-Old words.-]"),
        ("a\nb", "a\nx\nb", "a\n[+x+]\nb"),
        ("Raúl Grijalva", "Raul Grijalva", "[-Raúl-][+Raul+] Grijalva"),
        ("wholly other words", "nothing like it", "[-wholly other words-][+nothing like it+]"),
    ],
)
def test_changed_words_are_marked_and_no_others(old, new, shown):
    assert told(old, new) == shown


def test_both_texts_can_be_read_out_of_the_comparison():
    old = "The march begins at 9 a.m.\nBring water.\nAll are welcome."
    new = "The march begins at 10 a.m. sharp.\nAll are welcome, always.\nBring friends."
    pieces = compared(old, new)
    for mark, text in ((Mark.GONE, old), (Mark.NEW, new)):
        lines = ["".join(piece.words for piece in line if piece.mark in (Mark.SAME, mark)) for line in pieces]
        assert "\n".join(filter(None, lines)) == text


def test_texts_beyond_measure_are_compared_roughly():
    old, new = "x\ny\n" * 1200, "x\nz\n" * 1200
    pieces = [piece for line in compared(f"start\n{old}end", f"start\n{new}end") for piece in line]
    assert (pieces[0], pieces[-1]) == (Piece(Mark.SAME, "start"), Piece(Mark.SAME, "end"))
    assert {piece.mark for piece in pieces} == set(Mark)
    assert compared("a b " * 2000, "b a " * 2000) == [[Piece(Mark.GONE, "a b " * 2000), Piece(Mark.NEW, "b a " * 2000)]]

import pytest

from releases import search


def shown(text, asked, whole=False):
    marker = search.Marker(search.understood(asked, "en"), "en")
    pieces = marker.whole(text) if whole else marker.cut(text)
    return "".join(f"[{piece.words}]" if piece.is_found else piece.words for piece in pieces)


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("The ruling came.", "rulings", "The [ruling] came."),
        ("Raúl and Raul.", "raul", "[Raúl] and [Raul]."),
        ("Nothing here.", "ruling", ""),
        ("CARECEN’s ruling", "carecen", "[CARECEN’s] ruling"),
    ],
)
def test_the_words_found_are_marked(text, asked, expected):
    assert shown(text, asked) == expected


def test_a_cut_begins_and_ends_between_words():
    text = f"{'early words ' * 30}ruling {'later words ' * 30}"
    cut = shown(text, "ruling")
    assert cut.startswith("… ")
    assert cut.endswith(" …")
    assert len(cut) < search.marking.WIDTH + 20
    assert cut.strip("… ").split()[0] in {"early", "words"}
    assert cut.strip("… ").split()[-1] in {"later", "words"}


def test_a_cut_holds_the_word_found_even_inside_a_long_one():
    assert "[tenants]" in shown(f"See https://example.org/{'x' * 100}/tenants now and more", "tenants")


@pytest.mark.parametrize("size", [10, 239, 240, 241, 1000])
def test_no_letter_is_lost_when_the_whole_is_shown(size):
    text = ("ruling ab " * 200)[:size]
    assert "".join(piece.words for piece in search.Marker(search.understood("ruling", "en"), "en").whole(text)) == text

"""Excerpts with highlighted matches."""

import pytest

from releases import search


def highlight(text, query, whole=False):
    marker = search.Highlighter(search.parse_query(query, "en"), "en")
    fragments = marker.highlight(text) if whole else marker.excerpt(text)
    return "".join(f"[{fragment.text}]" if fragment.is_match else fragment.text for fragment in fragments)


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("The ruling came.", "rulings", "The [ruling] came."),
        ("Raúl and Raul.", "raul", "[Raúl] and [Raul]."),
        ("Nothing here.", "ruling", ""),
        ("CARECEN’s ruling", "carecen", "[CARECEN’s] ruling"),
    ],
)
def test_matching_words_are_highlighted(text, query, expected):
    assert highlight(text, query) == expected


def test_excerpt_starts_and_ends_at_word_boundaries():
    text = f"{'early words ' * 30}ruling {'later words ' * 30}"
    excerpt = highlight(text, "ruling")
    assert excerpt.startswith("… ")
    assert excerpt.endswith(" …")
    assert len(excerpt) < search.highlight.EXCERPT_LENGTH + 20
    assert excerpt.strip("… ").split()[0] in {"early", "words"}
    assert excerpt.strip("… ").split()[-1] in {"later", "words"}


def test_excerpt_includes_a_match_inside_a_long_word():
    assert "[tenants]" in highlight(f"See https://example.org/{'x' * 100}/tenants now and more", "tenants")


@pytest.mark.parametrize("size", [10, 239, 240, 241, 1000])
def test_highlighting_the_whole_text_loses_no_characters(size):
    text = ("ruling ab " * 200)[:size]
    assert (
        "".join(
            fragment.text
            for fragment in search.Highlighter(search.parse_query("ruling", "en"), "en").highlight(text)
        )
        == text
    )

"""The glossary marks terms in a text, and finds agreed words that a translation lacks."""

import pytest

from releases.text.glossary import Glossary

PAIRS = [
    (["raid"], ["redada"]),
    (["filing fee"], ["tarifa de solicitud"]),
    (["ruling"], ["fallo", "decisión"]),
]
ENGLISH = Glossary.build(PAIRS)
SPANISH = Glossary.build(PAIRS, is_reversed=True)
RAID = '<mark class="glossary-term" data-agreed="redada" title="redada">{}</mark>'


@pytest.mark.parametrize(
    ("markup", "marked"),
    [
        (
            "<p>A raid, “raids” and a RAID.</p>",
            f"<p>A {RAID.format('raid')}, “raids” and a {RAID.format('RAID')}.</p>",
        ),
        (
            "<p>The <strong>raid</strong> &amp; more</p>",
            f"<p>The <strong>{RAID.format('raid')}</strong> &amp; more</p>",
        ),
        ('<p><a href="/raid/">No</a> word</p>', '<p><a href="/raid/">No</a> word</p>'),
        ("<p>a&lt;b&gt; raid</p>", f"<p>a&lt;b&gt; {RAID.format('raid')}</p>"),
    ],
)
def test_terms_are_marked_in_the_text_of_markup_only(markup, marked):
    assert ENGLISH.mark_markup(markup) == marked


def test_marked_text_is_escaped_and_shows_all_agreed_words():
    assert ENGLISH.mark_text("<b> ruling") == (
        '&lt;b&gt; <mark class="glossary-term" data-agreed="fallo" title="fallo, decisión">ruling</mark>'
    )


def test_each_spanish_word_leads_to_the_english_term():
    assert [words for *_position, words in SPANISH.find_terms("La decision y el fallo")] == [
        ["ruling"],
        ["ruling"],
    ]


def test_terms_without_an_agreed_word_in_the_translation_are_found_once():
    original = "The raid, the raid, the filing fee and the ruling"
    assert ENGLISH.find_missing(original, "La redada y la decisión") == [
        ("filing fee", ["tarifa de solicitud"])
    ]
    assert ENGLISH.find_missing(original, "La redada, la decision, la tarifa de solicitud") == []


def test_empty_glossary_marks_nothing():
    assert Glossary({}).mark_text("raid") == "raid"

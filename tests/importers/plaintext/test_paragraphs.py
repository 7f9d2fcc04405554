"""Paragraphs of a press page are read in every layout."""

import pytest

from tests.importers.plaintext import EXPECTED, SAMPLE, A, items_as_dicts, parse_text


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(" Continue reading", ""),
        lambda text: text.replace("Continue reading", "Continue reading »"),
        lambda text: text.replace(" Continue reading", "\nContinue reading"),
        lambda text: text.replace(" Continue reading", "\n\nContinue reading"),
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: text.replace(" ", "  "),
        lambda text: text.replace("\n\n(", "\n("),
        lambda text: text.replace("\n\n", "\n \t\n\n\n"),
        lambda text: text + "\n\nBe the first to comment\n",
        lambda text: "\n\n" + text,
    ],
)
def test_layout_variations_do_not_change_the_result(change):
    assert items_as_dicts(parse_text(change(SAMPLE.decode()))) == EXPECTED


def test_hard_wrapped_lines_are_joined():
    text = (
        "A headline that\nwas wrapped\n\n(March 4, 2015, Los Angeles) – The first\nparagraph. Continue "
        "reading\n"
    )
    assert items_as_dicts(parse_text(text))[0] | {"body": ""} == {
        "headline": "A headline that was wrapped",
        "date": "2015-03-04",
        "dateline": "Los Angeles",
        "summary": "The first paragraph.",
        "body": "",
    }


@pytest.mark.parametrize(
    "summary", ["Subscribe to continue reading.", "Click here to read more", "Read more about it."]
)
def test_phrases_similar_to_continue_reading_stay_in_the_summary(summary):
    (item,) = parse_text(f"One\n\n{A}{summary}")
    assert item.summary == summary

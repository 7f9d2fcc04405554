"""Items of a press page: their fields, and which of them need review."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.importers.plaintext import parse_text


def test_paragraphs_after_the_first_are_the_body():
    text = (
        "One\n\n(March 4, 2015, Los Angeles) – First.\n\nSecond.\n\nThird.\n\n###\n\nTwo\n\n(March 5, "
        "2015, Los Angeles) – First.\n"
    )
    first, second = parse_text(text)
    assert (first.summary, first.body, second.headline, second.body) == (
        "First.",
        "<p>Second.</p><p>Third.</p>",
        "Two",
        "",
    )


def test_paragraph_after_a_date_line_is_the_summary():
    (item,) = parse_text("One\n\nNovember 30, 2023\n\nFirst.\n\nSecond.")
    assert (item.date, item.dateline, item.summary, item.body) == (
        date(2023, 11, 30),
        "",
        "First.",
        "<p>Second.</p>",
    )


def test_spanish_page_is_parsed():
    (item,) = parse_text(
        "Ganaron\n\n(4 de marzo de 2015, Los Ángeles) – Los inquilinos ganaron. Seguir leyendo", "es"
    )
    assert (item.language, item.date, item.dateline, item.summary) == (
        "es",
        date(2015, 3, 4),
        "Los Ángeles",
        "Los inquilinos ganaron.",
    )


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("One\n\nThe text. Continue reading", 3, "No date was found"),
        ("One\n\n(03/04/2015, Los Angeles) – The text. Continue reading", 3, "in numbers"),
        ("One\n\n(February 30, 2015, Los Angeles) – The text. Continue reading", 3, "does not exist"),
        ("One\n\n(Thursday, March 4, 2015, Los Angeles) – The text.", 3, "weekday"),
        ("One\n\n(March 4, Los Angeles) – The text. Continue reading", 3, "no year"),
        ("One\n\nLos Angeles, CA– Today. Continue reading", 3, "without a date"),
        ("One\n\nOctober 5, 2022, President Obama – by then – spoke. Continue reading", 3, "may be a place"),
        (
            "One\n\nMarch 4, 2015 – March 6, 2015 – The text. Continue reading",
            3,
            "its form isn't clear",
        ),
        ("\nOne\n\n(November 25, 2026, Los Angeles) – The text.", 4, "in the future"),
        ("One\n\nNovember 30, 2023", 3, "Nothing follows"),
        ("One", 1, "No dateline was found"),
        ("(March 4, 2015, Los Angeles) – The text.", 1, "no headline above"),
        ("x" * 301 + "\n\n(March 4, 2015, Los Angeles) – The text.", 1, "longer than 300"),
    ],
)
def test_uncertain_item_needs_review_with_line_and_reason(text, line, reason):
    item = parse_text(text)[0]
    assert item.needs_review
    (problem,) = [problem for problem in item.problems if problem.is_blocking and reason in problem.reason]
    assert problem.line == line


def test_a_spanish_date_on_an_english_page_needs_review():
    (item,) = parse_text("One\n\n(4 de marzo de 2015, Los Ángeles) – Hoy.")
    assert "another language" in item.problems[0].reason


def test_duplicate_release_needs_review():
    first, second = parse_text(
        "One\n\n(March 4, 2015, Los Angeles) – A.\n\nONE\n\n(March 4, 2015, Los Angeles) – B."
    )
    assert (first.needs_review, second.needs_review) == (False, True)
    assert first.source_key != second.source_key


def test_suspicious_capitalization_is_kept_and_reported():
    (item,) = parse_text("Carecen and Mccarthy\n\n(March 4, 2015, Los Angeles) – Daca stands.")
    assert (item.headline, item.summary, item.needs_review) == ("Carecen and Mccarthy", "Daca stands.", False)
    assert [problem.reason[:10] for problem in item.problems] == ["“Carecen” ", "“Daca” was", "“Mccarthy”"]


def test_suspicious_capitalization_is_reported_in_every_form():
    (item,) = parse_text(
        "FOR IMMEDIATE RELEASE\n\nMarch 4, 2015\n\nCarecen Wins\n\nLos Angeles – The families stay."
    )
    assert (item.headline, item.needs_review) == ("Carecen Wins", False)
    assert "“Carecen” was kept as printed" in item.problems[0].reason


def test_dateline_without_a_place_is_accepted_and_reported():
    (item,) = parse_text("One\n\nJANUARY 12th, 2016—We call.")
    assert (item.date, item.dateline, item.needs_review) == (date(2016, 1, 12), "", False)
    assert "no place" in item.problems[0].reason


@given(st.text())
def test_any_text_can_be_parsed(text):
    assert all(item.headline for item in parse_text(text))

import json
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releases.importers.plaintext import Unreadable, decode, decoding, parse

SAMPLE = (Path(__file__).parents[2] / "releases" / "sample" / "press-page.txt").read_bytes()
EXPECTED = json.loads((Path(__file__).parents[1] / "files" / "press-page.json").read_text())
TODAY = date(2026, 11, 24)


def items_of(text, language="en"):
    return parse(text, language, TODAY)


def decoded(content):
    return decode(content)


def words_of(items):
    return [
        {
            "headline": item.headline,
            "date": str(item.date),
            "dateline": item.dateline,
            "summary": item.summary,
            "body": "\n".join(item.body),
        }
        for item in items
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_the_clients_page_is_read_in_every_encoding(encoding, ending):
    content = SAMPLE.decode().replace("\n", ending).encode(encoding)
    assert words_of(items_of(decoded(content))) == EXPECTED


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
def test_the_page_may_be_set_in_other_ways(change):
    assert words_of(items_of(change(SAMPLE.decode()))) == EXPECTED


def test_hard_wrapped_lines_are_joined():
    text = "A headline that\nwas wrapped\n\n(March 4, 2015, Los Angeles) – The first\nparagraph. Continue reading\n"
    assert words_of(items_of(text))[0] | {"body": ""} == {
        "headline": "A headline that was wrapped",
        "date": "2015-03-04",
        "dateline": "Los Angeles",
        "summary": "The first paragraph.",
        "body": "",
    }


def test_paragraphs_after_the_first_are_the_body():
    text = "One\n\n(March 4, 2015, Los Angeles) – First.\n\nSecond.\n\nThird.\n\n###\n\nTwo\n\n(March 5, 2015, Los Angeles) – First.\n"
    one, two = items_of(text)
    assert (one.summary, one.body, two.headline, two.body) == ("First.", ["Second.", "Third."], "Two", [])


def test_a_date_alone_on_its_line_is_followed_by_the_summary():
    (item,) = items_of("One\n\nNovember 30, 2023\n\nFirst.\n\nSecond.")
    assert (item.date, item.dateline, item.summary, item.body) == (date(2023, 11, 30), "", "First.", ["Second."])


def test_a_spanish_page_is_read():
    (item,) = items_of("Ganaron\n\n(4 de marzo de 2015, Los Ángeles) – Los inquilinos ganaron. Seguir leyendo", "es")
    assert (item.language, item.date, item.dateline, item.summary) == ("es", date(2015, 3, 4), "Los Ángeles", "Los inquilinos ganaron.")


@pytest.mark.parametrize("text", ["Los Angeles: A City of Immigrants", "Executive Order (March 4, 2015) – What It Means"])
def test_a_headline_may_look_a_little_like_a_dateline(text):
    (item,) = items_of(f"{text}\n\n(March 4, 2015, Los Angeles) – First.")
    assert not item.needs_review
    assert item.headline == text


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("One\n\nThe text. Continue reading", 3, "No date was found"),
        ("One\n\n(03/04/2015, Los Angeles) – The text. Continue reading", 3, "in numbers"),
        ("One\n\n(February 30, 2015, Los Angeles) – The text. Continue reading", 3, "does not exist"),
        ("One\n\n(Thursday, March 4, 2015, Los Angeles) – The text.", 3, "weekday"),
        ("One\n\n(March 4, Los Angeles) – The text. Continue reading", 3, "no year"),
        ("One\n\nLos Angeles, CA– Today. Continue reading", 3, "without a date"),
        ("One\n\nOctober 5, 2022, President Obama – by then – spoke. Continue reading", 3, "may name a place"),
        ("One\n\n18 June, 2020 10:17 AM\n\nLos Angeles - The text. Continue reading", 3, "not in a form"),
        ("\nOne\n\n(November 25, 2026, Los Angeles) – The text.", 4, "in the future"),
        ("One\n\nNovember 30, 2023", 3, "Nothing follows"),
        ("One", 1, "No dateline was found"),
        ("(March 4, 2015, Los Angeles) – The text.", 1, "no headline above"),
        ("x" * 301 + "\n\n(March 4, 2015, Los Angeles) – The text.", 1, "longer than 300"),
    ],
)
def test_what_cannot_be_read_for_certain_says_where_and_why(text, line, reason):
    item = items_of(text)[0]
    assert item.needs_review
    (problem,) = [problem for problem in item.problems if problem.blocking and reason in problem.reason]
    assert problem.line == line


def test_a_bad_item_does_not_spoil_its_neighbours():
    text = (
        "One\n\n(March 4, 2015, Los Angeles) – A. Continue reading\n\nTwo\n\nNo date. Continue reading\n\n"
        "Three\n\n(March 6, 2015, Los Angeles) – C."
    )
    assert [(item.headline, item.needs_review) for item in items_of(text)] == [("One", False), ("Two", True), ("Three", False)]


def test_an_undated_release_on_a_page_without_continue_reading_leaves_the_one_above_uncertain_too():
    text = SAMPLE.decode().replace(" Continue reading", "").replace("(October 31, 2014, Los Angeles) – ", "")
    items = items_of(text)
    assert [item.needs_review for item in items] == [False] * 2 + [True] * 2 + [False] * 6
    assert items[3].headline.startswith("Immigrant Communities to Obama")


def test_where_continue_reading_is_printed_only_the_undated_release_needs_review():
    items = items_of(SAMPLE.decode().replace("(October 31, 2014, Los Angeles) – ", ""))
    assert [item.needs_review for item in items] == [False] * 3 + [True] + [False] * 6


A, B = "(March 4, 2015, Los Angeles) – ", "(March 5, 2015, Los Angeles) – "


@pytest.mark.parametrize(
    "text",
    [
        "March 3, 2015\n\nFirst\n\nText one. More.\n\nMarch 4, 2015\n\nSecond\n\nText two.\n\nMarch 5, 2015\n\nThird\n\nText three.",
        f"One\n\n{A}A.\n\nHere is how it happened.\n\nJune 15, 2012 – President Obama announces DACA.",
        f"One\n\n{A}A.\n\nHow it happened\n\nJune 15, 2012 – President Obama announces DACA.",
        f"One\n\n{A}A.\n\nWe will keep fighting for our families.\n\n{B}B.",
        f"One\n\n{A}A.\n\n{B}B.",
        f"One\n\n{A}A.\nTwo\n\n{B}B.",
        f"One\n{A}A.\nTwo\n{B}B.",
        f"One\n\n{A}A.\n\nWhat to bring\n\nBring your passport.",
        f"One\n\n{A}A.\n\nTwo\n\nBy Jane Doe\n\n{B}B.",
        f"One\n\nBy Jane Doe\n\n{A}A.",
        f"One\n\n{A}A.\n\nWorkers march across the U.S.\n\nNo date here.",
        f"Text of something. It ends here.\nOne\n{A}A.",
    ],
)
def test_what_may_be_cut_in_two_ways_is_left_to_a_person(text):
    items = items_of(text)
    assert [item.headline for item in items if not item.needs_review] == []


@pytest.mark.parametrize(
    "line", ["(03/05/2015, Los Angeles) – B.", "(February 31, 2013, Los Angeles) – B.", "(31 de febrero de 2013, Los Ángeles) – B."]
)
def test_a_release_with_a_bad_date_is_never_swallowed_by_the_one_above(line):
    one, two, three = items_of(f"One\n{A}A.\n\nTwo\n{line}\n\nThree\n{A}C.\n")
    assert (one.needs_review, two.needs_review, three.needs_review) == (False, True, False)
    assert (two.headline, two.summary) == ("Two", line)


@pytest.mark.parametrize("summary", ["Subscribe to continue reading.", "Click here to read more", "Read more about it."])
def test_words_of_the_text_are_no_end_mark(summary):
    (item,) = items_of(f"One\n\n{A}{summary}")
    assert item.summary == summary


def test_a_spanish_date_on_an_english_page_needs_review():
    (item,) = items_of("One\n\n(4 de marzo de 2015, Los Ángeles) – Hoy.")
    assert "another language" in item.problems[0].reason


def test_utf8_with_a_broken_letter_is_refused_with_its_line():
    with pytest.raises(Unreadable, match="line 2"):
        decoded("Raúl\nRaúl ".encode() + b"\xe9\n")


def test_the_mark_of_utf8_moves_no_line():
    with pytest.raises(Unreadable, match="line 3"):
        decoded("\ufeffRaúl\n\n".encode() + b"\xe9\n")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", "\n\f\n"])
@pytest.mark.parametrize("mark", [" Continue reading", ""])
def test_every_encoding_and_line_ending_is_read_alike(encoding, ending, mark):
    text = SAMPLE.decode().replace(" Continue reading", mark)
    content = (text + f"Carecen\n{A}{text[:200]}").replace("\n", ending).encode(encoding)
    lines = text + f"Carecen\n{A}{text[:200]}"
    assert words_of(items_of(decoded(content))) == words_of(items_of(lines))
    assert len(items_of(lines)) > 10


def test_a_file_above_the_limit_is_refused_with_what_to_do(monkeypatch):
    monkeypatch.setattr(decoding, "MAX_BYTES", 10)
    assert decoded(b"0123456789") == "0123456789"
    with pytest.raises(Unreadable, match=r"larger than 50 MB. Split it"):
        decoded(b"01234567890")


def test_a_release_that_stands_twice_needs_review_the_second_time():
    one, two = items_of("One\n\n(March 4, 2015, Los Angeles) – A.\n\nONE\n\n(March 4, 2015, Los Angeles) – B.")
    assert (one.needs_review, two.needs_review) == (False, True)
    assert one.source_key != two.source_key


def test_case_damage_is_kept_and_reported():
    (item,) = items_of("Carecen and Mccarthy\n\n(March 4, 2015, Los Angeles) – Daca stands.")
    assert (item.headline, item.summary, item.needs_review) == ("Carecen and Mccarthy", "Daca stands.", False)
    assert [problem.reason[:10] for problem in item.problems] == ["“Carecen” ", "“Daca” is ", "“Mccarthy”"]


def test_a_dateline_without_a_place_is_reported_and_no_obstacle():
    (item,) = items_of("One\n\nJANUARY 12th, 2016—We call.")
    assert (item.date, item.dateline, item.needs_review) == (date(2016, 1, 12), "", False)
    assert "no place" in item.problems[0].reason


@pytest.mark.parametrize("content", [b"%PDF-1.4 x", b"PK\x03\x04x", b"{\\rtf1", b"\xd0\xcf\x11\xe0x", b"a\x00b\x00\x00\xd8", b"\x81\x8d"])
def test_what_is_no_text_is_refused_in_a_sentence(content):
    with pytest.raises(Unreadable, match="Save it as plain text"):
        decoded(content)


@given(st.text())
def test_no_text_stops_the_importer(text):
    assert all(item.headline for item in items_of(text))


@given(st.binary(max_size=300))
def test_no_bytes_stop_the_importer(content):
    with suppress(Unreadable):
        items_of(decoded(content))

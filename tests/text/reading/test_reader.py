"""Reading a release: each text of tests/files/reading, and what holds for every text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releases.text.reading import Known, build_body, read_releases
from releases.text.reading.result import FoundContact
from tests.importers.plaintext import EXPECTED, SAMPLE
from tests.text.reading import describe, load_cases, read

CASES = load_cases()
PAGE = SAMPLE.decode()


def find_words(text):
    return re.findall(r"\w+", text)


@pytest.mark.parametrize("name", CASES)
def test_text_is_read_as_expected(name):
    text, result = CASES[name]
    assert describe(read(text)) == result


@pytest.mark.parametrize("name", CASES)
def test_no_word_is_lost(name):
    text, _result = CASES[name]
    readings = read(text)
    for reading in readings:
        assert reading.used == set(range(len(reading.blocks)))
    if not text.startswith("<"):
        words = [word for reading in readings for block in reading.blocks for word in find_words(block.text)]
        numbers = [block.sign for reading in readings for block in reading.blocks]
        assert sorted([*words, *find_words(" ".join(numbers))]) == sorted(find_words(text))


def test_left_out_line_can_be_put_back_into_the_body():
    (reading,) = read(CASES["layouts: old page with furniture"][0])
    assert build_body(reading) == ""
    numbers = [item.block for item in reading.left_out]
    assert "<p>Be the first to comment</p>" in build_body(reading, put_back=numbers)


def test_sentence_with_an_attribution_becomes_a_quotation_on_request():
    (reading,) = read(CASES["layouts: mixed quotation marks"][0])
    numbers = [found.block for found in reading.quotations]
    assert build_body(reading, quotations=numbers) == (
        "<blockquote><p>Every family counts.</p><p>— Ana Ruiz, director of CARECEN</p></blockquote>"
    )


@pytest.mark.parametrize("number", range(10))
@pytest.mark.parametrize("is_markup", [False, True])
def test_release_of_the_press_page_is_read(number, is_markup):
    parts = PAGE.split("Continue reading")
    headline, _newlines, text = parts[number].strip().partition("\n\n")
    pasted = f"{headline}\n\n{text}Continue reading"
    markup = f"<h2><a href='/one'>{headline}</a></h2><p>{text}<a href='/one'>Continue reading</a></p>"
    (reading,) = read_releases(pasted, markup if is_markup else "")
    found = {
        "headline": reading.headline,
        "date": str(reading.date),
        "dateline": reading.dateline,
        "summary": reading.summary,
        "body": build_body(reading),
    }
    assert found == EXPECTED[number]
    assert (reading.kind, reading.language, reading.questions) == ("press_release", "en", [])


def test_press_page_has_ten_releases():
    readings = read_releases(PAGE)
    assert [reading.headline for reading in readings] == [item["headline"] for item in EXPECTED]


def test_contacts_and_boilerplate_of_the_newsroom_are_recognized():
    known = Known(
        boilerplates=(
            "CARECEN helps the families of Westlake with their papers, their homes and their rights.",
        ),
        contacts=((7, "213 555 0100", "press@example.org"),),
    )
    text = (
        "Headline Here\n\n(March 4, 2015, Los Angeles) – The court has agreed with the families.\n\n"
        "CARECEN helps the families of Westlake with their papers, their homes and their rights.\n\n"
        "Contact: Ana Ruiz, (213) 555-0100"
    )
    (reading,) = read_releases(text, known=known)
    assert reading.body == []
    assert reading.contacts == [
        FoundContact("Ana Ruiz, (213) 555-0100", (3,), "Ana Ruiz", "(213) 555-0100", "", known=7)
    ]


def test_topics_are_suggested_from_words_without_regard_to_case_and_accents():
    known = Known(topics=((1, ("DACA", "dreamers")), (2, ("Deportación",)), (3, ("TPS",))))
    text = "Headline\n\n(March 4, 2015, Los Angeles) – No more DEPORTACION of dreamers, said the TPSers."
    (reading,) = read_releases(text, known=known)
    assert reading.topics == [2, 1]


@given(st.text())
def test_any_text_can_be_read(text):
    for reading in read_releases(text):
        build_body(reading)
        assert reading.used == set(range(len(reading.blocks)))


@given(st.lists(st.sampled_from([line for text, _result in CASES.values() for line in text.split("\n")])))
def test_any_mixture_of_lines_can_be_read(lines):
    for reading in read_releases("\n".join(lines)):
        build_body(reading)
        assert reading.used == set(range(len(reading.blocks)))

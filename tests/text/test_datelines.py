"""Parsing and formatting of datelines."""

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releases.text.datelines import (
    KNOWN_PLACES,
    PLACE_NAMES,
    Dateline,
    Doubt,
    could_be_place,
    format_ap_dateline,
    format_dateline,
    is_place,
    parse_dateline,
    translate_place,
)

EXAMPLES = json.loads((Path(__file__).parents[1] / "files" / "datelines.json").read_text())
DATES = st.dates(date(1983, 1, 1), date(2099, 12, 31))
NAMES = st.from_regex(r"[A-ZÁÉÑ][a-záéíñ]{2,9}([ -][A-ZÁÉÑ][a-záéíñ]{2,9}){0,2}", fullmatch=True).filter(
    could_be_place
)
PLACES = st.sampled_from(["", *KNOWN_PLACES]) | NAMES
OPENING_SENTENCES = st.sampled_from(
    ["The court ruled.", "“We won,” she said.", "400 people came.", "Ñandú.", ""]
)
LANGUAGES = st.sampled_from(["en", "es"])


@pytest.mark.parametrize("case", EXAMPLES["datelines"], ids=lambda case: case["text"])
def test_dateline_is_parsed(case):
    assert parse_dateline(case["text"]) == Dateline(
        date.fromisoformat(case["date"]), case["place"], case["rest"]
    )


@pytest.mark.parametrize("case", EXAMPLES["doubts"], ids=lambda case: case["text"])
def test_ambiguous_dateline_is_reported_as_doubtful(case):
    doubt = parse_dateline(case["text"])
    assert isinstance(doubt, Doubt)
    assert doubt.reason.name == case["reason"]


@pytest.mark.parametrize("text", EXAMPLES["none"])
def test_text_without_a_dateline_is_not_parsed_as_one(text):
    assert parse_dateline(text) is None


def test_dateline_examples_cover_every_form_and_language():
    forms = Counter((case["form"], case["language"]) for case in EXAMPLES["datelines"])
    assert len(forms) == 12
    assert min(forms.values()) >= 3
    assert len(EXAMPLES["none"]) >= 15


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u202f", "\u2009", "  ", "\t", "\n"])
@pytest.mark.parametrize("dash", ["-", "‐", "‑", "‒", "–", "—", "―", "−", "_", "--"])
def test_every_kind_of_dash_and_space_is_recognized(space, dash):
    text = f"(March{space}4,{space}2015, Los{space}Angeles){space}{dash}{space}As"
    assert parse_dateline(text) == Dateline(date(2015, 3, 4), "Los Angeles", "As")


@given(DATES, PLACES, LANGUAGES, OPENING_SENTENCES)
def test_house_style_dateline_round_trips(day, place, language, opening):
    assert parse_dateline(f"{format_dateline(day, place, language)} {opening}") == Dateline(
        day, place, opening
    )


@given(DATES, st.sampled_from(KNOWN_PLACES) | NAMES.map("{}, La.".format), LANGUAGES, OPENING_SENTENCES)
def test_ap_style_dateline_round_trips_except_for_case_of_unknown_places(day, place, language, opening):
    parsed = parse_dateline(f"{format_ap_dateline(day, place, language)} {opening}")
    assert isinstance(parsed, Dateline)
    assert (parsed.date, parsed.place.casefold(), parsed.rest) == (day, place.casefold(), opening)
    if place in KNOWN_PLACES:
        assert parsed.place == place


@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from([*"Aprıl Auguſt ,.()–-0123456789", " ", "March", "4", "2015"]), max_size=25
    ).map("".join)
)
def test_dateline_parser_accepts_any_text(text):
    assert isinstance(parse_dateline(text), Dateline | Doubt | None)


@pytest.mark.parametrize(
    ("place", "language", "house_style", "ap_style"),
    [
        ("Los Angeles", "en", "(September 2, 2014, Los Angeles) –", "LOS ANGELES (Sept. 2, 2014) —"),
        (
            "Los Ángeles",
            "es",
            "(2 de septiembre de 2014, Los Ángeles) –",
            "LOS ÁNGELES (2 de septiembre de 2014) —",
        ),
        (
            "Baton Rouge, La.",
            "en",
            "(September 2, 2014, Baton Rouge, La.) –",
            "BATON ROUGE, La. (Sept. 2, 2014) —",
        ),
        ("", "en", "(September 2, 2014) –", "(Sept. 2, 2014) —"),
    ],
)
def test_dateline_is_formatted_in_house_style_and_ap_style(place, language, house_style, ap_style):
    assert format_dateline(date(2014, 9, 2), place, language) == house_style
    assert format_ap_dateline(date(2014, 9, 2), place, language) == ap_style


def test_ap_style_does_not_abbreviate_march_through_july():
    printed = [
        format_ap_dateline(date(2015, month, 4), "Fresno", "en").split("(")[1].split(" ")[0]
        for month in range(1, 13)
    ]
    assert printed == [
        "Jan.",
        "Feb.",
        "March",
        "April",
        "May",
        "June",
        "July",
        "Aug.",
        "Sept.",
        "Oct.",
        "Nov.",
        "Dec.",
    ]


@pytest.mark.parametrize(("english", "spanish"), PLACE_NAMES.items())
def test_only_known_place_names_are_translated(english, spanish):
    assert (translate_place(english, "es"), translate_place(spanish, "en")) == (spanish, english)
    assert translate_place("San Salvador", "es") == "San Salvador"


@pytest.mark.parametrize(
    "place",
    ["Los Angeles", "Washington, D.C.", "St. John's", "Winston-Salem", "San Juan de los Lagos", "Ñuñoa"],
)
def test_capitalized_words_are_accepted_as_a_place(place):
    assert is_place(place)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "los angeles",
        "Los Angeles –",
        "Los Angeles 2",
        "(Los Angeles)",
        "Los  Angeles",
        "A B C D E F G H I",
        ",",
        "Los Angeles,",
    ],
)
def test_other_text_is_rejected_as_a_place(text):
    assert not is_place(text)

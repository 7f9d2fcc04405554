import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releases.datelines import (
    KNOWN_PLACES,
    PLACE_NAMES,
    Dateline,
    Doubt,
    in_ap_form,
    in_house_form,
    is_place,
    may_be_a_place,
    place_in,
    read,
)

TEXTS = json.loads((Path(__file__).parent / "files" / "datelines.json").read_text())
DATES = st.dates(date(1983, 1, 1), date(2099, 12, 31))
NAMES = st.from_regex(r"[A-ZÁÉÑ][a-záéíñ]{2,9}([ -][A-ZÁÉÑ][a-záéíñ]{2,9}){0,2}", fullmatch=True).filter(may_be_a_place)
PLACES = st.sampled_from(["", *KNOWN_PLACES]) | NAMES
OPENINGS = st.sampled_from(["The court ruled.", "“We won,” she said.", "400 people came.", "Ñandú.", ""])
LANGUAGES = st.sampled_from(["en", "es"])


@pytest.mark.parametrize("case", TEXTS["datelines"], ids=lambda case: case["text"])
def test_a_dateline_is_read(case):
    assert read(case["text"]) == Dateline(date.fromisoformat(case["date"]), case["place"], case["rest"])


@pytest.mark.parametrize("case", TEXTS["doubts"], ids=lambda case: case["text"])
def test_what_is_uncertain_is_left_to_a_person(case):
    found = read(case["text"])
    assert isinstance(found, Doubt)
    assert found.why.name == case["why"]


@pytest.mark.parametrize("text", TEXTS["none"])
def test_what_is_no_dateline_is_not_read_as_one(text):
    assert read(text) is None


def test_the_file_has_three_texts_of_each_form_and_language_and_fifteen_of_none():
    forms = Counter((case["form"], case["language"]) for case in TEXTS["datelines"])
    assert len(forms) == 12
    assert min(forms.values()) >= 3
    assert len(TEXTS["none"]) >= 15


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u202f", "\u2009", "  ", "\t", "\n"])
@pytest.mark.parametrize("dash", ["-", "‐", "‑", "‒", "–", "—", "―", "−", "_", "--"])
def test_every_dash_and_space_of_real_text_is_known(space, dash):
    text = f"(March{space}4,{space}2015, Los{space}Angeles){space}{dash}{space}As"
    assert read(text) == Dateline(date(2015, 3, 4), "Los Angeles", "As")


@given(DATES, PLACES, LANGUAGES, OPENINGS)
def test_the_house_form_reads_back_as_it_was(day, place, language, opening):
    assert read(f"{in_house_form(day, place, language)} {opening}") == Dateline(day, place, opening)


@given(DATES, st.sampled_from(KNOWN_PLACES) | NAMES.map("{}, La.".format), LANGUAGES, OPENINGS)
def test_the_ap_form_reads_back_but_for_the_capitals_of_unknown_places(day, place, language, opening):
    found = read(f"{in_ap_form(day, place, language)} {opening}")
    assert isinstance(found, Dateline)
    assert (found.date, found.place.casefold(), found.rest) == (day, place.casefold(), opening)
    if place in KNOWN_PLACES:
        assert found.place == place


@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from([*"Aprıl Auguſt ,.()–-0123456789", " ", "March", "4", "2015"]), max_size=25).map("".join)
)
def test_no_text_stops_the_reader(text):
    assert isinstance(read(text), Dateline | Doubt | None)


@pytest.mark.parametrize(
    ("place", "language", "house", "ap"),
    [
        ("Los Angeles", "en", "(September 2, 2014, Los Angeles) –", "LOS ANGELES (Sept. 2, 2014) —"),
        ("Los Ángeles", "es", "(2 de septiembre de 2014, Los Ángeles) –", "LOS ÁNGELES (2 de septiembre de 2014) —"),
        ("Baton Rouge, La.", "en", "(September 2, 2014, Baton Rouge, La.) –", "BATON ROUGE, La. (Sept. 2, 2014) —"),
        ("", "en", "(September 2, 2014) –", "(Sept. 2, 2014) —"),
    ],
)
def test_the_forms_are_printed(place, language, house, ap):
    assert in_house_form(date(2014, 9, 2), place, language) == house
    assert in_ap_form(date(2014, 9, 2), place, language) == ap


def test_short_months_are_spelled_out_in_ap_form():
    printed = [in_ap_form(date(2015, month, 4), "Fresno", "en").split("(")[1].split(" ")[0] for month in range(1, 13)]
    assert printed == ["Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."]


@pytest.mark.parametrize(("english", "spanish"), PLACE_NAMES.items())
def test_only_the_places_of_the_table_change_with_the_language(english, spanish):
    assert (place_in(english, "es"), place_in(spanish, "en")) == (spanish, english)
    assert place_in("San Salvador", "es") == "San Salvador"


@pytest.mark.parametrize("words", ["Los Angeles", "Washington, D.C.", "St. John's", "Winston-Salem", "San Juan de los Lagos", "Ñuñoa"])
def test_a_place_is_capitalised_words(words):
    assert is_place(words)


@pytest.mark.parametrize(
    "words",
    ["", "los angeles", "Los Angeles –", "Los Angeles 2", "(Los Angeles)", "Los  Angeles", "A B C D E F G H I", ",", "Los Angeles,"],
)
def test_other_words_are_no_place(words):
    assert not is_place(words)

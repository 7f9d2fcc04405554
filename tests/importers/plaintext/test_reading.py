"""The importer and the paste page read the same from the texts of tests/files/reading."""

import pytest

from releases.importers.plaintext import parse_items
from releases.text.reading import build_body
from tests.importers.plaintext import TODAY
from tests.text.reading import load_cases, read

CASES = {name: text for name, (text, _result) in load_cases().items() if not text.startswith("<")}
FIELDS = ("headline", "subhead", "date", "dateline", "summary", "kind")


def find_certain(text):
    """Return the items that the importer publishes, and the readings of the text by headline."""
    readings = {reading.headline: reading for reading in read(text)}
    language = next(iter(readings.values())).language
    return [item for item in parse_items(text, language, TODAY) if not item.needs_review], readings


@pytest.mark.parametrize("name", CASES)
def test_release_that_the_importer_publishes_is_the_one_on_the_paste_page(name):
    items, readings = find_certain(CASES[name])
    for item in items:
        reading = readings[item.headline]
        if any("comes after the end" in question.sentence for question in reading.questions):
            continue  # for the importer, another release begins after “###”
        assert [getattr(item, field) for field in FIELDS] == [getattr(reading, field) for field in FIELDS]
        assert item.body == build_body(reading)
        assert not {question.field for question in reading.questions} & {"date", "headline", "event_at"}


def test_importer_publishes_every_release_that_the_paste_page_does_not_ask_about():
    """A second line above the text is a subhead there, for a person to confirm."""
    imported = {name for name, text in CASES.items() if find_certain(text)[0]}
    certain = {
        name
        for name, text in CASES.items()
        if not any(
            {question.field for question in reading.questions} - {"dateline"} for reading in read(text)
        )
        and not any(reading.subhead for reading in read(text))
    }
    # The first one has the marks of a quoted email. In the others, a date begins another release or a text.
    assert certain - imported == {
        "layouts: forwarded email",
        "doubtful: dates above the headlines of two releases",
        "doubtful: date alone on the last line of a paragraph",
    }
    assert len(certain) > 60

"""Keys by which an imported item is recognized in a later import."""

from dataclasses import replace
from datetime import date

import pytest

from releases.importers.records import ImportedRelease

ITEM = ImportedRelease(line=1, language="en", headline="DACA renewal", date=date(2015, 3, 4))


@pytest.mark.parametrize("headline", ["daca renewal", "DACA-Renewal", "Dácá  renewal"])
def test_source_key_ignores_the_spelling_of_the_headline(headline):
    assert replace(ITEM, headline=headline).source_key == ITEM.source_key


@pytest.mark.parametrize(
    "change", [{"headline": "TPS renewal"}, {"date": date(2015, 3, 5)}, {"language": "es"}, {"occurrence": 2}]
)
def test_source_key_differs_for_another_item(change):
    assert replace(ITEM, **change).source_key != ITEM.source_key


def test_source_key_of_an_undated_item_is_the_undated_key_of_the_dated_one():
    assert replace(ITEM, date=None).source_key == ITEM.undated_key != ITEM.source_key

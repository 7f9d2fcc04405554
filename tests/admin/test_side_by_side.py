"""Both language versions in one table: which paragraphs stand next to each other."""

import pytest

from releases.admin.side_by_side import align_blocks, split_blocks
from releases.text.glossary import Glossary

FEE, FEE_ES = "<p>The fee is $465 for all.</p>", "<p>La tarifa es de $465.</p>"
DATE, DATE_ES = "<p>Come on December 1, 2026.</p>", "<p>Venga el 1 de diciembre de 2026.</p>"
RAID, RAID_ES = "<p>Stop the raids now.</p>", "<p>Alto a las redadas.</p>"
GLOSSARY = Glossary.build([(["raids"], ["redadas"])])
PLAIN, PLAIN_ES = "<p>We will not be silent.</p>", "<p>No vamos a callar.</p>"


@pytest.mark.parametrize(
    ("first", "second", "pairs"),
    [
        ([FEE, DATE], [FEE_ES, DATE_ES], [(FEE, FEE_ES), (DATE, DATE_ES)]),
        ([FEE, PLAIN, DATE], [FEE_ES, DATE_ES], [(FEE, FEE_ES), (PLAIN, ""), (DATE, DATE_ES)]),
        ([FEE, DATE], [FEE_ES, PLAIN_ES, DATE_ES], [(FEE, FEE_ES), ("", PLAIN_ES), (DATE, DATE_ES)]),
        ([PLAIN, RAID], [RAID_ES], [(PLAIN, ""), (RAID, RAID_ES)]),
        ([RAID, PLAIN], [RAID_ES], [(RAID, RAID_ES), (PLAIN, "")]),
        ([FEE], [], [(FEE, "")]),
        ([], [], []),
    ],
)
def test_paragraphs_are_paired_by_what_both_have(first, second, pairs):
    assert align_blocks(first, second, GLOSSARY) == pairs


def test_items_of_a_numbered_list_keep_their_numbers():
    markup = "<ol><li><p>One</p></li><li><p>Two</p></li></ol><p>End</p>"
    assert split_blocks(markup) == [
        '<ol start="1"><li><p>One</p></li></ol>',
        '<ol start="2"><li><p>Two</p></li></ol>',
        "<p>End</p>",
    ]

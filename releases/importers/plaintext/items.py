"""What a person has to know of each release on a press page, and the release itself as a record."""

import io
import re
from collections import defaultdict
from datetime import date

from django.utils.translation import gettext as _

from releases.datelines import Dateline, Doubt, Why
from releases.importers.plaintext.groups import Group, groups
from releases.importers.plaintext.paragraphs import LONGEST_HEADLINE, Block, blocks
from releases.importers.records import Item, Problem
from releases.vocabulary import HOUSE_SPELLINGS

HOUSE = re.compile(rf"\b(?:{'|'.join(HOUSE_SPELLINGS)})\b")


def parse(text: str, language: str, today: date) -> list[Item]:
    """Return the releases in `text`, in its order. A date after `today` is one that needs review."""
    items = []
    lines: dict[str, list[int]] = defaultdict(list)
    for group in groups(blocks(io.StringIO(text, newline=None))):
        item = _item(group, language, today)
        before = lines[item.source_key]
        if before:
            item.problems.append(Problem(item.line, _("The same headline and date stand on line %(line)s already.") % {"line": before[0]}))
        before.append(item.line)
        item.occurrence = len(before)
        items.append(item)
    return items


def _item(group: Group, language: str, today: date) -> Item:
    headline, *paragraphs = group.blocks
    item = Item(headline.line, language, headline.text, problems=[*group.doubts])

    def review(block: Block, reason: str) -> None:
        item.problems.append(Problem(block.line, reason))

    opens_with_dateline = bool(paragraphs) and isinstance(paragraphs[0].reading, Dateline)
    if isinstance(headline.reading, Dateline) or (headline.reading and not opens_with_dateline):
        review(headline, _("This paragraph begins like a dateline and has no headline above it. Give it one."))
    if len(headline.text) > LONGEST_HEADLINE:
        review(headline, _("The headline is longer than %(longest)s characters. Shorten it.") % {"longest": LONGEST_HEADLINE})
    if not paragraphs:
        review(headline, _("No dateline was found. Write the headline, an empty line, then “(March 4, 2015, Los Angeles) –” and the text."))
    else:
        opening, *rest = paragraphs
        match opening.reading:
            case Dateline(date=day, place=place, rest=words):
                item.date, item.dateline = day, place
                item.summary = words or (rest.pop(0).text if rest else "")
                if opening.reading.language not in (None, language):
                    review(opening, _("The date is in another language. Import each language by itself, with --language en or es."))
                if day > today:
                    review(opening, _("The date is in the future."))
                if not item.summary:
                    review(opening, _("Nothing follows the dateline."))
                if not place:
                    item.problems.append(Problem(opening.line, _("The dateline names no place."), blocking=False))
            case Doubt(why=why, text=text):
                item.summary = opening.text
                review(opening, _doubtful(why, text))
            case None:
                item.summary = opening.text
                review(opening, _("No date was found. Write it above the text, like “(March 4, 2015, Los Angeles) –”."))
        item.body = [block.text for block in rest]
    others = set(HOUSE.findall(" ".join([item.headline, item.summary, *item.body])))
    item.problems += [
        Problem(
            headline.line,
            _("“%(printed)s” is kept as printed; it is written %(house)s.") % {"printed": printed, "house": house},
            blocking=False,
        )
        for printed, house in HOUSE_SPELLINGS.items()
        if printed in others
    ]
    return item


def _doubtful(why: Why, text: str) -> str:
    sentences = {
        Why.NO_DATE: _("“%(text)s” is a place without a date. Add the date."),
        Why.NO_YEAR: _("“%(text)s” has no year. Add it."),
        Why.NUMBERS: _("“%(text)s” is a date in numbers, which reads two ways. Write the month as a word."),
        Why.NO_SUCH_DAY: _("“%(text)s” is a day that does not exist. Correct it."),
        Why.ODD_YEAR: _("“%(text)s” has a year that no release of CARECEN can have. Correct it."),
        Why.WRONG_WEEKDAY: _("“%(text)s” names a weekday that is not that date's. Correct one of them."),
        Why.UNKNOWN_PLACE: _("“%(text)s” may name a place or begin a sentence. Put date and place in parentheses."),
        Why.OTHER_FORM: _(
            "“%(text)s” looks like a dateline and is not in a form that is certain. Write it like “(March 4, 2015, Los Angeles) –”."
        ),
    }
    return sentences[why] % {"text": text}

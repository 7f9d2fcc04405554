"""Turn each release on a press page into a record, with the problems a person has to know about."""

import io
import re
from collections import defaultdict
from datetime import date

from django.utils.translation import gettext as _

from releases.importers.plaintext.groups import Group, group_paragraphs
from releases.importers.plaintext.paragraphs import MAX_HEADLINE_LENGTH, Paragraph, read_paragraphs
from releases.importers.records import ImportedRelease, Problem, RemovedText
from releases.text.choices import PREFERRED_SPELLINGS
from releases.text.datelines import Dateline, Doubt, DoubtReason

MISSPELLED_NAMES = re.compile(rf"\b(?:{'|'.join(PREFERRED_SPELLINGS)})\b")


def parse_items(
    text: str, language: str, today: date, removed: list[RemovedText] | None = None
) -> list[ImportedRelease]:
    """Return the releases in `text`, in order. A date after `today` needs review.

    Every line is part of a release, is named in a problem, or is added to `removed`.
    """
    items = []
    lines: dict[str, list[int]] = defaultdict(list)
    for group in group_paragraphs(read_paragraphs(io.StringIO(text, newline=None), removed)):
        item = _build_item(group, language, today)
        earlier_lines = lines[item.source_key]
        if earlier_lines:
            item.problems.append(
                Problem(
                    item.line, _("Line %(line)s has the same headline and date.") % {"line": earlier_lines[0]}
                )
            )
        earlier_lines.append(item.line)
        item.occurrence = len(earlier_lines)
        items.append(item)
    return items


def _build_item(group: Group, language: str, today: date) -> ImportedRelease:
    headline, *paragraphs = group.paragraphs
    item = ImportedRelease(headline.line, language, headline.text, problems=[*group.problems])

    def review(block: Paragraph, reason: str) -> None:
        item.problems.append(Problem(block.line, reason))

    opens_with_dateline = bool(paragraphs) and isinstance(paragraphs[0].parsed_dateline, Dateline)
    if isinstance(headline.parsed_dateline, Dateline) or (
        headline.parsed_dateline and not opens_with_dateline
    ):
        review(headline, _("This paragraph starts like a dateline but has no headline above it. Add one."))
    if len(headline.text) > MAX_HEADLINE_LENGTH:
        review(
            headline,
            _("The headline is longer than %(longest)s characters. Shorten it.")
            % {"longest": MAX_HEADLINE_LENGTH},
        )
    if not paragraphs:
        review(
            headline,
            _(
                "No dateline was found. Write the headline, an empty line, then “(March 4, 2015, Los "
                "Angeles) –” and the text."
            ),
        )
    else:
        _read_paragraphs(item, paragraphs, today)
    misspelled = set(MISSPELLED_NAMES.findall(" ".join([item.headline, item.summary, *item.body])))
    item.problems += [
        Problem(
            headline.line,
            _("“%(printed)s” was kept as printed. The usual form is %(house)s.")
            % {"printed": printed, "house": house},
            is_blocking=False,
        )
        for printed, house in PREFERRED_SPELLINGS.items()
        if printed in misspelled
    ]
    return item


def _read_paragraphs(item: ImportedRelease, paragraphs: list[Paragraph], today: date) -> None:
    """Set the date, place, summary and body of `item`, and add what needs review to its problems."""
    opening, *rest = paragraphs

    def review(reason: str, is_blocking: bool = True) -> None:
        item.problems.append(Problem(opening.line, reason, is_blocking=is_blocking))

    match opening.parsed_dateline:
        case Dateline(date=day, place=place, rest=words):
            item.date, item.dateline = day, place
            item.summary = words or (rest.pop(0).text if rest else "")
            if opening.parsed_dateline.language not in (None, item.language):
                review(
                    _(
                        "The date is in another language. Import each language separately, with --language "
                        "en or es."
                    )
                )
            if day > today:
                review(_("The date is in the future."))
            if not item.summary:
                review(_("Nothing follows the dateline."))
            if not place:
                review(_("The dateline has no place."), is_blocking=False)
        case Doubt(reason=why, text=text):
            item.summary = opening.text
            review(_dateline_problem(why, text))
        case None:
            item.summary = opening.text
            review(_("No date was found. Write it above the text, like “(March 4, 2015, Los Angeles) –”."))
    item.body = [block.text for block in rest]


def _dateline_problem(reason: DoubtReason, text: str) -> str:
    sentences = {
        DoubtReason.NO_DATE: _("“%(text)s” is a place without a date. Add the date."),
        DoubtReason.NO_YEAR: _("“%(text)s” has no year. Add it."),
        DoubtReason.NUMERIC_DATE: _(
            "“%(text)s” is a date in numbers that can be read two ways. Write the month as a word."
        ),
        DoubtReason.NO_SUCH_DAY: _("“%(text)s” is a day that does not exist. Correct it."),
        DoubtReason.YEAR_OUT_OF_RANGE: _(
            "“%(text)s” has a year that isn't possible for a CARECEN release. Correct it."
        ),
        DoubtReason.WRONG_WEEKDAY: _(
            "“%(text)s” has a weekday that doesn't match the date. Correct one of them."
        ),
        DoubtReason.UNKNOWN_PLACE: _(
            "“%(text)s” may be a place or the start of a sentence. Put date and place in parentheses."
        ),
        DoubtReason.UNKNOWN_FORM: _(
            "“%(text)s” looks like a dateline, but its form isn't clear. Write it like “(March 4, 2015, Los "
            "Angeles) –”."
        ),
    }
    return sentences[reason] % {"text": text}

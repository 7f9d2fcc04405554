"""Turn each release on a press page into a record, with the problems a person has to know about."""

import io
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import chain, islice

from django.utils.translation import gettext as _

from releases.importers.plaintext.groups import Group, group_section, split_sections
from releases.importers.plaintext.paragraphs import MAX_HEADLINE_LENGTH, Paragraph, read_paragraphs
from releases.importers.records import ImportedRelease, Problem, RemovedText
from releases.text import localtime, richtext
from releases.text.choices import PREFERRED_SPELLINGS
from releases.text.datelines import Dateline, Doubt, DoubtReason
from releases.text.reading import Reading, build_body, read_blocks
from releases.text.reading.blocks import split_groups
from releases.text.reading.lines import SUBHEAD_LABEL
from releases.text.reading.listings import split_releases

EVENT_FIELDS = ("event_at", "event_until", "event_place", "event_who", "event_languages", "event_visuals")
# Questions about these don't keep a release from being published: the text is kept as printed.
HARMLESS_FIELDS = {"body", "summary"}
MAX_PARAGRAPHS = 200  # of a section that may be one release in another form
MISSPELLED_NAMES = re.compile(rf"\b(?:{'|'.join(PREFERRED_SPELLINGS)})\b")


def parse_items(
    text: str, language: str, today: date, removed: list[RemovedText] | None = None
) -> list[ImportedRelease]:
    """Return the releases in `text`, in order. A date after `today` needs review.

    Every line is part of a release, is named in a problem, or is added to `removed`.
    """
    items: list[ImportedRelease] = []
    lines: dict[str, list[int]] = defaultdict(list)
    removed = [] if removed is None else removed
    for section in split_sections(read_paragraphs(io.StringIO(text, newline=None), removed)):
        _add_section(items, section, language, today, removed)
    for item in items:
        earlier_lines = lines[item.source_key]
        if earlier_lines:
            item.problems.append(
                Problem(
                    item.line, _("Line %(line)s has the same headline and date.") % {"line": earlier_lines[0]}
                )
            )
        earlier_lines.append(item.line)
        item.occurrence = len(earlier_lines)
    return items


def _add_section(
    items: list[ImportedRelease],
    section: Iterator[Paragraph],
    language: str,
    today: date,
    removed: list[RemovedText],
) -> None:
    """Add the releases of a section: those of a press page, or else one that has another form."""
    first = list(islice(section, MAX_PARAGRAPHS + 1))
    left_out: list[RemovedText] = []
    found = [_build_item(group, language, today, left_out) for group in group_section(chain(first, section))]
    if any(item.needs_review for item in found) and len(first) <= MAX_PARAGRAPHS:
        found, left_out = _read_single(first, language, today) or (found, left_out)
    items += found
    removed += left_out


def _read_single(
    paragraphs: list[Paragraph], language: str, today: date
) -> tuple[list[ImportedRelease], list[RemovedText]] | None:
    """Return the only release in `paragraphs`, with what was left out. None if that isn't certain.

    It can begin with contacts, have its date above its headline, and the like.
    """
    blocks = split_groups(list(paragraph.lines) for paragraph in paragraphs)
    if len(split_releases(blocks)) > 1:
        return None
    reading = read_blocks(blocks, language)
    subhead = [blocks[number].text for number in reading.sources.get("subhead", [])]
    is_certain = (
        reading.date is not None
        and reading.date <= today
        and bool(reading.summary)
        and all(map(SUBHEAD_LABEL.match, subhead))  # a second line above the text may be something else
        and not {question.field for question in reading.questions} - {"dateline", "summary"}
    )
    if not is_certain:
        return None
    item = ImportedRelease(
        blocks[0].line, language, reading.headline, date=reading.date, dateline=reading.dateline
    )
    left_out: list[RemovedText] = []
    _set_fields(item, reading, today, left_out)
    _report_spellings(item)
    return [item], left_out


def _build_item(group: Group, language: str, today: date, removed: list[RemovedText]) -> ImportedRelease:
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
        _read_opening(item, paragraphs, today)
    _read_fields(item, group, today, removed)
    _report_spellings(item)
    return item


def _report_spellings(item: ImportedRelease) -> None:
    """Add a problem for each name that is not in its usual spelling."""
    misspelled = set(MISSPELLED_NAMES.findall(" ".join([item.headline, item.summary, item.body])))
    item.problems += [
        Problem(
            item.line,
            _("“%(printed)s” was kept as printed. The usual form is %(house)s.")
            % {"printed": printed, "house": house},
            is_blocking=False,
        )
        for printed, house in PREFERRED_SPELLINGS.items()
        if printed in misspelled
    ]


def _read_fields(item: ImportedRelease, group: Group, today: date, removed: list[RemovedText]) -> None:
    """Read the other fields of `item`, if its headline and dateline are certain."""
    reading = read_blocks(
        split_groups(list(paragraph.lines) for paragraph in group.paragraphs), item.language
    )
    if item.needs_review:
        return
    if (reading.headline, reading.date, reading.dateline) == (item.headline, item.date, item.dateline):
        _set_fields(item, reading, today, removed)
        return
    reason = _(
        "Headline, date and place aren't certain. Write the headline, an empty line, then “(March 4, 2015, "
        "Los Angeles) –” and the text."
    )
    item.problems.append(Problem(item.line, reason))


def _set_fields(item: ImportedRelease, reading: Reading, today: date, removed: list[RemovedText]) -> None:
    """Set the fields that were read, and add the questions to the problems.

    What was left out is added to `removed`.
    """
    blocks = reading.blocks
    item.kind, item.subhead, item.summary = reading.kind, reading.subhead, reading.summary
    item.event = {name: value for name in EVENT_FIELDS if (value := getattr(reading, name))}
    item.body = build_body(reading)
    removed += [RemovedText(blocks[each.block].line, blocks[each.block].text) for each in reading.left_out]
    if not item.dateline and not item.problems:
        item.problems.append(Problem(item.line, _("The dateline has no place."), is_blocking=False))
    item.problems += [
        Problem(
            blocks[question.block].line if question.block is not None else item.line,
            question.sentence,
            is_blocking=question.field not in HARMLESS_FIELDS,
        )
        for question in reading.questions
        if question.field != "dateline"
    ]
    if reading.embargo_at and localtime.local_date(reading.embargo_at) > today:
        item.problems.append(Problem(item.line, _("The embargo is in the future.")))


def _read_opening(item: ImportedRelease, paragraphs: list[Paragraph], today: date) -> None:
    """Set the date, place and summary of `item`, and add what needs review to its problems."""
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
    item.body = richtext.sanitize(richtext.paragraphs_to_markup(block.text for block in rest))


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

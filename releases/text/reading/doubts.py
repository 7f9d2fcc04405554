"""What to say about a dateline or a text that is not certain."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from releases.text import richtext
from releases.text.datelines import DoubtReason
from releases.text.reading.listings import is_opening
from releases.text.reading.result import Reading
from releases.text.reading.structure import find_broken_words

FILE_INSIDE = re.compile(r"(?<![\w/.])[\w-]+\.(?:pdf|docx?|xlsx?|pptx?)\b", re.IGNORECASE)


def explain_doubt(reason: DoubtReason, text: str) -> str:
    """Return a sentence that says what is wrong with the dateline `text`, and what to do."""
    sentences = {
        DoubtReason.NO_DATE: _("“%(text)s” is a place without a date. Enter the date."),
        DoubtReason.NO_YEAR: _("“%(text)s” has no year. Enter the date."),
        DoubtReason.NUMERIC_DATE: _(
            "“%(text)s” is a date in numbers that can be read two ways. Enter the date."
        ),
        DoubtReason.NO_SUCH_DAY: _("“%(text)s” is a day that does not exist. Enter the date."),
        DoubtReason.YEAR_OUT_OF_RANGE: _(
            "“%(text)s” has a year that isn't possible for a CARECEN release. Enter the date."
        ),
        DoubtReason.WRONG_WEEKDAY: _(
            "“%(text)s” has a weekday that doesn't match the date. Enter the right date."
        ),
        DoubtReason.UNKNOWN_PLACE: _(
            "“%(text)s”: it isn't clear whether this is a date and a place. Enter both."
        ),
        DoubtReason.UNKNOWN_FORM: _(
            "“%(text)s” looks like a date, but its form isn't clear. Enter the date."
        ),
    }
    return sentences[reason] % {"text": text}


def ask_about_text(reading: Reading) -> None:
    """Ask about links in the summary, broken words, paragraphs that begin with a date, and files."""
    for number in reading.sources.get("summary", []):
        for link in richtext.parse_markup(reading.blocks[number].markup).iter("a"):
            reading.ask(
                "summary",
                _("A summary has no links. This one was here: %(address)s") % {"address": link.get("href")},
                number,
            )
    words = find_broken_words(reading.blocks)
    summary = set(reading.sources.get("summary", []))
    for field, in_field in (
        ("summary", [each for each in words if each[1].number in summary]),
        ("body", [each for each in words if each[1].number not in summary]),
    ):
        if in_field:
            reading.ask(
                field,
                ngettext(
                    "%(words)s was broken at the end of a line. Check its hyphen.",
                    "%(words)s were broken at the ends of lines. Check their hyphens.",
                    len(in_field),
                )
                % {"words": ", ".join(f"“{word}”" for word, _block in in_field)},
                in_field[0][1].number,
            )
    openings = [reading.blocks[number] for number in reading.body if is_opening(reading.blocks[number])]
    if openings:
        sentence = _("“%(text)s” begins with a date. Check whether it belongs to another release.")
        reading.ask("body", sentence % {"text": openings[0].text[:80]}, openings[0].number)
    for number in reading.body:
        if match := FILE_INSIDE.search(reading.blocks[number].text):
            reading.attachments.append(match[0])
            reading.ask(
                "body",
                _("“%(name)s” is the name of a file. Attach the file, or delete the line.")
                % {"name": match[0]},
                number,
            )

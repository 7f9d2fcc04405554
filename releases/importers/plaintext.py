"""The client's press page as text: a headline, then “(Month D, YYYY, City) –” and the opening paragraph, again and again.

`decode` turns the bytes of a file into text, `parse` the text into items. Nothing is guessed: what cannot be read with
certainty is an item that needs review, with the line and the reason.
"""

import codecs
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from releases.datelines import Dateline, Doubt, Why, read
from releases.importers.records import Item, Problem
from releases.prose import without_control_characters
from releases.vocabulary import HOUSE_SPELLINGS

END_MARK = re.compile(r"\s*\[?(?:continue reading|read more|seguir leyendo|leer más|continuar leyendo)\]?\s*[.…»→]*\s*$", re.IGNORECASE)
FURNITURE = re.compile(r"be the first to comment\.?|sé el primero en comentar\.?|#\s?#\s?#|-\s?30\s?-", re.IGNORECASE)
LONGEST_HEADLINE = 300


class Unreadable(Exception):
    """Why a file is no text, as a sentence that says what to do."""


def decode(content: bytes) -> str:
    """The text in `content`: UTF-8 or UTF-16 with or without its mark, else Windows-1252. Raises Unreadable for anything else."""
    if content.startswith((b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf")):
        raise Unreadable(_("This is a PDF or word-processor file. Save it as plain text (.txt) and import that."))
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif b"\x00" in content[:2000]:
        encodings = ["utf-16-le" if content[1:2000:2].count(0) >= content[0:2000:2].count(0) else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Unreadable(_("This file is not text in UTF-8, UTF-16 or Windows-1252. Save it as plain text in UTF-8 and import that."))


@dataclass
class Block:
    """A paragraph of the file: lines up to an empty one, white space made single, quotation marks and spelling kept."""

    line: int
    text: str
    ends_item: bool = False

    def __post_init__(self) -> None:
        self.reading = read(self.text)

    @property
    def reads_like_headline(self) -> bool:
        """No sentence: it does not end like one, or is a short question or exclamation."""
        bare = self.text.rstrip('"”’»)')
        return (
            len(self.text) <= LONGEST_HEADLINE
            and not bare.endswith((".", "…", ":", ";", ","))
            and (len(bare) <= 150 or bare[-1] not in "?!")
        )


def parse(text: str, language: str, today: date) -> list[Item]:
    """The releases in `text`, in its order. A date after `today` is one that needs review."""
    groups = [_split(group) for group in _grouped(_blocks(text))]
    # On a list page every release has one paragraph; then a headline inside a group can only be the next release's.
    is_list = all(len(part) <= 2 for parts in groups for part in parts)
    items = []
    for first, *others in groups:
        items.append(_item(first, language, today))
        if others and not is_list:
            reason = _(
                "“%(text)s” may be a heading of this release or the headline of an undated one. Give that one its date, or join the two."
            )
            items[-1].problems.append(Problem(others[0][0].line, reason % {"text": others[0][0].text}))
        items += [_item(other, language, today) for other in others]
    lines: dict[str, list[int]] = defaultdict(list)
    for item in items:
        before = lines[item.source_key]
        if before:
            item.problems.append(Problem(item.line, _("The same headline and date stand on line %(line)s already.") % {"line": before[0]}))
        before.append(item.line)
        item.occurrence = len(before)
    return items


def _blocks(text: str) -> list[Block]:
    """The paragraphs of `text`; a dateline inside a paragraph begins a new one, because a headline may stand right above it."""
    blocks: list[Block] = []
    lines: list[str] = []
    start = 0

    def close() -> None:
        nonlocal lines
        if paragraph := " ".join(" ".join(lines).split()):
            bare = END_MARK.sub("", paragraph)
            if bare and not FURNITURE.fullmatch(bare):
                blocks.append(Block(start, bare, ends_item=bare != paragraph))
            elif bare != paragraph and blocks:
                blocks[-1].ends_item = True
        lines = []

    for number, line in enumerate(
        without_control_characters(text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n")).split("\n"), 1
    ):
        if not line.strip():
            close()
            continue
        if lines and isinstance(read(line), Dateline):
            close()
        if not lines:
            start = number
        lines.append(line)
        if END_MARK.search(line):
            close()
    close()
    return blocks


def _grouped(blocks: list[Block]) -> Iterator[list[Block]]:
    """The paragraphs of each item: an item ends at “Continue reading”, and where the paragraph after next is a dateline."""
    group: list[Block] = []
    for position, block in enumerate(blocks):
        following = blocks[position + 1] if position + 1 < len(blocks) else None
        if group and following and isinstance(following.reading, Dateline) and not isinstance(block.reading, Dateline):
            yield group
            group = []
        group.append(block)
        if block.ends_item:
            yield group
            group = []
    if group:
        yield group


def _split(group: list[Block]) -> list[list[Block]]:
    """`group` cut before every paragraph of its body that reads like a headline and has text after it."""
    parts = [group[:2]]
    for position in range(2, len(group)):
        if group[position].reads_like_headline and position + 1 < len(group):
            parts.append([])
        parts[-1].append(group[position])
    return parts


def _item(blocks: list[Block], language: str, today: date) -> Item:
    headline, *paragraphs = blocks
    item = Item(headline.line, language, headline.text)

    def review(block: Block, reason: str) -> None:
        item.problems.append(Problem(block.line, reason))

    opens_with_dateline = bool(paragraphs) and isinstance(paragraphs[0].reading, Dateline)
    if isinstance(headline.reading, Dateline) or (headline.reading and not opens_with_dateline):
        review(headline, _("This paragraph begins like a dateline and has no headline above it. Give it one."))
    if len(headline.text) > LONGEST_HEADLINE:
        review(headline, _("The headline is longer than %(longest)s characters. Shorten it.") % {"longest": LONGEST_HEADLINE})
    if not paragraphs:
        review(headline, _("This line stands alone: no dateline and no text follow it."))
    else:
        opening, *rest = paragraphs
        match opening.reading:
            case Dateline(date=day, place=place, rest=words):
                item.date, item.dateline = day, place
                item.summary = words or (rest.pop(0).text if rest else "")
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
    item.problems += [
        Problem(
            headline.line,
            _("“%(printed)s” is kept as printed; it is written %(house)s.") % {"printed": printed, "house": house},
            blocking=False,
        )
        for printed, house in HOUSE_SPELLINGS.items()
        if re.search(rf"\b{printed}\b", " ".join([item.headline, item.summary, *item.body]))
    ]
    return item


def _doubtful(why: Why, text: str) -> str:
    sentences = {
        Why.NO_DATE: _("“%(text)s” is a place without a date. Add the date."),
        Why.NO_YEAR: _("“%(text)s” has no year. Add it."),
        Why.NUMBERS: _("“%(text)s” is a date in numbers, which reads two ways. Write the month as a word."),
        Why.NO_SUCH_DAY: _("“%(text)s” is a day that does not exist. Correct it."),
        Why.WRONG_WEEKDAY: _("“%(text)s” names a weekday that is not that date's. Correct one of them."),
        Why.UNKNOWN_PLACE: _("“%(text)s” may name a place or begin a sentence. Put date and place in parentheses."),
        Why.OTHER_FORM: _(
            "“%(text)s” looks like a dateline and is not in a form that is certain. Write it like “(March 4, 2015, Los Angeles) –”."
        ),
    }
    return sentences[why] % {"text": text}

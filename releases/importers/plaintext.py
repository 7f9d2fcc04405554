"""The client's press page as text: a headline, then “(Month D, YYYY, City) –” and the opening paragraph, again and again.

`decode` turns the bytes of a file into text, `parse` the text into items. Nothing is guessed: what cannot be read with
certainty is an item that needs review, with the line and the reason.
"""

import codecs
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from releases.datelines import Dateline, Doubt, Why, read
from releases.importers.records import Item, Problem
from releases.prose import without_control_characters
from releases.vocabulary import HOUSE_SPELLINGS

# What the old page prints after each summary. Only these capitals: “subscribe to continue reading” is part of a text.
END_MARK = re.compile(r"\s*\[?(?:C(?i:ontinue reading)|S(?i:eguir leyendo)|C(?i:ontinuar leyendo))\]?\s*[.…»→]*\s*$")
READ_MORE = re.compile(r"(?:^|(?<=[.!?…”\"»)]))\s*\[?(?:R(?i:ead more)|L(?i:eer más))\]?\s*[.…»→]*\s*$")
GOES_ON = re.compile(r"reading|leyendo|read more|leer más", re.IGNORECASE)
HOUSE = re.compile(rf"\b(?:{'|'.join(HOUSE_SPELLINGS)})\b")
FURNITURE = re.compile(r"be the first to comment\.?|sé el primero en comentar\.?|#\s?#\s?#|-\s?30\s?-", re.IGNORECASE)
LONGEST_HEADLINE = 300


UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")


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
        except UnicodeDecodeError as fault:
            if encoding == "utf-8-sig" and UTF8_LETTER.search(content):
                line = content.count(b"\n", 0, fault.start) + 1
                raise Unreadable(
                    _("This file is UTF-8 with a broken letter on line %(line)s. Mend it and save the file again.") % {"line": line}
                ) from fault
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
    sentence_inside: bool = False  # a dateline follows on the next line, and a line before the last ends like a sentence

    def __post_init__(self) -> None:
        self.reading = read(self.text)

    @property
    def reads_like_headline(self) -> bool:
        """No sentence: it does not end like one, or is a short question or exclamation."""
        bare = self.text.rstrip('"”’»)')
        ends_sentence = bare.endswith((".", "…", ":", ";", ",")) and not re.search(r"\b(?:[A-Za-z]\.){2,}$", bare[-20:])
        long_cry = bare.endswith(("?", "!")) and len(bare) > 150
        return len(self.text) <= LONGEST_HEADLINE and not (ends_sentence or long_cry or self.sentence_inside)


@dataclass
class Group:
    """The paragraphs of one release: headline, opening, body; and what is uncertain about where it begins or ends."""

    blocks: list[Block]
    doubts: list[Problem] = field(default_factory=list)

    def doubt(self, at: Block, reason: str) -> None:
        self.doubts.append(Problem(at.line, reason % {"text": at.text[:80]}))


def parse(text: str, language: str, today: date) -> list[Item]:
    """The releases in `text`, in its order. A date after `today` is one that needs review."""
    items = [_item(group, language, today) for run in _runs(_blocks(text)) for group in _grouped(run)]
    lines: dict[str, list[int]] = defaultdict(list)
    for item in items:
        before = lines[item.source_key]
        if before:
            item.problems.append(Problem(item.line, _("The same headline and date stand on line %(line)s already.") % {"line": before[0]}))
        before.append(item.line)
        item.occurrence = len(before)
    return items


def _without_end_mark(paragraph: str) -> str:
    """`paragraph` without the “Continue reading” at its end; most have none, which their last letters tell."""
    return READ_MORE.sub("", END_MARK.sub("", paragraph)) if GOES_ON.search(paragraph[-60:]) else paragraph


def _blocks(text: str) -> list[Block]:
    """The paragraphs of `text`; a dateline inside a paragraph begins a new one, because a headline may stand right above it."""
    blocks: list[Block] = []
    lines: list[str] = []
    start = 0

    def close(before_dateline: bool = False) -> None:
        nonlocal lines
        if paragraph := " ".join(" ".join(lines).split()):
            bare = _without_end_mark(paragraph)
            sentence_inside = before_dateline and any(line.rstrip('"”’») ').endswith((".", "!", "?", "…")) for line in lines[:-1])
            if bare and not FURNITURE.fullmatch(bare):
                blocks.append(Block(start, bare, bare != paragraph, sentence_inside))
            elif bare != paragraph and blocks:
                blocks[-1].ends_item = True
        lines = []

    for number, line in enumerate(without_control_characters(text.replace("\r\n", "\n").replace("\r", "\n")).split("\n"), 1):
        if not line.strip():
            close()
            continue
        if lines and read(line):
            close(before_dateline=True)
        if not lines:
            start = number
        lines.append(line)
        if END_MARK.search(line) or READ_MORE.search(line):
            close()
    close()
    return blocks


def _runs(blocks: list[Block]) -> Iterator[list[Block]]:
    """The paragraphs from one “Continue reading” to the next; all of them where the page does not print it."""
    run: list[Block] = []
    for block in blocks:
        run.append(block)
        if block.ends_item:
            yield run
            run = []
    if run:
        yield run


def _grouped(run: list[Block]) -> list[Group]:
    """The releases of a run: each is a headline, a dateline below it, and what follows up to the next headline."""
    openings = [
        position
        for position, block in enumerate(run)
        # What looks a little like a dateline and has a real one below it is a headline.
        if block.reading
        and not (isinstance(block.reading, Doubt) and run[position + 1 :] and isinstance(run[position + 1].reading, Dateline))
    ]
    if not openings:
        return [Group(run)]
    starts = [opening - 1 if opening and opening - 1 not in openings else opening for opening in openings]
    groups = [Group(run[start:end]) for start, end in zip(starts, [*starts[1:], len(run)], strict=True)]

    first, *others = zip(starts, openings, groups, strict=True)
    if first[0] == first[1]:
        for group in groups:
            group.doubt(group.blocks[0], _("A dateline stands where a headline should, so it is not certain which belongs to which."))
    elif run[first[0]].sentence_inside:
        groups[0].doubt(run[first[0]], _("Headline and other text stand in one paragraph. Put an empty line between them."))
    if first[0] > 0:
        groups[0].doubt(run[first[0]], _("More than one line stands above the dateline. Leave only the headline there."))
    for before, (start, opening, group) in zip(groups, others, strict=False):
        headline = run[start]
        placeless = isinstance(run[opening].reading, Dateline) and not _has_place(run[opening]) and _has_place(run[openings[0]])
        if start == opening or placeless or not headline.reads_like_headline:
            for uncertain in (before, group):
                uncertain.doubt(
                    headline,
                    _("“%(text)s”: it is not certain that a release begins here. Give it its headline, or join it to the one above."),
                )
        elif len(before.blocks) > 2 and before.blocks[-1].reads_like_headline:
            for uncertain in (before, group):
                uncertain.doubt(before.blocks[-1], _("“%(text)s” may belong to the release above or below it. Join it to one of them."))
    above = [Group(run[: first[0]])] if first[0] > 0 else []
    return above + [part for group in groups for part in _split(group)]


def _has_place(block: Block) -> bool:
    return isinstance(block.reading, Dateline) and bool(block.reading.place)


def _split(group: Group) -> list[Group]:
    """`group` cut before every paragraph of its body that reads like a headline and has text after it; all parts are uncertain."""
    cuts = [
        position
        for position, block in enumerate(group.blocks)
        if position >= 2 and block.reads_like_headline and position + 1 < len(group.blocks)
    ]
    parts = [Group(group.blocks[start:end]) for start, end in zip([0, *cuts], [*cuts, len(group.blocks)], strict=True)]
    for part in parts:
        part.doubts += group.doubts
        for cut in cuts:
            part.doubt(
                group.blocks[cut],
                _("“%(text)s” may be a heading inside a release or the headline of one without a date. Give it its date, or join the two."),
            )
    return parts


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

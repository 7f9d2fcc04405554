"""Group paragraphs into releases, and note where a boundary is uncertain."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice, tee, zip_longest

from django.utils.translation import gettext as _

from releases.importers.plaintext.paragraphs import MARK_INSIDE, Paragraph
from releases.importers.records import Problem
from releases.text.datelines import Dateline, Doubt

# Paragraphs before and after a part of a release that its problems name. Without a limit, the time and memory
# would grow with the square of their number.
MAX_POSSIBLE_HEADLINES = 10


@dataclass
class Group:
    """The paragraphs of one release (headline, opening, body), and doubts about where it begins or ends."""

    paragraphs: list[Paragraph]
    # The one with the dateline: the second, or the first if the headline is missing.
    opening: Paragraph | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def has_headline(self) -> bool:
        return self.paragraphs[0] is not self.opening

    @property
    def place(self) -> str | None:
        """Return the place in its dateline: "" if there is none, None if the dateline isn't certain."""
        reading = self.opening and self.opening.parsed_dateline
        return reading.place if isinstance(reading, Dateline) else None

    def add_problem(self, paragraph: Paragraph, reason: str) -> None:
        self.problems.append(Problem(paragraph.line, reason % {"text": paragraph.text[:80]}))


def split_sections(blocks: Iterator[Paragraph]) -> Iterator[Iterator[Paragraph]]:
    """Yield the paragraphs up to each “Continue reading”, or all of them if there is none.

    Each section must be consumed before the next one is requested.
    """
    for first in blocks:
        yield _read_section(chain([first], blocks))


def _read_section(blocks: Iterator[Paragraph]) -> Iterator[Paragraph]:
    for block in blocks:
        yield block
        if block.ends_item:
            return


def group_section(section: Iterator[Paragraph]) -> Iterator[Group]:
    """Yield the releases of a section.

    Each is complete once the next headline and dateline have been read.
    """
    has_lines_above = False
    first: Group | None = None
    previous: Group | None = None
    for group in _split_at_headlines(section):
        if not group.opening:
            has_lines_above = True
            yield from _split_at_possible_headlines(group)
            continue
        first = first or group
        if not first.has_headline:
            group.add_problem(
                group.paragraphs[0],
                _(
                    "There is a dateline where a headline should be, so it isn't clear which belongs to "
                    "which."
                ),
            )
        elif group is first and group.paragraphs[0].sentence_inside:
            group.add_problem(
                group.paragraphs[0],
                _("The headline and other text are in one paragraph. Put an empty line between them."),
            )
        if group is first and has_lines_above:
            group.add_problem(
                group.paragraphs[0],
                _("There is more than one line above the dateline. Leave only the headline there."),
            )
        if previous:
            _flag_uncertain_boundary(previous, group, first)
            yield from _split_at_possible_headlines(previous)
        previous = group
    if previous:
        yield from _split_at_possible_headlines(previous)


def _split_at_headlines(section: Iterator[Paragraph]) -> Iterator[Group]:
    """Yield a group for each headline that is followed by a dateline.

    Paragraphs above the first such headline form a group whose `opening` is None.
    """
    group = Group([])
    blocks, lookahead = tee(section)
    for block, following in zip_longest(blocks, islice(lookahead, 1, None)):
        # A paragraph with a doubtful dateline is a headline if the next paragraph has a certain one.
        is_headline = (
            isinstance(block.parsed_dateline, Doubt)
            and following
            and isinstance(following.parsed_dateline, Dateline)
        )
        if block.parsed_dateline and not is_headline:
            preceding = (
                [group.paragraphs.pop()]
                if group.paragraphs and group.paragraphs[-1] is not group.opening
                else []
            )
            if group.paragraphs:
                yield group
            group = Group(preceding, block)
        group.paragraphs.append(block)
    yield group


def _flag_uncertain_boundary(previous: Group, group: Group, first: Group) -> None:
    """Add doubts to `previous` and `group` if the boundary between them is uncertain.

    `first` begins the section.
    """
    headline, last = group.paragraphs[0], previous.paragraphs[-1]
    is_placeless = group.place == "" and bool(first.place)
    if not group.has_headline or is_placeless or not headline.looks_like_headline:
        for uncertain in (previous, group):
            uncertain.add_problem(
                headline,
                _(
                    "“%(text)s”: it isn't clear whether a release starts here. Add its headline, or join it "
                    "to the text above."
                ),
            )
    elif len(previous.paragraphs) > 2 and last.looks_like_headline:
        for uncertain in (previous, group):
            uncertain.add_problem(
                last, _("“%(text)s” may belong to the release above or below it. Join it to one of them.")
            )


def _split_at_possible_headlines(group: Group) -> list[Group]:
    """Split `group` before each paragraph of its body that looks like a headline and is not the last one.

    All parts are uncertain then. A problem of each part names the nearest of these paragraphs.
    """
    positions = [
        position
        for position, block in enumerate(group.paragraphs)
        if position >= 2 and block.looks_like_headline and position + 1 < len(group.paragraphs)
    ]
    parts = [
        Group(group.paragraphs[start:end])
        for start, end in zip([0, *positions], [*positions, len(group.paragraphs)], strict=True)
    ]
    for number, part in enumerate(parts):
        part.problems += group.problems
        for block in part.paragraphs:
            headline = block.headline_inside
            is_last = len(group.paragraphs) > 2 and block is group.paragraphs[-1]
            if not headline and is_last and block.looks_like_last_headline:
                headline = block.text
            begins_part = block is group.opening or block is part.paragraphs[0]
            if headline and (MARK_INSIDE.search(block.text) or not begins_part):
                part.problems.append(
                    Problem(
                        block.line,
                        _(
                            "“%(text)s” may be the headline of another release. If it is, add an empty line "
                            "and its date; if not, leave it and import with --drafts."
                        )
                        % {"text": headline[:80]},
                    )
                )
        for position in positions[max(number - MAX_POSSIBLE_HEADLINES, 0) : number + MAX_POSSIBLE_HEADLINES]:
            part.add_problem(
                group.paragraphs[position],
                _(
                    "“%(text)s” may be a heading inside a release, or the headline of a release without a "
                    "date. Add its date, or join the two."
                ),
            )
    return parts

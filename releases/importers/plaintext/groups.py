"""Which paragraphs are one release, and what is uncertain about where it begins or ends."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice, tee, zip_longest

from django.utils.translation import gettext as _

from releases.datelines import Dateline, Doubt
from releases.importers.plaintext.paragraphs import Block
from releases.importers.records import Problem


@dataclass
class Group:
    """The paragraphs of one release: headline, opening, body; and what is uncertain about where it begins or ends."""

    blocks: list[Block]
    opening: Block | None = None  # the one with the dateline: the second, or the first where the headline is missing
    doubts: list[Problem] = field(default_factory=list)

    @property
    def has_headline(self) -> bool:
        return self.blocks[0] is not self.opening

    @property
    def place(self) -> str | None:
        """Where its dateline says it is from: "" when that names no place, None when there is no certain dateline."""
        reading = self.opening and self.opening.reading
        return reading.place if isinstance(reading, Dateline) else None

    def doubt(self, at: Block, reason: str) -> None:
        self.doubts.append(Problem(at.line, reason % {"text": at.text[:80]}))


def groups(blocks: Iterator[Block]) -> Iterator[Group]:
    """The releases of `blocks`, in their order."""
    return chain.from_iterable(map(_grouped, _runs(blocks)))


def _runs(blocks: Iterator[Block]) -> Iterator[Iterator[Block]]:
    """The paragraphs from one “Continue reading” to the next; all of them where the page does not print it.

    Each run must be read to its end before the next one is asked for.
    """
    for first in blocks:
        yield _run(chain([first], blocks))


def _run(blocks: Iterator[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if block.ends_item:
            return


def _grouped(run: Iterator[Block]) -> Iterator[Group]:
    """The releases of a run, each given when the headline and the dateline of the next one have said what is uncertain about it."""
    lines_above = False
    first: Group | None = None
    before: Group | None = None
    for group in _sections(run):
        if not group.opening:
            lines_above = True
            yield group
            continue
        first = first or group
        if not first.has_headline:
            group.doubt(group.blocks[0], _("A dateline stands where a headline should, so it is not certain which belongs to which."))
        elif group is first and group.blocks[0].sentence_inside:
            group.doubt(group.blocks[0], _("Headline and other text stand in one paragraph. Put an empty line between them."))
        if group is first and lines_above:
            group.doubt(group.blocks[0], _("More than one line stands above the dateline. Leave only the headline there."))
        if before:
            _doubt_the_border(before, group, first)
            yield from _split(before)
        before = group
    if before:
        yield from _split(before)


def _sections(run: Iterator[Block]) -> Iterator[Group]:
    """A run from one headline with a dateline below it to the next. What stands above the first is a group without an opening."""
    group = Group([])
    here, below = tee(run)
    for block, following in zip_longest(here, islice(below, 1, None)):
        # What looks a little like a dateline and has a real one below it is a headline.
        is_headline = isinstance(block.reading, Doubt) and following and isinstance(following.reading, Dateline)
        if block.reading and not is_headline:
            above = [group.blocks.pop()] if group.blocks and group.blocks[-1] is not group.opening else []
            if group.blocks:
                yield group
            group = Group(above, block)
        group.blocks.append(block)
    yield group


def _doubt_the_border(before: Group, group: Group, first: Group) -> None:
    """Note at `before` and `group` what is uncertain about where one ends and the other begins, in the run that begins with `first`."""
    headline, last = group.blocks[0], before.blocks[-1]
    is_placeless = group.place == "" and bool(first.place)
    if not group.has_headline or is_placeless or not headline.reads_like_headline:
        for uncertain in (before, group):
            uncertain.doubt(
                headline,
                _("“%(text)s”: it is not certain that a release begins here. Give it its headline, or join it to the one above."),
            )
    elif len(before.blocks) > 2 and last.reads_like_headline:
        for uncertain in (before, group):
            uncertain.doubt(last, _("“%(text)s” may belong to the release above or below it. Join it to one of them."))


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

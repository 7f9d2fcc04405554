"""Find the releases in a text that has several, like the page of an old website."""

from dataclasses import replace
from itertools import pairwise

from releases.text.datelines import Dateline, parse_dateline
from releases.text.reading.lines import Role, find_role, is_sentence
from releases.text.reading.result import Block, BlockKind

MAX_LINES_ABOVE = 3  # headline, subhead and date above a text
STARTS = (Role.RELEASE_LINE, Role.KIND, Role.LETTERHEAD, Role.EMBARGO)


def split_releases(blocks: list[Block]) -> list[list[Block]]:
    """Return the blocks of each release, numbered from 0.

    A release begins above a dateline. Without two datelines, there is one release.
    """
    openings = [block.number for block in blocks if is_opening(block) and _has_headline(block, blocks)]
    if len(openings) < 2:
        openings = find_dated_texts(blocks)
    if len(openings) < 2:
        return [blocks]
    starts = [0, *(_find_start(blocks, *pair) for pair in pairwise(openings))]
    parts = [blocks[start:end] for start, end in pairwise([*starts, len(blocks)])]
    if not all(any(is_sentence(block.text) for block in part) for part in parts):
        return [blocks]  # a date that isn't the beginning of a release
    return [[replace(block, number=number) for number, block in enumerate(part)] for part in parts]


def is_opening(block: Block) -> bool:
    """Return whether a block is a paragraph that begins with a certain dateline."""
    found = parse_dateline(block.text) if block.kind is BlockKind.PARAGRAPH else None
    return isinstance(found, Dateline) and bool(found.rest)


def _has_headline(block: Block, blocks: list[Block]) -> bool:
    """Return whether a dateline has a place, or a headline above it. Lists have dates without them."""
    found = parse_dateline(block.text)
    above = blocks[block.number - 1] if block.number else None
    has_place = isinstance(found, Dateline) and bool(found.place)
    return has_place or (above is not None and not is_sentence(above.text))


def find_dated_texts(blocks: list[Block]) -> list[int]:
    """Return the numbers of the dates alone on their line that have a text between each other."""
    found: list[int] = []
    has_text = True
    for block in blocks:
        if find_role(block.text) is Role.DATE:
            if has_text:
                found.append(block.number)
            has_text = False
        elif is_sentence(block.text) and find_role(block.text) is None:
            has_text = True
    return found


def _find_start(blocks: list[Block], previous: int, opening: int) -> int:
    """Return the number of the first block of a release, above its dateline or date."""
    marks = [number for number in range(previous + 1, opening) if find_role(blocks[number].text) in STARTS]
    start, lines = opening, 0
    while start - 1 > previous:
        block = blocks[start - 1]
        role = find_role(block.text)
        if role in (Role.END, Role.FURNITURE, Role.CONTACT, Role.ATTACHMENT, Role.DIVIDER):
            break
        if role is None:
            # The line directly above the dateline is the headline, even if it ends like a sentence.
            may_be_sentence = not lines and is_opening(blocks[opening])
            is_text = is_sentence(block.text) and not may_be_sentence
            if lines == MAX_LINES_ABOVE or is_text or len(block.text) > 300:
                break
            lines += 1
        start -= 1
    return min([start, *marks[:1]])

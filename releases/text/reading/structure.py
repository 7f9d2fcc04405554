"""Headings and quotations in a text without markup, and words that a program broke at the end of a line."""

import re
from itertools import pairwise

from releases.text.reading.lines import NOTE, PHONE, is_sentence
from releases.text.reading.result import Block, BlockKind

MAX_HEADING = 80  # characters
MAX_WORD = 40  # characters
QUOTED = re.compile(r"[“\"«][^“”\"«»]{3,}[”\"»][.,]?")
LISTS = (BlockKind.BULLET, BlockKind.NUMBER)


def mark_quotations(blocks: list[Block]) -> None:
    """Mark each paragraph in quotation marks above a line that names the speaker."""
    for block, following in pairwise(blocks):
        if following.kind is BlockKind.ATTRIBUTION and QUOTED.fullmatch(block.text):
            block.kind = BlockKind.QUOTATION


def mark_headings(blocks: list[Block]) -> list[Block]:
    """Mark short lines between paragraphs as headings. Return those that may be something else.

    A line of HTML that is bold as a whole is certainly a heading.
    """
    uncertain = []
    for previous, block, following in zip(blocks, blocks[1:], blocks[2:], strict=False):
        if not is_like_heading(block) or not (_is_text(previous) and _is_text(following)):
            continue
        is_bold = bool(re.fullmatch(r"<strong>[^<]*</strong>", block.markup))
        if block.markup and not is_bold:
            continue
        block.kind = BlockKind.HEADING
        block.markup = ""
        if not is_bold:
            uncertain.append(block)
    return uncertain


def is_like_heading(block: Block) -> bool:
    text = block.text
    return (
        block.kind is BlockKind.PARAGRAPH
        and len(text) <= MAX_HEADING
        and (not is_sentence(text) or text.endswith("?"))
        and bool(re.match(r"[¿¡“\"«]?[A-ZÁÉÍÓÚÑ\d]", text))
        and not re.search(r"[,@|]|[”\"»]$|^\[", text)
        and not NOTE.match(text)
        and not PHONE.search(text)
        and len(re.findall(r"[^\W\d_]{2,}", text)) >= 2
    )


def _is_text(block: Block) -> bool:
    return block.kind in LISTS or (block.kind is BlockKind.PARAGRAPH and is_sentence(block.text))


def find_broken_words(blocks: list[Block]) -> list[tuple[str, Block]]:
    """Return the words that have a hyphen where the line ended, each with its block."""
    found = []
    for block in blocks:
        for position in block.breaks:
            first = re.search(r"[\w’'-]+-$", block.text[max(position - MAX_WORD, 0) : position])
            last = re.match(r"[\w’'-]+", block.text[position : position + MAX_WORD])
            if first and last:
                found.append((first[0] + last[0], block))
    return found

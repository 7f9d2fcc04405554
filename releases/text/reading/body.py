"""Build the body of a release, as sanitized markup, from the blocks of a text."""

import html
import re
from collections.abc import Collection, Iterable
from itertools import groupby

from releases.text import richtext
from releases.text.links import clean_link, is_valid_link
from releases.text.reading.blocks import split_text
from releases.text.reading.result import Block, BlockKind, Reading

LISTS = {BlockKind.BULLET: "ul", BlockKind.NUMBER: "ol"}
ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>“”«»\"]+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})*\.[A-Za-z]{2,}"
)


def build_body(reading: Reading, put_back: Collection[int] = (), quotations: Collection[int] = ()) -> str:
    """Return the markup of the body.

    `put_back` are the numbers of left-out blocks that belong to it after all. `quotations` are the numbers of
    the blocks of `reading.quotations` that become block quotations with their speakers.
    """
    numbers = sorted({*reading.body, *put_back})
    found = {quotation.block: quotation for quotation in reading.quotations if quotation.block in quotations}
    parts: list[str] = []
    for list_tag, group in groupby((reading.blocks[number] for number in numbers), _get_list_tag):
        blocks = list(group)
        first = _find_first_number(blocks) if list_tag == "ol" else 1
        if not first:  # the numbers of a list can't be others than 3, 4, 5
            parts += [f"<p>{html.escape(block.sign)} {_render_text(block)}</p>" for block in blocks]
        elif list_tag:
            items = "".join(f"<li><p>{_render_text(block)}</p></li>" for block in blocks)
            start = f' start="{first}"' if first > 1 else ""
            parts.append(f"<{list_tag}{start}>{items}</{list_tag}>")
        else:
            for block in blocks:
                quotation = found.get(block.number)
                if quotation:
                    speaker = ", ".join(filter(None, (quotation.speaker, quotation.role)))
                    parts.append(
                        _render_quotation([html.escape(quotation.text), f"— {html.escape(speaker)}"])
                    )
                elif block.kind is BlockKind.ATTRIBUTION and parts and parts[-1].startswith("<blockquote>"):
                    parts[-1] = parts[-1].replace(
                        "</blockquote>", f"<p>{_render_text(block)}</p></blockquote>"
                    )
                else:
                    parts.append(_render_block(block))
    return richtext.sanitize("".join(parts))


def split_paragraphs(text: str) -> tuple[str, str]:
    """Return the first paragraph of a plain text, and the markup of the others. Nothing is left out."""
    blocks = split_text(text)
    rest = Reading(blocks, "", body=[block.number for block in blocks[1:]])
    return (blocks[0].text if blocks else ""), build_body(rest)


def _get_list_tag(block: Block) -> str:
    return LISTS.get(block.kind, "")


def _find_first_number(blocks: list[Block]) -> int:
    """Return the first number of a numbered list, or 0 if the others don't follow it one by one."""
    numbers = [int(re.sub(r"\D", "", block.sign)) for block in blocks]
    return numbers[0] if numbers == list(range(numbers[0], numbers[0] + len(numbers))) else 0


def _render_block(block: Block) -> str:
    text = _render_text(block)
    match block.kind:
        case BlockKind.HEADING:
            return f"<h{block.level}>{text}</h{block.level}>"
        case BlockKind.QUOTATION:
            return f"<blockquote>{block.markup}</blockquote>" if block.markup else _render_quotation([text])
        case BlockKind.TABLE:
            return f"<table>{block.markup}</table>"
    return f"<p>{text}</p>"


def _render_quotation(paragraphs: Iterable[str]) -> str:
    return "<blockquote>" + "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs) + "</blockquote>"


def _render_text(block: Block) -> str:
    """Return the text of a block as markup. Web and email addresses in plain text become links."""
    if block.markup:
        return block.markup
    parts, end = [], 0
    for match in ADDRESS.finditer(block.text):
        address = match[0].rstrip(".,;:!?)]’'")
        link = clean_link(address)
        if is_valid_link(link):
            shown = html.escape(address, quote=False)
            parts += [
                html.escape(block.text[end : match.start()], quote=False),
                f'<a href="{html.escape(link)}">{shown}</a>',
            ]
            end = match.start() + len(address)
    return "".join([*parts, html.escape(block.text[end:], quote=False)])

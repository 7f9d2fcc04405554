"""Split a text, or HTML, into the blocks of a release: paragraphs, headings and list items."""

import html
import re
from collections.abc import Iterable, Iterator

from lxml import etree
from lxml.html import HtmlElement

from releases.text import richtext
from releases.text.cleaning import clean_line, clean_text
from releases.text.datelines import parse_dateline
from releases.text.reading.lines import (
    BULLET,
    EMAIL,
    EVENT_LINE,
    FIELD_LABELS,
    NAME,
    NUMBER,
    PHONE,
    READ_MORE,
    RELEASE_LINE,
    UNFINISHED,
    Role,
    find_role,
    is_sentence,
    read_date_line,
)
from releases.text.reading.result import Block, BlockKind

MIN_WRAPPED, MAX_WRAPPED = 40, 110  # characters of a line that a program broke
SPEAKER = re.compile(rf"[—–-] ?{NAME.pattern}(?=,|$| \()")
CONTACT_BESIDE = re.compile(r" +(?=(?:media |press )?contacto?s?:)", re.IGNORECASE)
CELLS = re.compile(r"\t+| {3,}")


class Blocks:
    """Collects blocks, and numbers them."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.group = 0

    def add(self, line: int, text: str, kind: BlockKind = BlockKind.PARAGRAPH, **details: object) -> None:
        text = clean_line(text)
        if text:
            block = Block(len(self.blocks), line, text, kind, group=self.group)
            for name, value in details.items():
                setattr(block, name, value)
            self.blocks.append(block)


def split_text(text: str) -> list[Block]:
    """Return the blocks of a plain text.

    A line break inside a paragraph, as in a text from a PDF or an email, is not the end of a block.
    """
    return split_groups(_split_groups(clean_text(text.replace("\r\n", "\n").replace("\r", "\n"))))


def split_groups(groups: Iterable[list[tuple[int, str]]]) -> list[Block]:
    """Return the blocks of groups of lines with their numbers, which empty lines separate."""
    found = Blocks()
    for group in groups:
        _add_group(found, _split_columns(group))
        found.group += 1
    return found.blocks


def _split_groups(text: str) -> Iterator[list[tuple[int, str]]]:
    """Yield the lines between empty lines, with their numbers. A table cell or a column is a line."""
    group: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        line = re.sub(r"^ *>[ >]*", "", line).strip()  # the mark of a quoted email
        if line:
            group.append((number, line))
        elif group:
            yield group
            group = []
    if group:
        yield group


def _split_columns(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return the cells of lines that have columns, like two contacts beside each other, column by column."""
    rows = [(number, [cell.strip() for cell in CELLS.split(line) if cell.strip()]) for number, line in lines]
    width = len(rows[0][1])
    if width > 1 and all(is_label(cells[0]) for _number, cells in rows):
        return [(number, join_label(cells)) for number, cells in rows]
    is_table = len(rows) > 1 and width > 1 and all(len(cells) == width for _number, cells in rows)
    text = " ".join(line for _number, line in lines)
    if is_table and not (PHONE.search(text) or EMAIL.search(text)):
        return [(number, " | ".join(cells)) for number, cells in rows]
    if is_table:
        return [(number, cells[column]) for column in range(width) for number, cells in rows]
    return [(number, cell) for number, line in lines for cell in _split_cells(line)]


def is_label(cell: str) -> bool:
    """Return whether a cell is the label of the next one, like “When:”."""
    return cell.endswith(":") or bool(EVENT_LINE.fullmatch(cell))


def join_label(cells: list[str]) -> str:
    label, *rest = cells
    return f"{label.rstrip(':')}: {' '.join(rest)}" if rest else label


def _split_cells(line: str) -> list[str]:
    """Return the parts of a line with columns, like a contact at the left and a date at the right."""
    if (start := RELEASE_LINE.match(line)) and (contact := CONTACT_BESIDE.search(line, start.end())):
        return [line[: contact.start()], line[contact.end() :]]
    cells = [cell.strip() for cell in CELLS.split(line) if cell.strip()]
    if len(cells) == 1 and len(parts := line.split(" | ")) == 2 and find_role(parts[1]) is Role.DATE:
        return parts
    if len(cells) > 1 and any(find_role(cell) for cell in cells[:-1] or cells):
        return cells
    is_contact = bool(PHONE.search(cells[-1]) or EMAIL.search(cells[-1])) if cells else False
    is_columns = len(cells) > 1 and not is_sentence(line)
    return cells if is_columns and (is_contact or read_date_line(cells[-1])) else [line]


def _add_group(found: Blocks, lines: list[tuple[int, str]]) -> None:
    """Add the blocks of lines that follow each other."""
    widest = max(len(line) for _number, line in lines)
    start, parts = 0, [lines[0][1]]
    for position, (number, line) in enumerate(lines[1:], 1):
        if _continues(parts, line, widest):
            parts.append(line)
            continue
        _add_lines(found, lines[start][0], parts)
        start, parts = position, [line]
        del number
    _add_lines(found, lines[start][0], parts)


def _continues(parts: list[str], line: str, widest: int) -> bool:
    """Return whether `line` continues the paragraph, heading or list item whose lines are `parts`."""
    previous = parts[-1]
    if UNFINISHED.search(previous) and is_wrapped(previous, widest) and find_role(line) is not Role.CONTACT:
        return True
    if any(label.match(line) for label in FIELD_LABELS.values()) or is_attribution(line, previous):
        return False
    if find_role(line) or find_role(previous) or BULLET.match(line) or NUMBER.match(line):
        return False
    if parse_dateline(line) or PHONE.search(line) or EMAIL.search(previous) or PHONE.search(previous):
        return bool(not parse_dateline(line) and len(previous) > MIN_WRAPPED and is_wrapped(previous, widest))
    if line[0].islower() and not is_sentence(previous):
        return len(previous) <= MAX_WRAPPED
    return is_wrapped(previous, widest)


def is_wrapped(previous: str, widest: int) -> bool:
    """Return whether a program broke the line after `previous`, in a paragraph `widest` characters wide."""
    if not MIN_WRAPPED <= len(previous) <= MAX_WRAPPED or widest > MAX_WRAPPED:
        return False
    return len(previous) >= 0.72 * widest and (not is_sentence(previous) or len(previous) >= 0.85 * widest)


def _add_lines(found: Blocks, number: int, lines: list[str]) -> None:
    text, breaks = clean_line(lines[0]), []
    previous = found.blocks[-1].text if found.blocks else ""
    for line in map(clean_line, lines[1:]):
        # A hyphen at the end of a line stays: it may belong to the word.
        text += line if re.search(r"[^\W\d_]-$", text) and line[0].islower() else f" {line}"
        breaks.append(len(text) - len(line))
    if find_role(text) is not Role.DIVIDER and find_role(text) is not Role.END:
        if match := NUMBER.match(text):
            _add_item(found, number, text, match, BlockKind.NUMBER, breaks)
            return
        if is_attribution(text, previous):
            found.add(number, text, BlockKind.ATTRIBUTION)
            return
        if match := BULLET.match(text):
            _add_item(found, number, text, match, BlockKind.BULLET, breaks)
            return
    if match := READ_MORE.search(text):  # “Continue reading” becomes a block of its own
        found.add(number, text[: match.start()], breaks=breaks)
        found.add(number, match[0])
    else:
        found.add(number, text, breaks=breaks)


def _add_item(
    found: Blocks, line: int, text: str, sign: re.Match[str], kind: BlockKind, breaks: list[int]
) -> None:
    """Add an item of a list, whose text is without its sign."""
    shifted = [position - sign.end() for position in breaks]
    found.add(line, text[sign.end() :], kind, sign=sign[0].strip(), breaks=shifted)


def is_attribution(text: str, previous: str) -> bool:
    """Return whether `text` names who said the quotation in the line above, like “— Ana Ruiz, director”."""
    return (
        bool(SPEAKER.match(text) and re.search(r"[”\"»][.,]?$", previous))
        and len(text) < 120
        and not is_sentence(text)
    )


def split_markup(markup: str) -> list[Block]:
    """Return the blocks of HTML, which is sanitized first. Line breaks in a paragraph begin a block, too."""
    sanitized = richtext.sanitize(markup)
    found = Blocks()
    for element in richtext.parse_markup(sanitized):
        _add_element(found, element)
        found.group += 1
    return found.blocks


def _add_element(found: Blocks, element: HtmlElement) -> None:
    line = len(found.blocks) + 1
    if element.tag in ("ul", "ol"):
        kind = BlockKind.BULLET if element.tag == "ul" else BlockKind.NUMBER
        for position, item in enumerate(element, 1):
            sign = "•" if element.tag == "ul" else f"{position}."
            found.add(line, to_line(item), kind, sign=sign, markup=richtext.inner_html(item))
            line = len(found.blocks) + 1
    elif element.tag == "table" and (rows := _read_labels(element)):
        for row in rows:
            found.add(len(found.blocks) + 1, row)
    elif element.tag in ("blockquote", "table"):
        kind = BlockKind.QUOTATION if element.tag == "blockquote" else BlockKind.TABLE
        found.add(line, to_line(element), kind, markup=richtext.inner_html(element))
    elif element.tag in ("h2", "h3"):
        markup = richtext.inner_html(element)
        found.add(line, to_line(element), BlockKind.HEADING, level=int(element.tag[1]), markup=markup)
    else:
        for part in re.split(r"<br\s*/?>", richtext.inner_html(element)):
            part_element = richtext.parse_markup(part)
            text = clean_line(part_element.text_content())
            cells = _split_cells(text)
            for cell in cells:
                inner = (
                    richtext.inner_html(part_element) if len(cells) == 1 else html.escape(cell, quote=False)
                )
                _add_paragraph(found, cell, inner)


def _read_labels(table: HtmlElement) -> list[str]:
    """Return the rows of a table with a label in each first cell, like “When:”, or [] for other tables."""
    rows = [[to_line(cell) for cell in row if to_line(cell)] for row in table.iter("tr")]
    has_labels = bool(rows) and all(cells and is_label(cells[0]) for cells in rows)
    return [join_label(cells) for cells in rows] if has_labels else []


def _add_paragraph(found: Blocks, text: str, markup: str) -> None:
    """Add a paragraph of HTML. A typed sign, as in “• One”, makes it a list item."""
    line = len(found.blocks) + 1
    if match := READ_MORE.search(text):
        if before := text[: match.start()]:
            _add_paragraph(found, before, slice_markup(markup, 0, len(before)))
        found.add(line + 1, match[0])
        return
    if is_attribution(text, found.blocks[-1].text if found.blocks else ""):
        found.add(line, text, BlockKind.ATTRIBUTION, markup=markup)
        return
    for pattern, kind in ((NUMBER, BlockKind.NUMBER), (BULLET, BlockKind.BULLET)):
        match = pattern.match(text)
        if match and find_role(text) not in (Role.DIVIDER, Role.END):
            rest = text[match.end() :]
            plain = markup if markup == html.escape(text, quote=False) else ""
            inner = html.escape(rest, quote=False) if plain else slice_markup(markup, match.end())
            found.add(line, rest, kind, sign=match[0].strip(), markup=inner)
            return
    found.add(line, text, markup=markup)


def slice_markup(markup: str, start: int, end: int | None = None) -> str:
    """Return `markup` with only the characters of its text from `start` to `end`."""
    root = richtext.parse_markup(markup)
    position = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        name = "text" if event == "start" else "tail"
        if element is root and event == "end":
            break
        value = getattr(element, name) or ""
        first = max(start - position, 0)
        last = len(value) if end is None else max(end - position, 0)
        setattr(element, name, value[first:last])
        position += len(value)
    for element in list(root.iter("a", "strong", "em")):
        if not element.text_content():
            element.drop_tree()
    return richtext.inner_html(root).strip()


def to_line(element: HtmlElement) -> str:
    return clean_line(richtext.to_plain_text(richtext.inner_html(element)))

"""Find quotations in ordinary paragraphs that name their speaker: “We will appeal,” said Ana Ruiz, director.

`find_attribution` reads a plain paragraph, `suggest_quotations` the body of a release. They return nothing
unless it is certain who speaks, what the quotation is, and that the text around it can be a paragraph.
"""

import copy
import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree
from lxml.html import HtmlElement

from releases.text.quotes import DASHES, MAX_ATTRIBUTION_LENGTH
from releases.text.richtext import inner_html, parse_markup
from releases.text.sentences import ABBREVIATION, iter_sentence_ends
from releases.text.speakers import Speaker, parse_following_clause, parse_leading_clause, parse_speaker

MAX_PARAGRAPH_LENGTH = 5000  # characters
OPENING_MARKS = "“«„"
CLOSED_BY = {"“": '”"', "«": "»", "„": '”“"', '"': '"”'}
QUOTATION_START = re.compile(r"[\s¿¡(\[…‘'“«\".]*(\w)")
SENTENCE_BREAK = re.compile(r"\.?(?:\s+(?=[¿¡(\[]?[^\W_a-záéíóúñü])|\s*$)")
TERMINATED = re.compile(r"[.!?…—–][’'”\"»)\]]*$")
COMMA_BEFORE_MARK = re.compile(r",(?P<mark>[’'”\"»])\s*$")


@dataclass(frozen=True)
class Piece:
    """A part of a quotation: where it starts and ends in the paragraph, and what is written at its end."""

    start: int
    end: int
    ending: str = ""


@dataclass(frozen=True)
class Attribution:
    """A quotation in a paragraph, its speaker, and where the text before it ends and that after it starts."""

    paragraph: str
    pieces: tuple[Piece, ...]
    speaker: Speaker
    before_end: int
    after_start: int

    @property
    def text(self) -> str:
        return _join(self.paragraph[piece.start : piece.end] + piece.ending for piece in self.pieces)

    @property
    def line(self) -> str:
        """Return the last line of the block quotation: “— Ana Ruiz, director”."""
        return f"— {self.speaker.name}, {self.speaker.role}".removesuffix(", ")

    @property
    def before(self) -> str:
        return _join([self.paragraph[: self.before_end]])

    @property
    def after(self) -> str:
        return _join([self.paragraph[self.after_start :]])


@dataclass(frozen=True)
class Suggestion:
    """A paragraph of a body that can become a block quotation.

    `index` is its number among the top-level elements, from 0. `markup` replaces it: the block quotation, and
    the text before and after it in paragraphs of their own.
    """

    index: int
    attribution: Attribution
    markup: str

    @property
    def paragraph(self) -> str:
        return _join([self.attribution.paragraph])


def suggest_quotations(body: str) -> list[Suggestion]:
    """Return the ordinary paragraphs of sanitized `body` that can become quotations, in their order."""
    return [
        Suggestion(index, attribution, _render(element, attribution))
        for index, element in enumerate(parse_markup(body))
        if element.tag == "p" and (attribution := find_attribution(_get_text(element)))
    ]


def find_attribution(paragraph: str) -> Attribution | None:
    """Return the one quotation of a paragraph, if the paragraph names its speaker."""
    text = re.sub(r"\s", " ", paragraph)
    if len(text) > MAX_PARAGRAPH_LENGTH or not (quoted := _find_quoted(text)):
        return None
    if len(quoted) > 2 or not _is_statement(text[slice(*quoted[0])]):
        return None
    readers = (_read_following, _read_signature, _read_leading)
    attribution = next(filter(None, (read(text, quoted) for read in readers)), None)
    if attribution is None or len(attribution.line) > MAX_ATTRIBUTION_LENGTH:
        return None
    return attribution


def _find_quoted(text: str) -> list[tuple[int, int]]:
    """Return where the texts in quotation marks start and end, without marks. [] if a mark has no pair."""
    opened: list[str] = []
    spans: list[tuple[int, int]] = []
    start = 0
    for match in re.finditer(r"[“”„«»\"]", text):
        mark, position = match[0], match.start()
        previous, following = text[position - 1 : position], text[position + 1 : position + 2]
        is_opening = mark in OPENING_MARKS or (
            mark == '"' and (not previous or previous in " (—[“«") and not following.isspace()
        )
        if opened and mark in CLOSED_BY[opened[-1]] and not (is_opening and mark == '"'):
            opened.pop()
            if not opened:
                spans.append((start, position))
        elif is_opening and len(opened) < 2:
            if not opened:
                start = position + 1
            opened.append(mark)
        else:
            return []
    return [] if opened else spans


def _is_statement(quoted: str) -> bool:
    """Return whether a quoted text can be a statement, not a title: it begins like a sentence.

    It has two words or more, or is a question or an exclamation.
    """
    first = QUOTATION_START.match(quoted)
    is_long_enough = len(quoted.split()) > 1 or quoted.rstrip().endswith(("?", "!"))
    return first is not None and not first[1].islower() and is_long_enough


def _read_following(text: str, quoted: list[tuple[int, int]]) -> Attribution | None:
    """Read “…,” said Ana Ruiz, director. The quotation may go on after that."""
    (start, end), *more = quoted
    between = text[end + 1 : more[0][0] - 1 if more else len(text)]
    sentence_end = next((end for end, _start in iter_sentence_ends(between)), len(between))
    clause = between[:sentence_end].strip()
    if more and (sentence_end < len(between) or not clause.endswith((".", ",", ":"))):
        return None
    if not more and clause.endswith((",", ":", ";")):
        return None
    is_separate = clause.startswith(",") or text[start:end].rstrip().endswith(tuple(",.!?…—–"))
    speaker = parse_following_clause(_strip_period(clause.lstrip(",; ").rstrip(",:")), is_separate)
    if speaker is None or not _ends_sentence(text[: start - 1]):
        return None
    first = _build_piece(text, start, end, "." if not more or not clause.endswith(",") else ",")
    if not more:
        return Attribution(text, (first,), speaker, start - 1, end + 1 + sentence_end)
    last_start, last_end = more[0]
    is_continued = clause.endswith(",")
    if not is_continued and not _is_statement(f"{text[last_start:last_end]} …"):
        return None
    after_start = _find_after(text, last_start, last_end)
    if after_start is None:
        return None
    return Attribution(
        text, (first, _build_piece(text, last_start, last_end)), speaker, start - 1, after_start
    )


def _read_signature(text: str, quoted: list[tuple[int, int]]) -> Attribution | None:
    """Read “…” — Ana Ruiz, director."""
    start, end = quoted[0]
    signature = re.fullmatch(rf"\.?\s*[{DASHES}]{{1,2}}\s*(?P<who>\w.*)", text[end + 1 :].rstrip())
    speaker = parse_speaker(_strip_period(signature["who"])) if signature and len(quoted) == 1 else None
    if speaker is None or not _ends_sentence(text[: start - 1]):
        return None
    return Attribution(text, (_build_piece(text, start, end),), speaker, start - 1, len(text))


def _read_leading(text: str, quoted: list[tuple[int, int]]) -> Attribution | None:
    """Read Ana Ruiz, director, said: “…”."""
    start, end = quoted[0]
    leading = text[: start - 1]
    clause_start = max((start for _end, start in iter_sentence_ends(leading)), default=0)
    clause = leading[clause_start:].strip()
    if len(quoted) > 1 or not clause.endswith((":", ",")):
        return None
    speaker = parse_leading_clause(clause[:-1])
    after_start = _find_after(text, start, end)
    if speaker is None or after_start is None:
        return None
    return Attribution(text, (_build_piece(text, start, end),), speaker, clause_start, after_start)


def _find_after(text: str, start: int, end: int) -> int | None:
    """Return where the text after a quotation that ends a sentence starts, or None if it goes on."""
    quoted, rest = text[start:end].rstrip(), SENTENCE_BREAK.match(text, end + 1)
    if rest is None or quoted.endswith(","):
        return None
    is_terminated = bool(TERMINATED.search(quoted)) or rest[0].startswith(".") or rest.end() == len(text)
    return rest.end() if is_terminated else None


def _ends_sentence(text: str) -> bool:
    """Return whether the text before a quotation is empty or ends a sentence."""
    text = text.rstrip()
    return not text or (bool(re.search(r"[.!?…][)\]’]*$", text)) and not ABBREVIATION.search(text[-12:]))


def _strip_period(clause: str) -> str:
    """Return `clause` without its final period, unless it belongs to an abbreviation, as in “in L.A.”."""
    return clause if ABBREVIATION.search(clause[-12:]) else clause.removesuffix(".")


def _build_piece(text: str, start: int, end: int, ending: str = ".") -> Piece:
    """Return the piece from `start` to `end`. A comma at its end becomes `ending`."""
    start += _count_spaces(text[start:end])
    quoted = text[start:end].rstrip()
    if TERMINATED.search(quoted):
        return Piece(start, start + len(quoted))
    if match := COMMA_BEFORE_MARK.search(quoted):  # “They told us ‘no,’” said Ana Ruiz.
        return Piece(start, start + match.start(), ending + match["mark"])
    return Piece(start, start + len(quoted.rstrip(",; ")), ending)


def _render(element: HtmlElement, attribution: Attribution) -> str:
    """Return the markup that replaces the paragraph `element`."""

    def render_paragraph(*pieces: Piece) -> str:
        parts = [
            _slice_markup(element, piece.start, piece.end) + html.escape(piece.ending, quote=False)
            for piece in pieces
            if piece.start < piece.end
        ]
        return f"<p>{' '.join(parts)}</p>" if parts else ""

    text = attribution.paragraph
    before = Piece(0, len(text[: attribution.before_end].rstrip()))
    after_start = attribution.after_start + _count_spaces(text[attribution.after_start :])
    quotation = f"{render_paragraph(*attribution.pieces)}<p>{html.escape(attribution.line, quote=False)}</p>"
    return (
        render_paragraph(before)
        + f"<blockquote>{quotation}</blockquote>"
        + render_paragraph(Piece(after_start, len(text.rstrip())))
    )


def _count_spaces(text: str) -> int:
    """Return the number of spaces at the start of `text`."""
    return len(text) - len(text.lstrip())


def _join(texts: Iterable[str]) -> str:
    return " ".join(" ".join(texts).split())


def _get_text(element: HtmlElement) -> str:
    """Return the text of a paragraph. A line break is one character, as in `_slice_markup`."""
    parts = [element.text or ""]
    for child in element:
        parts += ["\n" if child.tag == "br" else "", _get_text(child), child.tail or ""]
    return "".join(parts)


def _slice_markup(element: HtmlElement, start: int, end: int) -> str:
    """Return what is inside `element` between two positions in its text, with its inline markup."""
    element = copy.deepcopy(element)
    position = 0
    emptied = []

    def cut(text: str | None) -> str:
        nonlocal position
        text = text or ""
        part = text[max(start - position, 0) : max(end - position, 0)]
        position += len(text)
        return part

    for event, node in list(etree.iterwalk(element, events=("start", "end"))):
        if event == "start":
            is_outside = not start <= position < end
            position += node.tag == "br"
            node.text = cut(node.text)
            if node.tag == "br" and is_outside:
                emptied.append(node)
        elif node is not element:
            if node.tag != "br" and not _get_text(node):
                emptied.append(node)
            node.tail = cut(node.tail)
    for node in emptied:
        node.drop_tag()
    return inner_html(element)

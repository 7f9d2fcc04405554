"""Read the lines above the text: headline, subhead and date."""

import re

from django.utils.translation import gettext as _

from releases.text.choices import Kind
from releases.text.datelines import WEEKDAY_NUMBERS, Doubt, parse_dateline
from releases.text.reading.doubts import explain_doubt
from releases.text.reading.lines import (
    FIELD_LABELS,
    KIND_LINE,
    Role,
    find_kind,
    find_role,
    is_sentence,
    read_date_line,
)
from releases.text.reading.result import Block, BlockKind
from releases.text.reading.state import State

LINES = (BlockKind.PARAGRAPH, BlockKind.HEADING)
MAX_HEADLINE = 300  # characters, like the field
EVENT_DAY = re.compile(rf"\d:\d\d|\d ?[ap]\.? ?m\b|\b(?:{'|'.join(WEEKDAY_NUMBERS)})\b", re.IGNORECASE)
GREETING = re.compile(
    r"(?:hi|hello|hey|dear|fyi|good (?:morning|afternoon|evening)|hola|estimad[oa]s?|buen[oa]s (?:d[ií]as"
    r"|tardes|noches))"
    r"\b|here (?:is|are|'s)\b|please (?:post|send|publish|get)\b|aqu[ií] (?:est[aá]|va|les mando)\b",
    re.IGNORECASE,
)
# A line of another kind: the name of an organization, a date, a note.
NOT_A_HEADLINE = re.compile(
    r"(?:the |la |el )?(?:[\w’'-]+ )*(?:coalition|office|center|union|network|alliance|committee|foundation"
    r"|association"
    r"|coalici[oó]n|oficina|centro|sindicato|red|alianza|comit[eé]|fundaci[oó]n|asociaci[oó]n)"
    r"(?: (?:for|of|de|por|para|on) [^.:]*)?$|(?:for|para|posted|updated|photo|foto)\b"
    r"|(?:january|february|march|april|may|june|july|august|september|october|november|december) \d{4}$",
    re.IGNORECASE,
)
STATEMENT_HEADLINE = re.compile(
    r"(?:(?:press|joint) )?statement (?:of|by|from|on)\b|declaraci[oó]n(?: conjunta)? (?:de|sobre)\b",
    re.IGNORECASE,
)


def split_undated_top(state: State) -> list[Block]:
    """Return the first blocks of a text without a dateline that are a headline, a subhead or a date."""
    top: list[Block] = []
    texts = 0
    rest = state.rest
    for position, block in enumerate(rest):
        is_date = find_role(block.text) is Role.DATE
        if find_role(block.text) is Role.EVENT:
            break
        is_line = _is_headline(block) and position + 1 < len(rest) and texts < 2
        if not (is_date or is_line):
            break
        texts += not is_date
        top.append(block)
    return top


def _is_headline(block: Block) -> bool:
    return block.kind in LINES and len(block.text) <= MAX_HEADLINE and not is_sentence(block.text)


def read_top(state: State, top: list[Block]) -> None:
    """Read the lines above the text: dates, headline, subhead."""
    lines = []
    for block in top:
        if (found := read_date_line(block.text)) and find_role(block.text) is Role.DATE:
            state.add_date(found, block)
        elif isinstance(doubt := parse_dateline(block.text), Doubt) and len(doubt.text) > len(block.text) - 4:
            state.reading.ask("date", explain_doubt(doubt.reason, doubt.text), block.number)
            state.reading.leave_out(block.number, _("a date that isn't clear"))
        else:
            lines.append(block)
    state.take(top)
    _check_date_line(state, top)
    lines = _leave_out_greeting(state, lines)
    _read_kind_prefix(state, lines)
    for name, label in FIELD_LABELS.items():
        for block in list(lines):
            if (match := label.match(block.text)) and name not in state.reading.sources:
                state.reading.put(name, block.text[match.end() :], block.number)
                lines.remove(block)
    for name in ("headline", "subhead"):
        if lines and name not in state.reading.sources:
            block = lines.pop(0)
            state.reading.put(name, block.text[:MAX_HEADLINE].strip(), block.number)
            _check_headline(state, name, block)
    _check_first_line(state)
    headline, subhead = (state.reading.sources.get(name, [])[:1] for name in ("headline", "subhead"))
    if (
        headline
        and subhead
        and _are_adjacent(*(state.reading.blocks[each[0]] for each in (headline, subhead)))
    ):
        state.reading.ask(
            "subhead",
            _("It was directly below the headline. If it is part of the headline, move it there."),
            subhead[0],
        )
    if lines:
        state.reading.ask(
            "headline",
            _("There are more than two lines above the text. Check which of them is the headline."),
            lines[0].number,
        )
        state.reading.body += [block.number for block in lines]
    if "kind" not in state.reading.sources and STATEMENT_HEADLINE.match(state.reading.headline):
        state.reading.put("kind", Kind.STATEMENT, *state.reading.sources["headline"])


def _check_headline(state: State, name: str, block: Block) -> None:
    if len(block.text) > MAX_HEADLINE:
        state.reading.ask(name, _("It is longer than 300 characters and was cut. Shorten it."), block.number)
        state.reading.body.append(block.number)
    elif name == "headline" and is_sentence(block.text) and len(block.text) > 150:
        state.reading.ask(name, _("This may be a paragraph, not a headline. Check it."), block.number)
    elif block.breaks and name == "headline" and not _was_wrapped(block):
        state.reading.ask(
            name,
            _("The headline was on two lines. If the second one is a subhead, move it there."),
            block.number,
        )
    if block.text.isupper() and len(block.text) > 20:
        state.reading.ask(name, _("It is in capitals. Type it the way it should appear."), block.number)


def _was_wrapped(block: Block) -> bool:
    """Return whether the lines of a headline were certainly one: each goes on in lowercase."""
    return all(block.text[position].islower() for position in block.breaks if position < len(block.text))


def _are_adjacent(first: Block, second: Block) -> bool:
    """Return whether two lines of plain text have no empty line between them, and no label."""
    has_label = any(label.match(second.text) for label in FIELD_LABELS.values())
    return first.group == second.group and not second.markup and not has_label


def _check_date_line(state: State, top: list[Block]) -> None:
    """Ask about a date below the headline that may be the day of an event: it has a weekday or a time."""
    lines = [block for block in top if find_role(block.text) is Role.DATE]
    is_only_one = len(lines) == 1 and state.reading.sources.get("date") == [lines[0].number]
    if (
        is_only_one
        and top[0] is not lines[0]
        and EVENT_DAY.search(lines[0].text)
        and not state.reading.dateline
    ):
        state.reading.ask("date", _("This may be the day of an event. Check the date."), lines[0].number)


def _leave_out_greeting(state: State, lines: list[Block]) -> list[Block]:
    """Leave out what someone wrote above the release: a greeting, or a sentence above a headline."""
    rest = list(lines)
    while len(rest) > 1 and _is_greeting(rest[0], rest[1]):
        block = rest.pop(0)
        state.reading.leave_out(block.number, _("a note above the headline"))
        sentence = _("“%(text)s” was above the headline and was left out. Check the headline.")
        state.reading.ask("headline", sentence % {"text": block.text[:80]}, block.number)
    return rest


def _is_greeting(block: Block, following: Block) -> bool:
    is_sentence_above = is_sentence(block.text) and not is_sentence(following.text)
    return is_sentence_above or bool(GREETING.match(block.text))


def _read_kind_prefix(state: State, lines: list[Block]) -> None:
    """Read “MEDIA ADVISORY: Rally on Tuesday”."""
    kind = KIND_LINE.match(lines[0].text) if lines else None
    if (
        kind
        and ":" in kind[0]
        and kind.end() < len(lines[0].text)
        and "headline" not in state.reading.sources
    ):
        block = lines.pop(0)
        state.reading.put("headline", block.text[kind.end() :], block.number)
        if "kind" not in state.reading.sources:
            state.reading.put("kind", find_kind(kind[0]), block.number)


def _check_first_line(state: State) -> None:
    """Ask if the line that became the headline may be something else, and the subhead the headline."""
    reading = state.reading
    if reading.headline and reading.subhead and NOT_A_HEADLINE.match(reading.headline):
        reading.ask(
            "headline",
            _("Two lines are above the text. Check which of them is the headline."),
            reading.sources["headline"][0],
        )

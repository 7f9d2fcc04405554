"""Find the paragraph that begins with the dateline, and read date and place."""

import re

from django.utils.translation import gettext as _

from releases.text.choices import Kind
from releases.text.datelines import Dateline, Doubt, DoubtReason, is_known_place, parse_date, parse_dateline
from releases.text.reading.doubts import explain_doubt
from releases.text.reading.lines import KIND_LINE, RELEASE_LINE, Role, find_kind, find_role, is_sentence
from releases.text.reading.listings import is_opening
from releases.text.reading.result import Block, BlockKind
from releases.text.reading.state import State

MAX_LINES_BETWEEN = 2  # between a headline and the dateline: a subhead and a date
MAX_BEFORE_PLACE = 500  # characters of kind, date and headline in one paragraph
DASH = re.compile(r" ?(?:--+|[-‐‑‒–—―−_:]) ?")


def find_opening(state: State) -> Block | None:
    """Find the paragraph with the dateline, read it, and return it."""
    rest = state.rest
    has_text = False
    for position, block in enumerate(rest):
        if position > 12 or block.kind not in (BlockKind.PARAGRAPH, BlockKind.HEADING):
            break
        if find_role(block.text) is Role.DATE:
            continue
        found = parse_dateline(block.text)
        if isinstance(found, Dateline) and found.rest:
            if found.place or not (has_text or _is_dated_headline(state, block, found)):
                _take_dateline(state, block, found)
                return block
            if has_text:
                break  # an entry of a list of dates
            continue
        following = rest[position + 1 : position + 1 + MAX_LINES_BETWEEN]
        if isinstance(found, Doubt) and any(map(is_opening, following)):
            continue  # a headline that resembles a dateline
        if (
            isinstance(found, Doubt)
            and found.reason is DoubtReason.NO_DATE
            and _is_headline_with_colon(block)
        ):
            continue
        if isinstance(found, Doubt) and _read_doubtful_opening(state, block, found):
            return block
        has_text = has_text or (len(block.text) > 60 and is_sentence(block.text))
    return None


def _take_dateline(state: State, block: Block, found: Dateline) -> None:
    state.add_date(found, block)
    _set_opening(state, block, found.rest)
    if found.place and not is_known_place(found.place):
        sentence = _("“%(place)s” is a place that the newsroom doesn't know. Check it.")
        state.reading.ask("dateline", sentence % {"place": found.place}, block.number)


def _is_dated_headline(state: State, block: Block, found: Dateline) -> bool:
    """Return whether a line like “May 1, 2019 – March for the Workers” is a headline. If so, read it."""
    if is_sentence(found.rest) or len(found.rest) > 150 or block is state.rest[-1]:
        return False
    state.add_date(found, block)
    state.reading.put("headline", found.rest, block.number)
    state.reading.ask("date", _("This date was in the headline. Check it."), block.number)
    state.take([block])
    return True


def _is_headline_with_colon(block: Block) -> bool:
    """Return whether “Los Angeles: A City of Refuge” is a headline and no dateline."""
    return ":" in block.text[:60] and not is_sentence(block.text)


def _read_doubtful_opening(state: State, block: Block, doubt: Doubt) -> bool:
    """Read a paragraph with an uncertain dateline. Return whether it opens the text."""
    if doubt.reason is DoubtReason.NO_DATE:
        dash = DASH.match(block.text, len(doubt.text))
        state.reading.put("dateline", _spell_place(doubt.text), block.number)
        text = block.text[dash.end() if dash else len(doubt.text) :].strip()
        found = parse_dateline(text)
        if isinstance(found, Dateline) and not found.place:  # “LOS ANGELES – March 2, 2026 – Text”
            state.add_date(found, block)
            text = found.rest
        _set_opening(state, block, text)
        return True
    if _read_kind_first(state, block):
        return True
    state.reading.ask("date", explain_doubt(doubt.reason, doubt.text), block.number)
    dash = DASH.match(block.text, len(doubt.text)) if block.text.startswith(doubt.text) else None
    if dash and len(block.text) > dash.end() + 20:
        state.reading.put("date", None, block.number)
        _set_opening(state, block, block.text[dash.end() :])
        return True
    return len(block.text) > len(doubt.text) + 20


def _spell_place(text: str) -> str:
    """Return the place of a dateline without a date, spelled as in one with a date."""
    found = parse_dateline(f"(March 4, 2015, {text}) – X")
    return found.place if isinstance(found, Dateline) else text


def _read_kind_first(state: State, block: Block) -> bool:
    """Read “Press Statement January 31, 2018 HEADLINE Los Angeles, CA – Text” in one paragraph."""
    kind = re.match(rf"(?:{RELEASE_LINE.pattern})?(?:{KIND_LINE.pattern})", block.text, re.IGNORECASE)
    parsed = parse_date(block.text, kind.end()) if kind else None
    if not kind or not parsed or not parsed.day:
        return False
    state.reading.put("kind", find_kind(kind[0]) or Kind.PRESS_RELEASE, block.number)
    state.add_date(Dateline(parsed.day, "", "", parsed.language), block)
    rest = block.text[parsed.end :].strip(" ,–—-")
    for match in re.finditer(r"(?<=[ .”\"])(?=[A-ZÁÉÍÓÚÑ(])", rest[:MAX_BEFORE_PLACE]):
        found = parse_dateline(rest[match.start() : match.start() + MAX_BEFORE_PLACE])
        if isinstance(found, Doubt) and found.reason is DoubtReason.NO_DATE:
            place, text = found.text, rest[match.start() + len(found.text) :].lstrip(" –—-:_")
            state.reading.put("dateline", _spell_place(place), block.number)
            state.reading.put("headline", rest[: match.start()].strip(), block.number)
            _set_opening(state, block, text)
            break
    else:
        _set_opening(state, block, rest)
    state.reading.ask(
        "headline",
        _("The headline and the text were in one paragraph. Check where the headline ends."),
        block.number,
    )
    return True


def _set_opening(state: State, block: Block, text: str) -> None:
    if text:
        state.reading.put("summary", text, block.number)

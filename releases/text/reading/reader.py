"""Read the fields of one release from its blocks."""

import re

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from releases.text.choices import Kind, Language
from releases.text.datelines import format_date
from releases.text.reading.blocks import split_markup, split_text
from releases.text.reading.doubts import ask_about_text
from releases.text.reading.events import read_event
from releases.text.reading.headlines import MAX_HEADLINE, read_top, split_undated_top
from releases.text.reading.languages import find_language
from releases.text.reading.lines import FIELD_LABELS, MAIL_SUBJECT, Role, find_role, read_date_line
from releases.text.reading.listings import split_releases
from releases.text.reading.marks import take_boilerplate, take_contacts, take_mail_header, take_marks
from releases.text.reading.openings import find_opening
from releases.text.reading.parts import find_quotation, suggest_topics
from releases.text.reading.result import Block, BlockKind, Known, Reading
from releases.text.reading.state import State
from releases.text.reading.structure import mark_headings, mark_quotations

WHAT_LABEL = re.compile(r"(?:what|qu[eé])\b *[?:]+ *", re.IGNORECASE)


def read_releases(
    text: str, markup: str = "", language: str | None = None, known: Known | None = None
) -> list[Reading]:
    """Read the releases in `markup` (HTML), or else in the plain `text`. Most texts have one.

    `language` is the language of all of them, or None to find it out.
    """
    blocks = split_markup(markup) if markup else split_text(text)
    return [read_blocks(part, language, known) for part in split_releases(blocks)]


def read_blocks(blocks: list[Block], language: str | None = None, known: Known | None = None) -> Reading:
    """Read one release from its blocks, which are numbered from 0."""
    found = language or find_language(" ".join(block.text for block in blocks))
    reading = Reading(blocks, found or Language.ENGLISH)
    state = State(blocks, reading, known or Known())
    if not found:
        reading.ask("language", _("It isn't clear whether this is English or Spanish. Choose one."))
    take_mail_header(state)
    read_event(reading, state.rest, state.take)
    take_marks(state)
    if "kind" not in reading.sources and "event_at" in reading.sources:
        reading.put("kind", Kind.MEDIA_ADVISORY, reading.sources["event_at"][0])
    take_contacts(state)
    take_boilerplate(state)
    opening = find_opening(state)
    above = [block for block in state.rest if opening and block.number < opening.number]
    read_top(state, above if opening else split_undated_top(state))
    _read_text(state)
    _find_missing_headline(state)
    _ask_about_missing(state)
    ask_about_text(reading)
    reading.questions.sort(key=lambda question: -1 if question.block is None else question.block)
    return reading


def _read_text(state: State) -> None:
    reading = state.reading
    state.taken |= set(reading.sources.get("summary", []))
    if not reading.summary:
        block = next((each for each in state.rest if each.kind is not BlockKind.HEADING), None)
        if block is not None and block.kind is BlockKind.PARAGRAPH:
            label = FIELD_LABELS["summary"].match(block.text) or WHAT_LABEL.match(block.text)
            reading.put("summary", block.text[label.end() if label else 0 :], block.number)
            state.take([block])
    _join_attribution(state)
    opening = [reading.blocks[number] for number in reading.sources.get("summary", [])]
    mark_quotations(state.rest)
    if headings := mark_headings([*opening[-1:], *state.rest]):
        reading.ask(
            "body",
            _("These lines became headings: %(lines)s. Change them in the text if they aren't.")
            % {"lines": ", ".join(f"“{block.text}”" for block in headings)},
            headings[0].number,
        )
    _read_date_below(state)
    reading.body += [block.number for block in state.rest]
    numbers = {*reading.body, *reading.sources.get("summary", [])}
    texts = [block.text for block in reading.blocks if block.number in numbers]
    reading.quotations = [found for block in state.rest if (found := find_quotation(block))]
    text = " ".join([reading.headline, reading.subhead, *texts])
    reading.topics = suggest_topics(text, state.known)


def _read_date_below(state: State) -> None:
    """Ask about a date on a line of its own in or below the text. Take it if there is no other one."""
    reading = state.reading
    for block in state.rest:
        found = read_date_line(block.text) if find_role(block.text) is Role.DATE else None
        if found and found.date != reading.date:
            if not reading.date:
                state.add_date(found, block)
                state.take([block])
            reading.ask(
                "date",
                _("“%(text)s” is in a line below the text. Check the date.") % {"text": block.text},
                block.number,
            )


def _join_attribution(state: State) -> None:
    """If the summary is a quotation, add the line below it that names the speaker."""
    numbers = state.reading.sources.get("summary", [])
    speaker = next(iter(state.rest), None)
    is_below = bool(numbers and speaker and speaker.number == numbers[-1] + 1)
    if speaker and is_below and speaker.kind is BlockKind.ATTRIBUTION:
        state.reading.put("summary", f"{state.reading.summary} {speaker.text}", speaker.number)
        state.take([speaker])


def _find_missing_headline(state: State) -> None:
    """Without a headline, take the line above the dateline, or the subject of the email, and ask."""
    reading = state.reading
    if not reading.headline and state.kind_line:
        reading.put("headline", state.kind_line.text, state.kind_line.number)
        sentence = _("“%(text)s” may be the type of the release, not its headline. Check it.")
        reading.ask("headline", sentence % {"text": state.kind_line.text}, state.kind_line.number)
    if not reading.headline and state.subject:
        subject = MAIL_SUBJECT.sub("", state.subject.text)
        reading.put("headline", subject[:MAX_HEADLINE], state.subject.number)
        reading.left_out = [item for item in reading.left_out if item.block != state.subject.number]
        reading.ask("headline", _("This was the subject of the email. Check it."), state.subject.number)


def _ask_about_missing(state: State) -> None:
    reading = state.reading
    if state.has_two_dates:
        reading.date = None
    if not reading.headline:
        reading.ask("headline", _("No headline was found. Write it."))
    if not reading.date and not any(question.field == "date" for question in reading.questions):
        sentence = _("No date was found. Enter it, or leave it empty for the day of publication.")
        if state.mail_date:
            day = format_date(state.mail_date, get_language() or "")
            sentence += " " + _("The email is from %(date)s.") % {"date": day}
        reading.ask("date", sentence)
    if not reading.dateline:
        reading.ask("dateline", _("No place was found. Enter it, or leave it empty."))
    if not reading.summary:
        reading.ask("summary", _("No text was found. Write the opening paragraph."))

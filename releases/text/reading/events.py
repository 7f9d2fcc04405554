"""Read the event of a media advisory, like “When: Tuesday, December 1, 2026, 10 a.m.”."""

import re
from collections.abc import Callable, Iterable
from itertools import zip_longest

from django.utils.translation import gettext as _

from releases.text.choices import Kind
from releases.text.reading.lines import EVENT_LABELS, EVENT_LINE, Role, find_kind, find_role, is_sentence
from releases.text.reading.result import Block, BlockKind, Reading
from releases.text.reading.times import read_period

MAX_PLACE = 300  # characters, like the field
DAY_LABEL = re.compile(r"(?:date|day|fecha|d[ií]a) *: *", re.IGNORECASE)
TIME_LABEL = re.compile(r"(?:time|hours?|hora|horario) *: *", re.IGNORECASE)
TIME_LABEL_INSIDE = re.compile(rf"\b{TIME_LABEL.pattern}", re.IGNORECASE)
OTHER_LABEL = re.compile(r"[A-ZÁÉÍÓÚÑ][\w &/]{2,25}: ")
FIELDS = {
    "who": "event_who",
    "where": "event_place",
    "languages": "event_languages",
    "visuals": "event_visuals",
}


def read_event(reading: Reading, blocks: list[Block], take: Callable[[Iterable[Block]], None]) -> None:
    """Read the labels of an advisory: at least two, with the time among them, or below “MEDIA ADVISORY”."""
    labels = find_labels(blocks)
    names = {name for name, _blocks, _text in labels}
    is_advisory = any(
        find_role(block.text) is Role.KIND and find_kind(block.text) == Kind.MEDIA_ADVISORY
        for block in blocks
    )
    if len(labels) < 2 or not ("when" in names or (is_advisory and "where" in names)):
        return
    for name, found, text in labels:
        numbers = [block.number for block in found]
        lines = [text, *(block.text for block in found[1:])]
        field = "event_at" if name == "when" else FIELDS.get(name)
        if field is None:  # “What” and “Why” are text
            if not text:
                reading.leave_out(numbers[0], _("label of the next paragraph"))
                take(found[:1])
            continue
        if field in reading.sources:
            reading.ask(
                field,
                _("“%(text)s” may be a second event. Write about it in the body.")
                % {"text": found[0].text[:80]},
                numbers[0],
            )
            continue
        if name == "when":
            _read_time(reading, " ".join(filter(None, lines)), numbers)
        else:
            joiner = "\n" if name == "who" else ", " if name == "where" else " "
            value = joiner.join(line.strip(" ,") for line in lines if line.strip())
            reading.put(field, value if name == "who" else value[:MAX_PLACE], *numbers)
            if name != "who" and len(value) > MAX_PLACE:
                reading.ask(field, _("It is longer than 300 characters and was cut. Shorten it."), numbers[0])
        take(found)


def find_labels(blocks: list[Block]) -> list[tuple[str, list[Block], str]]:
    """Return name, blocks, and the text after the label in its line, of each label.

    The lines after a label belong to it: those of its group, and the first paragraph after a label that is
    alone. “Date:” and “Time:” below each other are one label.
    """
    labels: list[tuple[str, list[Block], str]] = []
    for block, following in zip_longest(blocks, blocks[1:]):
        match = EVENT_LINE.match(block.text)
        if match and find_role(block.text) is Role.EVENT:
            name = next(name for name in EVENT_LABELS if match[name])
            labels.append((name, [block], block.text[match.end() :].strip()))
        elif (day := DAY_LABEL.match(block.text)) and following and TIME_LABEL.match(following.text):
            labels.append(("when", [block], block.text[day.end() :].strip()))
        elif labels and _belongs_to_label(block, *labels[-1]):
            labels[-1][1].append(block)
    return labels


def _belongs_to_label(block: Block, name: str, found: list[Block], text: str) -> bool:
    """Return whether a line goes on with what the label above it says."""
    if block.number != found[-1].number + 1 or len(block.text) > 300:
        return False
    if TIME_LABEL.match(block.text):
        return name == "when"
    role = find_role(block.text)
    if role not in (None, Role.LETTERHEAD, Role.DATE) or OTHER_LABEL.match(block.text):
        return False
    if not text and len(found) == 1:  # the first line after a label that is alone
        return role is None or block.group == found[0].group
    if name in ("where", "when", "languages") and is_sentence(block.text):
        return False
    return block.group == found[0].group or (name in ("who", "visuals") and block.kind is BlockKind.BULLET)


def _read_time(reading: Reading, text: str, numbers: list[int]) -> None:
    text = TIME_LABEL_INSIDE.sub(" ", text)
    period = read_period(text)
    reading.put("event_at", period.starts_at, *numbers)
    reading.put("event_until", period.ends_at, *numbers)
    if not period.day:
        sentence = _("The day of the event isn't clear in “%(text)s”. Enter day and time.")
        reading.ask("event_at", sentence % {"text": text[:80]}, numbers[0])
    elif not period.starts_at:
        sentence = _("The time of the event isn't clear in “%(text)s”. Enter day and time.")
        reading.ask("event_at", sentence % {"text": text[:80]}, numbers[0])

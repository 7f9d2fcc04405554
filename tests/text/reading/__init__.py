"""The texts in tests/files/reading, each with what has to be read from it.

A file has several texts. Each begins with a line “## title”; the line “----” separates it from its result, a
line for each field, block, question and left-out line. A text that begins with “<” is HTML.
"""

import re
from pathlib import Path

from releases.text.reading import Reading, build_body, read_releases

FOLDER = Path(__file__).parents[2] / "files" / "reading"
FIELDS = (
    "language kind headline subhead date dateline summary event_at event_until event_place event_who "
    "event_languages event_visuals embargo embargo_at attachments"
).split()
DEFAULTS = {"language": "en", "kind": "press_release"}


def load_cases() -> dict[str, tuple[str, list[str]]]:
    """Return text and expected result by the title of the text."""
    cases = {}
    for path in sorted(FOLDER.glob("*.txt")):
        for case in re.split(r"(?m)^## ", path.read_text())[1:]:
            title, _newline, rest = case.partition("\n")
            text, _line, result = rest.partition("\n----\n")
            cases[f"{path.stem}: {title}"] = (text.strip("\n"), result.strip("\n").split("\n"))
    return cases


def read(text: str) -> list[Reading]:
    return read_releases("", text) if text.startswith("<") else read_releases(text)


def describe(readings: list[Reading]) -> list[str]:
    """Return the lines that a file has for a text: for several releases, those of each."""
    return [line for reading in readings for line in describe_reading(reading)]


def describe_reading(reading: Reading) -> list[str]:
    lines = []
    for name in FIELDS:
        value = getattr(reading, name)
        if value and str(value) != DEFAULTS.get(name):
            shown = ", ".join(value) if isinstance(value, list) else str(value).replace("\n", " / ")
            lines.append(f"{name}: {shown}")
    if body := build_body(reading):
        lines.append(f"body: {body}")
    lines += [f"contact: {contact.name} | {contact.phone} | {contact.email}" for contact in reading.contacts]
    lines += [f"quotation: {found.text} | {found.speaker} | {found.role}" for found in reading.quotations]
    lines += [f"left out: {reading.blocks[item.block].text}" for item in reading.left_out]
    lines += [f"ask {question.field}: {question.sentence}" for question in reading.questions]
    return lines

"""The sample press page, and functions that parse it."""

import json
from datetime import date
from pathlib import Path

from releases.importers.plaintext import decode, parse_items

SAMPLE = (Path(__file__).parents[3] / "releases" / "sample" / "press-page.txt").read_bytes()
EXPECTED = json.loads((Path(__file__).parents[2] / "files" / "press-page.json").read_text())
TODAY = date(2026, 11, 24)
A, B = "(March 4, 2015, Los Angeles) – ", "(March 5, 2015, Los Angeles) – "


def parse_text(text, language="en"):
    return parse_items(text, language, TODAY)


def decode_bytes(content):
    return decode(content)


def items_as_dicts(items):
    return [
        {
            "headline": item.headline,
            "date": str(item.date),
            "dateline": item.dateline,
            "summary": item.summary,
            "body": item.body,
        }
        for item in items
    ]

"""Clean plain text: control characters and length."""

import re

# Control characters that feeds, databases and terminals reject.
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def strip_control_characters(text: str) -> str:
    """Return `text` without control characters. Unusual line separators become line feeds."""
    return CONTROL_CHARACTERS.sub("", re.sub("[\x0b\x0c\x85\u2028\u2029]", "\n", text))


def truncate(text: str, max_length: int) -> str:
    """Return `text`, shortened to `max_length` characters with an ellipsis if it is longer."""
    return text if len(text) <= max_length else f"{text[: max_length - 1].rstrip()}…"

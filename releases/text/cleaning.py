"""Clean plain text: invisible characters, unusual spaces, and length.

`clean_text` is the one place that decides which characters a text may contain. Every text field, the importer
and search queries pass through it.
"""

import re
import unicodedata
from itertools import groupby
from typing import Literal

LINE_BREAKS = re.compile("[\x0b\x0c\x85\u2028\u2029]")
# Characters that nobody sees, that feeds and databases reject, or that reorder text: control characters, soft
# hyphens, zero-width and filler characters, bidi controls, private-use characters and non-characters.
INVISIBLE = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200c"
    "\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufeff\uffa0"
    "\ufff0-\ufffc\ufffe\uffff\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe-\U0010ffff"
)
EMOJI = "\u20e3\u2190-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff"
# A flag such as Scotland's is a black flag with tag characters, which are invisible elsewhere.
TAG_FLAG = "\U0001f3f4[\U000e0020-\U000e007e]{1,10}\U000e007f"
INVISIBLE_CHARACTERS = re.compile(
    f"({TAG_FLAG})|(?<![{EMOJI}])\u200d|\u200d(?![{EMOJI}])|[{INVISIBLE}]+", re.DOTALL
)

# Any character that `clean_text` changes. Most texts have none, and this one search is fast.
UNUSUAL = re.compile(
    f"[{INVISIBLE}\x0b\x0c\x85\u200d\u2028\u2029\u00a0\u202f\u1680\u2000-\u200a\u205f\u3000\ufb00-\ufb06]"
)
# “ﬁ” and the like, from PDFs.
LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}

SPACES = re.compile("[\u1680\u2000-\u2006\u2008-\u200a\u205f\u3000]")
# Without the lookbehind, the time would grow with the square of the number of spaces in a row.
NO_BREAK_SPACES = re.compile("(?<![ \u00a0\u2007\u202f]) *+[\u00a0\u2007\u202f][ \u00a0\u2007\u202f]*")
# May contain a long sequence of combining marks. They are neither letters nor digits, except two of Japanese.
LONG_MARKS = re.compile(r"(?:[^\w\s\x00-\u02ff]|[\uff9e\uff9f]){31,}")
# One no-break space stays between a number and its unit, inside a number, and inside “a. m.”.
UNIT = re.compile(
    r"(?:[0-9]{3}(?![0-9])|%|‰|°|[€$£¢]"
    r"|(?:km|mi|cm|m|kg|g|lbs?|oz|ft|sq|mph|[KMG]B|h|hrs?|min|mil"
    r"|(?:m|b)illion|mill[oó]n(?:es)?)(?![^\W²³])"
    r"|(?i:[ap]\.?[ \u00a0\u202f]?m\b))"
)

NormalizationForm = Literal["NFC", "NFKC", "NFKD"]


def clean_text(text: str) -> str:
    """Return `text` without invisible characters, with composed accents (NFC) and ordinary spaces.

    Ligatures become letters, and unusual line separators become line feeds. Joiners inside an emoji stay.
    """
    if not UNUSUAL.search(text):
        return text if text.isascii() else normalize("NFC", text)
    text = LINE_BREAKS.sub("\n", text)
    text = INVISIBLE_CHARACTERS.sub(lambda match: match[1] or "", text).translate(LIGATURES)
    if text.isascii():
        return text
    return NO_BREAK_SPACES.sub(_replace_no_break_space, SPACES.sub(" ", normalize("NFC", text)))


def normalize(form: NormalizationForm, text: str) -> str:
    """Return `text` in a normalization form of Unicode.

    `unicodedata.normalize` sorts combining marks in a time that grows with the square of their number, so
    they are sorted here first (https://unicode.org/reports/tr15/#Stream_Safe_Text_Format).
    """
    return unicodedata.normalize(form, LONG_MARKS.sub(lambda match: _sort_marks(form, match[0]), text))


def clean_line(text: str) -> str:
    """Return `text`, cleaned, in one line with single spaces and none at its ends."""
    return re.sub(r"[ \t\r\n]+", " ", clean_text(text)).strip()


def truncate(text: str, max_length: int) -> str:
    """Return `text`, shortened to `max_length` characters with an ellipsis if it is longer."""
    return text if len(text) <= max_length else f"{text[: max_length - 1].rstrip()}…"


def _sort_marks(form: NormalizationForm, text: str) -> str:
    """Return `text`, decomposed for `form`, with the combining marks in canonical order."""
    decomposition: Literal["NFD", "NFKD"] = "NFD" if form == "NFC" else "NFKD"
    decomposed = "".join(unicodedata.normalize(decomposition, character) for character in text)
    return "".join(
        "".join(sorted(marks, key=unicodedata.combining)) if is_mark else "".join(marks)
        for is_mark, marks in groupby(decomposed, lambda character: unicodedata.combining(character) > 0)
    )


def _replace_no_break_space(match: re.Match[str]) -> str:
    text, start, end = match.string, match.start(), match.end()
    is_single = end - start == 1
    after_number = text[start - 1 : start].isdigit() and UNIT.match(text, end)
    inside_am_pm = text[max(start - 3, 0) : start].lower() in (" a.", " p.", "\u00a0a.", "\u00a0p.")
    if is_single and (after_number or (inside_am_pm and text[end : end + 2].lower() == "m.")):
        return "\u00a0"
    return " "

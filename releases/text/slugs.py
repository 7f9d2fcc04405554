"""Slugs, made from headlines or topic names."""

import re
import unicodedata

from releases.text.cleaning import normalize

MAX_SLUG_LENGTH = 80
ACRONYM = re.compile(r"\b(?:[^\W\d_]\.){2,}|\b(?:[^\W\d_]\.)+[^\W\d_]\b")  # “U.S.”, “H.R.”
APOSTROPHES = re.compile("['’‘ʼ`´]")
THOUSANDS_SEPARATORS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
# Letters that Unicode does not decompose.
LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ß": "ss"}
)
# Signs that distinguish topics: “C”, “C++” and “C#” are three.
SIGNIFICANT_SIGNS = re.compile(r"[^a-z0-9+#&@%$=.]|(?<![0-9])\.|\.(?![0-9])")
NUMBER_SIGNS = re.compile("(?<=[0-9])(?=[²³¹⁰-₉¼-¾⅐-⅞])")  # “10²” is not 102


def make_slug(text: str, max_length: int = MAX_SLUG_LENGTH) -> str:
    """Return `text` in lowercase ASCII joined by hyphens, cut between words.

    Accents, apostrophes and the periods of acronyms are removed. Every other sign separates words. Returns ""
    if nothing is left.
    """
    text = ACRONYM.sub(lambda match: match[0].replace(".", ""), THOUSANDS_SEPARATORS.sub("", text))
    slug = "-".join(re.findall("[a-z0-9]+", _to_ascii(APOSTROPHES.sub("", text))))
    if len(slug) <= max_length:
        return slug
    return slug[: max_length + 1].rpartition("-")[0] or slug[:max_length]


def numbered_slug(slug: str, number: int) -> str:
    """Return `slug` with a number, like “slug-2”, at most MAX_SLUG_LENGTH characters long."""
    suffix = f"-{number}"
    return make_slug(slug, MAX_SLUG_LENGTH - len(suffix)) + suffix


def normalized_key(text: str) -> str:
    """Return the ASCII letters and digits of `text`, without case, accents, spaces and hyphens."""
    return make_slug(text, len(text) * 4).replace("-", "")


def topic_key(text: str) -> str:
    """Return a key of a topic's name that ignores case, accents, spaces and punctuation.

    Signs such as “+” and “#” count.
    """
    return SIGNIFICANT_SIGNS.sub("", _to_ascii(APOSTROPHES.sub("", text)))


def _to_ascii(text: str) -> str:
    """Return `text` in lowercase without accents. Other characters that are not ASCII separate words."""
    if text.isascii():
        return text.lower()
    decomposed = normalize("NFKD", NUMBER_SIGNS.sub(" ", text)).lower().translate(LETTERS)
    return "".join(
        char if char.isascii() else "" if char.isalpha() or unicodedata.combining(char) else " "
        for char in decomposed
    )


def is_slug_of(slug: str, text: str) -> bool:
    """Return whether `slug` was made from `text`, with or without a number."""
    match = re.search(r"-([0-9]+)$", slug)
    return slug == make_slug(text) or bool(match and slug == numbered_slug(make_slug(text), int(match[1])))

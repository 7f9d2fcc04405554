"""Turn words into search tokens: the folded word, and its stem in the language of the text.

Snowball's stemmers (https://snowballstem.org/algorithms/) get the accented word, and accents are removed
afterwards, so that one analyzer serves both databases. Tokens are lowercase letters and digits; a token with
a leading “_” is a filter and not a word.
"""

import re
import sys
import threading
from collections.abc import Iterator
from functools import cache, lru_cache

import snowballstemmer

from releases.text.choices import Language
from releases.text.cleaning import clean_text, normalize

VERSION = 6  # raise it when tokens or the table change, so that every index is rebuilt
MAX_TOKEN_LENGTH = 60  # characters of a token; a longer word is found by its beginning
MAX_STEMMED_LENGTH = 600  # characters of a word; stemming a word of 100,000 takes a second
# A word with the signs inside it: “CARECEN’s”, “U.S.”, “1,000”, an apostrophe however it is typed. Letters
# and digits are separate words, so that “SB54” and “SB 54” are the same.
WORD = re.compile(
    r"(?:[^\W\d_]\.)+[^\W\d_]\b\.?|[^\W\d_]+(?:['’‘ʼ`´][^\W\d_]+)*"
    r"|\d{1,3}(?:[.,\u00a0\u202f]\d{3})+(?!\d)|\d+"
)
APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´", "'"))
# Letters of New Tai Lue and two Vedic signs: letters in Python, but separators in SQLite.
IGNORED_SIGNS = re.compile("[\u19b0-\u19c0\u19c8\u19c9\u1cf2\u1cf3]")
# Irregular plurals.
IRREGULAR = {"children": "child", "women": "woman", "men": "man", "people": "person"}

_stemmer_lock = threading.Lock()  # stemmers are not thread-safe


def compose(text: str) -> str:
    """Return `text` without invisible characters and with composed accents, so that a word matches as one."""
    return clean_text(text)


def iter_word_matches(text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
    """Return the matches of the words in `text` from `start` to `end`.

    Pass `text` through `compose` first.
    """
    return WORD.finditer(text, start, end)


def iter_words(text: str) -> Iterator[str]:
    """Return the words in `text`, one after the other."""
    return (match[0] for match in WORD.finditer(compose(text)))


def strip_accents(text: str) -> str:
    """Return `text` in lowercase without accents."""
    return re.sub("[\u0300-\u036f]", "", normalize("NFKD", text.casefold()))


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """Return `word` in lowercase without accents, apostrophes, periods and FTS5's separators."""
    return "".join(filter(str.isalnum, IGNORED_SIGNS.sub("", strip_accents(word.translate(APOSTROPHES)))))[
        :MAX_TOKEN_LENGTH
    ]


@lru_cache(maxsize=100_000)
def index_tokens(word: str, language: str) -> frozenset[str]:
    """Return the tokens of `word` in a text of `language`: the folded word and its stem."""
    return frozenset(filter(None, (fold(word), _stem(word, language))))


@lru_cache(maxsize=10_000)
def query_tokens(word: str, language: str) -> frozenset[str]:
    """Return the tokens to search for when a reader types `word`, with or without its accents."""
    return index_tokens(word, language) | index_tokens(fold(word), language)


def _stem(word: str, language: str) -> str:
    if len(word) > MAX_STEMMED_LENGTH:
        return ""
    small = compose(word.lower()).translate(APOSTROPHES)
    if language == Language.ENGLISH:
        small = IRREGULAR.get(small, small)
    with _stemmer_lock:
        stem = fold(_get_stemmer(language).stemWord(small))
    # Forms that Snowball does not unite: juez and jueces, policía and policias.
    if language == Language.SPANISH:
        stem = re.sub("(?<=.)z$", "c", stem)
        stem = re.sub("(?<=..)i$", "", stem)
    return stem


@cache
def _get_stemmer(language: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("spanish" if language == Language.SPANISH else "english")

"""What two spellings of a word share: the folded word, and its stem in the language of the text.

Snowball's stemmers (https://snowballstem.org/algorithms/) see the accented word, and accents are dropped after, so that one
analyser serves both databases. Tokens are small letters and digits; a token with a leading “_” is no word but a fact.
"""

import re
import sys
import threading
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

import snowballstemmer

from releases.vocabulary import Language

VERSION = 5  # raise it when tokens or the table change, so that every index is rebuilt
LONGEST = 60  # characters of a token; a longer word is found by its beginning
# A word with what is inside it: “CARECEN’s”, “U.S.”, an apostrophe however it is typed.
WORD = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]\b\.?|[^\W_]+(?:['’‘ʼ`´][^\W_]+)*")
APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´", "'"))
# Letters of New Tai Lue and two Vedic signs: letters to Python, and to SQLite what stands between words.
SIGNS = re.compile("[\u19b0-\u19c0\u19c8\u19c9\u1cf2\u1cf3]")
# Plurals that no rule makes.
IRREGULAR = {"children": "child", "women": "woman", "men": "man", "people": "person"}

_one_at_a_time = threading.Lock()  # a stemmer keeps the word it works on


def composed(text: str) -> str:
    """`text` with each accented letter as one character, so that a word is one word."""
    return unicodedata.normalize("NFC", text)


def words_of(text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
    """The words of `text`, which is `composed`, from `start` to `end`, each where it stands."""
    return WORD.finditer(text, start, end)


def words_in(text: str) -> Iterator[str]:
    """The words of any `text`, one after the other."""
    return (found[0] for found in WORD.finditer(composed(text)))


def without_accents(text: str) -> str:
    """`text` in small letters without accents."""
    return re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", text.casefold()))


@lru_cache(maxsize=100_000)
def folded(word: str) -> str:
    """`word` in small letters without accents, apostrophes, periods, and what FTS5 takes for none of a word's signs."""
    return "".join(filter(str.isalnum, SIGNS.sub("", without_accents(word.translate(APOSTROPHES)))))[:LONGEST]


@lru_cache(maxsize=100_000)
def tokens_of(word: str, language: str) -> frozenset[str]:
    """All that `word` is found by in a text of `language`: itself folded, and its stem."""
    return frozenset(filter(None, (folded(word), _stem(word, language))))


@lru_cache(maxsize=10_000)
def tokens_asked(word: str, language: str) -> frozenset[str]:
    """What a reader may mean who types `word`, with or without its accents."""
    return tokens_of(word, language) | tokens_of(folded(word), language)


def _stem(word: str, language: str) -> str:
    small = composed(word.lower()).translate(APOSTROPHES)
    if language == Language.ENGLISH:
        small = IRREGULAR.get(small, small)
    with _one_at_a_time:
        stem = folded(_stemmer(language).stemWord(small))
    if language == Language.SPANISH:  # what Snowball leaves apart: juez and jueces, policía and policias
        stem = re.sub("(?<=.)z$", "c", stem)
        stem = re.sub("(?<=..)i$", "", stem)
    return stem


@cache
def _stemmer(language: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("spanish" if language == Language.SPANISH else "english")

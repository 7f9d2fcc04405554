"""Reading level of a text: Flesch-Kincaid grade in English, Fernández Huerta's ease in Spanish.

Sources: J. P. Kincaid et al., Derivation of New Readability Formulas for Navy Enlisted Personnel (1975), and
J. Fernández Huerta, Medidas sencillas de lecturabilidad (1959), with words per sentence, after G. Law.
"""

import re
from collections.abc import Iterable

WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
MIN_WORDS = 80  # a shorter text has no stable level
STRONG_VOWELS = "aáeéoóíú"


def count_english_syllables(word: str) -> int:
    """Return the approximate number of syllables: groups of vowels, without a silent “e”."""
    word = word.lower()
    count = len(re.findall("[aeiouy]+", word))
    if re.search(r"[^aeiouyl]e$|[^aeiouytd]ed$|[^aeiouysxz]es$", word) and count > 1:
        count -= 1
    return max(1, count + len(re.findall(r"(?<![tcsg])i[ao](?!u)|eo$|[^q]ua", word)))


def count_spanish_syllables(word: str) -> int:
    """Return the number of syllables: vowels, of which two make one syllable unless both are strong."""
    word = re.sub("[qg]u(?=[eéií])", "q", word.lower())
    count, previous = 0, ""
    for letter in word:
        is_vowel = letter in "aáeéiíoóuúü" or (
            letter == "y" and word.endswith("y") and previous in STRONG_VOWELS
        )
        if is_vowel and not (previous and (previous not in STRONG_VOWELS or letter not in STRONG_VOWELS)):
            count += 1
        previous = letter if is_vowel else ""
    return max(1, count)


def get_grade(sentences: Iterable[str]) -> float | None:
    """Return the Flesch-Kincaid grade of English sentences, or None if there are too few words."""
    words = [WORD.findall(sentence) for sentence in sentences]
    words = [found for found in words if found]
    total = sum(map(len, words))
    if total < MIN_WORDS:
        return None
    syllables = sum(count_english_syllables(word) for found in words for word in found)
    return 0.39 * total / len(words) + 11.8 * syllables / total - 15.59


def get_ease(sentences: Iterable[str]) -> float | None:
    """Return Fernández Huerta's ease of Spanish sentences (100: very easy), or None for too few words."""
    words = [WORD.findall(sentence) for sentence in sentences]
    words = [found for found in words if found]
    total = sum(map(len, words))
    if total < MIN_WORDS:
        return None
    syllables = sum(count_spanish_syllables(word) for found in words for word in found)
    return 206.84 - 60 * syllables / total - 1.02 * total / len(words)

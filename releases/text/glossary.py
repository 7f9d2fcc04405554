"""Mark the terms of a glossary in a text, with the agreed words in the other language."""

import html
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from releases.text.press_check.passages import fold
from releases.text.press_check.result import build_word_pattern
from releases.text.richtext import inner_html, parse_markup


@dataclass(frozen=True)
class Glossary:
    """The agreed words by term, in folded spelling, for translations from one language.

    `tag` is the element that marks a term: “mark”, or “button” where a script inserts the agreed word.
    """

    agreed: dict[str, list[str]]
    tag: str = "mark"

    @classmethod
    def build(
        cls, pairs: Iterable[tuple[list[str], list[str]]], *, is_reversed: bool = False, tag: str = "mark"
    ) -> "Glossary":
        """Return the glossary of `pairs` of words, from the first language or, reversed, from the second."""
        agreed: dict[str, list[str]] = {}
        for first, second in pairs:
            terms, words = (second, first) if is_reversed else (first, second)
            for term in terms:
                agreed.setdefault(fold(term), []).extend(words)
        return cls(agreed, tag)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return build_word_pattern(self.agreed)

    def find_terms(self, text: str) -> list[tuple[int, int, list[str]]]:
        """Return start, end and agreed words of each term in `text`."""
        return [(*match.span(), self.agreed[match[0]]) for match in self.pattern.finditer(fold(text))]

    def find_missing(self, original: str, translation: str) -> list[tuple[str, list[str]]]:
        """Return the terms of `original`, each once, whose agreed words the translation doesn't have."""
        folded = fold(translation)
        missing = {
            fold(original[start:end]): (original[start:end], words)
            for start, end, words in self.find_terms(original)
            if not any(fold(word) in folded for word in words)
        }
        return list(missing.values())

    def mark_text(self, text: str) -> str:
        """Return plain `text` as safe HTML with its terms marked."""
        parts, position = [], 0
        for start, end, words in self.find_terms(text):
            parts += [html.escape(text[position:start]), _render_term(text[start:end], words, self.tag)]
            position = end
        return "".join([*parts, html.escape(text[position:])])

    def mark_markup(self, markup: str) -> str:
        """Return sanitized `markup` with its terms marked."""
        root, token = parse_markup(markup), secrets.token_hex(8)
        rendered: list[str] = []

        def replace(text: str | None) -> str | None:
            if not text:
                return text
            parts, position = [], 0
            for start, end, words in self.find_terms(text):
                parts += [text[position:start], f"{token}-{len(rendered)}-"]
                rendered.append(_render_term(text[start:end], words, self.tag))
                position = end
            return "".join([*parts, text[position:]])

        for element in root.iter(etree.Element):
            element.text = replace(element.text)
            if element is not root:
                element.tail = replace(element.tail)
        return re.sub(f"{token}-([0-9]+)-", lambda match: rendered[int(match[1])], inner_html(root))


def _render_term(term: str, words: list[str], tag: str) -> str:
    """Return a term with its agreed words in an attribute. The style sheet shows the first one."""
    attributes = {"class": "glossary-term", "data-agreed": words[0], "title": ", ".join(words)}
    if tag == "button":
        attributes["type"] = "button"
    text = "".join(f' {name}="{html.escape(value)}"' for name, value in attributes.items())
    return f"<{tag}{text}>{html.escape(term)}</{tag}>"

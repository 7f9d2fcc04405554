"""The guides for staff: files of docs/ that are also the help pages of the admin."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from django.conf import settings
from markdown_it import MarkdownIt
from markdown_it.token import Token

from releases.search.analyzer import strip_accents
from releases.text.choices import Language

# The guides in the order of the help page. Each file exists in docs/ and, in Spanish, in docs/es/.
FILES = {
    "emergency": "how-to/emergency.md",
    "alert": "how-to/alert.md",
    "tutorial": "tutorial.md",
    "paste": "how-to/paste.md",
    "templates": "how-to/templates.md",
    "press-check": "how-to/press-check.md",
    "publish": "how-to/publish.md",
    "schedule": "how-to/schedule.md",
    "correct": "how-to/correct.md",
    "withdraw": "how-to/withdraw.md",
    "translate": "how-to/translate.md",
    "find": "how-to/find.md",
    "topics": "how-to/topics.md",
    "photos": "how-to/photos.md",
    "accounts": "how-to/accounts.md",
    "two-step": "how-to/two-step.md",
    "server": "how-to/server.md",
}
FOLDERS = {Language.ENGLISH: "", Language.SPANISH: "es/"}

MAX_QUERY_LENGTH = 100


@dataclass(frozen=True)
class Guide:
    """A guide in one language. `html` has no title; `headings` and `paragraphs` are for the search."""

    name: str
    title: str
    html: str
    headings: tuple[str, ...]
    paragraphs: tuple[str, ...]

    def find_excerpt(self, words: list[str]) -> str | None:
        """Return the first of the paragraphs that contain the most of `words` (folded).

        Returns None unless the guide contains all of them.
        """
        folded = {text: strip_accents(text) for text in (self.title, *self.headings, *self.paragraphs)}
        if not all(any(word in text for text in folded.values()) for word in words):
            return None
        return max(self.paragraphs, key=lambda text: sum(word in folded[text] for word in words))


@cache
def get_guides(language: str) -> dict[str, Guide]:
    """Return the guides in `language` by name."""
    return {name: _read_guide(name, Language(language)) for name in FILES}


def find_guides(query: str, language: str) -> list[tuple[Guide, str]]:
    """Return the guides that contain all words of `query`, each with an excerpt.

    Case and accents don't matter.
    """
    words = strip_accents(query[:MAX_QUERY_LENGTH]).split()
    hits = [(guide, guide.find_excerpt(words)) for guide in get_guides(language).values()] if words else []
    return [(guide, excerpt) for guide, excerpt in hits if excerpt is not None]


def _read_guide(name: str, language: Language) -> Guide:
    source = (settings.BASE_DIR / "docs" / f"{FOLDERS[language]}{FILES[name]}").read_text(encoding="utf-8")
    title, _line, body = source.removeprefix("# ").partition("\n")
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(body)
    headings: list[str] = []
    paragraphs: list[str] = []
    for opening, token in pairwise(tokens):
        if token.type == "inline":
            for child in token.children or []:
                _point_to_help_page(child)
            (headings if opening.type == "heading_open" else paragraphs).append(_plain_text(token))
    html = parser.renderer.render(tokens, parser.options, {})
    return Guide(name, title, html, tuple(headings), tuple(paragraphs))


def _point_to_help_page(token: Token) -> None:
    """Change a link to the file of a guide into a link to its help page.

    The pages are siblings, so the link is relative. Other links stay as they are.
    """
    if token.type == "link_open":
        path, hash_sign, fragment = str(token.attrs["href"]).partition("#")
        names = {file.rpartition("/")[2]: name for name, file in FILES.items()}
        if name := names.get(path.rpartition("/")[2]):
            token.attrs["href"] = f"../{name}/{hash_sign}{fragment}"


def _plain_text(token: Token) -> str:
    breaks = ("softbreak", "hardbreak")
    text = "".join(" " if child.type in breaks else child.content for child in token.children or [])
    return re.sub(r"\s+", " ", text).strip()

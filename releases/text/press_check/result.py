"""What the press check reads, what it knows, and what it finds."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.functional import Promise

from releases.text import richtext
from releases.text.press_check.passages import Passage, fold, split_body
from releases.text.quotes import Quote, extract_quotes

MAX_LENGTH = 100_000  # characters of all fields that are checked


@dataclass(frozen=True)
class Spelling:
    """A name or acronym as it must be written. In `ordinary_in`, a language, it is also an ordinary word."""

    text: str
    ordinary_in: frozenset[str] = frozenset()


@dataclass(frozen=True)
class WordLists:
    """The words that staff keep: names, acronyms with long names, terms to avoid, and what may be public.

    `acronyms` has the long names by language for each acronym. `avoided` has the preferred term for each term
    by language. `public_contacts` has phones in digits and emails in lowercase.
    """

    spellings: tuple[Spelling, ...] = ()
    acronyms: dict[str, dict[str, str]] = field(default_factory=dict)
    avoided: dict[str, dict[str, str]] = field(default_factory=dict)
    public_contacts: frozenset[str] = frozenset()

    @cached_property
    def spellings_by_key(self) -> dict[str, list[Spelling]]:
        """Return the spellings by their folded text."""
        found: dict[str, list[Spelling]] = {}
        for spelling in self.spellings:
            found.setdefault(fold(spelling.text), []).append(spelling)
        return found

    @cached_property
    def spelling_pattern(self) -> re.Pattern[str]:
        return build_word_pattern(self.spellings_by_key)

    def avoided_pattern(self, language: str) -> re.Pattern[str]:
        return build_word_pattern(map(fold, self.avoided.get(language, {})))


@dataclass(frozen=True)
class CheckedRelease:
    """The text of a release as the press check reads it. `captions` are alt texts, captions and credits."""

    language: str
    kind: str
    headline: str = ""
    subhead: str = ""
    summary: str = ""
    body: str = ""  # sanitized markup
    slug: str = ""
    date: dt.date | None = None
    place: str = ""
    valid_until: dt.date | None = None
    event_texts: tuple[str, ...] = ()
    event_place: str = ""
    captions: tuple[str, ...] = ()
    has_contacts: bool = False
    missing_alt_texts: int = 0
    is_public: bool = False

    @cached_property
    def passages(self) -> list[Passage]:
        """Return the paragraphs and lines of all fields, in reading order, up to MAX_LENGTH characters."""
        lines = [("headline", self.headline), ("subhead", self.subhead), ("summary", self.summary)]
        passages = [Passage(name, text) for name, text in lines if text.strip()]
        passages += split_body(self.body)
        lines = [("event", text) for text in self.event_texts] + [("photos", text) for text in self.captions]
        passages += [Passage(name, text) for name, text in lines if text.strip()]
        length, kept = 0, []
        for passage in passages:
            length += len(passage.text)
            if length > MAX_LENGTH:
                break
            kept.append(passage)
        return kept

    @cached_property
    def prose(self) -> list[Passage]:
        """Return the passages of summary and body."""
        return [passage for passage in self.passages if passage.field in ("summary", "body")]

    @cached_property
    def folded_text(self) -> str:
        return "\n".join(passage.folded for passage in self.passages)

    @cached_property
    def links(self) -> list[str]:
        if "<a " not in self.body:
            return []
        return [link.get("href", "") for link in richtext.parse_markup(self.body).iter("a")]

    @cached_property
    def quotes(self) -> list[Quote]:
        return extract_quotes(self.body)


@dataclass(frozen=True)
class Context:
    """What is known about the newsroom and the other versions of the text.

    `today` is the day in Los Angeles. `previous` is the version that readers or other staff see now.
    `translation` is the version in the other language, and `is_stored` says whether there could be one.
    """

    today: dt.date
    office_address: str = ""
    has_legal_help: bool = False
    has_press_line: bool = False
    dead_links: frozenset[str] = frozenset()
    is_stored: bool = False
    translation: CheckedRelease | None = None
    translation_is_older: bool = False
    previous: CheckedRelease | None = None


@dataclass(frozen=True)
class Fix:
    """A correction: replace `old` with `new` in `field`, or as a whole word everywhere."""

    field: str
    old: str
    new: str
    is_everywhere: bool = False


def build_fix(release: CheckedRelease, passage: Passage, start: int, end: int, new: str) -> Fix:
    """Return the correction of one place in `passage`.

    The page replaces the first place with the old text. So words around it are added until there is only one:
    otherwise “Dec. 1” would be changed in “Dec. 11”, and “ICE” in “JUSTICE”.
    """
    text, first, last = passage.text, start, end
    texts = [each.text for each in release.passages if each.field == passage.field]
    for _attempt in range(8):
        if sum(each.count(text[first:last]) for each in texts) == 1:
            break
        first = text.rfind(" ", 0, max(0, first - 1)) + 1
        last = len(text) if (space := text.find(" ", last + 1)) < 0 else space
    return Fix(passage.field, text[first:last], text[first:start] + new + text[end:last])


@dataclass(frozen=True)
class Finding:
    """A warning of the rule named `rule` about `field`, with the words that it is about.

    A private finding asks whether these words may be public.
    """

    rule: str
    field: str
    excerpt: str
    message: str | Promise
    fix: Fix | None = None
    is_private: bool = False

    @property
    def key(self) -> str:
        """Return an identifier of rule and words, without the words, and equal in both languages."""
        text = f"{self.rule}\n{self.excerpt}"
        return f"{self.rule}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def build_word_pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for whole words of folded text: the longest first. It never matches without words."""
    alternatives = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{alternatives})(?![\w])" if alternatives else r"(?!)")

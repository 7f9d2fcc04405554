"""Rules that compare versions: an incomplete correction, and facts that differ from the other language."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import SequenceMatcher
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from releases.text.choices import LANGUAGE_NAMES, Language
from releases.text.facts import DayOfYear, Fact, find_number_words
from releases.text.press_check.passages import Passage, fold
from releases.text.press_check.privacy import is_person
from releases.text.press_check.result import CheckedRelease, Context, Finding, Fix, WordLists, build_fix
from releases.text.slugs import make_slug

MAX_PASSAGES = 400  # in both versions; the time of a comparison grows with the square of their number
MIN_TRANSLATED = 0.5  # of the length of the other version; a shorter one is only begun
MAX_REPLACED = 3  # facts of a kind in a paragraph; more is a new paragraph


def find_incomplete_corrections(
    release: CheckedRelease, _lists: WordLists, context: Context
) -> Iterator[Finding]:
    """Find places where a number, date or name remains that the change replaced in another place."""
    if context.previous is None:
        return
    reported = set()
    for old, new in _iter_replaced(context.previous, release):
        for place, text, found in _find_remaining(old, release, context.translation):
            if (place, old.text) in reported:
                continue
            reported.add((place, old.text))
            yield Finding(
                "incomplete_correction",
                place,
                text,
                (
                    _("It became “%(new)s” in this version, but remains in the other language.")
                    if place == "translation"
                    else _("It became “%(new)s” in another place, but remains here.")
                )
                % {"new": new.text},
                _build_fix(release, found, old, new),
            )


def _build_fix(
    release: CheckedRelease, found: tuple[Passage, Fact] | None, old: Fact, new: Fact
) -> Fix | None:
    """Return the correction if the old fact is written in the same way: not “Dec. 4” for “December 4”.

    The old name or year may be right in another place, so they have no correction.
    """
    is_year = old.text.isdecimal() and len(old.text) == 4
    if found is None or found[1].text != old.text or old.kind == "word" or is_year:
        return None
    passage, fact = found
    return build_fix(release, passage, fact.start, fact.start + len(fact.text), new.text)


def _iter_replaced(previous: CheckedRelease, current: CheckedRelease) -> Iterator[tuple[Fact, Fact]]:
    """Yield the facts that changed in a paragraph, with the new ones."""
    for before, after in _pair_passages(previous.passages, current.passages):
        old_facts, new_facts = before.changeable_facts, after.changeable_facts
        for kind in ("number", "date", "time", "word"):
            old = _subtract(old_facts, new_facts, kind)
            new = _subtract(new_facts, old_facts, kind)
            if old and len(old) == len(new) <= MAX_REPLACED:
                yield from zip(old, new, strict=True)


def _pair_passages(before: list[Passage], after: list[Passage]) -> Iterator[tuple[Passage, Passage]]:
    """Yield the paragraphs that were replaced by others at the same position."""
    if len(before) + len(after) > MAX_PASSAGES:
        return
    matcher = SequenceMatcher(
        None, [(p.field, p.text) for p in before], [(p.field, p.text) for p in after], autojunk=False
    )
    for operation, a, b, c, d in matcher.get_opcodes():
        if operation == "replace" and b - a == d - c:
            yield from zip(before[a:b], after[c:d], strict=True)


def _subtract(facts: list[Fact], others: list[Fact], kind: str) -> list[Fact]:
    """Return the facts of `kind` that are not among `others`, each once."""
    counts = Counter(fact.value for fact in others if fact.kind == kind)
    found: dict[object, Fact] = {}
    for fact in facts:
        if fact.kind == kind and not counts[fact.value]:
            found.setdefault(fact.value, fact)
    return list(found.values())


def _find_remaining(
    old: Fact, release: CheckedRelease, translation: CheckedRelease | None
) -> Iterator[tuple[str, str, tuple[Passage, Fact] | None]]:
    """Yield field, text and, if it can be replaced, the place, for each field in which the fact remains."""
    for passage in release.passages:
        for fact in passage.changeable_facts:
            # Small numbers count other things too.
            is_small = isinstance(old.value, float) and old.value < 10 and fact.text.isdecimal()
            if fact.kind == old.kind and _agree(fact, old) and not is_small:
                yield passage.field, fact.text, (passage, fact)
                break
    slug = make_slug(old.text)
    if slug and re.search(rf"(?:^|-){re.escape(slug)}(?:-|$)", release.slug):
        yield "slug", release.slug, None
    for passage in translation.passages if translation else ():
        for fact in passage.changeable_facts:
            if fact.kind == old.kind and _agree(fact, old):
                yield "translation", fact.text, None
                return


def _agree(first: Fact, second: Fact) -> bool:
    if isinstance(first.value, DayOfYear) and isinstance(second.value, DayOfYear):
        return first.value.is_same_day(second.value)
    return first.value == second.value


def find_translation_differences(
    release: CheckedRelease, _lists: WordLists, context: Context
) -> Iterator[Finding]:
    """Find what only one language version has, unless one of them is only begun."""
    if context.translation is None:
        return
    lengths = sorted(
        sum(len(passage.text) for passage in each.passages) for each in (release, context.translation)
    )
    if lengths[0] >= lengths[1] * MIN_TRANSLATED:
        yield from iter_differences(release, context.translation)


def iter_differences(release: CheckedRelease, translation: CheckedRelease) -> Iterator[Finding]:
    """Yield numbers, dates, times, names and links that only one of the two versions has."""
    own, others = _collect(release), _collect(translation)
    missing_here = list(_find_missing(others, own, release))
    missing_there = list(_find_missing(own, others, translation))
    here = str(LANGUAGE_NAMES[Language(release.language)])
    there = str(LANGUAGE_NAMES[Language(translation.language)])
    only = _("Only in the %(language)s version.")
    for kind in dict.fromkeys(fact.kind for _field, fact in own + others):
        mine = [(field, fact) for field, fact in missing_there if fact.kind == kind]
        theirs = [fact for _field, fact in missing_here if fact.kind == kind]
        if len(mine) == len(theirs) == 1:  # probably one instead of the other
            other = _("Only in the %(language)s version: “%(text)s”.")
            params = {"language": there, "text": theirs[0].text}
            message = f"{only % {'language': here}} {other % params}"
            yield Finding("translation_differs", mine[0][0], mine[0][1].text, message)
            continue
        for field, fact in mine:
            yield Finding("translation_differs", field, fact.text, only % {"language": here})
        for fact in theirs:
            yield Finding("translation_differs", "translation", fact.text, only % {"language": there})


def _collect(release: CheckedRelease) -> list[tuple[str, Fact]]:
    """Return the facts with their fields, and the links to other sites. Money is a kind of its own."""
    located = []
    for passage in release.passages:
        for fact in passage.facts:
            sign = next((sign for sign in "$€%" if sign in fact.text), "")
            kind = f"number{sign}" if fact.kind == "number" else fact.kind
            located.append((passage.field, replace(fact, kind=kind)))
    for link in release.links:
        if link.startswith("http"):
            located.append(("body", Fact("link", urlsplit(link).netloc.removeprefix("www."), link, 0)))
    return located


def _find_missing(
    facts: Iterable[tuple[str, Fact]], others: list[tuple[str, Fact]], other: CheckedRelease
) -> Iterator[tuple[str, Fact]]:
    """Yield the facts, each once with its field, that `other`, with the facts `others`, doesn't have."""
    text = other.folded_text
    words = {number for passage in other.passages for number in find_number_words(passage.text)}
    seen = set()
    for field, fact in facts:
        if (fact.kind, fact.value) in seen:
            continue
        seen.add((fact.kind, fact.value))
        if fact.kind == "name" and not is_person(fact.text):
            continue  # “the Supreme Court said”
        if fact.kind == "name":
            is_there = all(part in text for part in fold(fact.text).split())
        elif fact.kind.startswith("number") and fact.value in words:
            is_there = True
        else:
            # “$465” may be “465 dólares”.
            kind = fact.kind.rstrip("$€%")
            is_there = any(each.kind.startswith(kind) and _agree(fact, each) for _field, each in others)
        if not is_there:
            yield field, fact

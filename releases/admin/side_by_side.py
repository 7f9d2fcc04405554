"""Both language versions of a release side by side, with glossary terms and differences."""

from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from lxml import etree

from releases.actions.press_check import build_checked_release, get_edited_content
from releases.admin.diffs import ReleaseText
from releases.admin.press_check import FIELD_LABELS
from releases.models import Release, load_glossary
from releases.text import richtext
from releases.text.choices import Language
from releases.text.facts import find_facts
from releases.text.glossary import Glossary
from releases.text.press_check import Finding, iter_differences

LINES = ("headline", "subhead", "summary")
MAX_PAIRS = 10_000  # of blocks; longer texts are paired by number


@dataclass(frozen=True)
class Row:
    """A field, or a paragraph of the body, in both versions, as safe HTML. "" where a version has none."""

    label: str | Promise
    original: SafeString
    translation: SafeString


@dataclass(frozen=True)
class SideBySide:
    """The original and its translation, what differs, and terms without the agreed word."""

    original: Release
    translation: Release
    rows: list[Row]
    differences: list[Finding]
    missing_terms: list[tuple[str, list[str]]]


def get_glossary(language: str, tag: str = "mark") -> Glossary:
    """Return the glossary for translations from `language`, which marks terms with `tag`."""
    return Glossary.build(load_glossary(), is_reversed=language == Language.SPANISH, tag=tag)


def mark_original(content: dict[str, Any], language: str) -> dict[str, SafeString]:
    """Return headline, subhead, summary and body of `content` as safe HTML with glossary terms marked."""
    glossary = get_glossary(language, tag="button")
    marked = {name: mark_safe(glossary.mark_text(content[name])) for name in LINES}  # noqa: S308  (escaped)
    body = glossary.mark_markup(richtext.sanitize(content["body"]))
    return marked | {"body": mark_safe(body)}  # noqa: S308  (sanitized)


def compare_side_by_side(original: Release, translation: Release) -> SideBySide:
    """Compare the texts that staff edit."""
    first, second = get_edited_content(original), get_edited_content(translation)
    glossary = get_glossary(original.language)
    rows = [
        Row(
            FIELD_LABELS[name],
            mark_safe(glossary.mark_text(first[name])),  # noqa: S308  (escaped)
            mark_safe(Glossary({}).mark_text(second[name])),  # noqa: S308  (escaped)
        )
        for name in LINES
        if first[name] or second[name]
    ]
    blocks = align_blocks(split_blocks(first["body"]), split_blocks(second["body"]), glossary)
    rows += [
        Row(
            FIELD_LABELS["body"],
            mark_safe(glossary.mark_markup(block)),  # noqa: S308  (sanitized)
            mark_safe(other),  # noqa: S308  (sanitized)
        )
        for block, other in blocks
    ]
    texts = [
        "\n".join([*(content[name] for name in LINES), richtext.to_plain_text(content["body"])])
        for content in (first, second)
    ]
    return SideBySide(
        original,
        translation,
        rows,
        list(
            iter_differences(
                build_checked_release(original, first), build_checked_release(translation, second)
            )
        ),
        glossary.find_missing(*texts),
    )


def split_blocks(markup: str) -> list[str]:
    """Return the paragraphs, headings, quotations and list items of a body as sanitized markup."""
    blocks: list[str] = []
    for element in richtext.parse_markup(richtext.sanitize(markup)):
        if element.tag not in ("ul", "ol"):
            blocks.append(_serialize(element))
            continue
        for number, item in enumerate(element, 1):
            start = f' start="{number}"' if element.tag == "ol" else ""
            blocks.append(f"<{element.tag}{start}>{_serialize(item)}</{element.tag}>")
    return blocks


def align_blocks(first: list[str], second: list[str], glossary: Glossary) -> list[tuple[str, str]]:
    """Pair the blocks of two versions in their order, by what both have. "" where one version has none."""
    if len(first) == len(second) or len(first) * len(second) > MAX_PAIRS:
        return list(zip_longest(first, second, fillvalue=""))
    # The best score for the rest of both from each pair of positions, from the end.
    scores = [[0.0] * (len(second) + 1) for _block in range(len(first) + 1)]
    likeness = [[_get_likeness(block, other, glossary) for other in second] for block in first]
    for i in range(len(first) - 1, -1, -1):
        for j in range(len(second) - 1, -1, -1):
            scores[i][j] = max(scores[i + 1][j + 1] + likeness[i][j], scores[i + 1][j], scores[i][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(first) and j < len(second):
        if scores[i][j] == scores[i + 1][j + 1] + likeness[i][j]:
            pairs.append((first[i], second[j]))
            i, j = i + 1, j + 1
        elif scores[i][j] == scores[i + 1][j]:
            pairs.append((first[i], ""))
            i += 1
        else:
            pairs.append(("", second[j]))
            j += 1
    return [*pairs, *((block, "") for block in first[i:]), *(("", block) for block in second[j:])]


def _get_likeness(block: str, other: str, glossary: Glossary) -> float:
    """Return how probably one block translates the other: by element, length, facts and agreed words."""
    texts = [richtext.to_plain_text(markup) for markup in (block, other)]
    lengths = sorted(len(text) + 1 for text in texts)
    facts = [{(fact.kind, fact.value) for fact in find_facts(text)} for text in texts]
    same_element = block.partition(">")[0] == other.partition(">")[0]
    agreed = len(glossary.find_terms(texts[0])) - len(glossary.find_missing(*texts))
    return lengths[0] / lengths[1] + 0.5 * same_element + 2 * len(facts[0] & facts[1]) + agreed


def _serialize(element: Any) -> str:
    markup: str = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    return markup


def get_translation_context(translation: Release | None) -> dict[str, Any]:
    """Return what the release form shows of the other version: its text, with glossary terms marked."""
    if translation is None:
        return {"translation": None}
    text = ReleaseText.from_current(translation)
    return {
        "translation": text,
        "translation_original": mark_original(text.content, translation.language),
    }

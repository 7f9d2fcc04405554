"""Quotations in ordinary paragraphs that name their speaker, and the block quotations made of them."""

from pathlib import Path

import pytest
from django.conf import settings

from releases.text import richtext
from releases.text.attributions import find_attribution, suggest_quotations
from releases.text.quotes import extract_quotes

FILE = Path(__file__).parents[1] / "files" / "attributions.txt"


def load_cases() -> list[tuple[str, list[str]]]:
    """Return each paragraph of the file with the lines below it."""
    cases: list[tuple[str, list[str]]] = []
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            cases[-1][1].append(line.strip())
        elif line and not line.startswith("#"):
            cases.append((line, []))
    return cases


CASES = load_cases()


@pytest.mark.parametrize(("paragraph", "expected"), CASES, ids=[case[0] for case in CASES])
def test_quotation_of_a_paragraph_is_found_only_if_its_speaker_is_certain(paragraph, expected):
    found = find_attribution(paragraph)
    lines = []
    if found:
        lines = [f"{found.text} | {found.speaker.name} | {found.speaker.role}".strip()]
        lines += [f"before: {found.before}"] if found.before else []
        lines += [f"after: {found.after}"] if found.after else []
    assert lines == expected


@pytest.mark.parametrize("paragraph", [paragraph for paragraph, expected in CASES if expected])
def test_suggested_markup_is_a_quotation_that_reporters_can_copy(paragraph):
    (suggestion,) = suggest_quotations(richtext.paragraphs_to_markup([paragraph]))
    attribution = suggestion.attribution
    (quote,) = extract_quotes(suggestion.markup)
    assert (quote.speaker, quote.role) == (attribution.speaker.name, attribution.speaker.role)
    assert richtext.to_plain_text(suggestion.markup).split("\n") == [
        *filter(None, [attribution.before]),
        attribution.text,
        attribution.line,
        *filter(None, [attribution.after]),
    ]
    assert richtext.sanitize(suggestion.markup) == suggestion.markup
    assert suggest_quotations(suggestion.markup) == []


LINK = '<a href="/a?b=1&amp;c=2">'
RUIZ = "<p>— Ana Ruiz</p></blockquote>"


@pytest.mark.parametrize(
    ("paragraph", "markup"),
    [
        (
            "“We <strong>will appeal,</strong>” said <em>Ana Ruiz</em>.",
            f"<blockquote><p>We <strong>will appeal</strong>.</p>{RUIZ}",
        ),
        (
            f"<strong>Now. “A {LINK}b</a></strong> &amp; c,” said Ana Ruiz.",
            f"<p><strong>Now.</strong></p><blockquote><p><strong>A {LINK}b</a></strong> &amp; c.</p>{RUIZ}",
        ),
        (
            "“One line<br>and another,”<br>said Ana Ruiz.<br>The end.",
            f"<blockquote><p>One line<br>and another.</p>{RUIZ}<p>The end.</p>",
        ),
        (
            "<em>“We will appeal,”</em> said Ana Ruiz. <em>“We will win.”</em>",
            f"<blockquote><p><em>We will appeal</em>. <em>We will win.</em></p>{RUIZ}",
        ),
    ],
    ids=["bold", "link", "line breaks", "two parts"],
)
def test_quotation_keeps_its_inline_markup(paragraph, markup):
    assert [each.markup for each in suggest_quotations(f"<p>{paragraph}</p>")] == [markup]


def test_only_ordinary_paragraphs_are_suggested_with_their_index():
    said = "“We will appeal,” said Ana Ruiz."
    body = (
        f"<h2>{said}</h2><ul><li><p>{said}</p></li></ul><p>[photo 2]</p><p>{said}</p>"
        f"<blockquote><p>{said}</p></blockquote><table><tbody><tr><td><p>{said}</p></td></tr></tbody></table>"
        f"<p>Text.</p><p>{said}</p>"
    )
    assert [each.index for each in suggest_quotations(body)] == [3, 7]
    assert suggest_quotations("") == []


@pytest.mark.parametrize("path", ["press-page.txt", "translations.toml"])
def test_sample_releases_name_no_speakers(path):
    lines = (settings.BASE_DIR / "releases" / "sample" / path).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if find_attribution(line)] == []

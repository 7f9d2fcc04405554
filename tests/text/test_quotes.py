"""Quotations and their speakers in a body."""

import pytest

from releases.text import quotes
from tests.text import ENGLISH_QUOTE


@pytest.mark.parametrize(
    ("line", "speaker", "role"),
    [
        ("— Ana Ruiz, director", "Ana Ruiz", "director"),
        ("— Ana Ruiz,<br>director", "Ana Ruiz", "director"),
        ("– Ana Ruiz", "Ana Ruiz", ""),
        ("-- Ana Ruiz, lawyer, CARECEN", "Ana Ruiz", "lawyer, CARECEN"),
        ("<em>— Ñandú &amp; Sons, founders</em>", "Ñandú & Sons", "founders"),
    ],
)
def test_last_line_of_a_quote_names_the_speaker(line, speaker, role):
    (quote,) = quotes.extract_quotes(f"<p>Before.</p><blockquote><p>Words.</p><p>{line}</p></blockquote>")
    assert (quote.text, quote.speaker, quote.role) == ("Words.", speaker, role)


@pytest.mark.parametrize(
    "body",
    [
        "<p>— Ana Ruiz</p>",
        "<blockquote><p>Nobody says who speaks.</p></blockquote>",
        "<blockquote><p>— Ana Ruiz</p></blockquote>",
        "<blockquote><p>Words.</p><p>— Ana Ruiz</p>and more words</blockquote>",
        f"<blockquote><p>Words.</p><p>— {'long ' * 40}</p></blockquote>",
        "",
    ],
)
def test_text_without_a_speaker_is_not_a_quote(body):
    assert quotes.extract_quotes(body) == []
    assert quotes.replace_quotes(body, lambda _quote: "changed") == body


def test_only_quotes_with_a_speaker_are_numbered():
    body = f"{ENGLISH_QUOTE}<blockquote><p>Of a law.</p></blockquote>{ENGLISH_QUOTE}"
    assert [quote.number for quote in quotes.extract_quotes(body)] == [1, 2]
    assert (
        quotes.replace_quotes(body, lambda quote: quote.anchor)
        == "quote-1<blockquote><p>Of a law.</p></blockquote>quote-2"
    )


@pytest.mark.parametrize(
    "inside",
    [f"<p>— {' ' * 50_000}x<br></p>", "<p>" * 20_000, f"<p>{'— ' * 20_000}</p>", "<blockquote>" * 2_000],
)
def test_unusual_markup_is_parsed_quickly(inside):
    # Each of these took minutes with a regular expression that backtracks.
    quotes.extract_quotes(f"<blockquote>{inside}</blockquote>")


def test_innermost_of_nested_block_quotes_is_the_quote():
    body = "<blockquote><p>a</p><blockquote><p>b</p><p>— Ana Ruiz</p></blockquote></blockquote>"
    assert quotes.replace_quotes(body, lambda quote: quote.text) == "<blockquote><p>a</p>b</blockquote>"

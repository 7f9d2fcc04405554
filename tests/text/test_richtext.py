"""Sanitizing of rich text, and plain text from it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releases.text import richtext


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>a <strong>b</strong> <em>c</em></p>", "<p>a <strong>b</strong> <em>c</em></p>"),
        ("<h2>a</h2><ul><li><p>b</p></li></ul>", "<h2>a</h2><ul><li><p>b</p></li></ul>"),
        (
            '<p><a href="https://example.org" target="_blank">a</a></p>',
            '<p><a href="https://example.org">a</a></p>',
        ),
        ('<p onclick="x()" style="color:red" class="y">a</p>', "<p>a</p>"),
        ("<h1>a</h1><p>b</p>", "<h2>a</h2><p>b</p>"),
        ("<p>a<script>alert(1)</script></p>", "<p>a</p>"),
        ('<p><a href="javascript:alert(1)">a</a></p>', "<p><a>a</a></p>"),
        ('<p><a href="data:text/html,x">a</a></p>', "<p><a>a</a></p>"),
        ("<p>a<svg onload=alert(1)></p>", "<p>a</p>"),
        ("<p>a\x00\x1bb</p>", "<p>ab</p>"),
    ],
)
def test_sanitizer_keeps_only_allowed_markup(markup, expected):
    assert richtext.sanitize(markup) == expected


@pytest.mark.parametrize("markup", ["", "<p></p>", "<p> <br></p>", "<script>x</script>", "<p>&nbsp;</p>"])
def test_markup_without_text_is_sanitized_to_an_empty_string(markup):
    assert richtext.sanitize(markup) == ""


@pytest.mark.parametrize("text", ["If x < 5 then", "Contact <press@example.org> today.", "a > b & c"])
def test_text_that_resembles_markup_is_kept(text):
    assert richtext.to_plain_text(richtext.sanitize(text)) == text


def test_plain_text_is_converted_to_paragraphs():
    assert richtext.sanitize("Families & friends\r\n\r\nstay.") == "<p>Families &amp; friends</p><p>stay.</p>"


def test_plain_text_has_a_line_for_each_block():
    assert (
        richtext.to_plain_text(
            "<h2>Title</h2><p>Families &amp; friends<br>stay</p><ul><li><p>one</p></li></ul>"
        )
        == "Title\nFamilies & friends\nstay\none"
    )


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("www.carecen-la.org/clinic", "https://www.carecen-la.org/clinic"),
        ("press@carecen-la.org", "mailto:press@carecen-la.org"),
        ("/topics/daca/", "/topics/daca/"),
    ],
)
def test_missing_link_scheme_is_added(link, expected):
    markup = richtext.sanitize(f'<p><a href="{link}">x</a></p>')
    assert markup == f'<p><a href="{expected}">x</a></p>'
    assert richtext.find_broken_links(markup) == []


@pytest.mark.parametrize("link", ["foo bar", "clinic", "", "http://localhost", "//evil.org"])
def test_broken_link_is_detected(link):
    assert richtext.find_broken_links(richtext.sanitize(f'<p><a href="{link}">x</a></p>')) == ["x"]


@pytest.mark.parametrize("link", ["https://", "javascript:alert(1)", "data:text/html,x"])
def test_removed_unsafe_link_is_reported_as_broken(link):
    assert richtext.find_broken_links(richtext.sanitize(f'<p><a href="{link}">x</a></p>')) == ["x"]


@given(st.text())
def test_sanitizing_is_idempotent(markup):
    sanitized = richtext.sanitize(markup)
    assert richtext.sanitize(sanitized) == sanitized


@given(st.lists(st.text()))
def test_paragraphs_of_plain_text_are_escaped(paragraphs):
    assert "<" not in richtext.paragraphs_to_markup(paragraphs).replace("<p>", "").replace("</p>", "")


@pytest.mark.parametrize(
    "unit",
    ["<td", "<td>", "<ol>", "<ul><li>", "<div>", "<blockquote>", "<table><td>", "<b>", "<a href=x>", "</p>"],
)
def test_markup_with_too_many_tags_is_escaped_to_text(unit):
    """The sanitizer would take half a minute for some of these, so its time must not depend on them."""
    markup = unit * (10_001 // unit.count("<") + 1)
    assert richtext.is_too_large(markup)
    assert richtext.to_plain_text(richtext.sanitize(markup)) == markup


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (
            "<table><tbody><tr><th>Day</th><td><p>Monday</p><p>9 a.m.</p></td></tr></tbody></table>",
            "Day | Monday 9 a.m.",
        ),
        ("<p>a<!-- hidden --> b</p>", "a b"),
        ("<ul><li><p>one</p><p>more</p></li></ul>", "one\nmore"),
        ("<p>a\xa0&amp;&lt;b&gt;</p>", "a &<b>"),
    ],
)
def test_plain_text_renders_tables_lists_and_entities(markup, text):
    assert richtext.to_plain_text(markup) == text


def test_text_to_paste_has_bullets_and_link_urls():
    markup = (
        '<p>Call <a href="tel:+12135550100">+1 213 555 0100</a> or <a '
        'href="https://x.org/a?b=1&amp;c">us</a>.</p><ul><li><p>one</p></li><li>two</li></ul><p>End.</p>'
    )
    assert (
        richtext.format_plain_text(markup)
        == "Call +1 213 555 0100 or us (https://x.org/a?b=1&c).\n\n• one\n• two\n\nEnd."
    )


def test_text_to_compare_has_prefixes_for_block_elements():
    markup = '<h2>A</h2><blockquote><p>b</p></blockquote><ul><li><p><a href="/x/">c</a></p></li></ul>'
    assert richtext.to_comparable_text(markup) == "# A\n> b\n• c (/x/)"


@pytest.mark.parametrize("paragraph", ["<p>[photo 7]</p>", "<p> [Foto 7] </p>"])
def test_paragraph_with_only_a_photo_placeholder_is_removed(paragraph):
    assert (
        richtext.strip_photo_placeholders(f"<p>a [photo 7]</p>{paragraph}<p>b</p>")
        == "<p>a [photo 7]</p><p>b</p>"
    )


def test_comment_in_the_text_is_not_treated_as_a_replacement_marker():
    body = richtext.sanitize("<p>&lt;!--0--&gt;</p><p><!--0-->x</p><blockquote><p>y</p></blockquote>")
    assert (
        richtext.replace_elements(body, "blockquote", lambda _quote: "<b>z</b>")
        == "<p>&lt;!--0--&gt;</p><p>x</p><b>z</b>"
    )


def test_deeply_nested_markup_keeps_its_text():
    markup = "<blockquote>" * 3000 + "<p>inner</p>" + "</blockquote>" * 3000 + "<p>after</p>"
    assert "inner" in richtext.to_plain_text(richtext.sanitize(markup))
    assert "after" in richtext.to_plain_text(richtext.sanitize(markup))


def test_control_character_is_removed_from_a_link():
    assert (
        richtext.sanitize('<p><a href="example.org/&#1;x">l</a></p>')
        == '<p><a href="https://example.org/x">l</a></p>'
    )


def test_attribute_value_is_not_treated_as_a_replacement_marker():
    body = richtext.sanitize('<p lang="&lt;!--0--&gt;">x</p><blockquote><p>y</p></blockquote>')
    assert richtext.replace_elements(body, "blockquote", lambda _quote: "<b>z</b>").count("<b>z</b>") == 1

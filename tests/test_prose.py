import pytest
from hypothesis import given
from hypothesis import strategies as st

from releases import prose


@pytest.mark.parametrize(
    ("markup", "kept"),
    [
        ("<p>a <strong>b</strong> <em>c</em></p>", "<p>a <strong>b</strong> <em>c</em></p>"),
        ("<h2>a</h2><ul><li><p>b</p></li></ul>", "<h2>a</h2><ul><li><p>b</p></li></ul>"),
        ('<p><a href="https://example.org" target="_blank">a</a></p>', '<p><a href="https://example.org">a</a></p>'),
        ('<p onclick="x()" style="color:red" class="y">a</p>', "<p>a</p>"),
        ("<h1>a</h1><p>b</p>", "a<p>b</p>"),
        ("<p>a<script>alert(1)</script></p>", "<p>a</p>"),
        ('<p><a href="javascript:alert(1)">a</a></p>', "<p><a>a</a></p>"),
        ('<p><a href="data:text/html,x">a</a></p>', "<p><a>a</a></p>"),
        ("<p>a<svg onload=alert(1)></p>", "<p>a</p>"),
        ("<p>a\x00\x1bb</p>", "<p>ab</p>"),
    ],
)
def test_only_the_allow_list_comes_through(markup, kept):
    assert prose.sanitised(markup) == kept


@pytest.mark.parametrize("markup", ["", "<p></p>", "<p> <br></p>", "<script>x</script>", "<p>&nbsp;</p>"])
def test_markup_without_words_is_empty(markup):
    assert prose.sanitised(markup) == ""


@pytest.mark.parametrize("text", ["If x < 5 then", "Contact <press@example.org> today.", "a > b & c"])
def test_words_that_look_a_little_like_markup_are_kept(text):
    assert prose.plain_text(prose.sanitised(text)) == text


def test_a_new_line_of_another_program_does_not_glue_words():
    assert prose.without_control_characters("one\x0btwo\u2028three") == "one\ntwo\nthree"


def test_text_without_markup_becomes_paragraphs():
    assert prose.sanitised("Families & friends\r\n\r\nstay.") == "<p>Families &amp; friends</p><p>stay.</p>"


def test_plain_text_has_a_line_for_each_block():
    assert (
        prose.plain_text("<h2>Title</h2><p>Families &amp; friends<br>stay</p><ul><li><p>one</p></li></ul>")
        == "Title\nFamilies & friends\nstay\none"
    )


@pytest.mark.parametrize(
    ("link", "whole"),
    [
        ("www.carecen-la.org/clinic", "https://www.carecen-la.org/clinic"),
        ("press@carecen-la.org", "mailto:press@carecen-la.org"),
        ("/topics/daca/", "/topics/daca/"),
    ],
)
def test_a_link_gets_what_people_leave_out(link, whole):
    markup = prose.sanitised(f'<p><a href="{link}">x</a></p>')
    assert markup == f'<p><a href="{whole}">x</a></p>'
    assert prose.broken_links(markup) == []


@pytest.mark.parametrize("link", ["foo bar", "clinic", "", "http://localhost", "//evil.org"])
def test_a_link_that_leads_nowhere_is_found(link):
    assert prose.broken_links(prose.sanitised(f'<p><a href="{link}">x</a></p>')) == [link]


@pytest.mark.parametrize("link", ["https://", "javascript:alert(1)", "data:text/html,x"])
def test_a_link_that_was_taken_away_is_found(link):
    assert prose.broken_links(prose.sanitised(f'<p><a href="{link}">x</a></p>')) == [""]


@given(st.text())
def test_sanitising_twice_is_sanitising_once(markup):
    once = prose.sanitised(markup)
    assert prose.sanitised(once) == once


@given(st.lists(st.text()))
def test_no_paragraph_of_plain_text_can_become_markup(paragraphs):
    assert "<" not in prose.from_paragraphs(paragraphs).replace("<p>", "").replace("</p>", "")


@pytest.mark.parametrize("unit", ["<td", "<td>", "<ol>", "<ul><li>", "<div>", "<blockquote>", "<table><td>", "<b>", "<a href=x>", "</p>"])
def test_markup_with_too_many_tags_is_shown_as_text(unit):
    """The sanitizer would take half a minute for some of these, so its time must not depend on them."""
    markup = unit * (10_001 // unit.count("<") + 1)
    assert prose.is_too_large(markup)
    assert prose.plain_text(prose.sanitised(markup)) == markup


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<table><tbody><tr><th>Day</th><td><p>Monday</p><p>9 a.m.</p></td></tr></tbody></table>", "Day | Monday 9 a.m."),
        ("<p>a<!-- hidden --> b</p>", "a b"),
        ("<ul><li><p>one</p><p>more</p></li></ul>", "one\nmore"),
        ("<p>a\xa0&amp;&lt;b&gt;</p>", "a &<b>"),
    ],
)
def test_plain_text_of_tables_lists_and_entities(markup, text):
    assert prose.plain_text(markup) == text


def test_text_to_paste_has_bullets_and_addresses():
    markup = '<p>Call <a href="tel:+12135550100">+1 213 555 0100</a> or <a href="https://x.org/a?b=1&amp;c">us</a>.</p><ul><li><p>one</p></li><li>two</li></ul><p>End.</p>'
    assert prose.as_text(markup) == "Call +1 213 555 0100 or us (https://x.org/a?b=1&c).\n\n• one\n• two\n\nEnd."


def test_text_to_compare_has_signs_for_blocks():
    markup = '<h2>A</h2><blockquote><p>b</p></blockquote><ul><li><p><a href="/x/">c</a></p></li></ul>'
    assert prose.in_words(markup) == "# A\n> b\n• c (/x/)"


@pytest.mark.parametrize("paragraph", ["<p>[photo 7]</p>", "<p> [Foto 7] </p>"])
def test_a_paragraph_that_places_a_photo_is_no_text(paragraph):
    assert prose.without_photos(f"<p>a [photo 7]</p>{paragraph}<p>b</p>") == "<p>a [photo 7]</p><p>b</p>"


def test_a_replacement_cannot_be_asked_for_by_the_text_itself():
    body = prose.sanitised("<p>&lt;!--0--&gt;</p><p><!--0-->x</p><blockquote><p>y</p></blockquote>")
    assert prose.replace_elements(body, "blockquote", lambda _quote: "<b>z</b>") == "<p>&lt;!--0--&gt;</p><p>x</p><b>z</b>"


def test_text_that_is_nested_too_deeply_is_kept_as_text():
    markup = "<blockquote>" * 3000 + "<p>inner</p>" + "</blockquote>" * 3000 + "<p>after</p>"
    assert "inner" in prose.plain_text(prose.sanitised(markup))
    assert "after" in prose.plain_text(prose.sanitised(markup))


def test_a_control_character_in_a_link_is_taken_out():
    assert prose.sanitised('<p><a href="example.org/&#1;x">l</a></p>') == '<p><a href="https://example.org/x">l</a></p>'


def test_a_place_cannot_be_marked_in_an_attribute():
    body = prose.sanitised('<p lang="&lt;!--0--&gt;">x</p><blockquote><p>y</p></blockquote>')
    assert prose.replace_elements(body, "blockquote", lambda _quote: "<b>z</b>").count("<b>z</b>") == 1

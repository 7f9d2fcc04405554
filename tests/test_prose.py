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

"""No text function, form or page hangs on a hostile text. `benchmarks.hostile_texts` measures their times."""

import signal
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from releases.models import Release
from releases.text.cleaning import clean_text, normalize
from releases.text.links import clean_link, is_valid_link
from releases.text.richtext import MAX_AMPERSANDS, sanitize, to_plain_text
from releases.views import press
from releases.views.sharing import MAX_LINK_TEXT, _quote_for_link
from tests.hostile_texts import DATABASE_FUNCTIONS, SHAPES, TEXT_FUNCTIONS, UNITS, build_text

GUARD_SECONDS = 10  # of CPU time, for one function and one shape
LENGTH, LENGTH_WITH_DATABASE = 2_000, 1_000  # characters
# Comparisons may take half a second, and then stop.
SHORT_LENGTHS = {"diffs.diff_lines": 300, "admin: find_conflicts": 300}


@contextmanager
def guard_against_hanging() -> Iterator[None]:
    def stop(*_args: object) -> None:
        raise TimeoutError

    previous = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, GUARD_SECONDS)
    try:
        yield
    except TimeoutError:
        pytest.fail(f"It took more than {GUARD_SECONDS} s.", pytrace=False)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)


@pytest.mark.parametrize("name", TEXT_FUNCTIONS)
def test_function_does_not_hang(name):
    length = SHORT_LENGTHS.get(name, LENGTH)
    for unit in UNITS.values():
        with guard_against_hanging():
            TEXT_FUNCTIONS[name](build_text(unit, length))


@pytest.mark.django_db
@pytest.mark.one_database
@pytest.mark.parametrize("name", DATABASE_FUNCTIONS)
def test_function_with_database_does_not_hang(name):
    for unit in list(UNITS.values())[::16]:
        with guard_against_hanging():
            DATABASE_FUNCTIONS[name](build_text(unit, LENGTH_WITH_DATABASE))


@pytest.mark.parametrize(("markup", "expected"), SHAPES["sanitized"])
def test_markup_that_failed_is_sanitized(markup, expected):
    assert sanitize(markup) == expected
    assert sanitize(expected) == expected


@pytest.mark.parametrize("opening", ["<blockquote>", "<div>", "<ul><li>", "<b>a</i>", "<font color=red>a<p>"])
def test_markup_nested_too_deeply_becomes_its_own_text(opening):
    markup = opening * 2000 + "end"
    assert to_plain_text(sanitize(markup)) == markup
    assert sanitize(sanitize(markup)) == sanitize(markup)


@pytest.mark.parametrize(
    "text", ["a &amp; b", "&", "&lt;b&gt;", "&amp;lt;", "&#60;", "&copy;", "&quot;", "&#", "a&nbsp;b"]
)
@pytest.mark.parametrize("template", ["<p>{}</p>", '<p><a href="https://a.org/?{}=">a</a></p>'])
def test_many_ampersands_are_sanitized_like_a_few(template, text):
    markup = template.format(text)
    many = f"<p>{'&' * (MAX_AMPERSANDS + 1)}</p>"
    assert sanitize(markup + many) == sanitize(markup) + many.replace("&", "&amp;")


@pytest.mark.parametrize("address", ["&#106;avascript:x()", "javascript&colon;x()", "&#x6A;avascript:x()"])
def test_encoded_script_is_removed_among_many_ampersands(address):
    markup = f'<p><a href="{address}">a</a>{"&" * (MAX_AMPERSANDS + 1)}</p>'
    assert "script" not in sanitize(markup)


@given(
    st.text(alphabet="a\u00e9\u0301\u0327\u0345\u0f73\u0f71\u0344\u3099\uff9e\ud55c \U0001f389", max_size=200)
)
def test_long_sequences_of_marks_are_normalized_as_unicode_defines(text):
    for form in ("NFC", "NFKC", "NFKD"):
        assert normalize(form, text) == unicodedata.normalize(form, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a  \u00a0 b", "a b"),
        ("10  \u00a0000", "10 000"),
        ("10\u00a0000   b", "10\u00a0000   b"),
        ("a   \u00a0\u00a0   b\u00a0", "a b "),
    ],
)
def test_no_break_spaces_among_spaces_become_one_space(text, expected):
    assert clean_text(text) == expected


@pytest.mark.parametrize(
    "text", ["\U0001f389" * 5000, "\U0001f389" * 101, "\n" * 5000, "\U0001f389 " * 5000, "a" * 5000]
)
def test_text_without_spaces_is_cut_for_a_link(text):
    assert len(_quote_for_link(text)) <= MAX_LINK_TEXT


def test_host_that_is_too_long_is_not_an_address():
    address = f"https://{'a' * 1000}.org"
    assert clean_link(address) == address
    assert not is_valid_link(address)


def test_spaces_in_a_row_are_one_space_in_markdown():
    release = Release(headline="A", body=f"<p>a{' ' * 20_000}é\u00a0b</p>")
    with guard_against_hanging():
        assert "a é b" in press.format_release(release, "md", [], timezone.now()).replace("\u00a0", " ")

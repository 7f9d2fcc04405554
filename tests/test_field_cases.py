"""Inputs that failed in other systems or here, with right values (tests/files/field_cases.json)."""

import json
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from releases.models import Topic
from releases.text.cleaning import clean_text
from releases.text.links import clean_link, is_valid_link
from releases.text.quotes import extract_quotes
from releases.text.richtext import find_broken_links, sanitize
from releases.text.slugs import make_slug
from tests.factories import make_release, make_topic
from tests.search import find
from tests.views import get_response

CASES = json.loads((Path(__file__).parent / "files" / "field_cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("markup", "expected"), CASES["markup"])
def test_pasted_markup_is_repaired(markup, expected):
    assert sanitize(markup) == expected
    assert sanitize(expected) == expected


@pytest.mark.parametrize(("address", "expected"), CASES["links"])
def test_link_is_cleaned(address, expected):
    assert clean_link(address) == expected
    assert clean_link(expected) == expected
    assert is_valid_link(expected)


@pytest.mark.parametrize("address", CASES["refused_links"])
def test_impossible_link_is_refused_with_its_words(address):
    body = sanitize(f'<p>Read <a href="{address}">our page</a>.</p>')
    assert find_broken_links(body) == ["our page"]


@pytest.mark.parametrize(("text", "expected"), CASES["clean_text"])
def test_characters_are_cleaned(text, expected):
    assert clean_text(text) == expected
    assert clean_text(expected) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "expected"), CASES["clean_text"])
def test_characters_are_cleaned_in_every_text_field(text, expected):
    line = " ".join(expected.replace("\u00a0", " ").split())
    release = make_release(headline=text, summary=text, body=sanitize(f"<p>{text}</p>"))
    topic = make_topic(text, text)
    release.refresh_from_db()
    for value in (release.headline, release.summary, release.body, topic.name):
        assert " ".join(value.replace("\u00a0", " ").split()) in (line, f"<p>{line}</p>")


@pytest.mark.parametrize(("text", "expected"), CASES["slugs"])
def test_separators_become_one_hyphen_in_a_slug(text, expected):
    assert make_slug(text) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(("query", "headline"), CASES["search"])
def test_search_finds_numbers_and_bills_however_they_are_written(query, headline):
    release = make_release(headline=headline)
    assert find(query).release_ids == [release.pk]


@pytest.mark.django_db
@pytest.mark.parametrize(("query", "headline"), CASES["search_without_result"])
def test_letters_and_digits_written_together_must_be_adjacent(query, headline):
    make_release(headline=headline)
    hits = find(query)
    assert hits.is_any_word_fallback or not hits.release_ids


@pytest.mark.django_db
@pytest.mark.parametrize(("first", "second"), CASES["not_same_topic"])
def test_topics_that_differ_in_a_sign_are_two(first, second):
    make_topic(first, first)
    Topic(name=second, name_es=second).full_clean(exclude=["slug", "slug_es", "key", "key_es"])


@pytest.mark.django_db
@pytest.mark.parametrize(("first", "second"), CASES["same_topic"])
def test_topics_that_differ_in_spelling_are_one(first, second):
    make_topic(first, first)
    with pytest.raises(ValidationError):
        Topic(name=second, name_es=second).full_clean(exclude=["slug", "slug_es", "key", "key_es"])


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "expected"), CASES["mistyped_paths"])
def test_mistyped_address_of_a_public_page_redirects(client, path, expected):
    make_release(slug="a-ruling")
    response = client.generic("GET", "/", PATH_INFO=path.encode().decode("latin-1"))
    assert (response.status_code, response["Location"]) == (301, expected)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/2015/03/a-draft/)", "//2015/03/a-draft/", "/nowhere/)", "/2015/03/gone/)"]
)
def test_mistyped_address_of_a_hidden_page_is_not_found(client, path):
    make_release(slug="a-draft", status="draft", public_at=None)
    page = client.generic("GET", "/", PATH_INFO=path)
    assert (page.status_code, page.content) == (404, get_response(client, "/nowhere/", 404).content)


@pytest.mark.parametrize(("text", "expected"), CASES["quotes"])
def test_copied_quotation_has_matching_marks(text, expected):
    (quote,) = extract_quotes(f"<blockquote><p>{text}</p><p>— Ana Ruiz</p></blockquote>")
    assert quote.quoted_text == expected

"""Every public URL, in both languages."""

import pytest
from django.urls import reverse
from django.utils import translation

from tests.views import get_response

PUBLIC_URLS = [
    ("news", [], "/", "/es/"),
    ("archive", [], "/archive/", "/es/archivo/"),
    ("topics", [], "/topics/", "/es/temas/"),
    ("topic", ["daca"], "/topics/daca/", "/es/temas/daca/"),
    ("year", [2014], "/2014/", "/es/2014/"),
    ("month", [2014, 12], "/2014/12/", "/es/2014/12/"),
    ("search", [], "/search/", "/es/buscar/"),
    ("notices", [], "/notices/", "/es/avisos/"),
    ("follow", [], "/follow/", "/es/seguir/"),
    ("privacy", [], "/privacy/", "/es/privacidad/"),
    ("rss-feed", [], "/feed/", "/es/feed/"),
    ("atom-feed", [], "/feed/atom/", "/es/feed/atom/"),
    ("json-feed", [], "/feed/json/", "/es/feed/json/"),
    ("topic-rss-feed", ["daca"], "/topics/daca/feed/", "/es/temas/daca/feed/"),
    ("topic-atom-feed", ["daca"], "/topics/daca/feed/atom/", "/es/temas/daca/feed/atom/"),
    ("topic-json-feed", ["daca"], "/topics/daca/feed/json/", "/es/temas/daca/feed/json/"),
    ("card", [2014, 2, "a-ruling"], "/2014/02/a-ruling/card.png", "/es/2014/02/a-ruling/card.png"),
    ("for-the-press", [], "/for-the-press/", "/es/para-la-prensa/"),
    ("release-txt", [2014, 2, "a-ruling"], "/2014/02/a-ruling.txt", "/es/2014/02/a-ruling.txt"),
    ("release-md", [2014, 2, "a-ruling"], "/2014/02/a-ruling.md", "/es/2014/02/a-ruling.md"),
    ("release-ics", [2014, 2, "a-ruling"], "/2014/02/a-ruling.ics", "/es/2014/02/a-ruling.ics"),
    ("in-the-news", [], "/in-the-news/", "/es/en-los-medios/"),
    (
        "attachment",
        [2014, 2, "a-ruling", "facts"],
        "/2014/02/a-ruling/facts.pdf",
        "/es/2014/02/a-ruling/facts.pdf",
    ),
    ("photos-zip", [2014, 2, "a-ruling"], "/2014/02/a-ruling/photos.zip", "/es/2014/02/a-ruling/fotos.zip"),
    ("photo", ["a0", "480.webp"], "/photos/a0/480.webp", "/photos/a0/480.webp"),
    ("release", [2014, 2, "a-ruling"], "/2014/02/a-ruling/", "/es/2014/02/a-ruling/"),
]


@pytest.mark.parametrize(("name", "words", "english", "spanish"), PUBLIC_URLS)
def test_public_urls_do_not_change(name, words, english, spanish):
    for language, url in (("en", english), ("es", spanish)):
        with translation.override(language):
            assert reverse(name, args=words) == url


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["/temas/", "/es/topics/", "/archivo/", "/es/archive/", "/en/", "/fr/"])
def test_url_with_words_of_the_other_language_returns_404(client, url):
    get_response(client, url, 404)


@pytest.mark.django_db
def test_missing_slash_redirects(client):
    assert get_response(client, "/topics", 301)["Location"] == "/topics/"

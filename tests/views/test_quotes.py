"""Quotes on the release page: anchor, citation and translation."""

import pytest

from releases.actions.withdrawal import withdraw
from tests.factories import make_draft, make_release, make_scheduled, make_withdrawn
from tests.text import ENGLISH_QUOTE

pytestmark = pytest.mark.django_db


def test_quote_has_an_anchor_and_a_copy_with_attribution(client):
    release = make_release(body=f"<p>Before.</p>{ENGLISH_QUOTE}")
    page = client.get(release.get_absolute_url()).content.decode()
    assert 'id="quote-1"' in page
    url = f"http://127.0.0.1:8000{release.get_absolute_url()}#quote-1"
    assert f"“We will not leave.” — Ana Ruiz, Director of Programs (CARECEN, {url})" in page


SPANISH_QUOTE = "<blockquote><p>«No nos iremos.»</p><p>— Ana Ruiz, directora de programas</p></blockquote>"


def test_quote_is_shown_next_to_its_public_translation(client, publisher):
    release = make_release(body=ENGLISH_QUOTE)
    spanish = make_release(body=SPANISH_QUOTE, language="es", translation_key=release.translation_key)
    page = client.get(release.get_absolute_url()).content.decode()
    assert page.index('<blockquote lang="es">') < page.index("<p>«No nos iremos.»</p>")
    assert "En español" in page
    assert '<blockquote lang="en">' in client.get(spanish.get_absolute_url()).content.decode()
    withdraw(spanish, user=publisher)
    assert "No nos iremos" not in client.get(release.get_absolute_url()).content.decode()


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
def test_quote_of_a_hidden_translation_is_not_shown(client, make):
    release = make_release(body=ENGLISH_QUOTE)
    content = client.get(release.get_absolute_url()).content
    make(body=SPANISH_QUOTE, language="es", translation_key=release.translation_key)
    assert client.get(release.get_absolute_url()).content == content


def test_quote_of_another_speaker_is_not_shown_as_the_translation(client):
    release = make_release(body=ENGLISH_QUOTE)
    make_release(
        body=SPANISH_QUOTE.replace("Ana Ruiz", "Luis Paz"),
        language="es",
        translation_key=release.translation_key,
    )
    assert "No nos iremos" not in client.get(release.get_absolute_url()).content.decode()


def test_preview_shows_the_quote_without_the_copy_button(publisher_client):
    draft = make_draft(body=ENGLISH_QUOTE)
    page = publisher_client.get(f"/admin/releases/release/{draft.pk}/preview/").content.decode()
    assert "— Ana Ruiz, Director of Programs" in page
    assert "Copy with attribution" not in page
